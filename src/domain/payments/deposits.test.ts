/** The money of deposits and fees: held for the customer, then the visit's, the fee's or theirs again; the ledger tells which. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, done, fresh, refused } from '../../../test/support/caller.ts'
import { hurry, until } from '../../../test/support/jobs.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after }, unlimited)
const eur = (amount: number) => ({ amount, currency: 'EUR' })

/** A session of 50 asks 20 ahead, 15 for a late cancellation, and 40 for a visit that was missed. */
async function openSalon(on_completion: 'off' | 'draft' | 'open' = 'open', fees: Body = {}): Promise<Desk> {
  const desk = await openDesk(server)
  const { version } = await done(desk, 'get_workspace_settings')
  await done(desk, 'update_workspace_settings', { version, invoicing: { on_completion } })
  const terms = { deposit: eur(2_000), late_cancel_fee: eur(1_500), no_show_fee: eur(4_000) }
  await desk.policy({ ...terms, ...fees })
  return desk
}

async function certain(desk: Desk, tool: string, args: Record<string, unknown>): Promise<Body> {
  const { isError, body } = await desk.approved(tool, args)
  assert.equal(isError, false, `${tool}: ${JSON.stringify(body)}`)
  return body.data
}

/** A booking whose deposit was paid in cash. */
async function secured(desk: Desk, days = 3): Promise<Body> {
  const booking = await desk.booked({ start: textOf(desk.morning(days)) })
  await certain(desk, 'record_manual_payment', {
    booking_id: booking.id,
    tender: 'cash',
    amount: eur(2_000),
  })
  return booking
}

/** One that a card paid, through the worker. */
async function securedByCard(desk: Desk, card = 'success'): Promise<{ booking: Body; paymentId: string }> {
  const booking = await desk.booked({ start: textOf(desk.morning(3)) })
  const { card_on_file } = await done(desk, 'script_sandbox_provider', {
    card_on_file: { customer_id: booking.customer_id, card },
  })
  const { id } = await certain(desk, 'charge_saved_method', {
    booking_id: booking.id,
    method_id: card_on_file.id,
  })
  await until(async () => (await done(desk, 'get_payment', { payment_id: id })).state === 'succeeded')
  return { booking, paymentId: id }
}

async function charges(desk: Desk, booking_id: string): Promise<string[]> {
  const { charges: all } = await done(desk, 'get_booking', { booking_id })
  return all.map(({ kind, state, open }: Body) => `${kind} ${state} ${open}`)
}

const cancel = (desk: Desk, booking_id: string, by = 'customer') =>
  certain(desk, 'cancel_booking', { booking_id, by })

test('a deposit taken is a liability, and pays the invoice of the visit when it is completed, once', async () => {
  const desk = await openSalon()
  const { id: booking_id, ends_at } = await secured(desk)
  assert.deepEqual(await desk.books(), { cash: 2_000, deposits_held: 2_000 })
  await desk.jumpTo(ends_at)
  for (const _ of [1, 2]) await certain(desk, 'complete_booking', { booking_id })
  const [invoice] = await done(desk, 'list_invoices', { booking_id })
  assert.deepEqual([invoice.total, invoice.due, invoice.payment_state], [5_000, 3_000, 'partial'])
  assert.deepEqual(await desk.books(), { cash: 2_000, receivable: 3_000, revenue: 5_000 })
  assert.deepEqual(await charges(desk, booking_id), ['deposit applied 0'])
})

test('where completion only drafts the invoice, the deposit is held until that is issued', async () => {
  const desk = await openSalon('draft')
  const { id: booking_id, ends_at } = await secured(desk)
  await desk.jumpTo(ends_at)
  await certain(desk, 'complete_booking', { booking_id })
  assert.deepEqual(await desk.books(), { cash: 2_000, deposits_held: 2_000 })
  const [{ id: invoice_id }] = await done(desk, 'list_invoices', { booking_id })
  const issued = await certain(desk, 'finalize_invoice', { invoice_id })
  assert.equal(issued.due, 3_000)
  assert.equal((await desk.books()).deposits_held, undefined)
})

