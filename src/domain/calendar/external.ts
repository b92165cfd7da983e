/**
 * Calendars that people have elsewhere: what they have there takes their time here. Read every quarter of an hour by
 * the worker; of an event only its time is kept. It takes slots away and never a booking, as an absence does.
 */

import { and, asc, count, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { findPerson } from '../business/staff.ts'
import { staff } from '../business/tables.ts'
import { workplacesOf } from '../business/workplaces.ts'
import type { Context } from '../context.ts'
import { DAY } from '../time/zone.ts'
import { busyTimesIn } from './busy-text.ts'
import { type ExternalCalendar, externalBusy, externalCalendars, type ReadProblem } from './tables.ts'

export interface ConnectedCalendar extends Omit<ExternalCalendar, 'workspaceId' | 'keyId' | 'box'> {
  /** How many times of it are kept. */
  busy: number
}

/** A person has few. */
const MOST_CALENDARS = 5

/** @throws Refusal `not_found`, `invalid_input` of a URL that is none, `quota_exceeded` */
export async function connectCalendar(
  context: Context,
  { staffId, url }: { staffId: string; url: string },
): Promise<ConnectedCalendar> {
  const { db, workspace, now, secrets } = context
  await findPerson(context, staffId)
  await lockPerson(context, staffId)
  const whole = addressOf(url)
  const own = await db.select().from(externalCalendars).where(ofPerson(context, staffId))
  const known = own.find(calendar => secrets.unseal(boundTo(calendar), calendar) === whole.href)
  if (known) return shown(context, known)
  if (own.length >= MOST_CALENDARS)
    throw new Refusal('quota_exceeded', `A person has at most ${MOST_CALENDARS} calendars elsewhere.`, {}, [
      'disconnect_external_calendar',
    ])
  const id = newId()
  const [calendar] = await db
    .insert(externalCalendars)
    .values({
      workspaceId: workspace.id,
      id,
      staffId,
      ...secrets.seal(boundTo({ workspaceId: workspace.id, id }), whole.href),
      host: whole.hostname,
      state: 'waiting',
      createdAt: now,
    })
    .returning()
  context.emit({ type: 'external_calendar.connected', subject: { kind: 'calendar', id } })
  await context.enqueue(readingOf(id))
  return shown(context, calendar!)
}

/** `webcal:` is how calendars write https. */
function addressOf(url: string): URL {
  const whole = URL.canParse(url) ? new URL(url.replace(/^webcals?:/i, 'https:')) : null
  if (whole && ['https:', 'http:'].includes(whole.protocol) && !whole.username && !whole.password)
    return whole
  throw new Refusal('invalid_input', 'url: Expected the https address of a calendar in iCal format.', {
    field: 'url',
  })
}

function boundTo({ workspaceId, id }: Pick<ExternalCalendar, 'workspaceId' | 'id'>): string {
  return `external calendar ${workspaceId} ${id}`
}

/** Of one person, or of all. */
export async function listCalendars(context: Context, staffId?: string): Promise<ConnectedCalendar[]> {
  const { db, workspace } = context
  if (staffId) await findPerson(context, staffId)
  const own = eq(externalCalendars.workspaceId, workspace.id)
  const rows = await db
    .select()
    .from(externalCalendars)
    .where(staffId ? ofPerson(context, staffId) : own)
    .orderBy(asc(externalCalendars.id))
    .limit(MOST_LISTED)
  return Promise.all(rows.map(row => shown(context, row)))
}

const MOST_LISTED = 200

/** What it took is free again. @throws Refusal `not_found` */
export async function disconnectCalendar(context: Context, id: string): Promise<ConnectedCalendar> {
  const { db } = context
  const calendar = await findCalendar(context, id)
  const was = await shown(context, calendar)
  await db.delete(externalBusy).where(ofCalendar(context, id))
  await db.delete(externalCalendars).where(isCalendar(context, id))
  context.emit({ type: 'external_calendar.disconnected', subject: { kind: 'calendar', id } })
  return was
}

/** For a confirmation: it is there or not. @throws Refusal `not_found` */
export async function calendarVersion(context: Context, id: string): Promise<number> {
  await findCalendar(context, id)
  return 1
}

async function findCalendar(context: Context, id: string): Promise<ExternalCalendar> {
  const [calendar] = await context.db.select().from(externalCalendars).where(isCalendar(context, id))
  if (!calendar) throw notFound('calendar', ['list_external_calendars'])
  return calendar
}

async function shown(context: Context, calendar: ExternalCalendar): Promise<ConnectedCalendar> {
  const { workspaceId: _, keyId: __, box: ___, ...rest } = calendar
  const [row] = await context.db
    .select({ busy: count() })
    .from(externalBusy)
    .where(ofCalendar(context, calendar.id))
  return { ...rest, busy: row!.busy }
}

export const READ_CALENDAR = 'read_calendar'
const EVERY_MINUTES = 15

function readingOf(id: string, runAt?: Temporal.Instant) {
  return { task: READ_CALENDAR, ids: { calendar_id: id }, jobKey: id, runAt }
}

/** Where it is to be read, and the next time that it is, in real time. null: it was disconnected. */
export async function beginReading(context: Context, id: string): Promise<{ url: string | null } | null> {
  const { db, secrets, enqueue } = context
  const [calendar] = await db.select().from(externalCalendars).where(isCalendar(context, id))
  if (!calendar) return null
  const next = Temporal.Instant.fromEpochMilliseconds(Date.now()).add({ minutes: EVERY_MINUTES })
  await enqueue(readingOf(id, next))
  return { url: secrets.unseal(boundTo(calendar), calendar) }
}

/** From yesterday on, so that what runs now is known, and for a year. */
const BEHIND = DAY
const AHEAD = 365 * DAY

/** What was read replaces what was known; what could not be read leaves it as it was. */
export async function settleReading(
  context: Context,
  id: string,
  answer: { text: string } | { problem: ReadProblem },
): Promise<void> {
  const { db, workspace, now, publicUrl } = context
  const [calendar] = await db.select().from(externalCalendars).where(isCalendar(context, id))
  if (!calendar) return
  const { staffId } = calendar
  if ('problem' in answer) return fail(context, calendar, answer.problem)
  await lockPerson(context, staffId)
  const [workplace] = await workplacesOf(context, [staffId])
  const read = busyTimesIn(answer.text, {
    range: { start: now.epochMilliseconds - BEHIND, end: now.epochMilliseconds + AHEAD },
    zone: workplace?.zone ?? workspace.timeZone,
    host: new URL(publicUrl).hostname,
  })
  if (!read) return fail(context, calendar, 'no_calendar')
  await db.delete(externalBusy).where(ofCalendar(context, id))
  const rows = read.times.map(({ start, end }) => ({
    workspaceId: workspace.id,
    id: newId(),
    calendarId: id,
    staffId,
    startsAt: Temporal.Instant.fromEpochMilliseconds(start),
    endsAt: Temporal.Instant.fromEpochMilliseconds(end),
  }))
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await db.insert(externalBusy).values(rows.slice(at, at + ROWS_AT_ONCE))
  const readAt = Temporal.Instant.fromEpochMilliseconds(Date.now())
  await db
    .update(externalCalendars)
    .set({ state: 'read', problem: null, skipped: read.skipped, readAt })
    .where(isCalendar(context, id))
}

const ROWS_AT_ONCE = 1000

/** Told once, where it goes from well to ill. */
async function fail(context: Context, { id, state }: ExternalCalendar, problem: ReadProblem): Promise<void> {
  await context.db.update(externalCalendars).set({ state: 'failing', problem }).where(isCalendar(context, id))
  if (state === 'failing') return
  context.emit({ type: 'external_calendar.failed', subject: { kind: 'calendar', id }, data: { problem } })
}

/** As a booking does: one that is being made sees the events or comes before them. */
async function lockPerson({ db, workspace }: Context, staffId: string): Promise<void> {
  await db
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.workspaceId, workspace.id), eq(staff.id, staffId)))
    .for('no key update')
}

function isCalendar({ workspace }: Context, id: string) {
  return and(eq(externalCalendars.workspaceId, workspace.id), eq(externalCalendars.id, id))
}

function ofPerson({ workspace }: Context, staffId: string) {
  return and(eq(externalCalendars.workspaceId, workspace.id), eq(externalCalendars.staffId, staffId))
}

function ofCalendar({ workspace }: Context, id: string) {
  return and(eq(externalBusy.workspaceId, workspace.id), eq(externalBusy.calendarId, id))
}
