/**
 * Bookings that come again: a rule in wall-clock time, and a booking for each of its dates, all made at once. A date
 * that finds no place says why, so that another time can be offered for it.
 */

import { and, eq, inArray, lt } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { refusalForViolation } from '../../database/errors.ts'
import { inSavepoint } from '../../database/transaction.ts'
import { ANY } from '../availability/explain.ts'
import { loadPlan } from '../availability/load.ts'
import type { Context } from '../context.ts'
import { resolveLocal } from '../time/local.ts'
import { type Occurrence, occurrences } from '../time/occurrences.ts'
import { parseRecurrence } from '../time/recurrence.ts'
import { createBooking, type NewBooking } from './create.ts'
import { mustBeActive } from './customer.ts'
import { expire } from './expiry.ts'
import { lastTransition } from './history.ts'
import { lockFor } from './place.ts'
import { type Booking, type BookingSeries, bookingSeries, bookings } from './tables.ts'

export const onConflict = ['all_or_nothing', 'skip'] as const
export type OnConflict = (typeof onConflict)[number]

/** `start` is the first; what its clock shows is what comes again. */
export interface NewBookingSeries extends Omit<NewBooking, 'quote' | 'occurrence'> {
  /** RFC 5545, without DTSTART; it ends. */
  rrule: string
  onConflict: OnConflict
}

/** What became of one date: its booking, or the first rule that refuses it. */
export interface Tried {
  occurrence: Occurrence
  result: Booking | Refusal
}

/** Two years of weeks. */
export const MOST_BOOKINGS = 104

/**
 * @throws Refusal `not_found`, `invalid_input`; where not all can be booked, or none of those that may be skipped, that
 *   of the first that cannot, with all of them in its details
 */
export async function createBookingSeries(
  context: Context,
  asked: NewBookingSeries,
): Promise<{ series: BookingSeries; tried: Tried[] }> {
  const zone = await zoneOf(context, asked)
  const dates = datesOf(asked, zone)
  await lockAll(context, asked, dates)
  const series = await insertSeries(context, asked, zone)
  const tried: Tried[] = []
  for (const occurrence of dates)
    tried.push({ occurrence, result: await tryToBook(context, asked, series, occurrence) })
  refuseUnlessBooked(tried, asked.onConflict)
  const booked = tried.filter(({ result }) => !(result instanceof Refusal)).length
  context.emit({
    type: 'booking_series.created',
    subject: { kind: 'repeat', id: series.id },
    data: { booked, skipped: tried.length - booked },
  })
  return { series, tried }
}

/** Of the location. @throws Refusal `not_found` for anything that is asked for and is not of this workspace */
async function zoneOf(context: Context, asked: NewBookingSeries): Promise<string> {
  const { serviceId, locationId, staffId, variantId, addonIds, customerId, start } = asked
  const at = start.epochMilliseconds
  const { zone } = await loadPlan(context, {
    serviceId,
    locationId,
    staffId: staffId === ANY ? undefined : staffId,
    variantId,
    addonIds,
    range: { start: at, end: at },
  })
  await mustBeActive(context, customerId)
  return zone
}

/** @throws Refusal `invalid_input` of a rule that has no end, too many dates, or another first one */
function datesOf({ rrule, start }: NewBookingSeries, zone: string): Occurrence[] {
  const local = start.toZonedDateTimeISO(zone).toPlainDateTime()
  if (!local.round('minute').equals(local))
    throw new Refusal('invalid_input', 'start: A series starts on a minute.', { field: 'start' })
  const dates = occurrences(parseRecurrence(rrule), { start: local, zone, fold: foldOf(start, local, zone) })
  if (dates.length > MOST_BOOKINGS) {
    throw new Refusal(
      'invalid_input',
      `rrule: It comes to ${dates.length} bookings; at most ${MOST_BOOKINGS} are made at once.`,
      { field: 'rrule', most: MOST_BOOKINGS },
    )
  }
  const [first] = dates
  if (first?.date.equals(local)) return dates
  const instead = first ? `, but first on ${first.date}` : ''
  throw new Refusal('invalid_input', `start: The rule does not come to ${local.toPlainDate()}${instead}.`, {
    field: 'start',
    first: first?.date.toString() ?? null,
  })
}

/** Where clocks show the first start twice, its offset says which is meant: of the others, too. */
function foldOf(start: Temporal.Instant, local: Temporal.PlainDateTime, zone: string) {
  const [earlier, later] = (['earlier', 'later'] as const).map(disambiguation =>
    local.toZonedDateTime(zone, { disambiguation }).toInstant(),
  )
  if (earlier!.equals(later!)) return undefined
  return start.equals(earlier!) ? 'earlier' : 'later'
}

