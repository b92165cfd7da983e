/** All that moves money at once, by writers with connections of their own, cut off in the middle: every rule of `verify` holds. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { booking, MONDAY } from '../../../test/support/entitlements.ts'
import { eur, line, openBooks } from '../../../test/support/money.ts'
import { withRetries } from '../../calls/failures.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { consume, returnCredit } from '../entitlements/credits.ts'
import type { Source } from '../entitlements/ledger.ts'
import { sellPackage } from '../entitlements/sell.ts'
import { issueGiftCard } from '../gift-cards/gift-cards.ts'
import { voidCreditNote } from '../invoices/credit-notes.ts'
import { createDraft } from '../invoices/draft.ts'
import { voidInvoice } from '../invoices/endings.ts'
import { finalizeInvoice } from '../invoices/finalize.ts'
import { adjustCredit } from './credit.ts'
import { creditAndRefund } from './credited.ts'
import { recordManualPayment } from './manual.ts'
import { applyCredit, redeemGiftCard } from './redeem.ts'
import { refundPayment } from './refund.ts'
import { hearRefund } from './refund-report.ts'

const WRITERS = 8
const OPERATIONS = 1000

/** Thrown where a process would die: all that its transaction did is gone. */
class Injected extends Error {}

/** Thrown where an operation needs one of what nobody has made yet. */
class NothingYet extends Error {}

test('after a thousand random movements by eight writers, one in ten of which fails at its end, every rule holds', {
  timeout: 400_000,
}, async t => {
  const books = await openBooks(t, { connections: WRITERS })
  const random = seeded(20300107)
  const pick = <T>(choices: readonly T[]): T => {
    const at = Math.floor(random() * choices.length)
    if (choices.length === 0) throw new NothingYet()
    return choices[at]!
  }
  const some = () => 1 + Math.floor(random() * 6_000)
  const customers = [books.ana, await books.customer('Bea'), await books.customer('Cem')]
  const { id: package_id } = await books.offer({ sessions: 7, price: eur(10_000) })
  const invoices: string[] = []
  const cards: string[] = []
  const notes: string[] = []
  const refunds: string[] = []
  const visits: Source[] = []
  const owed = () => ({ purpose: 'invoice', subjectId: pick(invoices) }) as const

  type Operation = (context: Context) => Promise<() => void>
  const operations: Operation[] = [
    async context => {
      const lines = [line(some()), line(some(), { tax_percent: 7 })]
      const { id } = await createDraft(context, { customer_id: pick(customers), lines })
      await finalizeInvoice(context, id)
      return () => invoices.push(id)
    },
    async context => {
      const sale = { package_id, customer_id: pick(customers), invoice: 'open' as const }
      const { invoice } = await sellPackage(context, sale)
      return () => invoices.push(invoice!.id)
    },
    async context => {
      const source = booking()
      const visit = { customerId: pick(customers), serviceId: books.yoga, at: MONDAY.add({ hours: 24 }) }
      await consume(context, { ...visit, source })
      return () => visits.push(source)
    },
    async context => {
      await returnCredit(context, { source: pick(visits), by: pick(['customer', 'business']) })
      return () => {}
    },
    async context => {
      const { card } = await issueGiftCard(context, { customer_id: pick(customers), value: eur(5_000) })
      const price = { purpose: 'gift_card', subjectId: card.id, tender: 'cash', amount: 5_000 } as const
      await recordManualPayment(context, price)
      return () => cards.push(card.id)
    },
    async context => {
      await redeemGiftCard(context, { id: pick(cards), owed: owed() })
      return () => {}
    },
    async context => {
      await applyCredit(context, { owed: owed() })
      return () => {}
    },
    async context => {
      await adjustCredit(context, { customerId: pick(customers), amount: some() - 2_000 })
      return () => {}
    },
    ...Array<Operation>(3).fill(async context => {
      const tender = pick(['cash', 'external'] as const)
      await recordManualPayment(context, { ...owed(), tender, amount: some(), allowCredit: true })
      return () => {}
    }),
    ...Array<Operation>(2).fill(async context => {
      const amount = pick([undefined, 700])
      const paid = random() < 0.7 ? owed() : ({ purpose: 'gift_card', subjectId: pick(cards) } as const)
      const { plan, refunds: made } = await refundPayment(context, { paid, amount })
      // What the business itself owes goes back for certain; money may come back days later.
      const inMoney = made.filter((_, n) => ['cash', 'external'].includes(plan.shares[n]!.tender))
      return () => refunds.push(...inMoney.map(({ id }) => id))
    }),
    async context => {
      await hearRefund(context, pick(refunds), { kind: 'failed', reason: 'refused' })
      return () => {}
    },
    async context => {
      const refund = pick([0, 500])
      const asked = { invoice_id: pick(invoices), amount: eur(500), refund: eur(refund), reason: 'Any' }
      const { note } = await creditAndRefund(context, asked)
      return () => notes.push(note.id)
    },
    async context => {
      await (random() < 0.5 ? voidCreditNote(context, pick(notes)) : voidInvoice(context, pick(invoices)))
      return () => {}
    },
  ]
  let done = 0
  async function write(): Promise<void> {
    for (let n = 0; n < OPERATIONS / WRITERS; n++) {
      const fails = random() < 0.1
      const operation = pick(operations)
      try {
        const remember = await withRetries(() =>
          books.at(async context => {
            const kept = await operation(context)
            if (fails) throw new Injected()
            return kept
          }),
        )
        remember()
        done++
      } catch (error) {
        if (![Injected, Refusal, NothingYet].some(expected => error instanceof expected)) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  const counts = [invoices, cards, notes, refunds, visits].map(all => all.length)
  t.diagnostic(`${done} of ${OPERATIONS} done; invoices, cards, notes, refunds, visits: ${counts.join(', ')}`)
  assert.ok(counts.every(count => count > 5))
  await books.verify()
})

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
