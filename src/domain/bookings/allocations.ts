/**
 * The time that a booking takes of a person, and of rooms and equipment. The table's exclusion constraint is the guard:
 * no code path goes around it.
 */

import { and, eq, sql } from 'drizzle-orm'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { wakeAt } from '../due-work.ts'
import type { Place } from './place.ts'
import { unitsOf } from './resources.ts'
import { allocations, type Booking, type InstantRange } from './tables.ts'

/**
 * Takes the time for the booking, all of it or none; whatever it held before is given back. A row for each part of the
 * person's work, and one for each unit of what it needs.
 * @throws Refusal `slot_conflict`
 */
export async function takePlace(
  context: Context,
  booking: Booking,
  { work, occupied, resources }: Pick<Place, 'work' | 'occupied' | 'resources'>,
): Promise<void> {
  const { workspaceId, id: bookingId, staffId, lapsesAt } = booking
  await givePlaceBack(context, booking)
  const takes = (resourceKey: string, occupied: InstantRange) =>
    ({ workspaceId, id: newId(), bookingId, resourceKey, occupied, state: 'held', lapsesAt }) as const
  const rows = work.map(part => takes(staffId, part))
  for (const resource of resources) {
    const units = await unitsOf(context, resource, occupied)
    rows.push(...units.map(unit => takes(unit, occupied)))
  }
  await context.db.insert(allocations).values(rows)
  if (lapsesAt) await wakeAt(context, lapsesAt)
}

/** Holds the same time until the booking's deadline, or for good. */
export async function keepPlace(context: Context, booking: Booking): Promise<void> {
  const { lapsesAt } = booking
  await context.db.update(allocations).set({ lapsesAt }).where(heldBy(booking))
  if (lapsesAt) await wakeAt(context, lapsesAt)
}

export async function givePlaceBack({ db }: Context, booking: Booking): Promise<void> {
  await db.update(allocations).set({ state: 'released' }).where(heldBy(booking))
}

/** Locked in id order, as who makes them change places does (resources.ts). */
function heldBy({ workspaceId, id }: Booking) {
  const inOrder = sql`(SELECT a.id FROM allocations a
    WHERE a.workspace_id = ${workspaceId} AND a.booking_id = ${id} AND a.state = 'held' ORDER BY a.id FOR UPDATE)`
  return and(eq(allocations.workspaceId, workspaceId), sql`${allocations.id} IN ${inOrder}`)
}
