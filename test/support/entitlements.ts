/** A studio with customers and passes, at whatever time a test says it is. */

import type { TestContext } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { newId } from '../../src/database/columns.ts'
import type { Job } from '../../src/database/jobs.ts'
import { createService } from '../../src/domain/business/services.ts'
import type { Context, DomainEvent } from '../../src/domain/context.ts'
import { createCustomer } from '../../src/domain/customers/create.ts'
import type { Source } from '../../src/domain/entitlements/ledger.ts'
import { createPackage, type NewPackage } from '../../src/domain/entitlements/packages.ts'
import { findLot } from '../../src/domain/entitlements/read.ts'
import { type Sale, sellPackage } from '../../src/domain/entitlements/sell.ts'
import { call, signUp } from './access.ts'
import { openTestDatabase } from './database.ts'

export const at = (text: string) => Temporal.Instant.from(text)

/** In Berlin, in January, when its clocks are an hour ahead. */
export const MONDAY = at('2030-01-07T09:00:00Z')

/** A booking that takes a credit; each call is another. */
export const booking = (): Source => ({ kind: 'booking', id: newId() })

/** @param zone of the workspace, where not Berlin */
export async function openStudio(
  t: Pick<TestContext, 'after'>,
  { zone, connections }: { zone?: string; connections?: number } = {},
) {
  const database = await openTestDatabase(t, connections ? { max: connections } : {})
  const signedUp = await signUp(database)
  const workspace = { ...signedUp.caller.workspace, ...(zone && { timeZone: zone }) }
  const caller = { ...signedUp.caller, workspace }
  const events: DomainEvent[] = []
  const jobs: Job[] = []
  const run = <T>(now: Temporal.Instant, work: (context: Context) => Promise<T>): Promise<T> =>
    call(database, { caller, events }, context =>
      work({ ...context, now, enqueue: async job => void jobs.push(job) }),
    )
  const service = async (name: string) => {
    const price = { amount: 1500, currency: 'EUR' }
    return (await run(MONDAY, context => createService(context, { name, duration_minutes: 60, price }))).id
  }
  const offer = (terms: Partial<NewPackage> = {}) =>
    run(MONDAY, context =>
      createPackage(context, {
        name: 'Pack',
        sessions: 10,
        validity: 'P3M',
        activation: 'on_purchase',
        service_ids: null,
        price: { amount: 12_000, currency: 'EUR' },
        ...terms,
      }),
    )
  const [yoga, spin] = [await service('Yoga'), await service('Spin')]
  const customer = async (name: string) =>
    (await run(MONDAY, context => createCustomer(context, { name }))).id
  const ana = await customer('Ana Ruiz')
  return {
    database,
    caller,
    events,
    jobs,
    run,
    yoga,
    spin,
    ana,
    customer,
    offer,
    /** One of these terms, sold to Ana. @returns the lot's id */
    async sell(
      terms: Partial<NewPackage> = {},
      { now = MONDAY, ...sale }: Partial<Sale> & { now?: Temporal.Instant } = {},
    ): Promise<string> {
      const { id } = await offer(terms)
      return (await run(now, context => sellPackage(context, { package_id: id, customer_id: ana, ...sale })))
        .lot.id
    },
    lot: (id: string, now = MONDAY) => run(now, context => findLot(context, id)),
    /** `kind sessions`, in order. */
    async ledger(lotId: string): Promise<string[]> {
      const { rows } = await database.owner.query(
        'SELECT kind, sessions FROM entitlement_entries WHERE lot_id = $1 ORDER BY number',
        [lotId],
      )
      return rows.map(({ kind, sessions }) => `${kind} ${sessions ?? 'uncounted'}`)
    },
  }
}

export type Studio = Awaited<ReturnType<typeof openStudio>>
