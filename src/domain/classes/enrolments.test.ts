import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { plus, unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { openStudio, type Studio } from '../../../test/support/classes.ts'
import { startServer } from '../../../test/support/server.ts'
import { asSystem } from '../../calls/as-system.ts'
import { uuidOf } from '../../catalog/kinds.ts'
import { cancelSession } from './cancel-session.ts'

const server = await startServer({ after }, unlimited)

test('a customer is in one place at a time: classes and bookings see each other, unless the workspace allows it', async () => {
  const studio = await openStudio(server, { staff: 2 })
  const [, bob] = studio.staffIds
  const customer_id = await studio.customer()
  const session = await studio.session()
  const { enrolment_id } = await studio.enrol(session, { customer_id })
  const there = { customer_id, staff_id: bob, start: session.starts_at }
  const refusal = (await studio.book(there)).body
  assert.deepEqual([refusal.code, refusal.details.enrolment_id], ['customer_overlap', enrolment_id])
  await studio.leaves(enrolment_id)
  await studio.booked(there)
  const join = { session_id: session.id, customer_id, idempotency_key: fresh() }
  assert.equal(await refused(studio, 'enrol_in_class', join), 'customer_overlap')
  const { version } = await done(studio, 'get_workspace_settings')
  await done(studio, 'update_workspace_settings', { version, booking: { allow_customer_overlap: true } })
  await studio.enrol(session, { customer_id })
})

test('enrolling takes a credit where there is one; a class may ask for it', async () => {
  const studio = await openStudio(server)
  const session = await studio.session()
  const strict = await studio.session({ starts_on: '2030-01-10', requires_entitlement: true })
  const customer_id = await studio.customer()
  const dropIn = await studio.enrol(session, { customer_id })
  assert.deepEqual([dropIn.paid_with, dropIn.price.amount], ['later', 5000])
  const join = { session_id: strict.id, customer_id, idempotency_key: fresh() }
  assert.equal(await refused(studio, 'enrol_in_class', join), 'no_entitlement')
  await studio.pass(customer_id, 2)
  assert.equal(await refused(studio, 'enrol_in_class', { ...join, pay_with: 'later' }), 'no_entitlement')
  const party = await studio.enrol(strict, { customer_id, party_size: 3 })
  assert.deepEqual([party.paid_with, party.price.amount], ['entitlement', 10_000], 'guests pay')
  assert.equal(await studio.left(customer_id), 1)
  const other = { session_id: session.id, customer_id: await studio.customer(), pay_with: 'entitlement' }
  assert.equal(
    await refused(studio, 'enrol_in_class', { ...other, idempotency_key: fresh() }),
    'no_entitlement',
  )
})

test('cancelling is free until the cut-off and at exactly it; late costs a credit or a fee, never both', async () => {
  const studio = await openStudio(server)
  const session = await studio.session()
  const [pass, late, dropIn, free] = await Promise.all(Array.from({ length: 4 }, () => studio.customer()))
  const enrolled: Record<string, Body> = {}
  for (const customer_id of [pass!, late!]) await studio.pass(customer_id, 1)
  for (const customer_id of [pass!, late!, dropIn!, free!])
    enrolled[customer_id] = await studio.enrol(session, { customer_id })
  const cutoff = plus(session.starts_at, { hours: -24 })
  assert.equal(enrolled[pass!]!.free_until, cutoff)
  const costOf = async (customer_id: string, by?: string) => {
    const { cancelled_late, credit, fee } = await studio.leaves(enrolled[customer_id]!.enrolment_id, by)
    return [cancelled_late, credit, fee?.amount ?? null]
  }
  await studio.jumpTo(cutoff)
  assert.deepEqual(await costOf(pass!), [false, 'returned', null])
  assert.equal(await studio.left(pass!), 1)
  await studio.jumpTo(plus(cutoff, { milliseconds: 1 }))
  assert.deepEqual(await costOf(late!), [true, 'kept', null])
  assert.equal(await studio.left(late!), 0)
  assert.deepEqual(await costOf(dropIn!), [true, null, 5000])
  assert.deepEqual(await costOf(dropIn!), [true, null, 5000], 'twice is once')
  assert.deepEqual(await costOf(free!, 'business'), [false, null, null])
})

test('a class that the business moves makes nobody late', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ starts_on: '2030-01-12' })
  const { enrolment_id } = await studio.enrol(session)
  await studio.change(session, { start: plus('2030-01-07T08:00:00Z', { hours: 3 }) })
  assert.equal((await studio.leaves(enrolment_id)).cancelled_late, false)
})

