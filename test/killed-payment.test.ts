/** An unknown outcome is resolved by asking the provider with the same key, never by charging again: hosts killed, and connections cut, at each point. */

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type pg from 'pg'
import { enqueue } from '../src/database/jobs.ts'
import { openPools } from '../src/database/pool.ts'
import type { Context } from '../src/domain/context.ts'
import { refundPayment } from '../src/domain/payments/refund.ts'
import { chargeSavedMethod } from '../src/domain/payments/start.ts'
import { countJobs, hurry, until } from './support/jobs.ts'
import { lossyProxy } from './support/lossy-proxy.ts'
import { cashier, startCashier } from './support/pay-host.ts'
import { type Conduct, type StripeServer, startStripe } from './support/stripe.ts'
import { openTill, type Till } from './support/till.ts'

interface Point {
  name: string
  /** How Stripe treats the request of the host that is killed. */
  conduct: Conduct
  /** Which row keeps the host waiting: nothing it does after that happens before it is killed. */
  held?: { from: 'the start' | 'the request'; table: 'payments' | 'refunds' | 'jobs' }
  /** Whether Stripe has done it once by then. */
  done: boolean
}

const points: Point[] = [
  {
    name: 'before it notes the attempt',
    conduct: 'answers',
    held: { from: 'the start', table: 'payments' },
    done: false,
  },
  { name: 'when its request has arrived', conduct: 'cuts off', done: false },
  { name: 'when it is done and not answered', conduct: 'takes and cuts off', done: true },
  {
    name: 'when it is answered and not written down',
    conduct: 'answers',
    held: { from: 'the request', table: 'payments' },
    done: true,
  },
  {
    name: 'when it is written down, and its job is not gone yet',
    conduct: 'answers',
    held: { from: 'the request', table: 'jobs' },
    done: true,
  },
]

for (const kind of ['charge', 'refund'] as const) {
  test(`a host is killed at each point of a ${kind}: it is made once`, { timeout: 300_000 }, async t => {
    const stripe = await startStripe(t)
    const till = await openTill(t, { stripe })
    for (const point of points) {
      const work = await begin(till, kind)
      const before = made(stripe, kind)
      const posts = stripe.keys.length
      await killAt(t, till, stripe, point)
      assert.equal(made(stripe, kind) - before, point.done ? 1 : 0, point.name)
      await goOn(till, stripe)
      assert.equal(await stateOf(till, work), 'succeeded', point.name)
      assert.equal(made(stripe, kind) - before, 1, point.name)
      // Where it had been done, the question alone settled it; where not, it was asked for again, under the same key.
      const keys = stripe.keys.slice(posts)
      assert.deepEqual(
        [keys.length, new Set(keys).size],
        [point.conduct === 'cuts off' ? 2 : 1, 1],
        point.name,
      )
    }
    await sameAs(till, stripe)
  })
}

for (const kind of ['charge', 'refund'] as const) {
  test(`a host loses its database at each COMMIT of a ${kind}: it is made once`, async t => {
    const stripe = await startStripe(t)
    const till = await openTill(t, { stripe })
    const { ownerUrl, appUrl } = till.database
    const proxy = await lossyProxy(t, appUrl)
    const pools = openPools({ ownerUrl, appUrl: proxy.url })
    t.after(() => pools.close())
    const { handlers } = cashier(pools, stripe.account)
    const texts =
      kind === 'charge'
        ? ['insert into "payment_attempts"', 'update "payment_attempts"']
        : ['"attempted_at" = ', '"provider_ref" = ']
    for (const [index, text] of texts.entries()) {
      const work = await begin(till, kind)
      const before = made(stripe, kind)
      const ids = { payment_id: work.paymentId, refund_id: work.refundId ?? '' }
      const job = { workspaceId: till.workspaceId, ids, signal: new AbortController().signal }
      const handler = kind === 'charge' ? handlers.pay : handlers.refund
      proxy.loseNextCommit(text)
      await assert.rejects(handler(job), text)
      assert.equal(proxy.lost(), index + 1)
      assert.equal(made(stripe, kind) - before, index, 'nothing is asked for before the attempt is noted')
      await handler(job)
      await handler(job)
      assert.equal(await stateOf(till, work), 'succeeded')
      assert.equal(made(stripe, kind) - before, 1)
    }
    await sameAs(till, stripe)
  })
}

