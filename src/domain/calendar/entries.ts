/** What takes time in a range, of one person or of everybody at a location: bookings and holds, classes, absences, and what people have in calendars of their own. */

import { and, asc, eq, gt, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { Temporal } from 'temporal-polyfill'
import { seesBooking } from '../../access/sight.ts'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { notLapsed } from '../bookings/read.ts'
import { bookings } from '../bookings/tables.ts'
import { services, staff, staffLocations, timeOff } from '../business/tables.ts'
import { classSessions } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import type { Interval } from '../time/local.ts'
import { externalBusy } from './tables.ts'

export interface Entry {
  kind: 'booking' | 'hold' | 'class' | 'time_off' | 'elsewhere'
  /** A TypeID; of what is elsewhere, its calendar's. */
  id: string
  startsAt: Temporal.Instant
  endsAt: Temporal.Instant
  staffId: string
  staffName: string
  /** null: an absence is everywhere. */
  locationId: string | null
  state: string | null
  serviceName: string | null
  customerName: string | null
}

export interface EntriesAsked {
  staffId?: string
  locationId?: string
  range: Interval
  limit: number
  cursor?: string
}

/** By start. */
export async function entriesIn(
  context: Context,
  asked: EntriesAsked,
): Promise<{ entries: Entry[]; nextCursor?: string }> {
  const { limit } = asked
  const found = await Promise.all([
    bookingsIn(context, asked),
    classesIn(context, asked),
    absencesIn(context, asked),
    elsewhereIn(context, asked),
  ])
  const all = found.flat().sort(inOrder)
  const entries = all.slice(0, limit)
  const last = entries.at(-1)
  if (all.length === entries.length || !last) return { entries: entries.map(withoutUuid) }
  return { entries: entries.map(withoutUuid), nextCursor: cursorOf(last) }
}

type Found = Entry & { uuid: string }

function inOrder(one: Found, other: Found): number {
  const time = Temporal.Instant.compare(one.startsAt, other.startsAt)
  return time !== 0 ? time : one.uuid < other.uuid ? -1 : 1
}

function withoutUuid({ uuid: _, ...entry }: Found): Entry {
  return entry
}

async function bookingsIn(context: Context, asked: EntriesAsked): Promise<Found[]> {
  const { db, workspace, now } = context
  const rows = await db
    .select({
      uuid: bookings.id,
      startsAt: bookings.startsAt,
      endsAt: bookings.endsAt,
      staffId: bookings.staffId,
      staffName: staff.name,
      locationId: bookings.locationId,
      state: bookings.state,
      serviceName: services.name,
      customerName: customers.name,
    })
    .from(bookings)
    .innerJoin(staff, and(eq(staff.workspaceId, workspace.id), eq(staff.id, bookings.staffId)))
    .innerJoin(services, and(eq(services.workspaceId, workspace.id), eq(services.id, bookings.serviceId)))
    .leftJoin(customers, and(eq(customers.workspaceId, workspace.id), eq(customers.id, bookings.customerId)))
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        ...touching(bookings, asked),
        inArray(bookings.state, ['hold', 'pending', 'confirmed', 'arrived', 'completed', 'no_show']),
        notLapsed(now),
        seesBooking(context.sight, sql`${bookings}`),
      ),
    )
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
    .limit(asked.limit + 1)
  return rows.map(row => ({
    ...row,
    kind: row.state === 'hold' ? 'hold' : 'booking',
    id: idText('booking', row.uuid),
  }))
}

async function classesIn({ db, workspace }: Context, asked: EntriesAsked): Promise<Found[]> {
  const rows = await db
    .select({
      uuid: classSessions.id,
      startsAt: classSessions.startsAt,
      endsAt: classSessions.endsAt,
      staffId: classSessions.staffId,
      staffName: staff.name,
      locationId: classSessions.locationId,
      state: classSessions.state,
      serviceName: services.name,
    })
    .from(classSessions)
    .innerJoin(staff, and(eq(staff.workspaceId, workspace.id), eq(staff.id, classSessions.staffId)))
    .innerJoin(
      services,
      and(eq(services.workspaceId, workspace.id), eq(services.id, classSessions.serviceId)),
    )
    .where(
      and(
        eq(classSessions.workspaceId, workspace.id),
        ...touching(classSessions, asked),
        eq(classSessions.state, 'scheduled'),
      ),
    )
    .orderBy(asc(classSessions.startsAt), asc(classSessions.id))
    .limit(asked.limit + 1)
  return rows.map(row => ({ ...row, kind: 'class', id: idText('session', row.uuid), customerName: null }))
}

