import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { plus, unlimited } from '../../../test/support/booking.ts'
import { type Body, done, refused } from '../../../test/support/caller.ts'
import { openStudio } from '../../../test/support/classes.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after }, unlimited)

/** A class for one that offers for an hour, whose place has just been offered to the first of `count` who wait. */
async function offered(count: number, terms: Body = {}) {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1, offer_minutes: 60, ...terms })
  const { enrolment_id } = await studio.enrol(session)
  const entries = []
  for (let n = 0; n < count; n++) entries.push(await studio.waits(session))
  const { moved_up } = await studio.leaves(enrolment_id)
  assert.deepEqual(
    moved_up.map(({ entry_id, offered }: Body) => [entry_id, offered]),
    [[entries[0].id, true]],
  )
  const [{ offer_expires_at: deadline }] = (await studio.line(session)) as [Body]
  return { studio, session, entries: entries as Body[], deadline }
}

function states(line: Body[]) {
  return line.map(({ position, state }) => [position, state])
}

test('a session may offer instead of give: the offer has a deadline and keeps the place until then', async () => {
  const { studio, session, entries, deadline } = await offered(2)
  assert.equal(deadline, plus('2030-01-07T08:00:00Z', { minutes: 60 }))
  assert.equal((await studio.now(session)).places_left, 0)
  assert.equal((await studio.enrol(session)).outcome, 'waitlisted')
  const accepted = await done(studio, 'accept_waitlist_offer', { entry_id: entries[0]!.id })
  assert.equal(accepted.state, 'promoted')
  assert.deepEqual(await done(studio, 'accept_waitlist_offer', { entry_id: entries[0]!.id }), accepted)
  assert.equal(
    await refused(studio, 'accept_waitlist_offer', { entry_id: entries[1]!.id }),
    'invalid_transition',
  )
  assert.deepEqual(
    (await studio.roster(session)).map(({ id }) => id),
    [accepted.enrolment_id],
  )
})

test('declined, it moves on once', async () => {
  const { studio, session, entries } = await offered(3)
  const decline = () => done(studio, 'decline_waitlist_offer', { entry_id: entries[0]!.id })
  assert.deepEqual(await decline(), await decline())
  assert.deepEqual(states(await studio.line(session)), [
    [2, 'offered'],
    [3, 'waiting'],
  ])
})

test('it lapses exactly at its deadline, whether or not anybody notes it, and moves on once', async () => {
  const { studio, session, entries, deadline } = await offered(3)
  await studio.jumpTo(plus(deadline, { milliseconds: -1 }))
  assert.deepEqual(states(await studio.line(session))[0], [1, 'offered'])
  await studio.jumpTo(deadline)
  assert.equal(await refused(studio, 'accept_waitlist_offer', { entry_id: entries[0]!.id }), 'hold_expired')
  const line = await studio.line(session)
  assert.deepEqual(states(line), [
    [2, 'offered'],
    [3, 'waiting'],
  ])
  assert.equal(line[0]!.offer_expires_at, plus(deadline, { minutes: 60 }), 'counted from the lapse')
  assert.equal((await studio.now(session)).places_left, 0)
  assert.equal((await done(studio, 'accept_waitlist_offer', { entry_id: entries[1]!.id })).state, 'promoted')
  const noted = await studio.rows(
    `SELECT type, count(*)::int FROM events WHERE workspace_id = $1 AND type IN ('waitlist.lapsed', 'waitlist.offered')
     GROUP BY type ORDER BY type`,
  )
  assert.deepEqual(
    noted.map(({ type, count }) => [type, count]),
    [
      ['waitlist.lapsed', 1],
      ['waitlist.offered', 2],
    ],
  )
})

test('asked for long after, it went on from each to the next at its own instant', async () => {
  const { studio, session, deadline } = await offered(3)
  await studio.jumpTo(plus(deadline, { minutes: 90 }))
  const late = await studio.line(session)
  assert.deepEqual(states(late), [[3, 'offered']])
  assert.equal(late[0]!.offer_expires_at, plus(deadline, { minutes: 120 }))
  await done(studio, 'set_sandbox_clock', { to: plus(deadline, { minutes: 91 }) })
  assert.deepEqual(await studio.line(session), late, 'the walk notes what reading foresaw')
  await studio.jumpTo(plus(deadline, { minutes: 120 }))
  assert.equal((await studio.now(session)).places_left, 1, 'nobody is left to offer it to')
  assert.equal((await studio.enrol(session)).outcome, 'enrolled')
})

test('the clock walks to each deadline', async () => {
  const { studio, session, deadline } = await offered(2)
  await done(studio, 'set_sandbox_clock', { to: deadline })
  const rows = await studio.rows(
    'SELECT position, state FROM waitlist_entries WHERE workspace_id = $1 ORDER BY position',
  )
  assert.deepEqual(
    rows.map(({ position, state }) => [position, state]),
    [
      [1, 'lapsed'],
      [2, 'offered'],
    ],
  )
  assert.equal((await studio.now(session)).places_left, 0)
})

test('an offer is over when the class begins', async () => {
  const { studio, session, deadline } = await offered(1, { starts_on: '2030-01-07', start_time: '09:30' })
  assert.equal(deadline, session.starts_at)
  await studio.jumpTo(deadline)
  assert.deepEqual(await studio.line(session), [])
})

test('an offer that is accepted takes one credit', async () => {
  const { studio, entries } = await offered(1)
  const { customer_id, id: entry_id } = entries[0]!
  await studio.pass(customer_id, 3)
  await done(studio, 'accept_waitlist_offer', { entry_id })
  await done(studio, 'accept_waitlist_offer', { entry_id })
  assert.equal(await studio.left(customer_id), 2)
})
