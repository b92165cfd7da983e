import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Called, callTool, done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import type { Weekday } from '../time/local.ts'
import { checkLimits, type Scope, type Visit } from './limits.ts'

const server = await startServer({ after }, unlimited)

const at = (text: string) => Date.parse(text)
const visit = (start: string, minutes = 60, state: Visit['state'] = 'confirmed'): Visit => ({
  start: at(start),
  end: at(start) + minutes * 60_000,
  state,
})
const asked = (
  start: string,
  { weekStarts = 'mon' as Weekday, zone = 'UTC', now = '2030-01-01T00:00Z' } = {},
) => ({
  time: { start: at(start), end: at(start) + 3_600_000 },
  now: at(now),
  zone,
  weekStarts,
})
const liftsAt = (limits: Scope['limits'], visits: Visit[], question: ReturnType<typeof asked>) => {
  const [finding] = checkLimits([{ of: 'this service', limits, visits }], question)
  return finding!.passed ? null : finding!.details.lifts_at
}

test('a cooldown is counted from the end of a visit to the next start, on both sides; exactly so long is enough', () => {
  const limits = { cooldown_minutes: 60 }
  const visits = [visit('2030-01-08T10:00Z'), visit('2030-01-08T12:30Z')]
  assert.equal(liftsAt(limits, visits, asked('2030-01-08T08:00Z')), null)
  assert.equal(liftsAt(limits, visits, asked('2030-01-08T14:30Z')), null)
  assert.equal(liftsAt(limits, visits, asked('2030-01-08T14:29Z')), '2030-01-08T14:30:00Z')
  // Too near the first, and between the two there is no room.
  assert.equal(liftsAt(limits, visits, asked('2030-01-08T08:01Z')), '2030-01-08T14:30:00Z')
  assert.equal(liftsAt(limits, [visit('2030-01-08T10:00Z', 60, 'no_show')], asked('2030-01-08T11:00Z')), null)
  const served = [visit('2030-01-08T10:00Z', 60, 'completed')]
  assert.equal(liftsAt(limits, served, asked('2030-01-08T11:59Z')), '2030-01-08T12:00:00Z')
})

test('of bookings to come each that begins is one fewer', () => {
  const limits = { on_hand_limit: 2 }
  const visits = ['2030-01-10T10:00Z', '2030-01-08T10:00Z', '2030-01-09T10:00Z'].map(start => visit(start))
  const wish = (now: string) => asked('2030-02-01T10:00Z', { now })
  assert.equal(liftsAt(limits, visits, wish('2030-01-07T00:00Z')), '2030-01-09T10:00:00Z')
  assert.equal(liftsAt(limits, visits, wish('2030-01-09T09:59:59.999Z')), '2030-01-09T10:00:00Z')
  assert.equal(liftsAt(limits, visits, wish('2030-01-09T10:00Z')), null)
  assert.equal(liftsAt(limits, [visit('2030-01-08T10:00Z')], wish('2030-01-07T00:00Z')), null)
  const over = [visit('2030-01-08T10:00Z', 60, 'completed'), visit('2030-01-08T12:00Z', 60, 'arrived')]
  assert.equal(liftsAt(limits, over, wish('2030-01-07T00:00Z')), null, 'who has come has nothing to come')
})

test('days and weeks are those of the location, and weeks begin where the business says', () => {
  const madrid = { zone: 'Europe/Madrid' }
  const late = [visit('2030-01-08T22:30Z')] // 23:30 in Madrid.
  assert.equal(liftsAt({ day_limit: 1 }, late, asked('2030-01-08T22:59Z', madrid)), '2030-01-08T23:00:00Z')
  assert.equal(liftsAt({ day_limit: 1 }, late, asked('2030-01-08T23:00Z', madrid)), null)
  const full = [visit('2030-01-08T10:00Z'), visit('2030-01-09T10:00Z')]
  assert.equal(liftsAt({ day_limit: 1 }, full, asked('2030-01-08T12:00Z')), '2030-01-10T00:00:00Z')

  const wednesday = [visit('2030-01-09T10:00Z')]
  const sunday = '2030-01-13T10:00Z'
  assert.equal(liftsAt({ week_limit: 1 }, wednesday, asked(sunday)), '2030-01-14T00:00:00Z')
  assert.equal(liftsAt({ week_limit: 1 }, wednesday, asked(sunday, { weekStarts: 'sun' })), null)
  const both = { day_limit: 1, week_limit: 1 }
  assert.equal(
    liftsAt(both, wednesday, asked('2030-01-09T12:00Z')),
    '2030-01-14T00:00:00Z',
    'the later of two',
  )
  // 25 March 2030 is the Monday before a day of 23 hours.
  const spring = [visit('2030-03-27T10:00Z')]
  assert.equal(liftsAt({ week_limit: 1 }, spring, asked('2030-03-31T10:00Z', madrid)), '2030-03-31T22:00:00Z')
})

