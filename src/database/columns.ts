/** The kinds of column that tables are made of: uuid and `Temporal` values inside, PostgreSQL's types outside. */

import { customType, uuid } from 'drizzle-orm/pg-core'
import { Temporal } from 'temporal-polyfill'
import { typeid } from 'typeid-js'

/** A UUIDv7: made here and not by the database, which may be PostgreSQL 15. Ids made later sort later, by the ms. */
export function newId(): string {
  return typeid().toUUID()
}

/** A uuid; what it identifies shows in the TypeID on the surface. */
export const id = (name: string) => uuid(name)

/** The two columns that begin every tenant table, and its primary key in this order. */
export const tenantKey = () => ({ workspaceId: uuid('workspace_id').notNull(), id: uuid('id').notNull() })

/**
 * A moment, exact to the millisecond: what every surface shows is what is stored and compared. Finer digits
 * are cut before they are sent, for PostgreSQL would round them, possibly into the future.
 */
export const instant = customType<{ data: Temporal.Instant; driverData: string }>({
  dataType: () => 'timestamp(3) with time zone',
  toDriver: value => value.toString({ smallestUnit: 'millisecond' }),
  fromDriver: text => Temporal.Instant.from(text),
})

/** A day of the calendar, wherever one is. */
export const localDate = customType<{ data: Temporal.PlainDate; driverData: string }>({
  dataType: () => 'date',
  toDriver: value => value.toString(),
  fromDriver: text => Temporal.PlainDate.from(text),
})

/** What a clock on the wall shows, 00:00 to 23:59:59. Closing at midnight is 00:00 of the next day. */
export const wallTime = customType<{ data: Temporal.PlainTime; driverData: string }>({
  dataType: () => 'time(0) without time zone',
  toDriver: value => value.toString({ smallestUnit: 'second' }),
  fromDriver: text => Temporal.PlainTime.from(text),
})

/** Hashes, and what is sealed. */
export const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
