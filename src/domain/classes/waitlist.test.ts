import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { plus, unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { openStudio, type Studio } from '../../../test/support/classes.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after }, unlimited)

test('one enrolment per customer per session; whoever has left may come again', async () => {
  const studio = await openStudio(server)
  const session = await studio.session()
  const customer_id = await studio.customer()
  const { enrolment_id } = await studio.enrol(session, { customer_id })
  const again = { session_id: session.id, customer_id, idempotency_key: fresh() }
  assert.equal(await refused(studio, 'enrol_in_class', again), 'already_enrolled')
  await studio.leaves(enrolment_id)
  assert.equal((await studio.enrol(session, { customer_id })).outcome, 'enrolled')
  assert.equal((await studio.now(session)).enrolled, 1)
})

test('a party larger than the places left is waitlisted whole', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 4 })
  await studio.enrol(session, { party_size: 2 })
  assert.equal((await studio.enrol(session, { party_size: 3 })).outcome, 'waitlisted')
  assert.deepEqual(placesOf(await studio.now(session)), { enrolled: 2, places_left: 2, waiting: 1 })
  assert.equal((await studio.enrol(session, { party_size: 2 })).outcome, 'enrolled')
})

test('the order of the waitlist is the order of acceptance, and a position is given once', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1 })
  await studio.enrol(session)
  const first = await studio.waits(session)
  const second = await studio.enrol(session)
  const third = await studio.waits(session)
  assert.deepEqual([first.position, second.position, third.position], [1, 2, 3])
  await done(studio, 'leave_waitlist', { entry_id: third.id })
  assert.equal((await studio.waits(session)).position, 4)
  assert.deepEqual(
    (await studio.line(session)).map(({ position, ahead }) => [position, ahead]),
    [
      [1, 0],
      [2, 1],
      [4, 2],
    ],
  )
})

test('joining twice is once, leaving twice is once; where there are places one enrols instead', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1 })
  const customer_id = await studio.customer()
  const join = { session_id: session.id, customer_id, idempotency_key: fresh() }
  assert.equal(await refused(studio, 'join_waitlist', join), 'invalid_transition')
  const { enrolment_id } = await studio.enrol(session)
  const entry = await studio.waits(session, { customer_id })
  assert.deepEqual(await studio.waits(session, { customer_id }), entry)
  assert.equal(
    (await studio.enrol(session, { customer_id })).entry_id,
    entry.id,
    'nor does enrolling move them',
  )
  const left = await done(studio, 'leave_waitlist', { entry_id: entry.id })
  assert.deepEqual(await done(studio, 'leave_waitlist', { entry_id: entry.id }), left)
  await studio.leaves(enrolment_id)
  assert.equal((await studio.now(session)).places_left, 1, 'nobody waits any more')
})

test('a freed place promotes the first eligible; the skipped keep their place with a reason', async () => {
  const studio = await openStudio(server, { staff: 2 })
  const session = await studio.session({ capacity: 2, requires_entitlement: true })
  const [ada, ben, busy, poor, rich] = await customers(studio, 5)
  for (const id of [ada, ben, busy, poor, rich]) await studio.pass(id!)
  const [first] = [
    await studio.enrol(session, { customer_id: ada }),
    await studio.enrol(session, { customer_id: ben }),
  ]
  for (const customer_id of [busy, poor, rich]) await studio.waits(session, { customer_id })
  await studio.booked({ customer_id: busy, staff_id: studio.staffIds[1], start: session.starts_at })
  await spend(studio, poor!)
  const { moved_up } = await studio.leaves(first!.enrolment_id)
  assert.deepEqual(
    moved_up.map(({ customer_id }: Body) => customer_id),
    [rich],
  )
  assert.deepEqual(
    (await studio.line(session)).map(({ customer_id, position, skipped_because }) => [
      customer_id,
      position,
      skipped_because,
    ]),
    [
      [busy, 1, 'customer_overlap'],
      [poor, 2, 'no_entitlement'],
    ],
  )
})

