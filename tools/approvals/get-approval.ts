import { z } from 'zod'
import { getApproval } from '../../src/calls/approval-desk.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { ApprovalSummary, summaryOf } from './shapes.ts'

export default defineTool({
  name: 'get_approval',
  title: 'One approval',
  description:
    'What was asked, the preview that the person sees, and, once decided, what they changed, their note and the ' +
    'result. Poll it, or repeat the call with the same idempotency key, to learn whether it went ahead.',
  keywords: [
    'status',
    'was it approved',
    'decision',
    'answer of the reviewer',
    'rejected why',
    'turned down',
  ],
  domain: 'approvals',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/approvals/{approval_id}',
  input: z.strictObject({ approval_id: Id('approval') }),
  data: ApprovalSummary.extend({
    arguments: z.record(z.string(), z.unknown()).nullable(),
    original_arguments: z.record(z.string(), z.unknown()).nullable().describe('Before the reviewer’s edit.'),
    preview: z.unknown(),
    warnings: z.array(z.string()),
    effects: z.array(z.record(z.string(), z.unknown())),
    note: z.string().nullable().describe('The reviewer’s words.'),
    answer: z.unknown().describe('What the call answered when it ran.'),
  }),
  refusals: ['not_found'],
  example: {
    given: {
      asked: { tool: 'set_approval_policy', input: { rules: [{ tool: 'create_api_key', gate: 'approve' }] } },
    },
    input: { approval_id: '$asked.approval.id' },
  },
  async run(context, { approval_id }) {
    const approval = await getApproval(context, approval_id)
    const { details } = approval
    return {
      ...summaryOf(approval),
      effects: approval.effects.map(effect => ({ ...effect })),
      note: details.note,
      arguments: read(details.arguments) as Record<string, unknown> | null,
      original_arguments: read(details.originalArguments) as Record<string, unknown> | null,
      preview: read(details.preview),
      warnings: (read(details.warnings) ?? []) as string[],
      answer: read(details.answer),
    }
  },
})

function read(text: string | null): unknown {
  return text === null ? null : JSON.parse(text)
}
