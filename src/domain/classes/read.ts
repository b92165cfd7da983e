/** Reads sessions, rosters and waitlists as they are at this moment: an offer that has lapsed shows where it went on to. */

import { and, asc, eq, gt, gte, inArray, isNull, lt, ne, type SQL, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { Page } from '../../catalog/define.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { locations, services, staff } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import { foresee, lineOf, placesLeft } from './line.ts'
import { noSession } from './sessions.ts'
import { hasLapsed, live, type SessionState } from './states.ts'
import {
  classEnrolments,
  classSeries,
  classSessions,
  type Session,
  type WaitlistEntry,
  waitlistEntries,
} from './tables.ts'

export interface SessionFilter {
  /** Default: now. */
  from?: Temporal.Instant
  until?: Temporal.Instant
  state: SessionState
  seriesId?: string
  serviceId?: string
  locationId?: string
  staffId?: string
  limit: number
  cursor?: string
}

/** A session with the names that a person reads, and its places. */
export interface SessionView extends Session {
  serviceName: string
  staffName: string
  timeZone: string
  seriesVersion: number | null
  enrolled: number
  /** What is neither taken nor offered; below zero where the class is over-full. */
  placesLeft: number
  waiting: number
}

/** By start, earliest first. */
export async function listSessions(context: Context, filter: SessionFilter): Promise<Page<SessionView[]>> {
  const { limit, cursor } = filter
  const rows = await selectSessions(context, and(matching(filter, context.now), after(cursor)), limit + 1)
  const shown = await withPlaces(context, rows.slice(0, limit))
  const last = shown.at(-1)
  return new Page(shown, rows.length > limit && last ? cursorOf(last) : undefined)
}

/** @throws Refusal `not_found` */
export async function viewSession(context: Context, id: string): Promise<SessionView> {
  const [view] = await viewSessions(context, [id])
  if (!view) throw noSession()
  return view
}

/** The names alone: nobody counts its places. @throws Refusal `not_found` */
export async function nameSession(context: Context, id: string): Promise<Named> {
  const [named] = await selectSessions(context, eq(classSessions.id, id), 1)
  if (!named) throw noSession()
  return named
}

export async function viewSessions(context: Context, ids: string[]): Promise<SessionView[]> {
  if (ids.length === 0) return []
  return withPlaces(context, await selectSessions(context, inArray(classSessions.id, ids), ids.length))
}

function matching(filter: SessionFilter, now: Temporal.Instant): SQL | undefined {
  const { from = now, until, state, seriesId, serviceId, locationId, staffId } = filter
  return and(
    eq(classSessions.state, state),
    gte(classSessions.startsAt, from),
    until && lt(classSessions.startsAt, until),
    seriesId === undefined ? undefined : eq(classSessions.seriesId, seriesId),
    serviceId === undefined ? undefined : eq(classSessions.serviceId, serviceId),
    locationId === undefined ? undefined : eq(classSessions.locationId, locationId),
    staffId === undefined ? undefined : eq(classSessions.staffId, staffId),
  )
}

async function selectSessions({ db, workspace }: Context, which: SQL | undefined, limit: number) {
  const rows = await db
    .select({
      session: classSessions,
      serviceName: services.name,
      staffName: staff.name,
      timeZone: locations.timeZone,
      seriesVersion: classSeries.version,
    })
    .from(classSessions)
    .innerJoin(
      services,
      and(eq(services.workspaceId, classSessions.workspaceId), eq(services.id, classSessions.serviceId)),
    )
    .innerJoin(
      staff,
      and(eq(staff.workspaceId, classSessions.workspaceId), eq(staff.id, classSessions.staffId)),
    )
    .innerJoin(
      locations,
      and(eq(locations.workspaceId, classSessions.workspaceId), eq(locations.id, classSessions.locationId)),
    )
    .leftJoin(
      classSeries,
      and(eq(classSeries.workspaceId, classSessions.workspaceId), eq(classSeries.id, classSessions.seriesId)),
    )
    .where(and(eq(classSessions.workspaceId, workspace.id), which))
    .orderBy(asc(classSessions.startsAt), asc(classSessions.id))
    .limit(limit)
  return rows.map(({ session, ...names }) => ({ ...session, ...names }))
}

type Named = Omit<SessionView, 'enrolled' | 'placesLeft' | 'waiting'>

async function withPlaces(context: Context, rows: Named[]): Promise<SessionView[]> {
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return []
  const [enrolled, waiting] = [await enrolledIn(context, ids), await waitingFor(context, ids)]
  const views = rows.map(async row => {
    const line = waiting.get(row.id)
    const taken = enrolled.get(row.id) ?? 0
    const held = line?.held ?? 0
    const counted = { enrolled: taken, placesLeft: row.capacity - taken - held, waiting: line?.waiting ?? 0 }
    return { ...row, ...(line?.overdue ? await foreseenPlaces(context, row) : counted) }
  })
  return Promise.all(views)
}

async function enrolledIn({ db, workspace }: Context, ids: string[]): Promise<Map<string, number>> {
  const rows = await db
    .select({ id: classEnrolments.sessionId, taken: sql<number>`sum(${classEnrolments.partySize})::int` })
    .from(classEnrolments)
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        inArray(classEnrolments.sessionId, ids),
        ne(classEnrolments.state, 'cancelled'),
      ),
    )
    .groupBy(classEnrolments.sessionId)
  return new Map(rows.map(({ id, taken }) => [id, taken]))
}

