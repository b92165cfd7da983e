/** The worker of a host, without its HTTP: what `main` makes of the same parts, in a third of the time. */

import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { asSystem } from '../../src/calls/as-system.ts'
import type { House } from '../../src/calls/house.ts'
import type { Config } from '../../src/config.ts'
import type { Database } from '../../src/database/pool.ts'
import { makeCarriers } from '../../src/delivery/carrier.ts'
import { deliver } from '../../src/delivery/deliver.ts'
import type { Handler } from '../../src/delivery/handler.ts'
import { prepareQueue } from '../../src/delivery/queue.ts'
import { startWorker, type Worker, type WorkerParts } from '../../src/delivery/worker.ts'

export type Reach = Partial<Pick<Config, 'smtp' | 'resend'>> &
  Pick<WorkerParts, 'rollEveryMs'> & {
    /** Hears that a job has been taken. */
    onJob?(): void
  }

export async function startWorkerHost(
  t: Pick<TestContext, 'after'>,
  database: Database,
  reach: Reach,
): Promise<Worker> {
  const log = pino({ level: 'silent' })
  await prepareQueue({ database, log })
  const worker = runDeliveries(database, reach)
  t.after(() => worker.stop())
  return worker
}

/** Of a queue that has been prepared. */
export function runDeliveries(database: Database, { rollEveryMs, onJob, ...config }: Reach): Worker {
  const log = pino({ level: 'error' }, pino.destination(2))
  const house = { database, log, dueWork: [], heard: new Set<string>(), mail: 'none' } as unknown as House
  const work = deliver({
    asSystem: asSystem(house),
    carriers: async () => makeCarriers(config),
    unsubscribeUrl: ({ id }) => `https://desk.example/unsubscribe/${id}`,
  })
  const handlers: Record<string, Handler> = {
    deliver: job => {
      onJob?.()
      return work(job)
    },
  }
  return startWorker({ database, log, handlers, rollEveryMs })
}
