/**
 * "Approved → executed exactly once": whoever comes at the same moment, at whichever host, and wherever a host dies or
 * loses its database on the way. What an approval is told to be, it is.
 */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { unlimited } from './support/booking.ts'
import { callTool, done } from './support/caller.ts'
import { newSandbox } from './support/example.ts'
import { type Asked, openGated, press } from './support/gated.ts'
import { until } from './support/jobs.ts'
import { lossyProxy } from './support/lossy-proxy.ts'
import { askToSend } from './support/message.ts'
import { send } from './support/person.ts'
import { startServer } from './support/server.ts'
import { startHost } from './support/whole-host.ts'

const server = await startServer({ after }, unlimited)
const { owner } = server.house.database
const proxy = await lossyProxy({ after }, server.databaseUrls.app)
const other = await startHost({ after }, server, proxy.url)
const ROUNDS = 8

type Act = 'approve' | 'reject' | 'withdraw' | 'expire'
/** What each makes of it, and what that leaves in the outbox. */
const made = { approve: 'executed', reject: 'rejected', withdraw: 'withdrawn', expire: 'expired' }
const acts = Object.keys(made) as Act[]

const pairs = acts.flatMap(first => acts.filter(act => act !== first).map(second => [first, second] as const))

for (const [first, second] of pairs.filter(pair => pair[0] !== 'expire' || pair[1] === 'approve')) {
  test(`while one has come to ${first}, another to ${second}: the first has done it, the second is told so`, async () => {
    const desk = await openDesk()
    const asked = await desk.ask()
    const release = await hold()
    const one = desk.does(first, asked)
    await until(async () => (await waiting()) === 1)
    const two = desk.does(second, asked)
    await until(async () => (await waiting()) === 2)
    await release()
    const tooLate = first === 'expire' ? 'approval_expired' : 'invalid_transition'
    assert.equal(await one, 'done')
    assert.equal(await two, second === 'expire' ? 'done' : tooLate) // A clock moves on, and finds nothing to end.
    await desk.is(asked, made[first])
  })
}

for (const rival of acts.filter(act => act !== 'approve')) {
  test(`approve and ${rival} at two hosts at once, again and again: one of them has done it, and both know`, async () => {
    const desk = await openDesk()
    for (let round = 0; round < ROUNDS; round++) {
      const asked = await desk.ask()
      const [here, there] = round % 2 ? [server.url, other.url] : [other.url, server.url]
      const [yes, no] = await Promise.all([desk.does('approve', asked, here), desk.does(rival, asked, there)])
      const became = yes === 'done' ? 'executed' : made[rival]
      assert.equal(
        yes,
        became === 'executed' ? 'done' : rival === 'expire' ? 'approval_expired' : 'invalid_transition',
      )
      if (rival !== 'expire') assert.equal(no, became === 'executed' ? 'invalid_transition' : 'done')
      await desk.is(asked, became)
    }
  })
}

test('asked again at its end by who does not see yet that it is being done: it stays done', async () => {
  const desk = await openDesk()
  const rules = [{ tool: 'create_api_key', gate: 'approve' }]
  const ask = async () => (await callTool(desk.agent, 'set_approval_policy', { rules })).body.approval
  const { id, expires_at } = await ask()
  const keeper = await owner.connect() // In the place of a decision that has not been committed.
  await keeper.query('BEGIN')
  await keeper.query(`UPDATE approvals SET state = 'executed' WHERE id = $1`, [uuidOf(id)])
  await desk.jumpTo(expires_at)
  const again = ask()
  await until(async () => (await waiting()) === 1)
  await keeper.query('COMMIT')
  keeper.release()
  assert.notEqual((await again).id, id, 'what is asked now is another question')
  const { rows } = await owner.query(
    'SELECT state, (SELECT count(*)::int FROM events WHERE subject_id = a.id) AS events FROM approvals a WHERE id = $1',
    [uuidOf(id)],
  )
  assert.deepEqual(rows, [{ state: 'executed', events: 0 }])
})

test('one approves what stands there, another their own words, at once: one text is sent, and the other is told', async () => {
  const sandbox = await newSandbox(server, await server.signUp())
  const { decide } = sandbox.person
  for (let round = 0; round < ROUNDS; round++) {
    const { approvalId, message } = await askToSend(sandbox)
    const edits = { text: 'In my words.' }
    const [plain, edited] = await Promise.all([
      decide(approvalId, 'approve'),
      decide(approvalId, 'approve', { edits }),
    ])
    assert.equal(plain.body.state, 'executed', 'whichever came first, it is done')
    const isEdited = edited.status === 200
    if (!isEdited) assert.deepEqual([edited.status, edited.body.code], [409, 'invalid_transition'])
    const approval = await done(sandbox, 'get_approval', { approval_id: approvalId })
    assert.deepEqual([approval.state, approval.edited], ['executed', isEdited])
    const { text } = await done(sandbox, 'get_message_status', { message_id: message.id })
    assert.equal(text === edits.text, isEdited)
  }
})