/** 40 of a visit of 50, before it took place: 10 of its deposit are left over. */
async function paidAhead(): Promise<{ desk: Desk; booking_id: string }> {
  const desk = await openSalon()
  const { id: booking_id, customer_id, ends_at } = await secured(desk)
  const lines = [{ description: 'Session', unit_price: eur(5_000) }]
  const { id: invoice_id } = await certain(desk, 'create_invoice', { customer_id, booking_id, lines })
  await certain(desk, 'finalize_invoice', { invoice_id })
  assert.equal((await desk.books()).deposits_held, 2_000, 'the visit has not taken place')
  await certain(desk, 'record_manual_payment', { invoice_id, tender: 'cash', amount: eur(4_000) })
  await desk.jumpTo(ends_at)
  await certain(desk, 'complete_booking', { booking_id })
  assert.deepEqual(await charges(desk, booking_id), ['deposit refund_due 1000'])
  assert.deepEqual(await desk.books(), { cash: 6_000, deposits_held: 1_000, revenue: 5_000 })
  return { desk, booking_id }
}

test('a visit that was paid ahead leaves its deposit to go back', async () => {
  const { desk, booking_id } = await paidAhead()
  await certain(desk, 'refund_payment', { booking_id })
  assert.deepEqual(await desk.books(), { cash: 5_000, revenue: 5_000 })
})

test('of a completion that is undone, what paid the invoice is credit, and the rest is the deposit again', async () => {
  const { desk, booking_id } = await paidAhead()
  await certain(desk, 'revert_booking_status', { booking_id })
  assert.deepEqual(await desk.books(), { cash: 6_000, customer_credit: 5_000, deposits_held: 1_000 })
  await certain(desk, 'complete_booking', { booking_id })
  const then = { cash: 6_000, customer_credit: 5_000, receivable: 4_000, revenue: 5_000 }
  assert.deepEqual(await desk.books(), then)
  assert.deepEqual(await charges(desk, booking_id), ['deposit applied 0'])
})

test('cancelled in time, or by the business, the deposit goes back; late, it is kept as far as the fee goes', async () => {
  const desk = await openSalon()
  const [early, ours, late] = [await secured(desk, 3), await secured(desk, 4), await secured(desk, 5)]
  await cancel(desk, early.id)
  await desk.jumpTo(textOf(desk.morning(5).subtract({ hours: 1 })))
  await cancel(desk, ours.id, 'business')
  assert.deepEqual(await desk.books(), { cash: 2_000, deposits_held: 2_000 })
  for (const { id } of [early, ours]) assert.deepEqual(await charges(desk, id), ['deposit refunded 0'])
  await cancel(desk, late.id)
  assert.deepEqual(await desk.books(), { cash: 1_500, fees: 1_500 })
  assert.deepEqual(await charges(desk, late.id), ['deposit refunded 0', 'late_cancel paid 0'])
})

test('a card gets it back through its provider; where that fails days later, it is held, and can be refunded again', async () => {
  const desk = await openSalon()
  const { booking, paymentId } = await securedByCard(desk, 'refund_fails_later')
  await cancel(desk, booking.id)
  const refund = async () => (await done(desk, 'get_payment', { payment_id: paymentId })).refunds.at(-1)
  await until(async () => (await refund()).state === 'succeeded')
  assert.deepEqual(await desk.books(), {})
  await done(desk, 'set_sandbox_clock', { to: textOf(desk.morning(30)) })
  assert.equal((await refund()).state, 'failed')
  assert.deepEqual(await desk.books(), { clearing: 2_000, deposits_held: 2_000 })
  assert.deepEqual(await charges(desk, booking.id), ['deposit refund_due 2000'])
  await done(desk, 'script_sandbox_provider', { refunds: ['success'] })
  await certain(desk, 'refund_payment', { booking_id: booking.id })
  await hurry(server.house.database.owner)
  await until(async () => (await refund()).state === 'succeeded')
  assert.deepEqual(await desk.books(), {})
})

test('a refund whose answer is lost is reserved all the same: there is nothing more to give back', async () => {
  const desk = await openSalon()
  const { booking, paymentId } = await securedByCard(desk)
  await done(desk, 'script_sandbox_provider', { refunds: ['lost', 'lost', 'lost', 'lost', 'lost', 'lost'] })
  await cancel(desk, booking.id)
  const [{ state }] = (await done(desk, 'get_payment', { payment_id: paymentId })).refunds
  assert.equal(state, 'pending')
  const preview = { payment_id: paymentId }
  assert.equal(await refused(desk, 'preview_refund', preview), 'exceeds_refundable')
})

