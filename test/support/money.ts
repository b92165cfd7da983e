/** A business that sends invoices, and what its ledger says; each call is a transaction of its own. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Temporal } from 'temporal-polyfill'
import { newId } from '../../src/database/columns.ts'
import type { Context } from '../../src/domain/context.ts'
import type { NewLine } from '../../src/domain/invoices/compose.ts'
import { createDraft, type NewInvoice } from '../../src/domain/invoices/draft.ts'
import { finalizeInvoice } from '../../src/domain/invoices/finalize.ts'
import { applyPayment, type Paid } from '../../src/domain/invoices/pay.ts'
import { getInvoice } from '../../src/domain/invoices/read.ts'
import type { Invoice } from '../../src/domain/invoices/tables.ts'
import { trialBalance } from '../../src/domain/ledger/balances.ts'
import { verifyLedger } from '../../src/domain/ledger/verify.ts'
import { MONDAY, openStudio } from './entitlements.ts'

export const eur = (amount: number) => ({ amount, currency: 'EUR' })

export const line = (amount: number, terms: Partial<NewLine> = {}): NewLine => ({
  description: 'Session',
  quantity: 1,
  unit_price: eur(amount),
  tax_percent: 21,
  ...terms,
})

export async function openBooks(t: Pick<TestContext, 'after'>, options: { connections?: number } = {}) {
  const studio = await openStudio(t, options)
  const at = <T>(work: (context: Context) => Promise<T>, now: Temporal.Instant = MONDAY) =>
    studio.run(now, work)
  const draft = (asked: Partial<NewInvoice> = {}) =>
    at(context => createDraft(context, { customer_id: studio.ana, lines: [line(12_100)], ...asked }))
  return {
    ...studio,
    at,
    draft,
    /** Finalised; of 121.00 with 21 % inside unless said otherwise. */
    async open(asked: Partial<NewInvoice> = {}): Promise<Invoice> {
      const { id } = await draft(asked)
      return at(context => finalizeInvoice(context, id))
    },
    pay: (invoiceId: string, amount: number, more: Partial<Paid> = {}) =>
      at(context =>
        applyPayment(context, { invoiceId, amount, tender: { kind: 'cash', reference: newId() }, ...more }),
      ),
    view: (id: string, now = MONDAY) => at(context => getInvoice(context, id), now),
    /** `kind: balance`, of those that have one; whoever holds the money. */
    async balances(): Promise<Record<string, number>> {
      const rows = await at(context => trialBalance(context))
      const sums: Record<string, number> = {}
      for (const { kind, balance } of rows) if (balance !== 0) sums[kind] = (sums[kind] ?? 0) + balance
      return sums
    },
    async verify(): Promise<void> {
      assert.deepEqual(await at(context => verifyLedger(context)), [])
    },
  }
}

export type Books = Awaited<ReturnType<typeof openBooks>>
