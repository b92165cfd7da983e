import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { startImport } from '../../src/domain/customers/import.ts'
import { fileFields, planFields, planShown } from './imports.ts'

export default defineTool({
  name: 'import_customers_commit',
  title: 'Import customers from a file',
  description:
    'Imports the file by the plan of import_customers_preview, as a job: get_job_status says how far it is. Faulty rows are ' +
    'left out. Who is known is filled in, never overwritten, so the same file again changes nothing; a yes in the file ' +
    'never overrides what somebody opted out of.',
  keywords: ['upload a spreadsheet', 'bulk load', 'csv', 'migrate from another system'],
  domain: 'customers',
  effect: 'write',
  role: 'member',
  gate: 'confirm',
  key: true,
  largeBody: true,
  route: 'POST /v1/customers/import',
  input: z.strictObject({ ...fileFields, plan: Text(64).describe('From the preview of this very file.') }),
  data: z.object({ job_id: Id('job'), ...planFields }),
  refusals: ['stale_version'],
  example: {
    input: {
      csv: 'Name,Email\nLucía,lucia@example.com',
      plan: '5f44c3ffb4a119ad5a2c2512ff6118d9e7b29198c0b5dfed761cb9f29c324f04',
    },
  },
  async run(context, asked) {
    const { job, plan } = await startImport(context, asked)
    return { job_id: job.id, ...planShown(plan) }
  },
})
