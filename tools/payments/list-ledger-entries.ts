import { z } from 'zod'
import { defineTool, Page } from '../../src/catalog/define.ts'
import { Id, Instant, idText, Money, pageFields } from '../../src/catalog/kinds.ts'
import { listPostings } from '../../src/domain/ledger/read.ts'
import { accountKinds, sourceKinds } from '../../src/domain/ledger/tables.ts'

export default defineTool({
  name: 'list_ledger_entries',
  title: 'Postings of the ledger',
  description:
    'Double-entry postings, the newest first: each moves an amount from the account it credits to the one it debits, and ' +
    'names what caused it. Nothing here is ever changed; a reversal names its original. For sums, get_ledger_balances.',
  keywords: ['journal', 'bookings in the books', 'double entry', 'audit the money', 'debits and credits'],
  domain: 'payments',
  effect: 'read',
  role: 'admin',
  paged: true,
  route: 'GET /v1/ledger/entries',
  input: z.strictObject({
    account: z.enum(accountKinds).optional(),
    customer_id: Id('customer').optional(),
    invoice_id: Id('invoice').optional(),
    ...pageFields,
  }),
  data: z.array(
    z.object({
      id: Id('posting'),
      source: z.enum(sourceKinds),
      source_id: z.string().describe('Its uuid.'),
      cause: z.string(),
      reverses: Id('posting').nullable(),
      at: Instant(),
      entries: z.array(
        z.object({
          debit: z.string(),
          credit: z.string(),
          amount: Money(),
          customer_id: z.string().nullable(),
        }),
      ),
    }),
  ),
  example: { input: { account: 'revenue', limit: 10 } },
  async run(context, { customer_id: customerId, invoice_id: invoiceId, ...filter }) {
    const page = await listPostings(context, { ...filter, customerId, invoiceId })
    return new Page(
      page.rows.map(({ id, sourceKind, sourceId, cause, reverses, at, entries }) => ({
        id,
        source: sourceKind,
        source_id: sourceId,
        cause,
        reverses,
        at,
        entries: entries.map(entry => {
          const customer = entry.debitCustomer ?? entry.creditCustomer
          return {
            debit: named(entry.debit, entry.debitProvider),
            credit: named(entry.credit, entry.creditProvider),
            amount: { amount: entry.amount, currency: entry.currency },
            customer_id: customer && idText('customer', customer),
          }
        }),
      })),
      page.nextCursor,
    )
  },
})

function named(kind: string, provider: string | null): string {
  return provider ? `${kind}:${provider}` : kind
}