async function waitingFor({ db, workspace, now }: Context, ids: string[]) {
  const rows = await db
    .select({
      sessionId: waitlistEntries.sessionId,
      state: waitlistEntries.state,
      partySize: waitlistEntries.partySize,
      offerExpiresAt: waitlistEntries.offerExpiresAt,
    })
    .from(waitlistEntries)
    .where(
      and(
        eq(waitlistEntries.workspaceId, workspace.id),
        inArray(waitlistEntries.sessionId, ids),
        inArray(waitlistEntries.state, [...live]),
      ),
    )
  const lines = Map.groupBy(rows, ({ sessionId }) => sessionId!)
  return new Map(
    [...lines].map(([id, entries]) => {
      const offered = entries.filter(({ state }) => state === 'offered')
      const held = offered.reduce((sum, { partySize }) => sum + partySize, 0)
      return [id, { held, waiting: entries.length, overdue: offered.some(entry => hasLapsed(entry, now)) }]
    }),
  )
}

async function foreseenPlaces(context: Context, session: Session) {
  const { line } = await foresee(context, await lineOf(context, session))
  return { enrolled: line.enrolled, placesLeft: placesLeft(line), waiting: line.waiters.length }
}

/** Where a page ended: a start and an id, since many classes start at once. */
function cursorOf({ startsAt, id }: Session): string {
  return Buffer.from(`${startsAt.epochMilliseconds}/${id}`, 'latin1').toString('base64url')
}

function after(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined
  const [, start, id] =
    /^(\d{1,15})\/([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (!start || !id) throw new Refusal('invalid_input', "cursor: Take it from the last answer's next_cursor.")
  return sql`(${classSessions.startsAt}, ${classSessions.id}) > (to_timestamp(${Number(start) / 1000}::float8), ${id}::uuid)`
}

/** Everybody who is enrolled, in order of acceptance, and who waits. @throws Refusal `not_found` */
export async function readRoster(context: Context, sessionId: string) {
  const session = await viewSession(context, sessionId)
  const { db, workspace } = context
  const enrolled = await db
    .select({ enrolment: classEnrolments, customerName: customers.name })
    .from(classEnrolments)
    .innerJoin(
      customers,
      and(
        eq(customers.workspaceId, classEnrolments.workspaceId),
        eq(customers.id, classEnrolments.customerId),
      ),
    )
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.sessionId, sessionId),
        ne(classEnrolments.state, 'cancelled'),
      ),
    )
    .orderBy(asc(classEnrolments.id))
  return {
    session,
    enrolments: enrolled.map(({ enrolment, customerName }) => ({ ...enrolment, customerName })),
    waiting: await readClassList(context, session),
  }
}

export interface EntryView extends WaitlistEntry {
  customerName: string
  /** How many wait before them; null: they do not wait. */
  ahead: number | null
}

/** Who still waits for a session, or holds an offer of it, in order of acceptance. */
export async function readClassList(context: Context, session: Session): Promise<EntryView[]> {
  const { line } = await foresee(context, await lineOf(context, session))
  const names = await namesOf(
    context,
    line.waiters.map(({ customerId }) => customerId),
  )
  return ranked(line.waiters.map(waiter => ({ ...waiter, customerName: names.get(waiter.customerId)! })))
}

function ranked(entries: (WaitlistEntry & { customerName: string })[]): EntryView[] {
  let before = 0
  return entries.map(entry => ({ ...entry, ahead: entry.state === 'waiting' ? before++ : null }))
}

async function namesOf({ db, workspace }: Context, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: customers.id, name: customers.name })
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), inArray(customers.id, ids)))
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Who waits for a slot of a service at a location that is not over yet, in order of acceptance. */
export async function readSlotList(
  { db, workspace, now }: Context,
  { serviceId, locationId }: { serviceId: string; locationId: string },
): Promise<EntryView[]> {
  const rows = await db
    .select({ entry: waitlistEntries, customerName: customers.name })
    .from(waitlistEntries)
    .innerJoin(
      customers,
      and(
        eq(customers.workspaceId, waitlistEntries.workspaceId),
        eq(customers.id, waitlistEntries.customerId),
      ),
    )
    .where(
      and(
        eq(waitlistEntries.workspaceId, workspace.id),
        eq(waitlistEntries.serviceId, serviceId),
        eq(waitlistEntries.locationId, locationId),
        isNull(waitlistEntries.sessionId),
        eq(waitlistEntries.state, 'waiting'),
        gt(waitlistEntries.latest, now),
      ),
    )
    .orderBy(asc(waitlistEntries.position))
  return ranked(rows.map(({ entry, customerName }) => ({ ...entry, customerName })))
}

/** An entry as it is at this moment, once what time brings about is counted. */
export async function viewEntry(
  context: Context,
  entry: WaitlistEntry,
  session: Session | null,
): Promise<EntryView> {
  const names = await namesOf(context, [entry.customerId])
  const found = session && (await readClassList(context, session)).find(({ id }) => id === entry.id)
  return found || { ...entry, customerName: names.get(entry.customerId)!, ahead: null }
}