test('a no-show keeps the deposit, and owes the rest of its fee; undone, the deposit is held again', async () => {
  const desk = await openSalon()
  const { id: booking_id, ends_at } = await secured(desk)
  await desk.jumpTo(ends_at)
  const miss = () => certain(desk, 'mark_booking_no_show', { booking_id })
  await miss()
  assert.deepEqual(await desk.books(), { cash: 2_000, fees: 2_000 })
  await certain(desk, 'revert_booking_status', { booking_id })
  assert.deepEqual(await desk.books(), { cash: 2_000, deposits_held: 2_000 })
  await miss()
  await certain(desk, 'record_manual_payment', { booking_id, tender: 'cash', amount: eur(2_000) })
  assert.deepEqual(await desk.books(), { cash: 4_000, fees: 4_000 })
  assert.deepEqual(await charges(desk, booking_id), ['deposit kept 0', 'no_show paid 0'])
})

test('of a no-show that is undone, what went back of the deposit is gone, and the rest is the deposit', async () => {
  const desk = await openSalon('open', { no_show_fee: eur(500) })
  const { id: booking_id, ends_at } = await secured(desk)
  await desk.jumpTo(ends_at)
  await certain(desk, 'mark_booking_no_show', { booking_id })
  assert.deepEqual(await desk.books(), { cash: 500, fees: 500 })
  await certain(desk, 'revert_booking_status', { booking_id })
  assert.deepEqual(await desk.books(), { cash: 500, deposits_held: 500 })
  const { fee_from_deposit } = await done(desk, 'preview_booking_cancellation', { booking_id })
  assert.deepEqual(fee_from_deposit, eur(500))
  await certain(desk, 'complete_booking', { booking_id })
  assert.deepEqual(await desk.books(), { cash: 500, receivable: 4_500, revenue: 5_000 })
})

test('a fee that is let go gives back what the deposit had paid of it', async () => {
  const desk = await openSalon()
  const { id: booking_id, ends_at } = await secured(desk)
  await desk.jumpTo(ends_at)
  await certain(desk, 'mark_booking_no_show', { booking_id })
  for (const _ of [1, 2]) await certain(desk, 'waive_booking_fee', { booking_id, reason: 'She was ill' })
  assert.deepEqual(await desk.books(), {})
  assert.deepEqual(await charges(desk, booking_id), ['deposit refunded 0', 'no_show waived 0'])
})

test('an unanswered request lapses, and its deposit goes back', async () => {
  const desk = await openSalon('open', { requires_confirmation: true, answer_within_minutes: 600 })
  const booking = await secured(desk)
  assert.equal((await desk.books()).deposits_held, 2_000)
  await done(desk, 'set_sandbox_clock', { to: textOf(desk.morning(2)) })
  assert.equal((await done(desk, 'get_booking', { booking_id: booking.id })).state, 'expired')
  assert.deepEqual(await desk.books(), {})
})

test('who books what an unanswered request has left is no refunder: its deposit goes back, and nobody has to approve it', async () => {
  const desk = await openSalon('open', { requires_confirmation: true, answer_within_minutes: 600 })
  const { id: booking_id } = await secured(desk)
  await desk.jumpTo(desk.morning(2).toInstant())
  const { body } = await desk.book({ start: textOf(desk.morning(3)) })
  assert.equal(body.status, 'done', JSON.stringify(body))
  assert.deepEqual(await charges(desk, booking_id), ['deposit refunded 0'])
  assert.deepEqual(await desk.books(), {})
})

test('a policy may have a person decide on what a cancellation gives back above some amount', async () => {
  const desk = await openSalon()
  const booking = await secured(desk)
  const rules = [{ tool: 'cancel_booking', gate: 'approve', amount_over: eur(1_000) }]
  await certain(desk, 'set_approval_policy', { rules })
  const asked = await desk.confirmed('cancel_booking', {
    booking_id: booking.id,
    by: 'customer',
    idempotency_key: fresh(),
  })
  assert.equal(asked.body.status, 'needs_approval')
  assert.equal((await desk.books()).deposits_held, 2_000)
})

test('a cancellation that gives a deposit back is gated as a refund; one that gives nothing back is not', async () => {
  const desk = await openSalon()
  const [held, free] = [await secured(desk), await desk.booked({ start: textOf(desk.morning(2)) })]
  const status = async (booking_id: string) =>
    (await desk.confirmed('cancel_booking', { booking_id, by: 'business', idempotency_key: fresh() })).body
      .status
  assert.equal(await status(held.id), 'needs_approval')
  assert.equal((await desk.books()).deposits_held, 2_000)
  assert.equal(await status(free.id), 'done')
})