const on = (desk: Desk, days: number, hours = 0) => textOf(desk.morning(days).add({ hours }))
const codeOf = ({ isError, body }: Called) => (isError ? body.code : 'done')

async function setLimits(desk: Desk, customer_limits: Record<string, number>) {
  const { version } = await done(desk, 'get_workspace_settings')
  await done(desk, 'update_workspace_settings', { version, booking: { customer_limits } })
}

async function block(desk: Desk, customer_id: string, blocked = true) {
  const { version } = await done(desk, 'get_customer', { customer_id })
  await done(desk, 'update_customer', { customer_id, version, blocked })
}

test('each limit refuses with its code and the instant at which it lifts; a limit of one service is of that alone', async () => {
  const desk = await openDesk(server)
  await desk.policy({ customer_limits: { cooldown_minutes: 120, on_hand_limit: 3, day_limit: 2 } })
  const { customer_id } = await desk.booked({ start: on(desk, 1) })
  const near = await desk.book({ customer_id, start: on(desk, 1, 2) })
  assert.deepEqual(
    [near.body.code, near.body.details.lifts_at],
    ['cooldown', on(desk, 1, 3).replace('.000', '')],
  )
  await desk.booked({ customer_id, start: on(desk, 1, 3) })
  const third = await desk.book({ customer_id, start: on(desk, 1, 6) })
  assert.deepEqual([third.body.code, third.body.details.lifts_at], ['period_limit', '2030-01-08T23:00:00Z'])
  await desk.booked({ customer_id, start: on(desk, 2) })
  const fourth = await desk.book({ customer_id, start: on(desk, 3) })
  assert.deepEqual(
    [fourth.body.code, fourth.body.details.lifts_at, fourth.body.details.of],
    ['on_hand_limit', on(desk, 1).replace('.000', ''), 'this service'],
  )
  const other = await made(desk, 'create_service', {
    name: 'Other',
    duration_minutes: 30,
    price: { amount: 100, currency: 'EUR' },
  })
  await done(desk, 'set_staff_services', {
    staff_id: desk.staffIds[0],
    services: [{ service_id: desk.serviceId }, { service_id: other.id }],
  })
  const wish = { customer_id, service_id: other.id, start: on(desk, 1, 5) }
  assert.equal(codeOf(await desk.book(wish)), 'done')
  await setLimits(desk, { day_limit: 3 })
  const all = await desk.book({ ...wish, start: on(desk, 1, 8) })
  assert.deepEqual([all.body.code, all.body.details.of], ['period_limit', 'all services'])
  await setLimits(desk, {})
  assert.equal(codeOf(await desk.book({ ...wish, start: on(desk, 1, 8) })), 'done')
})

test('the first of several that refuse speaks, and the trace lists them all', async () => {
  const desk = await openDesk(server)
  const { customer_id } = await desk.booked()
  await setLimits(desk, { cooldown_minutes: 60, on_hand_limit: 1, day_limit: 1 })
  const start = on(desk, 1)
  const codes = async () => {
    const asked = { service_id: desk.serviceId, location_id: desk.locationId, start, customer_id }
    const { code, rules } = await done(desk, 'explain_unavailability', asked)
    const failing = rules.filter(({ passed }: { passed: boolean }) => !passed)
    assert.equal(codeOf(await desk.book({ customer_id, start })), code)
    return failing.map(({ code }: { code: string }) => code)
  }
  const mine = ['customer_overlap', 'slot_conflict']
  assert.deepEqual(await codes(), ['cooldown', 'on_hand_limit', 'period_limit', ...mine])
  await block(desk, customer_id)
  assert.deepEqual((await codes())[0], 'customer_blocked')
  await block(desk, customer_id, false)
  await setLimits(desk, { on_hand_limit: 1, day_limit: 1 })
  assert.deepEqual(await codes(), ['on_hand_limit', 'period_limit', ...mine])
  await setLimits(desk, { week_limit: 1 })
  assert.deepEqual(await codes(), ['period_limit', ...mine])
  await desk.policy({ notice_minutes: 60 * 72 })
  assert.deepEqual(await codes(), ['min_notice', 'period_limit', ...mine])
})

