import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, type Called, callTool, done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { uuidOf } from '../../catalog/kinds.ts'

const server = await startServer({ after }, unlimited)

const eur = (amount: number) => ({ amount, currency: 'EUR' })
const codeOf = ({ isError, body }: Called) => (isError ? body.code : 'done')
const on = (desk: Desk, days: number, hours = 0) => textOf(desk.morning(days).add({ hours }))

/** Somebody who has a package. */
async function openWithPack(terms: Body = {}): Promise<{ desk: Desk; customer_id: string; lot: string }> {
  const desk = await openDesk(server)
  const customer_id = await desk.customer()
  return { desk, customer_id, lot: await sell(desk, customer_id, terms) }
}

async function sell(desk: Desk, customer_id: string, terms: Body = {}): Promise<string> {
  const pack = {
    name: 'Pack',
    sessions: 3,
    validity: 'P3M',
    activation: 'on_purchase',
    price: eur(9000),
    ...terms,
  }
  const { id: package_id } = await made(desk, 'create_package', pack)
  return (await made(desk, 'sell_package', { package_id, customer_id })).id
}

const ledgerOf = async (desk: Desk, lot: string) =>
  (
    await desk.rows(
      'SELECT kind FROM entitlement_entries WHERE workspace_id = $1 AND lot_id = $2 ORDER BY number',
      uuidOf(lot),
    )
  ).map(({ kind }) => kind)

const creditOf = async (desk: Desk, booking_id: string) =>
  (await done(desk, 'get_booking', { booking_id })).credit

test('a service for packages alone is not booked without one; the precedence is as ever', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_entitlement: true })
  const customer_id = await desk.customer()
  assert.equal(codeOf(await desk.book({ customer_id })), 'no_entitlement')
  const asked = { service_id: desk.serviceId, location_id: desk.locationId, start: on(desk, 1), customer_id }
  assert.equal((await done(desk, 'explain_unavailability', asked)).code, 'no_entitlement')
  assert.equal(codeOf(await callTool(desk, 'quote_booking', desk.slot({ customer_id }))), 'no_entitlement')
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  const book = { hold_id: hold.id, customer_id }
  assert.equal(codeOf(await callTool(desk, 'book_slot_hold', book)), 'no_entitlement')
  const taken = await desk.book({ customer_id })
  assert.equal(taken.body.code, 'no_entitlement', 'before the hold that is in the way')
  const lot = await sell(desk, customer_id)
  assert.equal(
    codeOf(await callTool(desk, 'book_slot_hold', { ...book, pay_with: 'later' })),
    'no_entitlement',
  )
  const booked = await done(desk, 'book_slot_hold', book)
  assert.equal(booked.paid_with, 'entitlement')
  assert.deepEqual(await creditOf(desk, booked.id), { lot_id: lot, remaining: 2 })
})

test('a credit pays where there is one that fits, once, unless it is to be kept', async () => {
  const { desk, customer_id, lot } = await openWithPack()
  await desk.policy({ deposit: eur(2000) })
  const quote = await done(desk, 'quote_booking', desk.slot({ customer_id }))
  assert.deepEqual([quote.credit, quote.deposit], [{ lot_id: lot, remaining: 2 }, null])
  const key = fresh()
  const wish = { ...desk.slot({ customer_id }), idempotency_key: key }
  const booked = await done(desk, 'create_booking', wish)
  await callTool(desk, 'create_booking', wish)
  assert.deepEqual([booked.state, booked.paid_with, booked.deposit_due], ['confirmed', 'entitlement', null])
  assert.deepEqual(await ledgerOf(desk, lot), ['grant', 'consume'])
  const later = await desk.booked({ customer_id, start: on(desk, 2), pay_with: 'later' })
  assert.deepEqual([later.state, later.paid_with, later.deposit_due], ['pending', 'later', 2000])
  const other = await desk.book({ start: on(desk, 3), pay_with: 'entitlement' })
  assert.equal(codeOf(other), 'no_entitlement')
  const far = await desk.booked({ customer_id, start: on(desk, 120) })
  assert.equal(far.paid_with, 'later', 'what is over by then does not fit')
})

test('a move takes the credit along: one still, and of what is good then', async () => {
  const { desk, customer_id, lot } = await openWithPack({ validity: 'P10D' })
  const { id } = await desk.booked({ customer_id })
  const move = (start: string) =>
    callTool(desk, 'reschedule_booking', { booking_id: id, start, idempotency_key: fresh() })
  assert.equal(codeOf(await move(on(desk, 2))), 'done')
  assert.deepEqual(await ledgerOf(desk, lot), ['grant', 'consume', 'return', 'consume'])
  assert.deepEqual(await creditOf(desk, id), { lot_id: lot, remaining: 2 })
  assert.equal(codeOf(await move(on(desk, 30))), 'no_entitlement')
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).starts_at, on(desk, 2))
})

