/** A person decides on what waits. These are operations of a signed-in person, not tools: no key reaches them. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SignedOut } from '../../access/sessions.ts'
import type { Decided, Decider, Decision } from '../../calls/decide.ts'
import { Id, idText, Text } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { clientName } from '../credentials.ts'
import type { Caller, Host } from '../host.ts'
import { bodyOf } from './body.ts'
import { personOf } from './session.ts'

const Approve = z.strictObject({
  edits: z.record(z.string(), z.unknown()).optional(),
  note: Text(1000).optional(),
})
const Reject = z.strictObject({ note: Text(1000).optional() })
const Several = z.strictObject({
  approval_ids: z.array(Id('approval')).min(1).max(100),
  verdict: z.enum(['approve', 'reject']),
  note: Text(1000).optional(),
})
const ApprovalId = z.object({ approval_id: Id('approval') })

export function registerDecisions(app: FastifyInstance, host: Host): void {
  app.post('/v1/approvals/:approval_id/approve', async request => {
    const { edits, note } = bodyOf(Approve, request)
    return answerOf(await decide(host, request, { verdict: 'approve', edits, note }))
  })

  app.post('/v1/approvals/decide', async request => {
    const caller = await personHere(host, request)
    const { approval_ids: ids, verdict, note } = bodyOf(Several, request)
    const outcomes = await decideSeveral(host, deciderOf(caller, request), [...new Set(ids)], {
      verdict,
      note,
    })
    return {
      data: outcomes.map(({ approvalId, decided }) => ({
        approval_id: idText('approval', approvalId),
        ...(decided instanceof Refusal ? { error: decided.toBody() } : answerOf(decided)),
      })),
    }
  })

  app.post('/v1/approvals/:approval_id/reject', async request => {
    const { note } = bodyOf(Reject, request)
    return answerOf(await decide(host, request, { verdict: 'reject', note }))
  })
}

/**
 * One after another, each by itself: one that is refused holds up no other. Who is signed out on the way decides on none
 * of the rest.
 * @throws SignedOut where nothing was decided
 */
export async function decideSeveral(
  host: Host,
  decider: Decider,
  approvalIds: string[],
  decision: Omit<Decision, 'approvalId'>,
): Promise<{ approvalId: string; decided: Decided | Refusal }[]> {
  const outcomes = []
  let decided: Decided | Refusal | undefined
  for (const approvalId of approvalIds) {
    if (!(decided instanceof SignedOut))
      decided = await host.decide(decider, { ...decision, approvalId }).catch(asRefusal)
    if (decided instanceof SignedOut && outcomes.length === 0) throw decided
    outcomes.push({ approvalId, decided })
  }
  return outcomes
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  throw error
}

async function decide(
  host: Host,
  request: FastifyRequest,
  decision: Omit<Decision, 'approvalId'>,
): Promise<Decided> {
  const caller = await personHere(host, request)
  const parsed = ApprovalId.safeParse(request.params)
  if (!parsed.success) throw new Refusal('invalid_input', `approval_id: ${parsed.error.issues[0]!.message}`)
  return host.decide(deciderOf(caller, request), { ...decision, approvalId: parsed.data.approval_id })
}

function personHere(host: Host, request: FastifyRequest): Promise<Caller> {
  if (request.headers.authorization !== undefined) {
    throw new Refusal(
      'forbidden_scope',
      'No key decides an approval; a signed-in person does, in the console.',
      {
        needed_principal: 'person',
      },
    )
  }
  return personOf(host, request)
}

export function deciderOf({ principal, workspace }: Caller, request: FastifyRequest): Decider {
  const client = clientName(request.headers['user-agent'])
  return { principal, workspace, requestId: request.id, surface: 'console', client }
}

function answerOf({ state, answer, refusal }: Decided) {
  return { state, ...(answer && { answer }), ...(refusal && { error: refusal.toBody() }) }
}
