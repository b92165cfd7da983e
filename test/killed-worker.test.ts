/** Hosts that are killed while they send: where the provider knows keys, each message arrives once; where not, it is never sent twice. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { prepareQueue } from '../src/delivery/queue.ts'
import { callRoll } from '../src/delivery/roll-call.ts'
import type { Provider } from '../src/domain/messaging/tables.ts'
import { openTestDatabase } from './support/database.ts'
import { deliveriesOf, hasten, makeWorkspace, release, toldOf } from './support/deliveries.ts'
import { countJobs, hurry, until } from './support/jobs.ts'
import { resendOf, startMailProvider } from './support/resend.ts'
import { startMailServer } from './support/smtp.ts'
import { stack, type Things } from './support/stack.ts'
import type { Reach } from './support/worker-host.ts'

const log = pino({ level: 'silent' })

/** Two hundred starts of a process: 70 s of both processors where they are free, many minutes where they are not. */
const PATIENCE = { timeout: 20 * 60_000 }

test(
  '1,000 messages, 200 kills, a provider that knows keys: each arrives exactly once',
  PATIENCE,
  async t => {
    const random = seeded(t)
    const provider = await startMailProvider(t)
    provider.pause = () => 30 + 70 * random()
    const desk = await openDesk(t, resendOf(provider), 'resend')
    const { database, workspaceId } = desk
    await releaseMore(desk, 1000)

    await killHosts(desk, 200, random)
    await drain(desk)

    const all = await deliveriesOf(database, workspaceId)
    const { length } = all
    assert.ok(length >= 1000)
    assert.deepEqual(
      countBy(all, ({ state }) => state),
      { sent: length },
    )
    assert.deepEqual(
      provider.arrived.map(({ to }) => to[0]!).sort(),
      all.map(({ recipient }) => recipient).sort(),
    )
    assert.equal(new Set(provider.keys).size, length)
    const resumed = all.filter(({ attempts }) => attempts > 1).length
    t.diagnostic(`${resumed} were cut off and taken up again, ${provider.keys.length - length} asked twice`)
    assert.ok(resumed > 50 && provider.keys.length > length, 'kills hit what they were meant to hit')
    assert.equal((await toldOf(database, workspaceId)).length, length)
  },
)

test('120 messages, 15 kills, SMTP: none arrives twice, and what may have arrived is unknown', async t => {
  const random = seeded(t)
  const mail = await startMailServer(t)
  mail.pause = () => 60 + 140 * random()
  const smtp = { url: mail.url, from: 'Studio <no-reply@desk.example>' }
  const desk = await openDesk(t, { smtp }, 'smtp')
  const { database, workspaceId } = desk
  await releaseMore(desk, 120)

  await killHosts(desk, 15, random)
  await drain(desk)

  const all = await deliveriesOf(database, workspaceId)
  const arrived = countBy(mail.taken, text => /^To: (.*)$/m.exec(text)![1]!)
  assert.ok(
    Object.values(arrived).every(times => times === 1),
    JSON.stringify(arrived),
  )
  const states = countBy(all, ({ state }) => state)
  t.diagnostic(JSON.stringify(states))
  assert.deepEqual(Object.keys(states).sort(), ['sent', 'unknown'])
  for (const { state, recipient } of all) {
    if (state === 'sent') assert.equal(arrived[recipient], 1, recipient)
  }
  assert.equal((await toldOf(database, workspaceId)).length, all.length)
})

interface Desk {
  database: Awaited<ReturnType<typeof openTestDatabase>>
  workspaceId: string
  things: Things
  reach: Reach
  provider: Provider
  released: number
}

/** With somebody to call the roll all the time: what a dead host held is free after 0.1 to 0.2 s. */
async function openDesk(t: TestContext, reach: Reach, provider: Provider): Promise<Desk> {
  const things = stack(t)
  const database = await openTestDatabase(things)
  await prepareQueue({ database, log })
  const roll = callRoll({ database, log, rollEveryMs: 100 })
  things.after(() => roll.stop())
  return { database, workspaceId: await makeWorkspace(database), things, reach, provider, released: 0 }
}

async function releaseMore(desk: Desk, count: number): Promise<void> {
  const { database, workspaceId, provider, released } = desk
  desk.released += count
  await release(database, workspaceId, { count, first: released, delivery: { provider } })
}

/** Each host is killed at a random moment after it has taken its first job, and another takes its place. */
async function killHosts(desk: Desk, kills: number, random: () => number): Promise<void> {
  let begun = 0
  let killed = 0
  const lane = async () => {
    while (begun < kills) {
      begun++
      const host = startHost(desk)
      await toWork(desk, host)
      // So long that the work lasts for all the kills: four jobs are lost with a host, and it does ten a second.
      const { left } = await countJobs(desk.database.owner)
      await delay(random() * 2 * 100 * Math.max(0, left / (kills - killed) - 4))
      const gone = once(host.process, 'exit')
      assert.ok(host.process.kill('SIGKILL'), 'a host that ended by itself')
      await gone
      killed++
    }
  }
  await Promise.all(Array.from({ length: HOSTS_AT_ONCE }, lane))
}

/** Most of a host's life is its start, 0.7 s of a processor. */
const HOSTS_AT_ONCE = 3

/** On a machine that is slow to kill, hosts do more than was meant. A host that finds nothing left is given some. */
async function toWork(desk: Desk, { atWork, process }: Host): Promise<void> {
  while (!(await Promise.race([atWork, delay(250, false)]))) {
    assert.equal(process.exitCode, null, 'a host that ended by itself')
    if ((await countJobs(desk.database.owner)).free === 0) await releaseMore(desk, 5)
  }
}

/** Hosts that are left alone do what is left. */
async function drain(desk: Desk): Promise<void> {
  const { database, workspaceId } = desk
  const hosts = [startHost(desk), startHost(desk)]
  await until(async () => {
    await hasten(database, workspaceId) // What met its own earlier request waits for half a minute.
    await hurry(database.owner)
    const { left } = await countJobs(database.owner)
    for (const { process } of hosts) assert.equal(process.exitCode, null, 'a host that ended by itself')
    if (left > 0) await delay(100)
    return left === 0
  })
}

/** For a process that ends before threads that compile and collect are worth their start: two thirds of its processor time. */
const BRIEF_LIFE = ['--single-threaded', '--max-semi-space-size=32']

interface Host {
  process: ChildProcess
  /** Comes true with its first job. */
  atWork: Promise<boolean>
}

/** A process with a worker in it. */
function startHost({ database, things, reach }: Desk): Host {
  const { ownerUrl, appUrl } = database
  const child = spawn(
    process.execPath,
    [...BRIEF_LIFE, join(import.meta.dirname, 'support/worker-process.ts')],
    {
      env: { ...process.env, WORKER: JSON.stringify({ ownerUrl, appUrl, reach }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const atWork = once(child.stdout, 'data').then(() => true) // It says nothing else.
  things.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  return { process: child, atWork }
}

/** mulberry32: a test that fails is run again with BACKDESK_SEED. */
function seeded(t: TestContext): () => number {
  let state = Number(process.env.BACKDESK_SEED ?? Math.floor(Math.random() * 2 ** 32)) >>> 0
  t.diagnostic(`BACKDESK_SEED=${state}`)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function countBy<Item>(items: Item[], keyOf: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1
  return counts
}
