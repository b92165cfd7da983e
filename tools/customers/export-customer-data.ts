import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, outside, secret, Text } from '../../src/catalog/kinds.ts'
import { exportPerson, exportSheet } from '../../src/domain/customers/export.ts'
import { givenCustomer } from './shapes.ts'

export default defineTool({
  name: 'export_customer_data',
  title: 'Export what is held of customers',
  description:
    'Everything that is held of one customer, for a request to see or to take their data along; or, without customer_id, all ' +
    'customers as CSV in parts of 5,000, in which no cell is a formula. The answer is kept nowhere: a repeat of the call ' +
    'does not show it again.',
  keywords: [
    'copy of all we know about her',
    'wants a copy',
    'gdpr',
    'data subject request',
    'portability',
    'download all clients',
    'backup',
    'spreadsheet',
    'csv',
  ],
  domain: 'customers',
  effect: 'write',
  role: 'admin',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/customers/export',
  input: z.strictObject({
    customer_id: Id('customer').optional(),
    cursor: Text(512).optional().describe("Of all: the last answer's next."),
  }),
  data: z.object({
    customer_id: Id('customer').nullable(),
    held: secret(outside(z.record(z.string(), z.array(z.record(z.string(), z.unknown())))))
      .nullable()
      .describe('By table.'),
    csv: secret(outside(z.string())).nullable(),
    rows: z.int().nullable(),
    next: z.string().nullable().describe('Of all: the cursor of the next part.'),
  }),
  refusals: ['not_found'],
  example: { given: givenCustomer, input: { customer_id: '$customer.id' } },
  async run(context, { customer_id: customerId, cursor }) {
    if (customerId !== undefined) {
      return { ...(await exportPerson(context, customerId)), csv: null, rows: null, next: null }
    }
    const { csv, rows, next } = await exportSheet(context, cursor)
    return { customer_id: null, held: null, csv, rows, next: next ?? null }
  },
})
