import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { getCustomer } from '../../src/domain/customers/get.ts'
import { trialBalance } from '../../src/domain/ledger/balances.ts'
import { accountKinds } from '../../src/domain/ledger/tables.ts'

export default defineTool({
  name: 'get_ledger_balances',
  title: 'Balances of the ledger',
  description:
    'The trial balance, summed from the ledger at this moment: what is owed (receivable), deposits held, deferred revenue, ' +
    'liabilities of gift cards and credit, revenue, tax. Of one customer, what they owe and hold. For the postings, ' +
    'list_ledger_entries.',
  keywords: ['trial balance', 'accounts receivable', 'what does she owe', 'liabilities', 'bookkeeping'],
  domain: 'payments',
  effect: 'read',
  role: 'admin',
  route: 'GET /v1/ledger/balances',
  input: z.strictObject({
    customer_id: Id('customer').optional(),
    before: Instant().optional().describe('What was posted before this; default: all.'),
  }),
  data: z.array(
    z.object({
      account: z.enum(accountKinds),
      provider: z.string().nullable(),
      currency: z.string(),
      debit: z.int(),
      credit: z.int(),
      balance: z.int().describe('Minor units, on the side on which the account grows.'),
    }),
  ),
  refusals: ['not_found'],
  example: { input: {} },
  async run(context, { customer_id, before }) {
    const customerId = customer_id && (await getCustomer(context, customer_id)).id
    const rows = await trialBalance(context, { customerId, before })
    return rows.map(({ kind, ...row }) => ({ account: kind, ...row }))
  },
})