test('a party that does not fit keeps its place, and is told why', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 2 })
  const one = await studio.enrol(session)
  const two = await studio.enrol(session)
  const party = await studio.waits(session, { party_size: 2 })
  const alone = await studio.waits(session)
  await studio.leaves(one.enrolment_id)
  const [first] = await studio.line(session)
  assert.deepEqual([first!.id, first!.skipped_because], [party.id, 'party_too_large'])
  assert.equal(
    (await studio.roster(session)).some(({ customer_id }) => customer_id === alone.customer_id),
    true,
  )
  await studio.leaves(two.enrolment_id)
  assert.equal((await studio.line(session)).length, 1, 'one place is still no two')
})

test('each promotion consumes one credit', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1 })
  const { enrolment_id } = await studio.enrol(session)
  const customer_id = await studio.customer()
  await studio.pass(customer_id, 5)
  await studio.waits(session, { customer_id })
  assert.equal(await studio.left(customer_id), 5, 'who waits pays nothing')
  await studio.leaves(enrolment_id)
  assert.equal(await studio.left(customer_id), 4)
  assert.equal((await studio.roster(session))[0]!.paid_with, 'entitlement')
})

test('inside waitlist_close_minutes nobody moves up by themselves: a place goes to whoever books first', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 2, waitlist_close_minutes: 120 })
  const enrolled = [await studio.enrol(session), await studio.enrol(session)]
  const [first, second] = [await studio.waits(session), await studio.waits(session)]
  await studio.jumpTo(plus(session.starts_at, { minutes: -120 }))
  await studio.leaves(enrolled[0]!.enrolment_id, 'business')
  assert.deepEqual(
    (await studio.line(session)).map(({ id }) => id),
    [second.id],
    'at the very minute it still is',
  )
  await studio.jumpTo(plus(session.starts_at, { milliseconds: 1 - 120 * 60_000 }))
  await studio.leaves(enrolled[1]!.enrolment_id, 'business')
  assert.deepEqual(placesOf(await studio.now(session)), { enrolled: 1, places_left: 1, waiting: 1 })
  assert.equal((await studio.enrol(session)).outcome, 'enrolled', 'ahead of who waits')
  assert.equal(first.position, 1)
})

test('before that, a free place is first for who waits', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1, requires_entitlement: true })
  const [ada, waits, comes] = await customers(studio, 3)
  await studio.pass(ada!)
  await studio.pass(comes!)
  const { enrolment_id } = await studio.enrol(session, { customer_id: ada })
  await studio.waits(session, { customer_id: waits })
  await studio.leaves(enrolment_id)
  assert.equal((await studio.now(session)).places_left, 1, 'without a pass they were skipped')
  await studio.pass(waits!)
  const late = await studio.enrol(session, { customer_id: comes })
  assert.equal(late.outcome, 'waitlisted')
  assert.deepEqual(
    (await studio.roster(session)).map(({ customer_id }) => customer_id),
    [waits],
  )
})

test('raising the capacity by k promotes k', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1 })
  await studio.enrol(session)
  const entries = []
  for (let n = 0; n < 5; n++) entries.push(await studio.waits(session))
  const changed = await studio.change(session, { capacity: 4 })
  assert.deepEqual(placesOf(changed), { enrolled: 4, places_left: 0, waiting: 2 })
  assert.deepEqual(
    (await studio.line(session)).map(({ id }) => id),
    entries.slice(3).map(({ id }) => id),
  )
})

