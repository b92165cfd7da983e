import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { pino } from 'pino'
import { openTestDatabase } from '../../test/support/database.ts'
import { deliveriesOf, makeWorkspace, release, toldOf } from '../../test/support/deliveries.ts'
import { hurry, jobsIn, until } from '../../test/support/jobs.ts'
import { stack } from '../../test/support/stack.ts'
import { asSystem } from '../calls/as-system.ts'
import type { House } from '../calls/house.ts'
import { enqueue } from '../database/jobs.ts'
import { remedyMessage } from '../domain/messaging/remedy.ts'
import type { Carrier, FindCarriers } from './carrier.ts'
import { deliver } from './deliver.ts'
import { endDeliveries } from './end-deliveries.ts'
import { prepareQueue } from './queue.ts'
import { startWorker } from './worker.ts'

/** A host whose carriers are as they are told, and what sees to deliveries that have no job any more. */
async function open(t: TestContext, carriers: FindCarriers) {
  const things = stack(t)
  const database = await openTestDatabase(things)
  const workspaceId = await makeWorkspace(database)
  const log = pino({ level: 'silent' })
  await prepareQueue({ database, log })
  const house = { database, log, dueWork: [], heard: new Set<string>(), mail: 'none' } as unknown as House
  const work = deliver({ asSystem: asSystem(house), carriers, unsubscribeUrl: ({ id }) => id })
  const worker = startWorker({ database, log, handlers: { deliver: work } })
  things.after(() => worker.stop())
  const end = endDeliveries({ asSystem: asSystem(house), database })
  return {
    database,
    workspaceId,
    house,
    send: (provider: 'resend' | 'mailbox') => release(database, workspaceId, { delivery: { provider } }),
    delivery: async () => (await deliveriesOf(database, workspaceId))[0]!,
    end: () => end({ workspaceId, ids: {}, signal: new AbortController().signal }),
    /** Until its job is dead. */
    async exhausted(): Promise<void> {
      await until(async () => {
        const [job] = await jobsIn(database.owner)
        if (job!.attempts === 25 && job!.locked_by === null) return true
        await hurry(database.owner)
        return false
      })
    },
  }
}

const faulty: Carrier = {
  keyHours: 24,
  send: () => Promise.reject(new Error('not what a provider does')),
}

test('a delivery whose job ran out of tries in the middle of one stands as unknown, to be retried or let be', async t => {
  const desk = await open(t, async () => ({ resend: faulty }))
  await desk.send('resend')
  await desk.exhausted()
  assert.equal((await desk.delivery()).state, 'sending')
  await desk.end()
  const { state, reason, messageId } = await desk.delivery()
  assert.deepEqual([state, reason], ['unknown', 'no_answer'])
  assert.deepEqual(await toldOf(desk.database, desk.workspaceId), [
    { type: 'message.unknown', reason: 'no_answer' },
  ])
  assert.deepEqual(await jobsIn(desk.database.owner), [])
  await desk.end()
  assert.equal((await toldOf(desk.database, desk.workspaceId)).length, 1, 'it is told once')
  faulty.send = async () => ({})
  await asSystem(desk.house)(desk.workspaceId, 'test', context => remedyMessage(context, messageId, 'retry'))
  await until(async () => (await desk.delivery()).state === 'sent')
})

test('one that never came so far has failed', async t => {
  const desk = await open(t, () => Promise.reject(new Error('no carriers')))
  await desk.send('mailbox')
  await desk.exhausted()
  assert.equal((await desk.delivery()).state, 'queued')
  await desk.end()
  const { state, reason, messageId } = await desk.delivery()
  assert.deepEqual([state, reason], ['failed', 'internal'])
  await asSystem(desk.house)(desk.workspaceId, 'test', context =>
    remedyMessage(context, messageId, 'discard'),
  )
  assert.equal((await desk.delivery()).state, 'cancelled')
})

test('what has another job, and what waits for its time, is left alone', async t => {
  let tries = 0
  const desk = await open(t, () => {
    tries++
    return Promise.reject(new Error('no carriers'))
  })
  const [id] = await desk.send('mailbox')
  await until(async () => tries > 0 && (await jobsIn(desk.database.owner))[0]!.locked_by === null)
  await desk.end()
  assert.equal((await desk.delivery()).state, 'queued', 'its job comes again')
  await desk.exhausted()
  // A job that was to come again while it ran is left without its key, as if out of tries.
  await desk.database.owner.query('UPDATE graphile_worker._private_jobs SET key = NULL')
  const runAt = (await desk.delivery()).dueAt.add({ hours: 1 })
  await desk.database.transaction(desk.workspaceId, {}, ({ db }) =>
    enqueue(db, { task: 'deliver', ids: { delivery_id: id! }, jobKey: id, runAt }),
  )
  await desk.end()
  assert.equal((await desk.delivery()).state, 'queued')
  assert.equal((await jobsIn(desk.database.owner)).length, 1)
})
