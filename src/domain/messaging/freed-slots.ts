/**
 * A booking that goes leaves a start behind. The first who waits for such a one, and could book it, is to be told: once
 * of each start, and one of them for each that becomes free. Nothing is booked by it.
 */

import { and, eq, inArray } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText, uuidOf } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'
import { lockBooking } from '../bookings/read.ts'
import type { Booking } from '../bookings/tables.ts'
import { readSlotList } from '../classes/read.ts'
import type { WaitlistEntry } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { findAutomation, freeing } from './automations.ts'
import { dataOf, type Happened } from './happened.ts'
import { isFreeFor, type Slot } from './slot-notices.ts'
import { slotNotices } from './tables.ts'

/** However often the job runs: what one event left is told to one. The event that tells them is a job of its own. */
export async function tellOfFreedSlot(context: Context, happened: Happened): Promise<void> {
  if (!freeing.includes(happened.type)) return
  if (!(await findAutomation(context, 'waitlist_slot_free')).enabled) return
  const booking = await lockBooking(context, happened.subjectId)
  if (await isTold(context, happened)) return
  const slot = await slotLeft(context, happened, booking)
  const waiting = await waitingFor(context, booking, slot)
  for (const entry of waiting) {
    if (!(await isFreeFor(context, entry, slot))) continue
    return note(context, happened, entry, slot)
  }
}

async function isTold({ db, workspace }: Context, { eventId }: Happened): Promise<boolean> {
  const told = await db
    .select({ id: slotNotices.eventId })
    .from(slotNotices)
    .where(and(eq(slotNotices.workspaceId, workspace.id), eq(slotNotices.freedBy, eventId)))
  return told.length > 0
}

/** Where a booking was that moved, and whose time it took. */
async function slotLeft(context: Context, happened: Happened, booking: Booking): Promise<Slot> {
  const { from, from_staff } = (await dataOf(context, happened)) as { from?: string; from_staff?: string }
  return {
    startsAt: from ? Temporal.Instant.from(from) : booking.startsAt,
    staffId: from_staff ? uuidOf(from_staff) : booking.staffId,
  }
}

/** In order of acceptance. Who had it themselves is not told. */
async function waitingFor(context: Context, booking: Booking, { startsAt, staffId }: Slot) {
  const { serviceId, locationId, customerId } = booking
  const entries = await readSlotList(context, { serviceId, locationId })
  const fitting = entries.filter(
    entry =>
      entry.customerId !== customerId &&
      (entry.staffId === null || entry.staffId === staffId) &&
      Temporal.Instant.compare(entry.earliest!, startsAt) <= 0 &&
      Temporal.Instant.compare(startsAt, entry.latest!) < 0,
  )
  if (fitting.length === 0) return []
  const told = await context.db
    .select({ id: slotNotices.waitlistEntryId })
    .from(slotNotices)
    .where(
      and(
        eq(slotNotices.workspaceId, context.workspace.id),
        inArray(
          slotNotices.waitlistEntryId,
          fitting.map(({ id }) => id),
        ),
        eq(slotNotices.startsAt, startsAt),
      ),
    )
  const already = new Set(told.map(({ id }) => id))
  return fitting.filter(({ id }) => !already.has(id))
}

async function note(
  { db, workspace, now, emit }: Context,
  { eventId: freedBy }: Happened,
  { id }: WaitlistEntry,
  { startsAt, staffId }: Slot,
): Promise<void> {
  const eventId = newId()
  await db
    .insert(slotNotices)
    .values({ workspaceId: workspace.id, waitlistEntryId: id, startsAt, staffId, freedBy, eventId, at: now })
  const data = { start: startsAt.toString(), staff_id: idText('staff', staffId) }
  emit({ id: eventId, type: 'waitlist.slot_freed', subject: { kind: 'waitlist', id }, data })
}
