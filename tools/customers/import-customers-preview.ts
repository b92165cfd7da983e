import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { outside } from '../../src/catalog/kinds.ts'
import { planImport } from '../../src/domain/customers/import-plan.ts'
import { fileFields, planFields, planShown } from './imports.ts'

export default defineTool({
  name: 'import_customers_preview',
  title: 'Preview an import of customers',
  description:
    'Reads a CSV file of customers and says what importing it would do: what each column is, who is new, who is known, who ' +
    'is there twice, and what is wrong with which row. Changes nothing; import_customers_commit takes its plan. Over MCP a ' +
    'file has up to 1 MB, over REST 15: split a larger one, each part with the headers.',
  keywords: ['upload a spreadsheet', 'excel', 'csv', 'migrate from another system', 'check the file first'],
  domain: 'customers',
  effect: 'read',
  role: 'member',
  largeBody: true,
  route: 'POST /v1/customers/import/preview',
  input: z.strictObject(fileFields),
  data: z.object({
    plan: z.string().describe('For import_customers_commit.'),
    ...planFields,
    sample: z.array(outside(z.record(z.string(), z.unknown()))).describe('Three rows as they are read.'),
  }),
  example: { input: { csv: 'Name;Email;Phone\nLucía García;lucia@example.com;600 123 456' } },
  async run(context, file) {
    const plan = await planImport(context, file)
    const sample = plan.rows.slice(0, 3).map(({ fields }) => ({ ...fields }))
    return { plan: plan.hash, ...planShown(plan), sample }
  },
})
