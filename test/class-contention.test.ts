/** A place in a class is never sold twice, and moved up to once: over real connections, all at the same time. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { unlimited } from './support/booking.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { openStudio, type Studio } from './support/classes.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after }, unlimited)
const ROUNDS = 50

test('fifty enrolments for ten places: ten are in, forty wait, each at a position of their own', {
  timeout: 300_000,
}, async () => {
  const studio = await openStudio(server)
  const sessions = await sessionsOf(studio, { capacity: 10 })
  const customers = await Promise.all(Array.from({ length: 50 }, () => studio.customer()))
  for (const [round, session] of sessions.entries()) {
    const answers = await Promise.all(customers.map(customer_id => studio.enrol(session, { customer_id })))
    const waiting = answers.filter(({ outcome }) => outcome === 'waitlisted')
    assert.equal(answers.length - waiting.length, 10, `round ${round}`)
    assert.deepEqual(
      waiting.map(({ position }) => position).sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, n) => n + 1),
      `round ${round}`,
    )
  }
  for (const { enrolled, places_left } of await listed(studio))
    assert.deepEqual([enrolled, places_left], [10, 0])
})

test('one customer enrols fifty times at once, and is enrolled once', async () => {
  const studio = await openStudio(server)
  const session = await studio.session()
  const customer_id = await studio.customer()
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      callTool(studio, 'enrol_in_class', { session_id: session.id, customer_id, idempotency_key: fresh() }),
    ),
  )
  const codes = answers.map(({ body }) => body.code ?? 'enrolled')
  assert.equal(codes.filter(code => code === 'enrolled').length, 1)
  assert.equal(codes.filter(code => code === 'already_enrolled').length, 49)
})

test('some leave while others come: the first who wait move up, each once, each for one credit, and nobody past them', {
  timeout: 300_000,
}, async () => {
  const studio = await openStudio(server)
  const sessions = await sessionsOf(studio, { capacity: 2, waitlist_close_minutes: 0 })
  const customers = await Promise.all(Array.from({ length: 7 }, () => studio.customer()))
  for (const customer_id of customers) await studio.pass(customer_id, ROUNDS)
  const [first, second, ...waiters] = customers as [string, string, ...string[]]
  const newcomer = waiters.pop()!
  for (const [round, session] of sessions.entries()) {
    const enrolled: Body[] = []
    for (const customer_id of [first, second]) enrolled.push(await studio.enrol(session, { customer_id }))
    for (const customer_id of waiters) await studio.waits(session, { customer_id })
    const [one, other, late] = await Promise.all([
      ...enrolled.map(({ enrolment_id }) => studio.leaves(enrolment_id)),
      studio.enrol(session, { customer_id: newcomer }),
    ])
    const movedUp = [one, other].flatMap(({ moved_up }) => moved_up.map((up: Body) => up.customer_id))
    assert.deepEqual(movedUp.sort(), waiters.slice(0, 2).sort(), `round ${round}`)
    assert.equal(late.outcome, 'waitlisted', `round ${round}`)
    assert.deepEqual((await studio.roster(session)).map(({ customer_id }) => customer_id).sort(), movedUp)
    assert.deepEqual(
      (await studio.line(session)).map(({ customer_id }) => customer_id),
      [...waiters.slice(2), newcomer],
      `round ${round}`,
    )
  }
  const left = await Promise.all(customers.map(customer_id => studio.left(customer_id)))
  assert.deepEqual(left, [ROUNDS, ROUNDS, 0, 0, ROUNDS, ROUNDS, ROUNDS])
})

test('an offer that is accepted and declined at once is one of the two', async () => {
  const studio = await openStudio(server)
  const session = await studio.session({ capacity: 1, offer_minutes: 60 })
  const { enrolment_id } = await studio.enrol(session)
  const entry = await studio.waits(session)
  const next = await studio.waits(session)
  await studio.leaves(enrolment_id)
  const answers = await Promise.all(
    ['accept_waitlist_offer', 'decline_waitlist_offer'].map(tool =>
      callTool(studio, tool, { entry_id: entry.id }),
    ),
  )
  assert.equal(answers.filter(({ isError }) => !isError).length, 1)
  const [roster, line] = [await studio.roster(session), await studio.line(session)]
  const accepted = !answers[0]!.isError
  assert.deepEqual(
    [roster.length, line.map(({ id, state }) => [id, state])],
    [accepted ? 1 : 0, [[next.id, accepted ? 'waiting' : 'offered']]],
  )
})

/** One a day, of one series. */
async function sessionsOf(studio: Studio, args: Record<string, unknown>): Promise<Body[]> {
  await studio.series({ rrule: `FREQ=DAILY;COUNT=${ROUNDS}`, ...args })
  const sessions = await listed(studio)
  assert.equal(sessions.length, ROUNDS)
  return sessions
}

function listed(studio: Studio): Promise<Body[]> {
  return done(studio, 'list_class_sessions', { from: '2030-01-01T00:00:00Z', limit: 100 })
}
