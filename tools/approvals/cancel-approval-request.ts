import { z } from 'zod'
import { withdraw } from '../../src/calls/approval-desk.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { ApprovalSummary, summaryOf } from './shapes.ts'

export default defineTool({
  name: 'cancel_approval_request',
  title: 'Withdraw a request',
  description:
    'Takes back a call of yours that still waits for a person, for instance because it was a mistake. What was decided ' +
    'already stays decided. Withdrawing twice is the same as once.',
  keywords: ['undo', 'retract', 'abort', 'mistake', 'changed my mind', 'take back my request'],
  domain: 'approvals',
  effect: 'write',
  role: 'member',
  route: 'POST /v1/approvals/{approval_id}/withdraw',
  input: z.strictObject({ approval_id: Id('approval') }),
  data: ApprovalSummary,
  refusals: ['not_found', 'invalid_transition', 'forbidden_scope'],
  example: {
    given: {
      asked: { tool: 'set_approval_policy', input: { rules: [{ tool: 'create_sandbox', gate: 'approve' }] } },
    },
    input: { approval_id: '$asked.approval.id' },
  },
  run: async (context, { approval_id }) => summaryOf(await withdraw(context, approval_id)),
})
