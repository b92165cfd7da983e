import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, type Called, callTool, done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { uuidOf } from '../../catalog/kinds.ts'
import { type BookingEvent, type BookingState, goalOf, states, transitions } from './states.ts'

const server = await startServer({ after }, unlimited)

/** How a caller asks for each event. What time brings about is in test/bookings.test.ts. */
const ways: Partial<Record<BookingEvent, (desk: Desk, booking_id: string) => Promise<Called>>> = {
  confirm: (desk, booking_id) => callTool(desk, 'confirm_booking', { booking_id }),
  decline: (desk, booking_id) => desk.confirmed('decline_booking', { booking_id }),
  cancel: (desk, booking_id) => desk.confirmed('cancel_booking', { booking_id, by: 'business' }),
  arrive: (desk, booking_id) => callTool(desk, 'check_in_booking', { booking_id }),
  complete: (desk, booking_id) =>
    callTool(desk, 'complete_booking', { booking_id, idempotency_key: fresh() }),
  miss: (desk, booking_id) => desk.confirmed('mark_booking_no_show', { booking_id }),
  revert: (desk, booking_id) => desk.confirmed('revert_booking_status', { booking_id }),
}
const events = Object.keys(ways) as (keyof typeof ways)[]

/** The events that bring a new booking of a service that asks for confirmation to each state. */
const paths: Partial<Record<BookingState, (keyof typeof ways)[]>> = {
  pending: [],
  confirmed: ['confirm'],
  arrived: ['confirm', 'arrive'],
  completed: ['confirm', 'complete'],
  cancelled: ['cancel'],
  declined: ['decline'],
  no_show: ['confirm', 'miss'],
}

for (const state of states) {
  test(`a booking that is ${state} goes where the table says, and nowhere else`, async () => {
    const { desk, ids } = await bookingsThatAre(state, events.length)
    for (const [index, event] of events.entries()) {
      const id = ids[index]!
      const before = await historyOf(desk, id)
      const { isError, body } = await ways[event]!(desk, id)
      const allowed = transitions.find(transition => transition.from === state && transition.event === event)
      const told = isError ? body.code : body.data.state
      const stays = event !== 'revert' && state === goalOf(event)
      const expected = allowed?.to ?? (stays ? state : refusalOf(state, event))
      assert.equal(told, expected, `${state}, ${event}`)
      const noted = (await historyOf(desk, id)).slice(before.length)
      const note = { event, from_state: state, to_state: allowed?.to }
      assert.deepEqual(noted, allowed ? [note] : [], `${state}, ${event}`)
    }
  })
}

function historyOf(desk: Desk, id: string) {
  return desk.rows(
    'SELECT event, from_state, to_state FROM booking_history WHERE workspace_id = $1 AND booking_id = $2 ORDER BY id',
    uuidOf(id),
  )
}

function refusalOf(state: BookingState, event: BookingEvent): string {
  return state === 'expired' && event === 'confirm' ? 'hold_expired' : 'invalid_transition'
}

/** As many bookings in the state, at a clock that stands after their start; what still waits, before it. */
async function bookingsThatAre(state: BookingState, count: number): Promise<{ desk: Desk; ids: string[] }> {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true, hold_minutes: 1440 })
  const slots = Array.from({ length: count }, (_, n) => textOf(desk.morning(1).add({ hours: n })))
  if (state === 'hold' || state === 'expired') {
    const holds = await Promise.all(slots.map(start => made(desk, 'create_slot_hold', desk.slot({ start }))))
    if (state === 'expired') await desk.jumpTo(holds[0].lapses_at)
    return { desk, ids: holds.map(({ id }) => id) }
  }
  const ids = (await Promise.all(slots.map(start => desk.booked({ start })))).map(({ id }) => id)
  const path = paths[state]!
  for (const event of path) {
    if (event !== 'confirm' && path[0] === 'confirm') await desk.jumpTo(plus(slots.at(-1)!, { hours: 1 }))
    for (const id of ids) {
      const { isError, body } = await ways[event]!(desk, id)
      assert.equal(isError, false, JSON.stringify(body))
    }
  }
  if (state === 'confirmed') await desk.jumpTo(plus(slots.at(-1)!, { hours: 1 }))
  return { desk, ids }
}

test('asked for again, each change of state answers what it did, and is noted once', async () => {
  const desk = await openDesk(server)
  const [gone, served, missed] = await Promise.all(
    [1, 2, 3].map(days => desk.booked({ start: textOf(desk.morning(days)) })),
  )
  const twice = async (event: keyof typeof ways, id: string) => {
    const [first, second] = [await ways[event]!(desk, id), await ways[event]!(desk, id)]
    assert.deepEqual(second.body.data, first.body.data, event)
    const { history } = await done(desk, 'get_booking', { booking_id: id })
    assert.equal(history.filter((entry: { event: string }) => entry.event === event).length, 1, event)
  }
  await twice('cancel', gone.id)
  await desk.jumpTo(missed.ends_at)
  await twice('arrive', served.id)
  await twice('complete', served.id)
  await twice('miss', missed.id)
})

