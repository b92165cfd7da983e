import { z } from 'zod'
import { listApprovals } from '../../src/calls/approval-desk.ts'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { pageFields } from '../../src/catalog/kinds.ts'
import { ApprovalState, ApprovalSummary, summaryOf } from './shapes.ts'

export default defineTool({
  name: 'list_approvals',
  title: 'What waits for a person',
  description:
    'Calls that waited or wait for a person to decide, newest first. A person decides in the console; no tool can. ' +
    'For the preview, the reason and the result of one, get_approval.',
  keywords: [
    'pending',
    'queue',
    'review',
    'waiting',
    'sign-off',
    'requests',
    'rejected',
    'decisions',
    'which were rejected',
  ],
  domain: 'approvals',
  effect: 'read',
  role: 'member',
  paged: true,
  route: 'GET /v1/approvals',
  input: z.strictObject({ state: ApprovalState.optional(), ...pageFields }),
  data: z.array(ApprovalSummary),
  example: { input: { state: 'pending' } },
  async run(context, input) {
    const page = await listApprovals(context, input)
    return new Page(page.rows.map(summaryOf), page.nextCursor)
  },
})