test('cancelled in time it goes back to its own lot; late it is kept, and no fee is due', async () => {
  const { desk, customer_id, lot } = await openWithPack()
  await desk.policy({ late_cancel_fee: eur(1500), no_show_fee: eur(4000) })
  const [early, late, missed, business] = [
    await desk.booked({ customer_id, start: on(desk, 2) }),
    await desk.booked({ customer_id, start: on(desk, 2, 2) }),
    await desk.booked({ customer_id, start: on(desk, 2, 4) }),
    await desk.booked({ customer_id, start: on(desk, 2, 6) }),
  ]
  assert.equal(business.paid_with, 'later', 'three sessions are three')
  await desk.jumpTo(on(desk, 1))
  const cancel = (booking_id: string, by = 'customer') => desk.confirmed('cancel_booking', { booking_id, by })
  await cancel(early.id)
  assert.deepEqual(await ledgerOf(desk, lot), ['grant', 'consume', 'consume', 'consume', 'return'])
  assert.equal(await creditOf(desk, early.id), null)
  await desk.jumpTo(plus(on(desk, 1, 2), { milliseconds: 1 }))
  const terms = await done(desk, 'preview_booking_cancellation', { booking_id: late.id })
  assert.deepEqual(
    [terms.late, terms.credit, terms.fee.amount, terms.late_cancel_fee],
    [true, 'kept', 0, null],
  )
  await cancel(late.id)
  const off = await done(desk, 'get_booking', { booking_id: late.id })
  assert.deepEqual([off.charges, off.credit], [[], { lot_id: lot, remaining: 1 }])
  await desk.jumpTo(on(desk, 2, 5))
  await desk.confirmed('mark_booking_no_show', { booking_id: missed.id })
  assert.deepEqual((await ledgerOf(desk, lot)).slice(5), ['keep', 'keep'])
  await desk.confirmed('revert_booking_status', { booking_id: missed.id })
  assert.deepEqual(await creditOf(desk, missed.id), { lot_id: lot, remaining: 1 }, 'one credit for one visit')
  await desk.confirmed('mark_booking_no_show', { booking_id: missed.id })
  assert.deepEqual((await ledgerOf(desk, lot)).slice(5), ['keep', 'keep'])
  await desk.confirmed('revert_booking_status', { booking_id: missed.id })
  await cancel(missed.id, 'business')
  assert.deepEqual((await ledgerOf(desk, lot)).slice(5), ['keep', 'keep', 'return'])
})

test('what is declined, or lapses unanswered, gives its credit back', async () => {
  const { desk, customer_id, lot } = await openWithPack({ sessions: 2 })
  await desk.policy({ requires_confirmation: true, answer_within_minutes: 30 })
  const declined = await desk.booked({ customer_id })
  const lapsing = await desk.booked({ customer_id, start: on(desk, 2) })
  await desk.confirmed('decline_booking', { booking_id: declined.id })
  assert.deepEqual(await ledgerOf(desk, lot), ['grant', 'consume', 'consume', 'return'])
  await done(desk, 'set_sandbox_clock', { to: lapsing.lapses_at })
  assert.deepEqual(await ledgerOf(desk, lot), ['grant', 'consume', 'consume', 'return', 'return'])
})

test('cancelled by the business once its lot is over, the credit is granted anew', async () => {
  const { desk, customer_id, lot } = await openWithPack({ validity: 'P3D' })
  const { id } = await desk.booked({ customer_id, start: on(desk, 2) })
  await desk.jumpTo(on(desk, 5))
  await desk.confirmed('cancel_booking', { booking_id: id, by: 'business' })
  assert.deepEqual(await ledgerOf(desk, lot), ['grant', 'consume', 'expire', 'return'])
  const { length } = await desk.rows(
    `SELECT 1 FROM entitlement_lots WHERE workspace_id = $1 AND source = 'reissue'`,
  )
  assert.equal(length, 1)
})

test('of two bookings at once, one credit pays for one', async () => {
  const { desk, customer_id, lot } = await openWithPack({ sessions: 1 })
  await desk.policy({ requires_entitlement: true })
  const answers = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(day => desk.book({ customer_id, start: on(desk, day) })),
  )
  assert.deepEqual(answers.map(codeOf).toSorted(), ['done', ...Array(5).fill('no_entitlement')])
  assert.deepEqual(await ledgerOf(desk, lot), ['grant', 'consume'])
})