test('a blocked customer books, holds and moves nothing, and is read and cancelled as ever', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const { customer_id } = booking
  const hold = await made(desk, 'create_slot_hold', desk.slot({ start: on(desk, 2) }))
  await block(desk, customer_id)
  const refused = await desk.book({ customer_id, start: on(desk, 3) })
  assert.deepEqual([refused.body.code, refused.body.details.lifts_at], ['customer_blocked', null])
  assert.equal(
    codeOf(await callTool(desk, 'book_slot_hold', { hold_id: hold.id, customer_id })),
    'customer_blocked',
  )
  const moved = { booking_id: booking.id, start: on(desk, 4), idempotency_key: fresh() }
  assert.equal(codeOf(await callTool(desk, 'reschedule_booking', moved)), 'customer_blocked')
  assert.equal((await done(desk, 'get_customer', { customer_id })).blocked, true)
  assert.equal((await done(desk, 'get_booking', { booking_id: booking.id })).state, 'confirmed')
  const cancelled = await desk.confirmed('cancel_booking', { booking_id: booking.id, by: 'business' })
  assert.equal(codeOf(cancelled), 'done')
})

test('limits hold for a hold that is booked and for a move, where the booking itself does not count', async () => {
  const desk = await openDesk(server, { staff: 2 })
  await setLimits(desk, { cooldown_minutes: 60, day_limit: 1 })
  const booking = await desk.booked()
  const { customer_id } = booking
  const hold = await made(desk, 'create_slot_hold', desk.slot({ start: on(desk, 1, 5) }))
  const held = await callTool(desk, 'book_slot_hold', { hold_id: hold.id, customer_id })
  assert.equal(codeOf(held), 'period_limit')
  const move = (start: string) =>
    callTool(desk, 'reschedule_booking', { booking_id: booking.id, start, idempotency_key: fresh() })
  assert.equal(codeOf(await move(plus(booking.starts_at, { minutes: 30 }))), 'done')
  await desk.booked({ customer_id, start: on(desk, 2) })
  assert.equal(codeOf(await move(on(desk, 2, 5))), 'period_limit')
  assert.equal(
    (await done(desk, 'get_booking', { booking_id: booking.id })).version,
    2,
    'it stays where it was',
  )
  await setLimits(desk, { cooldown_minutes: 48 * 60 })
  const other = { booking_id: booking.id, staff_id: desk.staffIds[1], idempotency_key: fresh() }
  assert.equal(codeOf(await callTool(desk, 'reassign_booking', other)), 'done', 'the start is as it was')
})

test('what lapsed, or was called off, is nothing that a customer has', async () => {
  const desk = await openDesk(server)
  await desk.policy({
    requires_confirmation: true,
    answer_within_minutes: 30,
    customer_limits: { on_hand_limit: 1 },
  })
  const { id, customer_id, lapses_at } = await desk.booked()
  assert.equal(codeOf(await desk.book({ customer_id, start: on(desk, 2) })), 'on_hand_limit')
  await desk.jumpTo(plus(lapses_at, { milliseconds: -1 }))
  assert.equal(codeOf(await desk.book({ customer_id, start: on(desk, 2) })), 'on_hand_limit')
  await desk.jumpTo(lapses_at)
  const second = await desk.booked({ customer_id, start: on(desk, 2) })
  await desk.confirmed('cancel_booking', { booking_id: second.id, by: 'customer' })
  assert.equal(codeOf(await desk.book({ customer_id, start: on(desk, 3) })), 'done')
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).state, 'expired')
})

test('twenty bookings of one customer at once keep to a limit of three', async () => {
  const desk = await openDesk(server, { staff: 4 })
  await setLimits(desk, { on_hand_limit: 3 })
  const customer_id = await desk.customer()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      desk.book({ customer_id, staff_id: desk.staffIds[n % 4], start: on(desk, 1 + n) }),
    ),
  )
  const codes = answers.map(codeOf)
  assert.equal(codes.filter(code => code === 'done').length, 3)
  assert.equal(codes.filter(code => code === 'on_hand_limit').length, 17)
})
