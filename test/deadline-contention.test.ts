/** At a deadline, or at a yes, one of many who come at once has it: over real connections, with keys of their own. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Desk, openDesk, plus, textOf, unlimited } from './support/booking.ts'
import { type Body, type Called, done, fresh } from './support/caller.ts'
import { jobsIn, until } from './support/jobs.ts'
import { startServer } from './support/server.ts'
import { made, type Rival, rivals } from './support/shop.ts'

const server = await startServer({ after }, unlimited)
const ROUNDS = 50
const RIVALS = 12

test('who confirms a request at once, and who wants its place: one transition, one event, one draft, and nobody else in', {
  timeout: 300_000,
}, async t => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true })
  const agents = await rivals(t, desk, RIVALS)
  const { id: customer_id } = await made(desk, 'create_customer', {
    name: 'Ana Ruiz',
    email: `ana-${fresh()}@ruiz.example`,
  })
  const ids: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = textOf(desk.morning(1 + round))
    const { id } = await desk.booked({ customer_id, start })
    ids.push(id)
    const answers = await Promise.all(
      agents.map((agent, n) =>
        n % 2 ? agent.call('confirm_booking', { booking_id: id }) : book(agent, desk, start),
      ),
    )
    const confirmed = answers.filter((_, n) => n % 2)
    assert.deepEqual(
      confirmed.map(({ body }) => [body.data?.state, body.data?.version]),
      confirmed.map(() => ['confirmed', 2]),
      `round ${round}`,
    )
    const codes = answers.filter((_, n) => n % 2 === 0).map(({ body }) => body.code)
    assert.deepEqual(new Set(codes), new Set(['slot_conflict']), `round ${round}`)
  }
  assert.deepEqual(await entriesOf(desk, 'confirm'), ids.map(uuidOf).sort())
  assert.deepEqual(await eventsOf(desk, 'booking.confirmed'), ids.map(uuidOf).sort())
  await until(async () => (await jobsIn(server.house.database.owner)).length === 0)
  const drafts = await desk.rows('SELECT booking_id FROM messages WHERE workspace_id = $1')
  assert.deepEqual(drafts.map(({ booking_id }) => booking_id).sort(), ids.map(uuidOf).sort())
})

test('a yes and a no to one request at once: one of them is said', { timeout: 300_000 }, async t => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true })
  const agents = await rivals(t, desk, RIVALS)
  const customer_id = await desk.customer()
  for (let round = 0; round < ROUNDS; round++) {
    const { id } = await desk.booked({ customer_id, start: textOf(desk.morning(1 + round)) })
    const token = await agents[0]!.call('decline_booking', { booking_id: id })
    const { confirm_token } = token.body
    const answers = await Promise.all(
      agents.map((agent, n) =>
        n % 2
          ? agent.call('confirm_booking', { booking_id: id })
          : agents[0]!.call('decline_booking', { booking_id: id, confirm_token }),
      ),
    )
    const states = new Set(answers.filter(({ isError }) => !isError).map(({ body }) => body.data?.state))
    const said = new Set([...states].filter(state => state !== undefined))
    const { state, history } = await done(desk, 'get_booking', { booking_id: id })
    assert.deepEqual([[...said], history.length], [[state], 2], `round ${round}`)
    const refusals = answers.filter(({ isError }) => isError).map(({ body }) => body.code)
    const known = ['invalid_transition', 'confirmation_invalid']
    assert.ok(
      refusals.every(code => known.includes(code)),
      `round ${round}: ${refusals}`,
    )
  }
})

test('a hold at its last instant: before it, it is its holder’s; at it, the first of the others’; between them, one has it', {
  timeout: 300_000,
}, async t => {
  const desk = await openDesk(server)
  const agents = await rivals(t, desk, RIVALS)
  const [holder, ...others] = agents as [Rival, ...Rival[]]
  for (let round = 0; round < ROUNDS; round++) {
    const start = textOf(desk.morning(2 + round))
    const hold = await made(desk, 'create_slot_hold', desk.slot({ start }))
    const rush = () =>
      Promise.all([
        holder.call('book_slot_hold', { hold_id: hold.id, customer_id: holder.customerId }),
        ...others.map(agent => book(agent, desk, start)),
      ])
    const before = plus(hold.lapses_at, { milliseconds: -1 })
    const how = (['before', 'at', 'between'] as const)[round % 3]!
    await desk.jumpTo(how === 'at' ? hold.lapses_at : before)
    const [answers] = await Promise.all([rush(), how === 'between' && desk.jumpTo(hold.lapses_at)])
    const winners = answers.filter(({ isError }) => !isError)
    assert.equal(winners.length, 1, `round ${round}, ${how}: ${JSON.stringify(tally(answers))}`)
    const holders = !answers[0].isError
    if (how !== 'between') assert.equal(holders, how === 'before', `round ${round}, ${how}`)
    if (!holders) assert.equal(answers[0].body.code, 'hold_expired', `round ${round}, ${how}`)
    const refusals = answers.slice(1).filter(({ isError }) => isError)
    assert.deepEqual(new Set(refusals.map(({ body }) => body.code)), new Set(['slot_conflict']))
  }
  const overlapping = await desk.rows(`
    SELECT a.id FROM allocations a JOIN allocations b ON a.workspace_id = b.workspace_id
      AND a.resource_key = b.resource_key AND a.id < b.id AND a.occupied && b.occupied
    WHERE a.workspace_id = $1 AND a.state = 'held' AND b.state = 'held'`)
  assert.deepEqual(overlapping, [])
})

function book(agent: Rival, desk: Desk, start: string): Promise<Called> {
  return agent.call('create_booking', {
    ...desk.slot({ start }),
    customer_id: agent.customerId,
    idempotency_key: fresh(),
  })
}

function tally(answers: Called[]): string[] {
  return answers.map(({ isError, body }) => (isError ? body.code : body.data.state))
}

/** The bookings with such an entry in their history, one for each entry. */
async function entriesOf(desk: Desk, event: string): Promise<string[]> {
  const rows = await desk.rows(
    'SELECT booking_id FROM booking_history WHERE workspace_id = $1 AND event = $2',
    event,
  )
  return rows.map((row: Body) => row.booking_id).sort()
}

async function eventsOf(desk: Desk, type: string): Promise<string[]> {
  const rows = await desk.rows('SELECT subject_id FROM events WHERE workspace_id = $1 AND type = $2', type)
  return rows.map((row: Body) => row.subject_id).sort()
}