test('twenty who confirm at once make one transition, one entry of history and one event', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true })
  const { id } = await desk.booked()
  const answers = await Promise.all(Array.from({ length: 20 }, () => ways.confirm!(desk, id)))
  for (const { body } of answers) assert.deepEqual([body.data.state, body.data.version], ['confirmed', 2])
  const { history } = await done(desk, 'get_booking', { booking_id: id })
  assert.deepEqual(
    history.map(({ event }: { event: string }) => event),
    ['request', 'confirm'],
  )
  const noted = await desk.rows(
    `SELECT id FROM events WHERE workspace_id = $1 AND type = 'booking.confirmed' AND subject_id = $2`,
    uuidOf(id),
  )
  assert.equal(noted.length, 1)
})

test('confirm and decline at once: one wins, and the other changes nothing', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true })
  const { id } = await desk.booked()
  const answers = await Promise.all([ways.confirm!(desk, id), ways.decline!(desk, id)])
  const [winner] = answers.filter(({ isError }) => !isError)
  assert.equal(answers.filter(({ isError }) => !isError).length, 1)
  const { state, history } = await done(desk, 'get_booking', { booking_id: id })
  assert.deepEqual([state, history.length], [winner!.body.data.state, 2])
})

test('nothing is complete or missed before its start; at its very start it may be', async () => {
  const desk = await openDesk(server)
  const [one, two] = [
    await desk.booked(),
    await desk.booked({ start: textOf(desk.morning(1).add({ hours: 1 })) }),
  ]
  await desk.jumpTo(plus(one.starts_at, { milliseconds: -1 }))
  for (const event of ['complete', 'miss'] as const)
    assert.equal((await ways[event]!(desk, one.id)).body.code, 'invalid_transition', event)
  await desk.jumpTo(one.starts_at)
  assert.equal((await ways.complete!(desk, one.id)).body.data.state, 'completed')
  assert.equal((await ways.miss!(desk, two.id)).body.code, 'invalid_transition')
  await desk.jumpTo(two.starts_at)
  assert.equal((await ways.miss!(desk, two.id)).body.data.state, 'no_show')
})

test('what is declined or cancelled gives its time back; what was served or missed keeps it', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true })
  const again = { ...desk.slot(), overrides: ['min_notice'] }
  const after = async (...path: (keyof typeof ways)[]) => {
    const { id } = await desk.booked(again)
    for (const event of path) assert.equal((await ways[event]!(desk, id)).isError, false, event)
  }
  await after('decline')
  await after('cancel')
  await after('confirm', 'cancel')
  const { id } = await desk.booked()
  await ways.confirm!(desk, id)
  await desk.jumpTo(textOf(desk.morning(1)))
  await ways.miss!(desk, id)
  assert.equal((await desk.book(again)).body.code, 'slot_conflict')
})

test('a hold that is released is free at once; what is a booking by now is not released', async () => {
  const desk = await openDesk(server)
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  const released = await done(desk, 'release_slot_hold', { hold_id: hold.id })
  assert.deepEqual([released.state, released.lapses_at], ['expired', null])
  assert.deepEqual(await done(desk, 'release_slot_hold', { hold_id: hold.id }), released)
  const booking = await desk.booked()
  assert.equal(
    (await callTool(desk, 'release_slot_hold', { hold_id: booking.id })).body.code,
    'invalid_transition',
  )
})

test('what was marked by mistake goes back to where it was; both stay in its history, and it keeps its time', async () => {
  const desk = await openDesk(server)
  const [served, missed] = [await desk.booked(), await desk.booked({ start: textOf(desk.morning(2)) })]
  await desk.jumpTo(missed.ends_at)
  await ways.arrive!(desk, served.id)
  for (const [id, event, before] of [
    [served.id, 'complete', 'arrived'],
    [missed.id, 'miss', 'confirmed'],
    [missed.id, 'complete', 'confirmed'],
  ] as const) {
    const { data: marked } = (await ways[event]!(desk, id)).body
    const { data: reverted } = (await ways.revert!(desk, id)).body
    assert.deepEqual(reverted, { ...marked, state: before, version: marked.version + 1 })
    const { history } = await done(desk, 'get_booking', { booking_id: id })
    assert.deepEqual(
      history.slice(-2).map(({ event, to_state, details }: Body) => [event, to_state, details]),
      [
        [event, marked.state, {}],
        ['revert', before, { undone: event }],
      ],
    )
    const told = await desk.rows(
      `SELECT data FROM events WHERE workspace_id = $1 AND type = 'booking.reverted' AND subject_id = $2 ORDER BY id DESC`,
      uuidOf(id),
    )
    assert.deepEqual(told[0]!.data, { undone: event })
    const slot = { ...desk.slot({ start: marked.starts_at }), overrides: ['min_notice'] }
    assert.equal((await desk.book(slot)).body.code, 'slot_conflict')
  }
})

test('reverted once is reverted: asked again it changes nothing, and what followed is not undone with it', async () => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  await desk.jumpTo(textOf(desk.morning(1)))
  await ways.arrive!(desk, id)
  await ways.complete!(desk, id)
  const first = (await ways.revert!(desk, id)).body.data
  const { version } = await done(desk, 'update_booking_details', {
    booking_id: id,
    version: first.version,
    note: 'Here.',
  })
  assert.deepEqual((await ways.revert!(desk, id)).body.data, { ...first, version })
  assert.equal(
    (await ways.complete!(desk, id)).body.data.state,
    'completed',
    'and it can be completed in earnest',
  )
})
