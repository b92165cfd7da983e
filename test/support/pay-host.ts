/** What takes money and gives it back in a worker, as `main` makes it of the same parts. */

import { pino } from 'pino'
import { type AsSystem, asSystem } from '../../src/calls/as-system.ts'
import type { House } from '../../src/calls/house.ts'
import type { Database } from '../../src/database/pool.ts'
import type { Handler } from '../../src/delivery/handler.ts'
import { pay, payBack } from '../../src/delivery/payments/pay.ts'
import {
  type FindStripe,
  paymentProviders,
  type StripeAccess,
} from '../../src/delivery/payments/providers.ts'
import { startWorker, type Worker } from '../../src/delivery/worker.ts'

export interface Cashier {
  asSystem: AsSystem
  stripe: FindStripe
  handlers: { pay: Handler; refund: Handler }
}

/** @param stripe null: the sandbox takes all */
export function cashier(database: Database, stripe: StripeAccess | null): Cashier {
  const log = pino({ level: 'silent' })
  const house = {
    database,
    log,
    dueWork: [],
    heard: new Set<string>(),
    mail: 'developer_mailbox',
    stripe: stripe !== null,
  } as unknown as House
  const system = asSystem(house)
  const find: FindStripe = async () => stripe
  const parts = {
    asSystem: system,
    provider: paymentProviders({ asSystem: system, stripe: find }),
    returnUrl: 'https://desk.example',
  }
  return { asSystem: system, stripe: find, handlers: { pay: pay(parts), refund: payBack(parts) } }
}

/** A worker for them alone; of a queue that has been prepared. */
export function startCashier(database: Database, stripe: StripeAccess | null): Worker {
  const log = pino({ level: 'silent' })
  const { handlers } = cashier(database, stripe)
  return startWorker({ database, log, handlers: { ...handlers }, rollEveryMs: 100 })
}
