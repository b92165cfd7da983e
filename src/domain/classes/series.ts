/** Classes that come again: a rule in wall-clock time, and the sessions that it comes to, or one session alone. */

import { and, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { locations, services, staffServices } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { wakeAt } from '../due-work.ts'
import { resolveLocal } from '../time/local.ts'
import type { Occurrence } from '../time/occurrences.ts'
import {
  extendAt,
  horizonAt,
  type Made,
  makeSessions,
  mustCome,
  type OnConflict,
  occurrencesOf,
  type Template,
  todayAt,
} from './occurrences.ts'
import { noteSession } from './sessions.ts'
import { classSeries, type Series } from './tables.ts'
import { lockPeople, lockRooms } from './teaching.ts'

export interface NewSeries {
  serviceId: string
  locationId: string
  /** The instructor. */
  staffId: string
  /** A resource of the location; the class takes one unit of it. */
  roomId?: string
  startsOn: Temporal.PlainDate
  startTime: Temporal.PlainTime
  /** Default: the service's. */
  durationMinutes?: number
  capacity: number
  /** RFC 5545, without DTSTART; without it there is one session, and no series. */
  rrule?: string
  exdates?: Temporal.PlainDate[]
  waitlistCloseMinutes?: number
  /** How long an offer of a freed place holds; without it the place is given. */
  offerMinutes?: number | null
  /** Only who has a package or a pass gets in. */
  requiresEntitlement?: boolean
  onConflict: OnConflict
}

/**
 * @throws Refusal `not_found`, `invalid_input`; `slot_conflict` or `outside_hours` where an occurrence has no place and
 *   none is to be skipped; `nonexistent_local_time`, `ambiguous_local_time` of a session alone
 */
export async function createSeries(
  context: Context,
  asked: NewSeries,
): Promise<Made & { series: Series | null }> {
  const { zone, service } = await placeOf(context, asked)
  await mustTeach(context, asked.staffId, asked.serviceId)
  if (asked.roomId !== undefined) await mustBeRoom(context, asked.roomId, asked.locationId)
  const template: Template = {
    seriesId: asked.rrule === undefined ? null : newId(),
    serviceId: asked.serviceId,
    locationId: asked.locationId,
    staffId: asked.staffId,
    roomId: asked.roomId ?? null,
    durationMinutes: asked.durationMinutes ?? service.durationMinutes,
    bufferBeforeMinutes: service.bufferBeforeMinutes,
    bufferAfterMinutes: service.bufferAfterMinutes,
    capacity: asked.capacity,
    waitlistCloseMinutes: asked.waitlistCloseMinutes ?? 0,
    offerMinutes: asked.offerMinutes ?? null,
    requiresEntitlement: asked.requiresEntitlement ?? false,
  }
  const series = await insertSeries(context, asked, template, zone)
  const wanted = series ? datesOf(context, series, zone) : [alone(asked, zone)]
  mustCome(series && wanted.length === 0 ? firstYear(series, zone) : wanted, context.now)
  const made = await makeSessions(context, template, wanted, { zone, onConflict: asked.onConflict })
  if (series) context.emit({ type: 'class_series.created', subject: { kind: 'series', id: series.id } })
  else for (const { id } of made.sessions) noteSession(context, 'scheduled', id)
  return { series, ...made }
}

async function placeOf(context: Context, { serviceId, locationId }: NewSeries) {
  const [service, location] = await Promise.all([
    findTerms(context, serviceId),
    findPlace(context, locationId),
  ])
  if (!service) throw notFound('service', ['list_services'])
  if (!location) throw notFound('location', ['list_locations'])
  if (service.status !== 'active')
    throw new Refusal('invalid_input', 'service_id: This service is archived.', { field: 'service_id' })
  if (location.status !== 'active')
    throw new Refusal('invalid_input', 'location_id: This location is archived.', { field: 'location_id' })
  return { service, zone: location.timeZone }
}

async function findTerms({ db, workspace }: Context, id: string) {
  const [row] = await db
    .select()
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), eq(services.id, id)))
  return row
}

async function findPlace({ db, workspace }: Context, id: string) {
  const [row] = await db
    .select()
    .from(locations)
    .where(and(eq(locations.workspaceId, workspace.id), eq(locations.id, id)))
  return row
}

/** The zone that a class's clock is on. */
export async function zoneOf(context: Context, locationId: string): Promise<string> {
  return (await findPlace(context, locationId))!.timeZone
}

