/** Numbers without a gap and a ledger that adds up, whatever fails in the middle: writers with connections of their own. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Books, eur, line, openBooks } from '../../../test/support/money.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { reverse } from '../ledger/post.ts'
import { createCreditNote, voidCreditNote } from './credit-notes.ts'
import { createDraft } from './draft.ts'
import { markUncollectible, voidInvoice } from './endings.ts'
import { finalizeInvoice } from './finalize.ts'
import { applyPayment } from './pay.ts'
import { postRefund, undoRefund } from './refund.ts'

const RIVALS = 25

/** Thrown where a process would die: all that its transaction did is gone. */
class Injected extends Error {}

test('after a hundred finalisations at once, thirty of them failing, the numbers are 1 to 70', {
  timeout: 300_000,
}, async t => {
  const books = await openBooks(t, { connections: RIVALS })
  const drafts: string[] = []
  for (let n = 0; n < 100; n++) drafts.push((await books.draft()).id)
  const failures: unknown[] = []
  // As many at once as there are connections: whoever waited for one would fail by its time-out.
  await Promise.all(
    Array.from({ length: RIVALS }, async (_, lane) => {
      for (let index = lane; index < drafts.length; index += RIVALS) {
        await books
          .at(async context => {
            await finalizeInvoice(context, drafts[index]!)
            if (index % 10 < 3) throw new Injected()
          })
          .catch(error => failures.push(error))
      }
    }),
  )
  assert.deepEqual(
    failures.filter(error => !(error instanceof Injected)),
    [],
  )
  assert.equal(failures.length, 30)
  const { rows } = await books.database.owner.query(
    'SELECT number FROM invoices WHERE number IS NOT NULL ORDER BY 1',
  )
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 70 }, (_, index) => index + 1),
  )
  await books.verify()
})

test('a credit is spent once, though twenty invoices of one customer ask for it at once', {
  timeout: 100_000,
}, async t => {
  const books = await openBooks(t, { connections: 20 })
  const invoices = []
  for (let n = 0; n < 20; n++) invoices.push(await books.open())
  const first = await books.open()
  await books.pay(first.id, 24_200, { allowCredit: true }) // 121.00 more than is due.
  await Promise.all(invoices.map(({ id }) => books.view(id))) // So that all have a connection, and begin together.
  const byCredit = () => ({ tender: { kind: 'customer_credit' as const, reference: newId() } })
  const outcomes = await Promise.allSettled(invoices.map(({ id }) => books.pay(id, 12_100, byCredit())))
  const refused = outcomes.filter(outcome => outcome.status === 'rejected').map(({ reason }) => reason.code)
  assert.deepEqual(
    refused,
    Array.from({ length: 19 }, () => 'amount_exceeds_due'),
  )
  assert.equal((await books.balances()).customer_credit ?? 0, 0)
  await books.verify()
})

test('of twenty who pay one invoice in full at once, one does', { timeout: 100_000 }, async t => {
  const books = await openBooks(t, { connections: 20 })
  const invoice = await books.open()
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => books.pay(invoice.id, 12_100)))
  const refused = outcomes.filter(outcome => outcome.status === 'rejected').map(({ reason }) => reason.code)
  assert.deepEqual([refused.length, new Set(refused)], [19, new Set(['amount_exceeds_due'])])
  await books.verify()
})

test('of ten who refund a whole payment at once, one does', { timeout: 100_000 }, async t => {
  const books = await openBooks(t, { connections: 10 })
  const invoice = await books.open()
  const reference = newId()
  await books.pay(invoice.id, 12_100, { tender: { kind: 'cash', reference } })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, () => books.at(context => refundOf(context, invoice.id, reference, 12_100))),
  )
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  await books.verify()
})

const WRITERS = 8
const OPERATIONS = 2000

