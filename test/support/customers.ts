/** A business in Germany to have customers. */

import type { TestContext } from 'node:test'
import type { Context, DomainEvent } from '../../src/domain/context.ts'
import { createCustomer } from '../../src/domain/customers/create.ts'
import type { CustomerFields } from '../../src/domain/customers/customer.ts'
import { call, signUp } from './access.ts'
import { openTestDatabase } from './database.ts'

export async function openBusiness(t: Pick<TestContext, 'after'>) {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const events: DomainEvent[] = []
  return {
    database,
    caller,
    /** What was emitted, in order. */
    events,
    run: <T>(work: (ctx: Context) => Promise<T>) => call(database, { caller, events }, work),
    create: (fields: CustomerFields) =>
      call(database, { caller, events }, ctx => createCustomer(ctx, fields)),
    /** As merge_customers leaves its rows. */
    merge: (from: string, into: string) =>
      database.owner.query(
        "UPDATE customers SET status = 'merged', merged_into = $2, version = version + 1 WHERE id = $1",
        [from, into],
      ),
  }
}