test('a host dies while an approved call runs: it still waits, and who presses again runs it, once', async t => {
  const desk = await openDesk()
  const asked = await desk.ask()
  const dying = await startHost(t, server)
  const release = await hold()
  const lost = assert.rejects(desk.does('approve', asked, dying.url))
  await until(async () => (await waiting()) === 1)
  await dying.kill()
  await lost
  const page = await fetch(server.url + asked.path, {
    headers: { cookie: desk.person.cookie },
  })
  assert.match(await page.text(), /Your decision/)
  const again = desk.does('approve', asked) // Before the database has noticed.
  await until(async () => (await waiting()) === 2)
  await release()
  assert.equal(await again, 'done')
  await desk.is(asked, 'executed')
})

test('the database goes while an approved call runs: nothing was decided, the page says to try again, and that does it', async () => {
  const desk = await openDesk()
  const asked = await desk.ask()
  const release = await hold()
  const pressed = press(desk.person, `${other.url}${asked.path}/approve`)
  await until(async () => (await waiting()) === 1)
  await owner.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  await release()
  const { status, text } = await pressed
  assert.equal(status, 500)
  assert.match(
    text,
    /role="alert">Something went wrong on our side, and it was logged\. See whether it was done before you try again\./,
  )
  assert.match(text, /Your decision/)
  await desk.is(asked, 'pending')
  assert.equal((await press(desk.person, `${other.url}${asked.path}/approve`)).status, 303)
  await desk.is(asked, 'executed')
})

test('what the database breaks off, for it took too long, is not decided either', async () => {
  const desk = await openDesk()
  const asked = await desk.ask()
  const release = await hold()
  const pressed = desk.does('approve', asked)
  await until(async () => (await waiting()) === 1)
  await owner.query(
    `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  await release()
  assert.equal(await pressed, 'internal')
  await desk.is(asked, 'pending')
  assert.equal(await desk.does('approve', asked), 'done')
})

test('the database has done it, and its answer is lost: who pressed reads that it is done, and the asker has the result', async () => {
  const desk = await openDesk()
  const asked = await desk.ask()
  proxy.loseNextCommit()
  const pressed = await press(desk.person, `${other.url}${asked.path}/approve`)
  assert.deepEqual([pressed.status, pressed.to, proxy.lost()], [303, asked.path, 1])
  await desk.is(asked, 'executed')
  assert.equal((await callTool(desk.agent, 'create_customer', asked.args)).body.data.name, asked.args.name)
})

test('a host dies when it is done and nobody has been told: who presses again is told, and it is done once', async () => {
  const desk = await openDesk()
  const asked = await desk.ask()
  proxy.muteNextCommit()
  const lost = assert.rejects(desk.does('approve', asked, other.url))
  await until(async () => (await desk.stateOf(asked)) === 'executed')
  await other.kill()
  await lost
  assert.equal(await desk.does('approve', asked), 'done')
  await desk.is(asked, 'executed')
  assert.equal((await callTool(desk.agent, 'create_customer', asked.args)).body.status, 'done')
})

async function openDesk() {
  const gated = await openGated(server)
  const { agent, person, timesMade } = gated

  /** @returns `done`, or the code of the refusal */
  async function does(act: Act, { id, expires_at }: Asked, url = server.url): Promise<string> {
    if (act === 'approve' || act === 'reject') {
      const { status, body } = await send(
        url,
        'POST',
        `/v1/approvals/${id}/${act}`,
        {},
        { cookie: person.cookie },
      )
      return status === 200 && body.state === made[act] ? 'done' : body.code
    }
    const there = { url, key: agent.key }
    const { isError, body } = await (act === 'withdraw'
      ? callTool(there, 'cancel_approval_request', { approval_id: id })
      : callTool(there, 'set_sandbox_clock', { to: expires_at }))
    return isError ? body.code : 'done'
  }

  async function stateOf({ id }: Asked): Promise<string> {
    const { rows } = await owner.query('SELECT state FROM approvals WHERE id = $1', [uuidOf(id)])
    return rows[0].state
  }

  /** In the row, to the asker, in the outbox, in the audit, and in what was done. */
  async function is(asked: Asked, state: string): Promise<void> {
    const told = await done(agent, 'get_approval', { approval_id: asked.id })
    const { rows } = await owner.query(
      `SELECT state,
         (SELECT count(*)::int FROM audit_events e WHERE e.approval_id = a.id AND e.outcome = 'done') AS runs,
         ARRAY(SELECT e.type FROM events e WHERE e.subject_id = a.id) AS events
       FROM approvals a WHERE a.id = $1`,
      [uuidOf(asked.id)],
    )
    const runs = state === 'executed' ? 1 : 0
    const events = ['rejected', 'withdrawn', 'expired'].includes(state) ? [`approval.${state}`] : []
    assert.deepEqual([told.state, await timesMade(asked), rows], [state, runs, [{ state, runs, events }]])
  }

  return { ...gated, does, stateOf, is }
}

/** Whoever writes the audit waits: each way to end an approval does, with its row locked. @returns lets them go on */
async function hold(): Promise<() => Promise<void>> {
  const keeper = await owner.connect()
  await keeper.query('BEGIN; LOCK TABLE audit_events IN SHARE MODE')
  return async () => {
    await keeper.query('ROLLBACK')
    keeper.release()
  }
}

/** Sessions that wait for a lock. */
async function waiting(): Promise<number> {
  const { rows } = await owner.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0].count
}
