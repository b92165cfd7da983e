import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { call } from '../../../test/support/access.ts'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, type Called, callTool, done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { uuidOf } from '../../catalog/kinds.ts'
import type { Context } from '../context.ts'
import { settlementOf } from './charges.ts'
import { payDeposit } from './deposit.ts'
import type { Booking, Charge } from './tables.ts'
import { waiveFee } from './waive.ts'

const server = await startServer({ after }, unlimited)

const eur = (amount: number) => ({ amount, currency: 'EUR' })
const codeOf = ({ isError, body }: Called) => (isError ? body.code : 'done')
const on = (desk: Desk, days: number, hours = 0) => textOf(desk.morning(days).add({ hours }))

/** A verb that later domains call, in a call of the workspace at its own clock. */
async function run<T>(desk: Desk, work: (context: Context) => Promise<T>): Promise<T | string> {
  const [workspace] = await desk.rows('SELECT clock FROM workspaces WHERE id = $1')
  const now = Temporal.Instant.fromEpochMilliseconds(new Date(workspace!.clock).getTime())
  const caller: Body = {
    principal: { kind: 'system', id: null },
    workspace: {
      id: desk.workspaceId,
      kind: 'sandbox',
      currency: 'EUR',
      country: 'ES',
      timeZone: 'Europe/Madrid',
    },
  }
  try {
    return await call(server.house.database as Body, { caller }, context =>
      work({ ...context, now, enqueue: async () => {} }),
    )
  } catch (error) {
    return (error as { code: string }).code
  }
}

const pay = (desk: Desk, id: string) => run(desk, context => payDeposit(context, uuidOf(id)))

async function chargesOf(desk: Desk, booking_id: string): Promise<string[]> {
  const { charges } = await done(desk, 'get_booking', { booking_id })
  return charges.map(({ kind, state, amount, open }: Body) => `${kind} ${state} ${amount} ${open}`)
}

const stateOf = async (desk: Desk, booking_id: string) =>
  (await done(desk, 'get_booking', { booking_id })).state

test('a fee takes of the deposit what it can; a credit and a fee are never both', () => {
  const booking = { paidWith: 'later', lateCancelFeeAmount: 30, noShowFeeAmount: 50 } as Booking
  const deposit = (amount: number, state = 'paid') => [{ kind: 'deposit', state, amount } as Charge]
  assert.deepEqual(settlementOf(booking, [], 'free'), { credit: null, fee: 0, covered: 0, refund: 0 })
  assert.deepEqual(settlementOf(booking, deposit(20), 'free'), {
    credit: null,
    fee: 0,
    covered: 0,
    refund: 20,
  })
  assert.deepEqual(settlementOf(booking, deposit(20), 'late_cancel'), {
    credit: null,
    fee: 30,
    covered: 20,
    refund: 0,
  })
  assert.deepEqual(settlementOf(booking, deposit(40), 'late_cancel'), {
    credit: null,
    fee: 30,
    covered: 30,
    refund: 10,
  })
  assert.deepEqual(settlementOf(booking, deposit(40), 'no_show'), {
    credit: null,
    fee: 50,
    covered: 40,
    refund: 0,
  })
  assert.deepEqual(
    settlementOf(booking, deposit(40, 'due'), 'no_show').covered,
    0,
    'not paid, it pays nothing',
  )
  const credited = { ...booking, paidWith: 'entitlement' } as Booking
  assert.deepEqual(settlementOf(credited, [], 'no_show'), { credit: 'kept', fee: 0, covered: 0, refund: 0 })
  assert.equal(settlementOf(credited, [], 'free').credit, 'returned')
  const waived = { kind: 'late_cancel', state: 'waived', amount: 30 } as Charge
  assert.deepEqual(
    settlementOf(booking, [...deposit(20, 'refund_due'), waived], 'late_cancel'),
    { credit: null, fee: 0, covered: 0, refund: 20 },
    'what was waived is shown as no fee',
  )
})