test('nobody enrols in or leaves a class that has begun or is cancelled', async () => {
  const studio = await openStudio(server)
  const session = await studio.session()
  const { enrolment_id } = await studio.enrol(session)
  const join = async () => ({
    session_id: session.id,
    customer_id: await studio.customer(),
    idempotency_key: fresh(),
  })
  await studio.jumpTo(session.starts_at)
  assert.equal(await refused(studio, 'enrol_in_class', await join()), 'invalid_transition')
  assert.equal(await refused(studio, 'join_waitlist', await join()), 'invalid_transition')
  const { body } = await studio.confirmed('cancel_class_enrolment', { enrolment_id, by: 'customer' })
  assert.equal(body.code, 'invalid_transition')
})

test('attendance is a set that can be sent again and put right; absence not before the class begins', async () => {
  const studio = await openStudio(server)
  const session = await studio.session()
  const [ada, ben] = [await studio.enrol(session), await studio.enrol(session)]
  const record = (args: Body) =>
    callTool(studio, 'record_class_attendance', { session_id: session.id, ...args }).then(({ body }) => body)
  await studio.jumpTo(plus(session.starts_at, { minutes: -61 }))
  assert.equal((await record({ attended: [ada.enrolment_id] })).code, 'invalid_transition')
  await studio.jumpTo(plus(session.starts_at, { minutes: -60 }))
  assert.equal((await record({ absent: [ada.enrolment_id] })).code, 'invalid_transition')
  const [here] = (await record({ attended: [ada.enrolment_id] })).data
  assert.equal(here.state, 'attended')
  await studio.jumpTo(session.starts_at)
  const both = { attended: [ada.enrolment_id], absent: [ben.enrolment_id] }
  const first = (await record(both)).data
  assert.deepEqual((await record(both)).data, first)
  assert.equal((await record({ attended: [ben.enrolment_id] })).data[0].state, 'attended')
  assert.equal(
    (await record({ attended: [ada.enrolment_id], absent: [ada.enrolment_id] })).code,
    'invalid_input',
  )
  const other = await studio.session({ starts_on: '2030-01-09', start_time: '20:00' })
  const { enrolment_id } = await studio.enrol(other)
  assert.equal((await record({ attended: [enrolment_id] })).code, 'not_found', 'of another class')
  const states = (await studio.roster(session)).map(({ state }) => state)
  assert.deepEqual(states, ['attended', 'attended'])
})

test('cancelling a session returns credits, frees its time, and queues notices for approval', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 2 })
  const customer_id = await studio.customer()
  await studio.pass(customer_id, 3)
  const enrolled = [await studio.enrol(session, { customer_id }), await studio.enrol(session)]
  const waiting = await studio.waits(session)
  const key = { session_id: session.id, idempotency_key: fresh() }
  const { body } = await callTool(studio, 'cancel_class_session', key)
  assert.deepEqual([body.status, body.data.cancelled_enrolments.length], ['needs_approval', 2])
  assert.equal((await studio.now(session)).state, 'scheduled', 'nothing has happened')
  const [{ effects }] = (await studio.rows('SELECT effects FROM approvals WHERE workspace_id = $1')) as [Body]
  assert.deepEqual(effects, [{ kind: 'send', gate: 'approve', recipients: 3 }])

  await studio.jumpTo(plus(session.starts_at, { minutes: -1 }))
  await approve(studio, session)
  assert.equal(await studio.left(customer_id), 3, 'the business is never late')
  assert.equal((await studio.now(session)).state, 'cancelled')
  assert.deepEqual(await studio.line(session), [])
  const [entry] = await studio.rows(
    'SELECT state FROM waitlist_entries WHERE workspace_id = $1 AND id = $2',
    uuidOf(waiting.id),
  )
  assert.equal(entry!.state, 'closed')
  const [{ data }] = (await studio.rows(
    `SELECT data FROM events WHERE workspace_id = $1 AND type = 'class_session.cancelled'`,
  )) as [Body]
  assert.deepEqual(data.enrolments.sort(), enrolled.map(({ enrolment_id }) => enrolment_id).sort())
  await studio.booked({ start: session.starts_at })
})

/** As a person approves it. */
function approve(studio: Studio, { id }: Body): Promise<unknown> {
  return asSystem(server.house)(studio.workspaceId, 'cancel_class_session', context =>
    cancelSession(context, uuidOf(id)),
  )
}