async function absencesIn(context: Context, asked: EntriesAsked): Promise<Found[]> {
  const { db, workspace } = context
  const rows = await db
    .select({
      uuid: timeOff.id,
      startsAt: timeOff.startsAt,
      endsAt: timeOff.endsAt,
      staffId: timeOff.staffId,
      staffName: staff.name,
    })
    .from(timeOff)
    .innerJoin(staff, and(eq(staff.workspaceId, workspace.id), eq(staff.id, timeOff.staffId)))
    .where(and(eq(timeOff.workspaceId, workspace.id), ...whereverIn(context, timeOff, asked)))
    .orderBy(asc(timeOff.startsAt), asc(timeOff.id))
    .limit(asked.limit + 1)
  return rows.map(row => ({
    ...row,
    kind: 'time_off',
    id: idText('timeoff', row.uuid),
    locationId: null,
    state: null,
    serviceName: null,
    customerName: null,
  }))
}

async function elsewhereIn(context: Context, asked: EntriesAsked): Promise<Found[]> {
  const { db, workspace } = context
  const rows = await db
    .select({
      uuid: externalBusy.id,
      calendarId: externalBusy.calendarId,
      startsAt: externalBusy.startsAt,
      endsAt: externalBusy.endsAt,
      staffId: externalBusy.staffId,
      staffName: staff.name,
    })
    .from(externalBusy)
    .innerJoin(staff, and(eq(staff.workspaceId, workspace.id), eq(staff.id, externalBusy.staffId)))
    .where(and(eq(externalBusy.workspaceId, workspace.id), ...whereverIn(context, externalBusy, asked)))
    .orderBy(asc(externalBusy.startsAt), asc(externalBusy.id))
    .limit(asked.limit + 1)
  return rows.map(({ calendarId, ...row }) => ({
    ...row,
    kind: 'elsewhere',
    id: idText('calendar', calendarId),
    locationId: null,
    state: null,
    serviceName: null,
    customerName: null,
  }))
}

/** What takes a person's time at every location. */
function whereverIn(
  { db, workspace }: Context,
  table: Times & Record<'staffId', PgColumn>,
  { staffId, locationId, range, cursor }: EntriesAsked,
): (SQL | undefined)[] {
  const working = (at: string) =>
    db
      .select({ id: staffLocations.staffId })
      .from(staffLocations)
      .where(and(eq(staffLocations.workspaceId, workspace.id), eq(staffLocations.locationId, at)))
  return [
    staffId ? eq(table.staffId, staffId) : inArray(table.staffId, working(locationId!)),
    gt(table.endsAt, instant(range.start)),
    lt(table.startsAt, instant(range.end)),
    after(table, cursor),
  ]
}

type Times = Record<'id' | 'startsAt' | 'endsAt', PgColumn>

function touching(
  table: Times & Record<'staffId' | 'locationId', PgColumn>,
  { staffId, locationId, range, cursor }: EntriesAsked,
): (SQL | undefined)[] {
  return [
    staffId ? eq(table.staffId, staffId) : undefined,
    locationId ? eq(table.locationId, locationId) : undefined,
    gt(table.startsAt, instant(range.start).subtract({ hours: LONGEST_HOURS })),
    lt(table.startsAt, instant(range.end)),
    gt(table.endsAt, instant(range.start)),
    after(table, cursor),
  ]
}

/** No service and no class is longer, its parts and the gaps between them included: history need not be read. */
const LONGEST_HOURS = 48

function instant(epochMilliseconds: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds)
}

/** Where a page ended: a start and an id, since many things begin at once. */
function cursorOf({ startsAt, uuid }: Found): string {
  return Buffer.from(`${startsAt.epochMilliseconds}/${uuid}`, 'latin1').toString('base64url')
}

function after({ startsAt, id }: Times, cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined
  const [, start, uuid] =
    /^(\d{1,15})\/([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (!start || !uuid)
    throw new Refusal('invalid_input', "cursor: Take it from the last answer's next_cursor.")
  return sql`(${startsAt}, ${id}) > (to_timestamp(${Number(start) / 1000}::float8), ${uuid}::uuid)`
}
