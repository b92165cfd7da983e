import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { findJob } from '../../src/domain/ops/jobs.ts'
import { jobStates } from '../../src/domain/ops/tables.ts'

export default defineTool({
  name: 'get_job_status',
  title: 'How far a job is',
  description:
    'The progress of long work that a call started, as an import: how much of it is done, and what came of it. Ask again ' +
    'after a few seconds while it is queued or running.',
  keywords: [
    'upload finished yet',
    'is it finished',
    'is the import finished',
    'progress',
    'background task',
    'how long does it take',
  ],
  domain: 'ops',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/jobs/{job_id}',
  input: z.strictObject({ job_id: Id('job').describe('From the call that started it.') }),
  data: z.object({
    id: Id('job'),
    kind: z.string(),
    state: z.enum(jobStates),
    total: z.int(),
    done: z.int(),
    result: z.record(z.string(), z.unknown()).describe('Counts.'),
    created_at: Instant(),
    finished_at: Instant().nullable(),
  }),
  refusals: ['not_found'],
  example: {
    given: {
      plan: { tool: 'import_customers_preview', input: { csv: 'Name,Email\nAna,ana@example.com' } },
      import: {
        tool: 'import_customers_commit',
        input: { csv: 'Name,Email\nAna,ana@example.com', plan: '$plan.plan' },
      },
    },
    input: { job_id: '$import.job_id' },
  },
  run: async (context, { job_id }) => wire(await findJob(context, job_id)),
})