test('a booking waits for its deposit within the hold’s time, and lapses exactly then', async () => {
  const desk = await openDesk(server)
  await desk.policy({ deposit: eur(2000), hold_minutes: 30 })
  const [one, two] = [await desk.booked(), await desk.booked({ start: on(desk, 2) })]
  assert.deepEqual([one.state, one.deposit_due, one.lapses_at], ['pending', 2000, '2030-01-07T08:30:00.000Z'])
  assert.deepEqual(await chargesOf(desk, one.id), ['deposit due 2000 2000'])
  const unpaid = await callTool(desk, 'confirm_booking', { booking_id: one.id })
  assert.deepEqual([codeOf(unpaid), unpaid.body.details.deposit], ['invalid_transition', eur(2000)])
  await desk.jumpTo(plus(one.lapses_at, { milliseconds: -1 }))
  await pay(desk, one.id)
  await pay(desk, one.id)
  assert.equal(await stateOf(desk, one.id), 'confirmed')
  assert.deepEqual(await chargesOf(desk, one.id), ['deposit paid 2000 0'])
  await desk.jumpTo(two.lapses_at)
  assert.equal(await pay(desk, two.id), 'hold_expired')
  assert.equal(await stateOf(desk, two.id), 'expired')
  assert.equal(codeOf(await desk.book({ start: on(desk, 2) })), 'done', 'its place is free')
  assert.deepEqual(await chargesOf(desk, two.id), [], 'and nothing is due')
  const hold = await made(desk, 'create_slot_hold', desk.slot({ start: on(desk, 4) }))
  await desk.policy({ deposit: eur(9000) })
  const held = await done(desk, 'book_slot_hold', { hold_id: hold.id, customer_id: one.customer_id })
  assert.deepEqual([held.state, held.deposit_due, held.lapses_at], ['pending', 2000, hold.lapses_at])
  assert.equal((await desk.booked({ start: on(desk, 6) })).deposit_due, 5000, 'never more than the price')
})

test('paid, it still waits for the business where the service asks for its answer', async () => {
  const desk = await openDesk(server)
  await desk.policy({ deposit: eur(2000), requires_confirmation: true, answer_within_minutes: 600 })
  const { id } = await desk.booked()
  await pay(desk, id)
  const paid = await done(desk, 'get_booking', { booking_id: id })
  assert.deepEqual([paid.state, paid.lapses_at], ['pending', '2030-01-07T18:00:00.000Z'])
  await desk.confirmed('decline_booking', { booking_id: id })
  assert.deepEqual(await chargesOf(desk, id), ['deposit refund_due 2000 2000'])
})

test('cancelled in time or by the business the deposit goes back; late, it pays the fee first', async () => {
  const desk = await openDesk(server)
  await desk.policy({ deposit: eur(2000), late_cancel_fee: eur(1500), no_show_fee: eur(4000) })
  const ids: string[] = []
  for (const hours of [0, 2, 4, 6]) {
    const { id } = await desk.booked({ start: on(desk, 3, hours) })
    await pay(desk, id)
    ids.push(id)
  }
  const [early, business, late, missed] = ids as [string, string, string, string]
  const cutoff = on(desk, 2)
  await desk.jumpTo(cutoff)
  const preview = (booking_id: string, by = 'customer') =>
    done(desk, 'preview_booking_cancellation', { booking_id, by })
  const free = await preview(early)
  assert.deepEqual([free.late, free.fee, free.deposit_refund], [false, eur(0), eur(2000)])
  const cancel = (booking_id: string, by: string) => desk.confirmed('cancel_booking', { booking_id, by })
  assert.equal(codeOf(await cancel(early, 'customer')), 'done')
  assert.deepEqual(await chargesOf(desk, early), ['deposit refund_due 2000 2000'])

  await desk.jumpTo(plus(on(desk, 2, 4), { milliseconds: 1 }))
  assert.equal((await preview(business, 'business')).deposit_refund.amount, 2000)
  assert.equal(codeOf(await cancel(business, 'business')), 'done')
  assert.deepEqual(await chargesOf(desk, business), ['deposit refund_due 2000 2000'])
  const before = await preview(late)
  assert.deepEqual(
    [before.late, before.fee, before.fee_from_deposit, before.deposit_refund],
    [true, eur(1500), eur(1500), eur(500)],
  )
  assert.equal(codeOf(await cancel(late, 'customer')), 'done')
  assert.deepEqual(await chargesOf(desk, late), ['deposit refund_due 2000 500', 'late_cancel paid 1500 0'])
  const { booking: _, ...after } = await preview(late)
  const { booking: __, ...then } = before
  assert.deepEqual(after, then, 'what it meant is what it was said to mean')

  await desk.jumpTo(on(desk, 3, 7))
  assert.equal(codeOf(await desk.confirmed('mark_booking_no_show', { booking_id: missed })), 'done')
  assert.deepEqual(await chargesOf(desk, missed), ['deposit kept 2000 0', 'no_show due 4000 2000'])
  assert.equal(codeOf(await desk.confirmed('revert_booking_status', { booking_id: missed })), 'done')
  assert.deepEqual(await chargesOf(desk, missed), ['deposit paid 2000 0'])
  assert.equal(codeOf(await desk.confirmed('mark_booking_no_show', { booking_id: missed })), 'done')
  assert.deepEqual(await chargesOf(desk, missed), ['deposit kept 2000 0', 'no_show due 4000 2000'])
})

