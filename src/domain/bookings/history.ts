/** Writes down what happened to a booking, and tells the rest of the house. */

import { and, asc, desc, eq, isNull, ne, or } from 'drizzle-orm'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type Booking, bookingHistory } from './tables.ts'

type Entry = typeof bookingHistory.$inferSelect

/** The event that automations and webhooks see, for each entry of the history. */
const published = {
  hold: 'booking.held',
  request: 'booking.requested',
  book: 'booking.confirmed',
  confirm: 'booking.confirmed',
  decline: 'booking.declined',
  expire: 'booking.expired',
  cancel: 'booking.cancelled',
  arrive: 'booking.arrived',
  complete: 'booking.completed',
  miss: 'booking.missed',
  revert: 'booking.reverted',
  move: 'booking.moved',
  reassign: 'booking.reassigned',
  edit: 'booking.details_changed',
  answer: 'booking.intake_submitted',
  pay: 'booking.deposit_paid',
  waive: 'booking.fee_waived',
} as const satisfies Record<Entry['event'], `booking.${string}`>

/** @param details ids, instants and codes; no personal data */
export async function noteHistory(
  { db, principal, now, emit }: Context,
  booking: Booking,
  event: Entry['event'],
  fromState: Entry['fromState'],
  details: Record<string, unknown> = {},
): Promise<void> {
  const { workspaceId, id, state } = booking
  await db.insert(bookingHistory).values({
    workspaceId,
    id: newId(),
    bookingId: id,
    at: now,
    event,
    fromState,
    toState: state,
    principalKind: principal.kind,
    principalId: principal.id,
    details,
  })
  emit({ type: published[event], subject: { kind: 'booking', id }, data: details, at: now })
}

/** Oldest first. A booking has few: the limit only stops a mistake. */
export function historyOf({ db, workspace }: Context, bookingId: string): Promise<Entry[]> {
  return db
    .select()
    .from(bookingHistory)
    .where(and(eq(bookingHistory.workspaceId, workspace.id), eq(bookingHistory.bookingId, bookingId)))
    .orderBy(asc(bookingHistory.at), asc(bookingHistory.id))
    .limit(200)
}

/** The last that changed the state: what came after it left the booking where it was. */
export async function lastTransition({ db, workspace }: Context, bookingId: string): Promise<Entry | null> {
  const [last] = await db
    .select()
    .from(bookingHistory)
    .where(
      and(
        eq(bookingHistory.workspaceId, workspace.id),
        eq(bookingHistory.bookingId, bookingId),
        or(isNull(bookingHistory.fromState), ne(bookingHistory.fromState, bookingHistory.toState)),
      ),
    )
    .orderBy(desc(bookingHistory.at), desc(bookingHistory.id))
    .limit(1)
  return last ?? null
}
