/** Cancels what is still to come of a series: each booking as if by itself, on its own terms, or left with the reason. */

import { and, asc, count, eq, gt, gte, inArray, type SQL } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type CancelledBy, cancelBooking } from './cancel.ts'
import { notLapsed } from './read.ts'
import { asAt } from './states.ts'
import { type Booking, type BookingSeries, bookingSeries, bookings } from './tables.ts'

export const scopes = ['this', 'following', 'all'] as const
/** `following`: the booking and what stands for later dates of the rule, wherever it has moved. */
export type Scope = (typeof scopes)[number]

export interface SeriesCancellation {
  /** Of the series, whose id and rule all share. */
  seriesId: string
  /** In order of their starts. */
  outcomes: Outcome[]
}

export interface Outcome {
  booking: Booking
  /** Why it was left as it is; null: it was cancelled. */
  because: string | null
}

/**
 * One alone is cancelled as by `cancelBooking`; of several, those that have not begun.
 * @throws Refusal `not_found`; `invalid_input` of a booking without a series; `invalid_transition` of one alone
 */
export async function cancelBookingSeries(
  context: Context,
  bookingId: string,
  { scope, by }: { scope: Scope; by: CancelledBy },
): Promise<SeriesCancellation> {
  const { which, seriesId } = await inScope(context, bookingId, scope)
  const found = await lockAll(context, which)
  if (scope === 'this') {
    const booking = await cancelBooking(context, bookingId, by)
    const changed = booking.version !== found[0]!.version
    if (changed) await noteSeries(context, seriesId, scope, 1)
    return { seriesId, outcomes: [{ booking, because: changed ? null : wasBefore(booking) }] }
  }
  const outcomes: Outcome[] = []
  for (const booking of found.toSorted(byStart)) {
    const first = outcomes.find(({ because }) => because === null)?.booking
    const told = { scope, ...(first && { with: idText('booking', first.id) }) }
    outcomes.push(await cancelOne(context, booking, by, told))
  }
  const cancelled = outcomes.filter(({ because }) => because === null).length
  if (cancelled > 0) await noteSeries(context, seriesId, scope, cancelled)
  return { seriesId, outcomes }
}

/** For a confirmation that rests on the bookings as they are now. @throws Refusal as above */
export async function seriesVersions(
  context: Context,
  bookingId: string,
  scope: Scope,
): Promise<Record<string, number>> {
  const { db } = context
  const { which } = await inScope(context, bookingId, scope)
  const rows = await db.select({ id: bookings.id, version: bookings.version }).from(bookings).where(which)
  return Object.fromEntries(rows.map(({ id, version }) => [idText('booking', id), version]))
}

async function inScope(
  { db, workspace, now }: Context,
  bookingId: string,
  scope: Scope,
): Promise<{ which: SQL | undefined; seriesId: string }> {
  const here = eq(bookings.workspaceId, workspace.id)
  const [booking] = await db
    .select({ seriesId: bookings.seriesId, seriesDate: bookings.seriesDate })
    .from(bookings)
    .where(and(here, eq(bookings.id, bookingId)))
  if (!booking) throw notFound('booking', ['list_bookings'])
  const { seriesId, seriesDate } = booking
  if (seriesId === null) {
    throw new Refusal('invalid_input', 'booking_id: It is not one of a series.', { field: 'booking_id' }, [
      'cancel_booking',
    ])
  }
  if (scope === 'this') return { seriesId, which: and(here, eq(bookings.id, bookingId)) }
  const from = scope === 'following' ? gte(bookings.seriesDate, seriesDate!) : undefined
  return { seriesId, which: and(here, eq(bookings.seriesId, seriesId), from, gt(bookings.startsAt, now)) }
}

/** In id order, as whoever else locks several. */
function lockAll({ db }: Context, which: SQL | undefined): Promise<Booking[]> {
  return db.select().from(bookings).where(which).orderBy(asc(bookings.id)).for('update')
}

function byStart(one: Booking, other: Booking): number {
  return Temporal.Instant.compare(one.startsAt, other.startsAt)
}

async function cancelOne(
  context: Context,
  booking: Booking,
  by: CancelledBy,
  told: Record<string, unknown>,
): Promise<Outcome> {
  const present = asAt(booking, context.now)
  if (present.state === 'cancelled') return { booking: present, because: wasBefore(present) }
  try {
    return { booking: await cancelBooking(context, booking.id, by, told), because: null }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { booking: present, because: error.message }
  }
}

function wasBefore({ cancelledBy }: Booking): string {
  return `It was cancelled before, by the ${cancelledBy}.`
}

async function noteSeries(
  context: Context,
  seriesId: string,
  scope: Scope,
  cancelled: number,
): Promise<void> {
  const { db, workspace, now, emit } = context
  const [left] = await db
    .select({ count: count() })
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        eq(bookings.seriesId, seriesId),
        inArray(bookings.state, ['pending', 'confirmed', 'arrived']),
        notLapsed(now),
        gt(bookings.startsAt, now),
      ),
    )
  const here = and(eq(bookingSeries.workspaceId, workspace.id), eq(bookingSeries.id, seriesId))
  const [series] = await db.select().from(bookingSeries).where(here).for('update')
  const status: BookingSeries['status'] = left!.count === 0 ? 'cancelled' : series!.status
  await db
    .update(bookingSeries)
    .set({ status, version: series!.version + 1, updatedAt: now })
    .where(here)
  emit({
    type: 'booking_series.cancelled',
    subject: { kind: 'repeat', id: seriesId },
    data: { scope, cancelled },
  })
}