test('after two thousand random operations by eight writers, one in ten of which fails at its end, the ledger adds up', {
  timeout: 400_000,
}, async t => {
  const books = await openBooks(t, { connections: WRITERS })
  const random = seeded(20300107)
  const pick = <T>(choices: readonly T[]) => choices[Math.floor(random() * choices.length)]!
  const some = () => 1 + Math.floor(random() * 12_100)
  const customers = [books.ana, await books.customer('Bea'), await books.customer('Cem')]
  const drafts: string[] = []
  const invoices: string[] = []
  const payments: { invoiceId: string; reference: string }[] = []
  const notes: string[] = []
  const refunds: string[] = []

  type Context = Parameters<Parameters<Books['at']>[0]>[0]
  const operations: ((context: Context) => Promise<(() => void) | undefined>)[] = [
    async context => {
      const lines = [
        line(some(), { tax_percent: pick([0, 7, 21]) }),
        line(some(), { discount: { percent: 15 } }),
      ]
      const { id } = await createDraft(context, { customer_id: pick(customers), lines })
      return () => drafts.push(id)
    },
    ...Array(3).fill(async (context: Context) => {
      const id = pick(drafts)
      if (id) await finalizeInvoice(context, id)
      return () => id && invoices.push(id)
    }),
    ...Array(4).fill(async (context: Context) => {
      const invoiceId = pick(invoices)
      if (!invoiceId) return undefined
      const reference = newId()
      const kind = pick(['cash', 'card', 'customer_credit'] as const)
      await applyPayment(context, {
        invoiceId,
        amount: some(),
        tender: { kind, reference },
        allowCredit: random() < 0.5,
      })
      return () => payments.push({ invoiceId, reference })
    }),
    ...Array(2).fill(async (context: Context) => {
      const payment = pick(payments)
      if (!payment) return undefined
      const id = await refundOf(context, payment.invoiceId, payment.reference, some())
      return () => refunds.push(id)
    }),
    async context => {
      const id = pick(refunds)
      if (id) await undoRefund(context, id)
      return undefined
    },
    ...Array(2).fill(async (context: Context) => {
      const invoice_id = pick(invoices)
      if (!invoice_id) return undefined
      const amount = some()
      const credit = pick([0, amount])
      const asked = { invoice_id, amount: eur(amount), credit: eur(credit), reason: 'Any' }
      const { id } = await createCreditNote(context, asked)
      return () => notes.push(id)
    }),
    async context => {
      const id = pick(notes)
      if (id) await voidCreditNote(context, id)
      return undefined
    },
    async context => {
      const id = pick(invoices)
      if (id) await pick([voidInvoice, markUncollectible])(context, id)
      return undefined
    },
  ]
  let done = 0
  async function write(): Promise<void> {
    for (let n = 0; n < OPERATIONS / WRITERS; n++) {
      const fails = random() < 0.1
      let remember: (() => void) | undefined
      try {
        await books.at(async context => {
          remember = await pick(operations)(context)
          if (fails) throw new Injected()
        })
        remember?.()
        done++
      } catch (error) {
        if (!(error instanceof Injected) && !(error instanceof Refusal)) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  t.diagnostic(`${done} of ${OPERATIONS} done; ${invoices.length} invoices, ${payments.length} payments`)
  assert.ok(payments.length > 50 && notes.length > 10)
  await books.verify()
})

test('the application may add to the ledger and change nothing in it; what is reversed is reversed once', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  for (const table of ['ledger_accounts', 'ledger_transactions', 'ledger_entries']) {
    for (const change of [`UPDATE ${table} SET workspace_id = workspace_id`, `DELETE FROM ${table}`]) {
      await assert.rejects(
        books.at(context => context.db.execute(change)),
        error => /permission denied/.test(String((error as Error).cause)),
        change,
      )
    }
  }
  const source = { kind: 'invoice', id: invoice.id } as const
  const reversals = await Promise.all(
    [1, 2, 3].map(() => books.at(context => reverse(context, { source, cause: 'finalized' }))),
  )
  assert.equal(reversals.filter(id => id !== null).length, 1)
  assert.deepEqual(await books.balances(), {})
  // The database itself holds it, whatever the code would do.
  await assert.rejects(
    books.database.owner.query(
      `INSERT INTO ledger_transactions (workspace_id, id, source_kind, source_id, cause, reverses, at, principal_kind)
       SELECT workspace_id, $1, source_kind, source_id, 'again', reverses, at, principal_kind
       FROM ledger_transactions WHERE reverses IS NOT NULL`,
      [newId()],
    ),
    { constraint: 'ledger_transactions_reversed_once' },
  )
})

async function refundOf(
  context: Parameters<typeof postRefund>[0],
  invoiceId: string,
  reference: string,
  amount: number,
): Promise<string> {
  const refundId = newId()
  await postRefund(context, {
    refundId,
    reference,
    invoiceId,
    amount,
    to: { kind: 'cash', provider: 'cash' },
  })
  return refundId
}

/** Mulberry32: the same operations each time, though not the same order. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