test('fees are those that it was booked on; a move keeps deposit and deadline as they are', async () => {
  const desk = await openDesk(server)
  await desk.policy({ deposit: eur(2000), late_cancel_fee: eur(1500), hold_minutes: 30 })
  const booking = await desk.booked({ start: on(desk, 3) })
  await desk.policy({ late_cancel_fee: eur(9900) })
  const move = { booking_id: booking.id, start: on(desk, 4), idempotency_key: fresh() }
  const moved = await done(desk, 'reschedule_booking', move)
  assert.equal(moved.lapses_at, booking.lapses_at)
  assert.deepEqual(await chargesOf(desk, booking.id), ['deposit due 2000 2000'])
  await pay(desk, booking.id)
  await done(desk, 'reschedule_booking', { ...move, start: on(desk, 5), idempotency_key: fresh() })
  assert.deepEqual(await chargesOf(desk, booking.id), ['deposit paid 2000 0'])
  await desk.jumpTo(on(desk, 4, 1))
  const terms = await done(desk, 'preview_booking_cancellation', { booking_id: booking.id })
  assert.deepEqual([terms.late, terms.late_cancel_fee], [true, eur(1500)])
})

test('a request that nobody has said yes to is cancelled for nothing, however late', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true, late_cancel_fee: eur(1500) })
  const booking = await desk.booked()
  await desk.jumpTo(plus(booking.starts_at, { minutes: -1 }))
  const terms = await done(desk, 'preview_booking_cancellation', { booking_id: booking.id })
  assert.deepEqual([terms.late, terms.fee], [false, eur(0)])
  await desk.confirmed('cancel_booking', { booking_id: booking.id, by: 'customer' })
  assert.deepEqual(await chargesOf(desk, booking.id), [])
})

test('a fee that is waived is due no more, and what the deposit paid of it goes back', async () => {
  const desk = await openDesk(server)
  await desk.policy({ deposit: eur(2000), late_cancel_fee: eur(1500) })
  const { id } = await desk.booked()
  await pay(desk, id)
  const waive = () => run(desk, context => waiveFee(context, uuidOf(id), 'She was ill'))
  assert.equal(await waive(), 'invalid_transition')
  await desk.jumpTo(on(desk, 0, 1))
  await desk.confirmed('cancel_booking', { booking_id: id, by: 'customer' })
  await waive()
  await waive()
  assert.deepEqual(await chargesOf(desk, id), ['deposit refund_due 2000 2000', 'late_cancel waived 1500 0'])
  const { history } = await done(desk, 'get_booking', { booking_id: id })
  assert.equal(history.filter(({ event }: Body) => event === 'waive').length, 1)
  assert.ok(!JSON.stringify(history).includes('ill'), 'their words are not in the history')
  const asked = { booking_id: id, reason: 'x', idempotency_key: fresh() }
  assert.equal((await callTool(desk, 'waive_booking_fee', asked)).body.status, 'needs_approval')
})

test('a quote shows what booking asks, and its terms are kept', async () => {
  const desk = await openDesk(server)
  await desk.policy({ deposit: eur(2000), late_cancel_fee: eur(1500), no_show_fee: eur(4000) })
  const { quote, ...shown } = await done(desk, 'quote_booking', desk.slot())
  assert.deepEqual(
    [shown.deposit, shown.late_cancel_fee, shown.no_show_fee, shown.credit],
    [eur(2000), eur(1500), eur(4000), null],
  )
  await desk.policy({ deposit: eur(4500) })
  assert.equal((await desk.booked({ quote })).deposit_due, 2000)
  assert.equal((await desk.booked({ start: on(desk, 2) })).deposit_due, 4500)
})
