/** Packages as liabilities: deferred at their sale, earned share by share, and in the end to the cent. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { booking, at as instant, MONDAY } from '../../../test/support/entitlements.ts'
import { type Books, eur, openBooks } from '../../../test/support/money.ts'
import { walk } from '../due-work.ts'
import { createCreditNote } from '../invoices/credit-notes.ts'
import { voidInvoice } from '../invoices/endings.ts'
import { finalizeInvoice } from '../invoices/finalize.ts'
import { adjustLot, extendLot } from './correct.ts'
import { consume, returnCredit } from './credits.ts'
import { earnedOf } from './earned.ts'
import { entitlementExpiry } from './expiry.ts'
import type { Source } from './ledger.ts'
import { sellPackage } from './sell.ts'

const none = { activatedAt: null, expiresAt: null, timeZone: 'UTC' }

test('each session earns its share by largest remainder, and all of them the price', () => {
  const shares = (price: number, sessions: number) =>
    Array.from({ length: sessions }, (_, n) => {
      const by = (used: number) => earnedOf(price, { used, left: sessions - used }, none, MONDAY)
      return by(n + 1) - by(n)
    })
  assert.deepEqual(shares(100, 3), [34, 33, 33])
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 60 }), (price, sessions) => {
      const all = shares(price, sessions)
      assert.equal(
        all.reduce((sum, share) => sum + share, 0),
        price,
      )
      assert.ok(Math.max(...all) - Math.min(...all) <= 1)
    }),
  )
})

test('a pass that counts no sessions is earned by the day, all of it by its end', () => {
  const term = {
    activatedAt: instant('2030-01-01T12:00:00Z'),
    expiresAt: instant('2030-01-31T23:00:00Z'),
    timeZone: 'Europe/Berlin',
  }
  const by = (text: string) => earnedOf(3_100, { used: 1, left: null }, term, instant(text))
  assert.equal(by('2030-01-01T22:59:00Z'), 100)
  assert.equal(by('2030-01-01T23:00:00Z'), 200)
  assert.equal(by('2030-01-31T22:59:00Z'), 3_100)
  assert.equal(by('2031-01-01T00:00:00Z'), 3_100)
  assert.equal(earnedOf(3_100, { used: 0, left: null }, none, MONDAY), 0)
})

/** Three sessions for 100.01, of which 21 % are tax: 82.65 are to be earned. */
async function sold(t: Parameters<typeof openBooks>[0], { invoice = 'open' as 'open' | 'draft' } = {}) {
  const books = await openBooks(t)
  await books.database.owner.query(
    `UPDATE workspace_settings SET settings = '{"invoicing": {"tax_rates": {"standard": 21}}}'`,
  )
  const { id: package_id } = await books.offer({ sessions: 3, price: eur(10_001) })
  const sale = { package_id, customer_id: books.ana, invoice }
  const { lot, invoice: made } = await books.at(context => sellPackage(context, sale))
  return { books, lotId: lot.id, invoiceId: made!.id, expiresAt: lot.expiresAt! }
}

async function visit(books: Books): Promise<Source> {
  const source = booking()
  const at = MONDAY.add({ hours: 24 })
  await books.at(context => consume(context, { customerId: books.ana, serviceId: books.yoga, at, source }))
  return source
}

async function deferred(books: Books): Promise<[deferred: number, earned: number]> {
  await books.verify()
  const { deferred_revenue = 0, revenue = 0 } = await books.balances()
  return [deferred_revenue, revenue]
}

test('a sale is deferred; each consumption earns its share, and a return gives it back', async t => {
  const { books } = await sold(t)
  assert.deepEqual(await books.balances(), {
    receivable: 10_001,
    deferred_revenue: 8_265,
    tax_payable: 1_736,
  })
  const first = await visit(books)
  assert.deepEqual(await deferred(books), [5_510, 2_755])
  await visit(books)
  await books.at(context => returnCredit(context, { source: first, by: 'customer' }))
  await books.at(context => returnCredit(context, { source: first, by: 'customer' }))
  assert.deepEqual(await deferred(books), [5_510, 2_755])
  await visit(books)
  await visit(books)
  assert.deepEqual(await deferred(books), [0, 8_265])
})

test('what has expired is earned as of its end, however late it is noted; an extension defers it again', async t => {
  const { books, lotId, expiresAt } = await sold(t)
  await visit(books)
  const late = expiresAt.add({ hours: 1_000 })
  assert.deepEqual(await deferred(books), [5_510, 2_755], 'nobody has looked')
  const valid_through = late.toZonedDateTimeISO('UTC').toPlainDate().add({ days: 9 })
  await books.at(context => extendLot(context, { lot_id: lotId, valid_through, reason: 'Ill' }), late)
  assert.deepEqual(await deferred(books), [5_510, 2_755])
  const { rows } = await books.database.owner.query(
    `SELECT t.at, e.amount::int FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
     WHERE source_kind = 'lot' ORDER BY t.id`,
  )
  assert.deepEqual(
    rows.map(({ at, amount }) => [at.getTime(), amount]),
    [
      [MONDAY.epochMilliseconds, 2_755],
      [expiresAt.epochMilliseconds, 5_510],
      [late.epochMilliseconds, 5_510],
    ],
  )
})

test('what nobody used is earned when it has expired', async t => {
  const { books, expiresAt } = await sold(t)
  await books.at(context => walk({ ...context, dueWork: [entitlementExpiry] }, expiresAt), expiresAt)
  assert.deepEqual(await deferred(books), [0, 8_265])
})

test('sessions that are added or taken by hand share what the price still is', async t => {
  const { books, lotId } = await sold(t)
  await visit(books)
  const adjust = (sessions: number) =>
    books.at(context => adjustLot(context, { lot_id: lotId, sessions, reason: 'Gift' }))
  await adjust(2)
  assert.deepEqual(await deferred(books), [6_612, 1_653])
  await adjust(-4)
  assert.deepEqual(await deferred(books), [0, 8_265])
})

test('a draft defers nothing until it is issued, and earns then what was used; void, it has earned nothing', async t => {
  const { books, invoiceId } = await sold(t, { invoice: 'draft' })
  await visit(books)
  assert.deepEqual(await books.balances(), {})
  await books.at(context => finalizeInvoice(context, invoiceId))
  assert.deepEqual(await deferred(books), [5_510, 2_755])
  await books.at(context => voidInvoice(context, invoiceId))
  assert.deepEqual(await books.balances(), {})
})

test('of a package that is credited in part, what remains of its price is earned', async t => {
  const { books, invoiceId } = await sold(t)
  await visit(books)
  await books.at(context =>
    createCreditNote(context, { invoice_id: invoiceId, amount: eur(4_001), reason: 'One cannot come' }),
  )
  const [held, earned] = await deferred(books)
  assert.equal(held + earned, 4_959, 'the net of 60.00')
  assert.equal(earned, 1_653, 'of which one of three is used')
})
