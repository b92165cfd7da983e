/** Whoever has to do with a class hears of what becomes of it: each once, in a draft that a person lets out. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { withdrawAsked } from '../src/calls/approval.ts'
import { asSystem } from '../src/calls/as-system.ts'
import { createCall } from '../src/calls/road.ts'
import { automate } from '../src/delivery/automate.ts'
import { plus, unlimited } from './support/booking.ts'
import { type Body, done, fresh, refused } from './support/caller.ts'
import { openStudio, type Studio } from './support/classes.ts'
import { until } from './support/jobs.ts'
import { type Person, signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after }, unlimited)

test('cancelling a session returns credits, and queues notices for approval: one for each who had a place or waited', async () => {
  const { studio, person } = await opened()
  const session = await studio.session({ capacity: 2 })
  const [ada, ben, cem, dan] = await people(studio, 'Ada', 'Ben', 'Cem', 'Dan')
  await studio.pass(ada!, 2)
  await studio.enrol(session, { customer_id: ada })
  for (const by of ['customer', 'business'])
    await studio.leaves((await studio.enrol(session, { customer_id: dan })).enrolment_id, by)
  await studio.enrol(session, { customer_id: ben })
  await studio.waits(session, { customer_id: cem })
  assert.deepEqual(await drafts(studio), [], 'who leaves, or is taken out, knows')

  const { body } = await studio.approved('cancel_class_session', { session_id: session.id })
  assert.equal(body.data.cancelled_enrolments.length, 2)
  assert.equal(await studio.left(ada!), 2)
  assert.deepEqual(await drafts(studio), [
    'Ada class_cancelled',
    'Ben class_cancelled',
    'Cem waitlist_closed',
  ])
  const asked = await pending(studio)
  assert.deepEqual(new Set(asked.map(({ tool }) => tool)), new Set(['send_message']))
  assert.equal(asked.length, 3)
  const page = await fetch(`${server.url}/console/approvals`, { headers: { cookie: person.cookie } })
  assert.equal(
    (await page.text()).match(/about .*Session.* with .*Person 1/g)?.length,
    3,
    'a reviewer reads of which class',
  )
  for (const { id } of asked) assert.equal((await person.decide(id, 'approve')).body.state, 'executed')
  const sent = () =>
    studio.rows(`SELECT recipient, body FROM deliveries WHERE workspace_id = $1 AND state = 'sent'`)
  await until(async () => (await sent()).length === 3)
  assert.equal(new Set((await sent()).map(({ recipient }) => recipient)).size, 3)
  for (const { body } of await sent())
    assert.match(body, /Session with Person 1\nWednesday, January 9, 2030, 6:00 PM\nCentro/)
})

test('whoever is enrolled is told of the new time, or who gives it instead; what waits with an older one is withdrawn', async () => {
  const { studio, person } = await opened({ staff: 2 })
  const session = await studio.session({ capacity: 2 })
  const [ada, ben] = await people(studio, 'Ada', 'Ben')
  await studio.enrol(session, { customer_id: ada })
  await studio.enrol(session, { customer_id: ben })
  await studio.change(session, { start: plus(session.starts_at, { hours: 1 }) })
  assert.deepEqual(await drafts(studio), ['Ada class_moved', 'Ben class_moved'])
  const first = await pending(studio)
  await studio.change(session, { start: plus(session.starts_at, { hours: 2 }) })
  assert.deepEqual(await drafts(studio), ['Ada class_moved', 'Ben class_moved'])
  const second = await pending(studio)
  assert.equal(second.length, 2)
  for (const { id } of first)
    assert.equal((await done(studio, 'get_approval', { approval_id: id })).state, 'withdrawn')
  const { preview } = await done(studio, 'get_approval', { approval_id: second[0]!.id })
  assert.match(preview.text, /Wednesday, January 9, 2030, 8:00 PM to 9:00 PM\nCentro/)
  assert.match(preview.enrolment_id, /^enrolment_/)

  await studio.change(session, { capacity: 5, waitlist_close_minutes: 30 })
  await worked(studio)
  const { body } = await person.decide(second[0]!.id, 'approve')
  assert.equal(body.state, 'executed', 'more places make no notice untrue')
  await studio.change(session, { staff_id: studio.staffIds[1] })
  assert.deepEqual(await drafts(studio), ['Ada class_moved', 'Ben class_moved'])
  const texts = await studio.rows(`SELECT body FROM messages WHERE workspace_id = $1 AND state = 'draft'`)
  for (const { body } of texts) assert.match(body, /Session with Person 2/)
})

test('its jobs may run in any order, again, and twice at once: one message per customer and event, the older overtaken', async () => {
  const { studio } = await opened()
  const session = await studio.session()
  const [ada] = await people(studio, 'Ada')
  await studio.enrol(session, { customer_id: ada })
  await studio.change(session, { start: plus(session.starts_at, { hours: 1 }) })
  await worked(studio)
  await studio.change(session, { start: plus(session.starts_at, { hours: 2 }) })
  await worked(studio)
  const [first, second] = (await studio.rows(
    `SELECT id AS event_id, type, subject_id FROM events
     WHERE workspace_id = $1 AND type = 'class_enrolment.moved' ORDER BY id`,
  )) as [Body, Body]
  await studio.rows('DELETE FROM automation_runs WHERE workspace_id = $1 AND event_id = $2', first.event_id)
  const run = (ids: Body) =>
    worker({ workspaceId: studio.workspaceId, ids, signal: new AbortController().signal })
  await run(first)
  assert.deepEqual(await drafts(studio), ['Ada class_moved'], 'it comes too late')
  await studio.rows('DELETE FROM automation_runs WHERE workspace_id = $1 AND event_id = $2', first.event_id)
  await Promise.allSettled([run(second), run(first), run(first), run(second)]) // Who meets another is tried again.
  await run(first)
  await run(second)
  assert.deepEqual(await drafts(studio), ['Ada class_moved'])
  assert.equal((await pending(studio)).length, 1)
})

test('who is moved up from a waitlist is told, whether by a freed place or by hand; who takes a place knows', async () => {
  const { studio } = await opened()
  const session = await studio.session({ capacity: 1, waitlist_close_minutes: 60 })
  const [ada, ben, cem, dan] = await people(studio, 'Ada', 'Ben', 'Cem', 'Dan')
  const first = await studio.enrol(session, { customer_id: ada })
  await studio.waits(session, { customer_id: ben })
  const byHand = await studio.waits(session, { customer_id: cem })
  await studio.waits(session, { customer_id: dan })
  await studio.leaves(first.enrolment_id)
  assert.deepEqual(await drafts(studio), ['Ben waitlist_place_given'])
  const [asked] = await pending(studio)
  await studio.change(session, { start: plus(session.starts_at, { hours: 1 }) })
  assert.deepEqual(
    await drafts(studio),
    ['Ben waitlist_place_given'],
    'who was not told yet hears no news of a move',
  )
  assert.equal((await done(studio, 'get_approval', { approval_id: asked!.id })).state, 'withdrawn')

  await studio.jumpTo(plus(session.starts_at, { minutes: 1 }))
  await studio.change(session, { capacity: 3 })
  assert.deepEqual(
    await drafts(studio),
    ['Ben waitlist_place_given'],
    'nobody moves up by themselves any more',
  )
  await studio.confirmed('promote_waitlist_entry', { entry_id: byHand.id })
  await studio.enrol(session, { customer_id: dan })
  assert.equal((await studio.roster(session)).length, 3)
  assert.deepEqual(await drafts(studio), ['Ben waitlist_place_given', 'Cem waitlist_place_given'])
  const { id } = (await studio.roster(session)).find(({ customer_id }) => customer_id === ben)!
  await studio.leaves(id)
  assert.deepEqual(await drafts(studio), ['Cem waitlist_place_given'])
})

test('an offered place is told with its deadline, and withdrawn once the offer is declined, accepted, lapsed or of another time', async () => {
  const { studio } = await opened()
  const session = await studio.session({ capacity: 1, offer_minutes: 60 })
  const names = ['Ada', 'Ben', 'Cem', 'Dan']
  const [first, ...waiters] = await people(studio, ...names)
  const { enrolment_id } = await studio.enrol(session, { customer_id: first })
  const entries: Body[] = []
  for (const customer_id of waiters) entries.push(await studio.waits(session, { customer_id }))
  await studio.leaves(enrolment_id)
  assert.deepEqual(await offers(studio), ['Ben 6:00 PM until Monday, January 7, 2030, 10:00 AM'])
  await studio.change(session, { start: plus(session.starts_at, { minutes: 30 }) })
  assert.deepEqual(await offers(studio), ['Ben 6:30 PM until Monday, January 7, 2030, 10:00 AM'])
  await done(studio, 'decline_waitlist_offer', { entry_id: entries[0]!.id })
  assert.deepEqual(await offers(studio), ['Cem 6:30 PM until Monday, January 7, 2030, 10:00 AM'])
  await done(studio, 'set_sandbox_clock', { to: '2030-01-07T09:00:00Z' })
  assert.deepEqual(await offers(studio), ['Dan 6:30 PM until Monday, January 7, 2030, 11:00 AM'])
  assert.equal((await pending(studio)).length, 1)
  await done(studio, 'accept_waitlist_offer', { entry_id: entries[2]!.id })
  assert.deepEqual(await drafts(studio), [], 'who accepts knows')
  assert.deepEqual(await pending(studio), [])
})

test('an offer that has lapsed goes out no more, whether or not anybody has noted it', async () => {
  const { studio, person } = await opened()
  const session = await studio.session({ capacity: 1, offer_minutes: 60 })
  const [ada, ben] = await people(studio, 'Ada', 'Ben')
  const { enrolment_id } = await studio.enrol(session, { customer_id: ada })
  await studio.waits(session, { customer_id: ben })
  await studio.leaves(enrolment_id)
  await drafts(studio)
  const [asked] = await pending(studio)
  const [{ id: message_id }] = await done(studio, 'list_messages', {})
  const late = { message_id, at: '2030-01-07T09:00:00Z', idempotency_key: fresh() }
  assert.equal(await refused(studio, 'send_message', late), 'invalid_transition')
  await studio.jumpTo('2030-01-07T09:00:00Z')
  const { body } = await person.decide(asked!.id, 'approve')
  assert.deepEqual([body.state, body.error.code], ['stale', 'approval_stale'])
})

test('a place is confirmed where somebody wants it: once, also to whom it was given, and again where a move came first', async () => {
  const { studio, person } = await opened()
  const session = await studio.session({ capacity: 2 })
  const [ada, ben, cem] = await people(studio, 'Ada', 'Ben', 'Cem')
  await studio.enrol(session, { customer_id: ada })
  assert.deepEqual(await drafts(studio), [], 'it is off until somebody switches it on')
  await set(studio, person, { key: 'class_enrolled', enabled: true })
  const { enrolment_id } = await studio.enrol(session, { customer_id: ben })
  await studio.waits(session, { customer_id: cem })
  assert.deepEqual(await drafts(studio), ['Ben class_enrolled'])
  await studio.change(session, { start: plus(session.starts_at, { hours: 1 }) })
  assert.deepEqual(await drafts(studio), ['Ada class_moved', 'Ben class_enrolled'])
  await studio.leaves(enrolment_id)
  assert.deepEqual(await drafts(studio), ['Ada class_moved', 'Cem waitlist_place_given'])
  await set(studio, person, { key: 'waitlist_place_given', enabled: false })
  const moved = (await studio.roster(session)).find(({ customer_id }) => customer_id === ada)!
  await studio.waits(session, { customer_id: ben })
  await studio.leaves(moved.id)
  assert.deepEqual(await drafts(studio), ['Ben class_enrolled', 'Cem waitlist_place_given'])
})

test('a confirmation that came too late to be drafted is drafted with the next time, in place of the news of a move', async () => {
  const { studio } = await opened()
  const [ada] = await people(studio, 'Ada')
  const booking = await studio.booked({ customer_id: ada })
  const move = (hours: number) =>
    made(studio, 'reschedule_booking', { booking_id: booking.id, start: plus(booking.starts_at, { hours }) })
  assert.deepEqual(await drafts(studio), ['Ada booking_confirmation'])
  await studio.rows(
    `UPDATE automation_runs SET outcome = 'skipped', reason = 'booking_changed', message_id = NULL WHERE workspace_id = $1`,
  )
  await studio.rows(`UPDATE messages SET state = 'cancelled' WHERE workspace_id = $1`)
  await move(1)
  assert.deepEqual(await drafts(studio), ['Ada booking_confirmation'])
})

test('a reminder of a class is drafted so long before it, at that instant: to who is enrolled then, once for each time', async () => {
  const { studio, person } = await opened()
  const session = await studio.session()
  const [ada, ben, cem, dan] = await people(studio, 'Ada', 'Ben', 'Cem', 'Dan')
  await studio.enrol(session, { customer_id: ada })
  const gone = await studio.enrol(session, { customer_id: ben })
  await studio.leaves(gone.enrolment_id)
  await set(studio, person, { key: 'class_moved', enabled: false })
  await set(studio, person, { key: 'class_reminder', enabled: true, minutes_before: 120 })
  const due = plus(session.starts_at, { hours: -2 })
  await done(studio, 'set_sandbox_clock', { to: plus(due, { milliseconds: -1 }) })
  await studio.enrol(session, { customer_id: cem })
  assert.deepEqual(await drafts(studio), [])
  await done(studio, 'set_sandbox_clock', { to: plus(due, { minutes: 30 }) })
  assert.deepEqual(await drafts(studio), ['Ada class_reminder', 'Cem class_reminder'])
  for (const { created_at } of await done(studio, 'list_messages', {})) assert.equal(created_at, due)

  await studio.enrol(session, { customer_id: dan })
  await studio.change(session, { start: plus(session.starts_at, { hours: 3 }) })
  assert.deepEqual(await drafts(studio), [], 'what said the old time is withdrawn')
  await done(studio, 'set_sandbox_clock', { to: plus(session.starts_at, { hours: 1 }) })
  assert.deepEqual(await drafts(studio), ['Ada class_reminder', 'Cem class_reminder', 'Dan class_reminder'])
  await studio.change(session, { start: plus(session.starts_at, { hours: 2 }) })
  await done(studio, 'set_sandbox_clock', { to: plus(session.starts_at, { hours: 5 }) })
  assert.deepEqual(await drafts(studio), [], 'nobody is reminded who came to this time after it was due')
})

test('a start that becomes free is told to the first who waits for such a one, could book it and was not told; nothing is booked', async () => {
  const { studio, person } = await opened({ staff: 2 })
  const [ada, ben, cem, dan, eve] = await people(studio, 'Ada', 'Ben', 'Cem', 'Dan', 'Eve')
  const booking = await studio.booked({ customer_id: ada })
  const { service_id, location_id, staff_id } = studio.slot()
  const wish = (customer_id: string, more: Body = {}) =>
    made(studio, 'join_waitlist', {
      ...{ customer_id, service_id, location_id },
      ...{ earliest: booking.starts_at, latest: plus(booking.starts_at, { hours: 3 }), ...more },
    })
  await wish(ben!, { staff_id: studio.staffIds[1] })
  await wish(ben!, { earliest: plus(booking.starts_at, { minutes: 1 }) })
  await wish(cem!, { staff_id })
  await studio.booked({ customer_id: cem, staff_id: studio.staffIds[1] }) // Cem is elsewhere then.
  await wish(dan!)
  await wish(eve!)
  const frees = (args: Body) => studio.confirmed('cancel_booking', { by: 'business', ...args })
  await frees({ booking_id: booking.id })
  assert.deepEqual(await freeSlots(studio), ['Dan'])
  const [freed] = await studio.rows(
    `SELECT id AS event_id, type, subject_id FROM events WHERE workspace_id = $1 AND type = 'booking.cancelled'`,
  )
  await worker({ workspaceId: studio.workspaceId, ids: freed!, signal: new AbortController().signal })
  assert.deepEqual(await freeSlots(studio), ['Dan'], 'however often the job runs')
  const again = await studio.booked({ customer_id: ada })
  const [asked] = await pendingOf(studio, 'waitlist_slot_free')
  const { body } = await person.decide(asked!.id, 'approve')
  assert.deepEqual([body.state, body.error.code], ['stale', 'approval_stale'], 'it was booked meanwhile')
  await made(studio, 'reschedule_booking', {
    booking_id: again.id,
    start: plus(again.starts_at, { hours: 5 }),
  })
  assert.deepEqual(await freeSlots(studio), ['Dan', 'Eve'])
  const [last] = await pendingOf(studio, 'waitlist_slot_free')
  const { preview } = await done(studio, 'get_approval', { approval_id: last!.id })
  assert.match(preview.text, /Session with Person 1\nTuesday, January 8, 2030, 10:00 AM\nCentro/)
  assert.equal((await person.decide(last!.id, 'approve')).body.state, 'executed')
  assert.equal((await done(studio, 'list_bookings', { state: 'confirmed' })).length, 2)
})

test('a message names a class as it may name a booking: its texts know when and where, and whose it is', async () => {
  const { studio } = await opened()
  const session = await studio.session()
  const [ada, ben] = await people(studio, 'Ada', 'Ben')
  const { enrolment_id } = await studio.enrol(session, { customer_id: ada })
  const input = { enrolment_id, template_key: 'booking_reminder' }
  const { id: message_id } = await made(studio, 'draft_message', { customer_id: ada, ...input })
  const message = await done(studio, 'get_message_status', { message_id })
  assert.deepEqual([message.enrolment_id, message.booking_id], [enrolment_id, null])
  assert.match(message.text, /Session with Person 1\nWednesday, January 9, 2030, 6:00 PM\nCentro/)
  const refusal = await studio.confirmed('draft_message', { customer_id: ben, ...input })
  assert.deepEqual([refusal.body.code, refusal.body.details], ['invalid_input', { field: 'enrolment_id' }])
  const { id: booking_id } = await studio.booked({ customer_id: ada })
  const both = await studio.confirmed('draft_message', { customer_id: ada, booking_id, ...input })
  assert.deepEqual([both.body.code, both.body.details], ['invalid_input', { field: 'enrolment_id' }])
})

const { house } = server
const worker = automate({ asSystem: asSystem(house), call: createCall(house), withdrawAsked })

async function opened(options = {}): Promise<{ studio: Studio; person: Person }> {
  const studio = await openStudio(server, options)
  const { workspace } = await done(studio, 'get_current_context')
  return { studio, person: await signIn(server, studio.email, workspace.id) }
}

/** As an administrator sets an automation, and a person agrees. */
async function set(studio: Studio, person: Person, automation: Body): Promise<void> {
  const { body } = await studio.confirmed('upsert_automation', automation)
  assert.equal((await person.decide(body.approval.id, 'approve')).body.state, 'executed')
}