test('lowering the capacity evicts nobody: the class is over-full, says so, and takes nobody in', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 3 })
  const enrolled = []
  for (let n = 0; n < 3; n++) enrolled.push(await studio.enrol(session))
  const { version } = await studio.now(session)
  const lowered = await callTool(studio, 'update_class_session', {
    session_id: session.id,
    version,
    capacity: 1,
  })
  assert.match(lowered.body.warnings[0], /over-full by 2/)
  assert.deepEqual(placesOf(lowered.body.data), { enrolled: 3, places_left: -2, waiting: 0 })
  await studio.enrol(session)
  await studio.leaves(enrolled[0]!.enrolment_id)
  await studio.leaves(enrolled[1]!.enrolment_id)
  assert.deepEqual(placesOf(await studio.now(session)), { enrolled: 1, places_left: 0, waiting: 1 })
  await studio.leaves(enrolled[2]!.enrolment_id)
  assert.deepEqual(placesOf(await studio.now(session)), { enrolled: 1, places_left: 0, waiting: 0 })
})

test('by hand somebody is moved up past others, and never into a class that is full', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1, waitlist_close_minutes: 20_160 })
  await studio.enrol(session)
  await studio.waits(session)
  const second = await studio.waits(session)
  const promote = () => studio.confirmed('promote_waitlist_entry', { entry_id: second.id })
  assert.equal((await promote()).body.code, 'slot_conflict')
  await studio.change(session, { capacity: 2 })
  assert.equal((await promote()).body.data.state, 'promoted')
  assert.equal((await promote()).body.data.state, 'promoted', 'twice is once')
  assert.deepEqual(
    (await studio.line(session)).map(({ position }) => position),
    [1],
  )
})

test('who waits for a slot is booked there by hand, by the rules of every booking', async () => {
  const studio = await openStudio(server)
  const customer_id = await studio.customer()
  const where = { service_id: studio.serviceId, location_id: studio.locationId }
  const [earliest, latest] = ['2030-01-08T08:00:00Z', '2030-01-09T08:00:00Z']
  const wish = { ...where, customer_id, earliest, latest, idempotency_key: fresh() }
  const entry = await done(studio, 'join_waitlist', wish)
  assert.equal((await done(studio, 'join_waitlist', { ...wish, idempotency_key: fresh() })).id, entry.id)
  assert.deepEqual(
    (await done(studio, 'list_waitlist', where)).map(({ id }: Body) => id),
    [entry.id],
  )
  const start = '2030-01-08T10:00:00Z'
  await studio.booked({ start })
  const promote = (args: Body) => studio.confirmed('promote_waitlist_entry', { entry_id: entry.id, ...args })
  assert.equal((await promote({})).body.code, 'invalid_input')
  assert.equal((await promote({ start })).body.code, 'slot_conflict')
  const { data } = (await promote({ start: '2030-01-08T12:00:00Z' })).body
  assert.equal((await done(studio, 'get_booking', { booking_id: data.booking_id })).customer_id, customer_id)
  assert.deepEqual(await done(studio, 'list_waitlist', where), [])
})

function placesOf({ enrolled, places_left, waiting }: Body) {
  return { enrolled, places_left, waiting }
}

async function customers(studio: Studio, count: number): Promise<string[]> {
  const ids = []
  for (let n = 0; n < count; n++) ids.push(await studio.customer())
  return ids
}

/** Their one session, on another class. */
async function spend(studio: Studio, customer_id: string): Promise<void> {
  await studio.enrol(await studio.session({ starts_on: '2030-01-12' }), { customer_id })
}

test('a customer whom the business has blocked is not let in, and is passed over in the line', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1 })
  const inside = await studio.enrol(session)
  const [waiter, outsider] = await customers(studio, 2)
  const entry = await studio.waits(session, { customer_id: waiter })
  for (const customer_id of [waiter, outsider])
    await done(studio, 'update_customer', { customer_id, version: 1, blocked: true })
  await studio.leaves(inside.enrolment_id)
  const [first] = await studio.line(session)
  assert.deepEqual([first!.id, first!.skipped_because], [entry.id, 'customer_blocked'])
  const args = { session_id: session.id, customer_id: outsider, idempotency_key: fresh() }
  assert.equal((await callTool(studio, 'enrol_in_class', args)).body.code, 'customer_blocked')
})
