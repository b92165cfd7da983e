/**
 * `confirm` in place: a client that can ask its person is handed the question with the preview, and calls again with the
 * answer (MCP 2026-07-28, multi round-trip requests). The state that travels with it is the confirm token itself, which
 * is signed and holds for this very call. Before that revision a server would have to call the client back, which one
 * that keeps no sessions cannot: there the answer stays `needs_confirmation`.
 */

import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Answer, WriteBody } from '../../calls/call.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { Refusal } from '../../catalog/refusal.ts'

type Request = ServerContext['mcpReq']

/** Whether this request's client has said that it shows forms: `{}` is the form mode alone (MCP, elicitation). */
export function canAsk({ envelope }: Request): boolean {
  const capabilities = (envelope as Record<string, unknown> | undefined)?.[CLIENT_CAPABILITIES_META_KEY]
  const { elicitation } = (capabilities ?? {}) as { elicitation?: Record<string, unknown> }
  return elicitation !== undefined && ('form' in elicitation || !('url' in elicitation))
}

/** The question about a preview; null where the answer is none. */
export function questionFor(answer: Answer): InputRequiredResult | null {
  if (answer.refusal) return null
  const { status, confirm_token: token, data, warnings } = answer.body as WriteBody
  if (status !== 'needs_confirmation' || token === undefined) return null
  const message = [`${answer.entry.tool.title}?`, ...(warnings ?? []), summary(data)].join('\n')
  return inputRequired({
    inputRequests: { [QUESTION]: inputRequired.elicit({ message, requestedSchema: Confirmed }) },
    requestState: token,
  })
}

const QUESTION = 'confirm'
const Confirmed = z.object({ confirm: z.boolean().describe('Do it, as the preview shows.') })

/** A preview can be long; a person is asked about its beginning. */
function summary(data: unknown): string {
  const text = JSON.stringify(data ?? null, null, 1)
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text
}

const LONGEST = 1500

/** What the person said to the question of an earlier round; undefined where this is the first. */
export function answerIn(request: Request): 'no' | { token: string } | undefined {
  if (request.inputResponses === undefined) return undefined
  const { confirm } = acceptedContent(request.inputResponses, QUESTION, Confirmed) ?? {}
  const token = request.requestState<string>()
  return confirm === true && typeof token === 'string' ? { token } : 'no'
}

export function declined(tool: string): Refusal {
  return new Refusal(
    'confirmation_invalid',
    'The person did not confirm it. Nothing has changed.',
    { declined: true },
    [tool],
  )
}

/** The call with its token, which `run_write_tool` takes among the arguments that it passes on. */
export function withToken(
  catalog: Catalog,
  { name, arguments: args = {} }: { name: string; arguments?: Record<string, unknown> },
  token: string,
): Record<string, unknown> {
  if (!catalog.get(name)?.tool.forwards) return { ...args, confirm_token: token }
  return { ...args, arguments: { ...(args.arguments as Record<string, unknown>), confirm_token: token } }
}