/** Customers who can be written to. */
function people(studio: Studio, ...names: string[]): Promise<string[]> {
  return Promise.all(
    names.map(
      async name => (await made(studio, 'create_customer', { name, email: `${name}@example.com` })).id,
    ),
  )
}

/** Who would be told what, once every job has run. */
async function drafts(studio: Studio): Promise<string[]> {
  await worked(studio)
  const rows = await studio.rows(
    `SELECT c.name, m.template_key FROM messages m
     JOIN customers c ON c.workspace_id = m.workspace_id AND c.id = m.customer_id
     WHERE m.workspace_id = $1 AND m.state = 'draft' ORDER BY c.name, m.id`,
  )
  return rows.map(({ name, template_key }) => `${name} ${template_key}`)
}

async function freeSlots(studio: Studio): Promise<string[]> {
  await drafts(studio)
  const told = await drafts(studio) // The event that tells them is one of a job's.
  return told.filter(text => text.endsWith(' waitlist_slot_free')).map(text => text.split(' ')[0]!)
}

async function pendingOf(studio: Studio, template: string): Promise<Body[]> {
  const asked = await pending(studio)
  const shown = asked.map(({ id }) => done(studio, 'get_approval', { approval_id: id }))
  return (await Promise.all(shown)).filter(({ preview }) => preview.template?.key === template)
}

async function offers(studio: Studio): Promise<string[]> {
  await worked(studio)
  const rows = await studio.rows(
    `SELECT c.name, m.body FROM messages m JOIN customers c ON c.workspace_id = m.workspace_id AND c.id = m.customer_id
     WHERE m.workspace_id = $1 AND m.state = 'draft' AND m.template_key = 'waitlist_place_offered'`,
  )
  return rows.map(({ name, body }) => {
    const [, at, until] = /January 9, 2030, (.*)\nCentro\n\nIt is kept for you until (.*M)\./.exec(body)!
    return `${name} ${at} until ${until}`
  })
}

function pending(studio: Studio): Promise<Body[]> {
  return done(studio, 'list_approvals', { state: 'pending' })
}

async function worked(studio: Studio): Promise<void> {
  const jobs = `
    SELECT j.id FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id)
    WHERE j.task_identifier = 'automate' AND p.payload ->> 'workspace_id' = $1::text`
  await until(async () => (await studio.rows(jobs)).length === 0)
}