/**
 * Before any date: two series that cross each other wait here, and never for each other. It is before the savepoints
 * too, which let go of the locks taken in them.
 */
async function lockAll(context: Context, asked: NewBookingSeries, dates: Occurrence[]): Promise<void> {
  const last = dates.findLast(({ instant }) => instant !== null)?.instant ?? asked.start
  for (const booking of await lockFor(context, asked, last)) await expire(context, booking)
}

async function insertSeries(
  { db, workspace, now }: Context,
  { customerId, serviceId, locationId, staffId, rrule, start }: NewBookingSeries,
  zone: string,
): Promise<BookingSeries> {
  const local = start.toZonedDateTimeISO(zone)
  const [series] = await db
    .insert(bookingSeries)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId,
      serviceId,
      locationId,
      staffId: staffId === ANY ? null : staffId,
      rrule,
      startsOn: local.toPlainDate(),
      startTime: local.toPlainTime(),
      timeZone: zone,
      status: 'active',
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  return series!
}

/** Of a date that finds no place nothing stays. */
async function tryToBook(
  context: Context,
  asked: NewBookingSeries,
  { id: seriesId, timeZone }: BookingSeries,
  { date, local, instant }: Occurrence,
): Promise<Booking | Refusal> {
  try {
    const start = instant ?? whyNot(local, timeZone)
    const occurrence = { seriesId, seriesDate: date }
    return await tentatively(context, trial => createBooking(trial, { ...asked, start, occurrence }))
  } catch (error) {
    const refusal = error instanceof Refusal ? error : refusalForViolation(error)
    if (refusal instanceof Refusal && !ofTheWhole.includes(refusal.code)) return refusal
    throw error
  }
}

/** Where it throws, what it did is undone, and what it told is not told. */
async function tentatively<T>(context: Context, work: (trial: Context) => Promise<T>): Promise<T> {
  const told: (() => void)[] = []
  const trial: Context = {
    ...context,
    emit: event => void told.push(() => context.emit(event)),
    declare: effect => void told.push(() => context.declare(effect)),
    warn: warning => void told.push(() => context.warn(warning)),
  }
  const result = await inSavepoint(context.db, 'occurrence', () => work(trial))
  for (const tell of told) tell()
  return result
}

/** These are not about a date. */
const ofTheWhole: readonly string[] = ['not_found', 'invalid_input']

/** @throws Refusal `nonexistent_local_time`, `ambiguous_local_time` */
function whyNot(local: Temporal.PlainDateTime, zone: string): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(resolveLocal(minuteOf(local), zone))
}

function refuseUnlessBooked(tried: Tried[], onConflict: OnConflict): void {
  const failed = tried.flatMap(({ occurrence, result }) =>
    result instanceof Refusal ? [{ occurrence, refusal: result }] : [],
  )
  const [first] = failed
  const bookable = tried.length - failed.length
  if (!first || (onConflict === 'skip' && bookable > 0)) return
  const { occurrence, refusal } = first
  const many = failed.length === 1 ? '' : `${failed.length} of ${tried.length} cannot be booked. `
  throw new Refusal(
    refusal.code,
    `${many}${minuteOf(occurrence.local).replace('T', ' ')}: ${refusal.message}`,
    {
      bookable,
      occurrences: failed.map(({ occurrence, refusal }) => ({
        local: minuteOf(occurrence.local),
        code: refusal.code,
        because: refusal.message,
      })),
    },
    ['get_available_slots', 'explain_unavailability'],
  )
}

export function minuteOf(local: Temporal.PlainDateTime): string {
  return local.toString({ smallestUnit: 'minute' })
}

/**
 * Whether the customer is told of this booking by itself. Of a series they hear once: that it is confirmed, of its
 * first, and that it is cancelled, of the first that was cancelled with others.
 */
export async function isToldAlone(context: Context, booking: Booking, event: string): Promise<boolean> {
  if (booking.seriesId === null) return true
  if (event === 'booking.confirmed') return !(await anEarlierStands(context, booking))
  if (event !== 'booking.cancelled') return true
  return (await lastTransition(context, booking.id))?.details.with === undefined
}

async function anEarlierStands(
  { db, workspace }: Context,
  { seriesId, seriesDate }: Booking,
): Promise<boolean> {
  const [earlier] = await db
    .select({ id: bookings.id })
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        eq(bookings.seriesId, seriesId!),
        lt(bookings.seriesDate, seriesDate!),
        inArray(bookings.state, ['confirmed', 'arrived', 'completed', 'no_show']),
      ),
    )
    .limit(1)
  return earlier !== undefined
}
