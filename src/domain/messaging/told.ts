/** Whose an event is, and whether it is still worth telling: each row is locked, so that nothing happens to it meanwhile. */

import { lockBooking } from '../bookings/read.ts'
import { isToldAlone } from '../bookings/series.ts'
import { asAt } from '../bookings/states.ts'
import type { Booking } from '../bookings/tables.ts'
import { lockEnrolment } from '../classes/cancel-enrolment.ts'
import { lockEntry } from '../classes/entries.ts'
import { hasLapsed } from '../classes/states.ts'
import type { Context } from '../context.ts'
import { overtaking } from './automations.ts'
import { type Happened, isOvertaken } from './happened.ts'
import { type Slot, slotOfEvent } from './slot-notices.ts'
import type { About } from './tables.ts'

/** A booking, a place in a class or a place in a waitlist, as it is now. */
export interface Told {
  about: About
  customerId: string | null
  state: string
  booking?: Booking
  /** Of one who waits for a slot: what became free. */
  slot?: Slot | null
}

/** By what the types of its events begin with. */
const kinds: Record<string, (context: Context, id: string, eventId: string) => Promise<Told>> = {
  async booking(context, id) {
    const booking = asAt(await lockBooking(context, id), context.now)
    return { about: { bookingId: id }, ...booking, booking }
  },
  async class_enrolment(context, id) {
    return { about: { enrolmentId: id }, ...(await lockEnrolment(context, id)) }
  },
  async waitlist(context, id, eventId) {
    const entry = await lockEntry(context, id)
    const state = hasLapsed(entry, context.now) ? 'lapsed' : entry.state
    const slot = entry.sessionId === null ? await slotOfEvent(context, eventId) : null
    return { about: { waitlistEntryId: id }, ...entry, state, slot }
  },
}

export function lockTold(context: Context, { type, subjectId, eventId }: Happened): Promise<Told> {
  return kinds[type.slice(0, type.indexOf('.'))]!(context, subjectId, eventId)
}

/** What it must be for each event to be worth telling. */
const toldWhile: Record<string, readonly string[]> = {
  'booking.confirmed': ['confirmed'],
  'booking.moved': ['confirmed'],
  'booking.cancelled': ['cancelled'],
  'booking.reminder_due': ['confirmed'],
  'booking.completed': ['completed'],
  'class_enrolment.enrolled': ['enrolled', 'attended'],
  'class_enrolment.moved': ['enrolled', 'attended'],
  'class_enrolment.reminder_due': ['enrolled'],
  'class_enrolment.cancelled': ['cancelled'],
  'waitlist.offered': ['offered'],
  'waitlist.offer_moved': ['offered'],
  'waitlist.slot_freed': ['waiting'],
  'waitlist.closed': ['closed'],
}

const changed = { booking: 'booking_changed', place: 'place_changed' }

/** Whether that is why nothing was drafted: something else had happened by then. */
export function isChanged(reason: string | null): boolean {
  return Object.values(changed).some(word => word === reason)
}

/** null: it is to be told. Of a series of bookings one message is enough. */
export async function whyUntold(context: Context, happened: Happened, told: Told): Promise<string | null> {
  const { state, booking } = told
  const holds = toldWhile[happened.type]?.includes(state)
  if (!holds || (await isOvertaken(context, happened, overtaking)))
    return changed[booking ? 'booking' : 'place']
  if (booking && !(await isToldAlone(context, booking, happened.type))) return 'told_with_series'
  return null
}