/** Locked until the transaction ends. @throws Refusal `not_found`, `invalid_input` */
export async function mustTeach(context: Context, staffId: string, serviceId: string): Promise<void> {
  const [person] = await lockPeople(context, [staffId])
  if (!person) throw notFound('staff', ['list_staff'])
  if (person.status !== 'active')
    throw new Refusal('invalid_input', 'staff_id: This person is deactivated.', { field: 'staff_id' }, [
      'list_staff',
    ])
  if (await performs(context, staffId, serviceId)) return
  context.warn(
    `${idText('staff', staffId)} is not among those who perform this service; set_staff_services says who does.`,
  )
}

/** Locked until the transaction ends. @throws Refusal `not_found`, `invalid_input` */
export async function mustBeRoom(context: Context, roomId: string, locationId: string): Promise<void> {
  const [room] = await lockRooms(context, [roomId])
  if (!room) throw notFound('resource', ['list_resources'])
  if (room.locationId === locationId && room.status === 'active') return
  throw new Refusal(
    'invalid_input',
    'room_id: It is at another location, or archived.',
    { field: 'room_id' },
    ['list_resources'],
  )
}

async function performs({ db, workspace }: Context, staffId: string, serviceId: string): Promise<boolean> {
  const rows = await db
    .select({ staffId: staffServices.staffId })
    .from(staffServices)
    .where(
      and(
        eq(staffServices.workspaceId, workspace.id),
        eq(staffServices.staffId, staffId),
        eq(staffServices.serviceId, serviceId),
      ),
    )
  return rows.length > 0
}

async function insertSeries(
  context: Context,
  { rrule, startsOn, startTime, exdates = [] }: NewSeries,
  template: Template,
  zone: string,
): Promise<Series | null> {
  if (rrule === undefined || template.seriesId === null) return null
  const { db, workspace, now } = context
  const rule = { rrule, startsOn, startTime, exdates: exdates.map(date => date.toString()) }
  const madeUntil = horizonAt(now, zone)
  const [series] = await db
    .insert(classSeries)
    .values({
      workspaceId: workspace.id,
      id: template.seriesId,
      serviceId: template.serviceId,
      locationId: template.locationId,
      staffId: template.staffId,
      roomId: template.roomId,
      ...rule,
      durationMinutes: template.durationMinutes,
      capacity: template.capacity,
      waitlistCloseMinutes: template.waitlistCloseMinutes,
      offerMinutes: template.offerMinutes,
      requiresEntitlement: template.requiresEntitlement,
      madeUntil,
      extendAt: extendAt(rule, madeUntil, zone, now),
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  if (series!.extendAt) await wakeAt(context, series!.extendAt)
  return series!
}

function datesOf({ now }: Context, series: Series, zone: string): Occurrence[] {
  return occurrencesOf(series, zone, { from: todayAt(now, zone), to: series.madeUntil })
}

function firstYear(series: Series, zone: string): Occurrence[] {
  return occurrencesOf(series, zone, { from: series.startsOn, to: series.startsOn.add({ years: 1 }) })
}

/** @throws Refusal `nonexistent_local_time`, `ambiguous_local_time` */
function alone({ startsOn, startTime }: NewSeries, zone: string): Occurrence {
  const local = startsOn.toPlainDateTime(startTime)
  const at = resolveLocal(local.toString({ smallestUnit: 'minute' }), zone)
  return { date: startsOn, local, instant: Temporal.Instant.fromEpochMilliseconds(at) }
}

/** What a series hands on to a session, with the buffers that its service has by now. @throws Refusal `not_found` */
export async function templateOf(context: Context, series: Series): Promise<Template> {
  const service = (await findTerms(context, series.serviceId))!
  return {
    seriesId: series.id,
    serviceId: series.serviceId,
    locationId: series.locationId,
    staffId: series.staffId,
    roomId: series.roomId,
    durationMinutes: series.durationMinutes,
    bufferBeforeMinutes: service.bufferBeforeMinutes,
    bufferAfterMinutes: service.bufferAfterMinutes,
    capacity: series.capacity,
    waitlistCloseMinutes: series.waitlistCloseMinutes,
    offerMinutes: series.offerMinutes,
    requiresEntitlement: series.requiresEntitlement,
  }
}

/** @throws Refusal `not_found` */
export async function findSeries({ db, workspace }: Context, id: string): Promise<Series> {
  const [series] = await db
    .select()
    .from(classSeries)
    .where(and(eq(classSeries.workspaceId, workspace.id), eq(classSeries.id, id)))
  if (!series) throw notFound('series', ['list_class_sessions'])
  return series
}