interface Work {
  paymentId: string
  refundId: string | null
}

/** What a worker is to do: its job is in the queue. A payment that is to go back was made before. */
async function begin(till: Till, kind: 'charge' | 'refund'): Promise<Work> {
  const queued = <T>(work: (context: Context) => Promise<T>): Promise<T> =>
    till.at(context => work({ ...context, enqueue: job => enqueue(context.db, job) }))
  const { id: subjectId } = await till.open()
  const { id: methodId } = await till.stripeCard(`pm_${subjectId}`)
  const charge = { purpose: 'invoice', subjectId, methodId } as const
  if (kind === 'charge') {
    const { id } = await queued(context => chargeSavedMethod(context, charge))
    return { paymentId: id, refundId: null }
  }
  const { id: paymentId } = await till.charge(subjectId, methodId)
  await till.pay(paymentId)
  const { refunds } = await queued(context => refundPayment(context, { paymentId }))
  return { paymentId, refundId: refunds[0]!.id }
}

function made({ intents, refunds }: StripeServer, kind: 'charge' | 'refund'): number {
  return kind === 'charge' ? intents.length : refunds.length
}

async function stateOf(till: Till, { paymentId, refundId }: Work): Promise<string> {
  const payment = await till.payment(paymentId)
  return refundId === null ? payment.state : payment.refunds.find(({ id }) => id === refundId)!.state
}

/** Starts a host, lets it come as far as the point, and kills it. */
async function killAt(t: TestContext, till: Till, stripe: StripeServer, point: Point): Promise<void> {
  const keeper = await till.database.owner.connect()
  const arrived = Promise.withResolvers<void>()
  const killed = Promise.withResolvers<void>()
  stripe.conducts = [point.conduct]
  stripe.pause = async () => {
    if (point.held?.from === 'the request') await hold(keeper, point.held.table)
    arrived.resolve()
    if (!point.held) await killed.promise
  }
  if (point.held?.from === 'the start') await hold(keeper, point.held.table)
  const host = startHost(t, till, stripe)
  if (point.held) await until(async () => (await waiting(till)) > 0)
  else await arrived.promise
  host.kill('SIGKILL')
  await once(host, 'exit')
  killed.resolve()
  stripe.pause = undefined
  stripe.conducts = []
  if (point.held) await keeper.query('ROLLBACK')
  keeper.release()
}

async function hold(keeper: pg.PoolClient, table: 'payments' | 'refunds' | 'jobs'): Promise<void> {
  await keeper.query('BEGIN')
  await keeper.query(`SELECT FROM ${table === 'jobs' ? 'graphile_worker._private_jobs' : table} FOR UPDATE`)
}

/** Sessions that wait for a row. */
async function waiting(till: Till): Promise<number> {
  const { rows } = await till.database.owner.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  )
  return rows[0].count
}

/** Another host takes up what is left, and does it all. */
async function goOn(till: Till, stripe: StripeServer): Promise<void> {
  const worker = startCashier(till.database, stripe.account)
  await until(async () => {
    await hurry(till.database.owner)
    return (await countJobs(till.database.owner)).left === 0
  })
  await worker.stop()
}

function startHost(t: TestContext, { database }: Till, stripe: StripeServer): ChildProcess {
  const { ownerUrl, appUrl } = database
  const host = spawn(process.execPath, [join(import.meta.dirname, 'support/pay-process.ts')], {
    env: { ...process.env, WORKER: JSON.stringify({ ownerUrl, appUrl, stripe: stripe.account }) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  t.after(() => host.kill('SIGKILL'))
  return host
}

/** What the ledger says is on its way from Stripe is what Stripe has. */
async function sameAs(till: Till, { intents, refunds }: StripeServer): Promise<void> {
  await till.verify()
  const sum = (things: StripeServer['intents']) =>
    things.reduce((total, { amount }) => total + (amount as number), 0)
  assert.equal((await till.balances()).clearing ?? 0, sum(intents) - sum(refunds))
}
