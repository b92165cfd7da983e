/** The life of a booking: from, event, to, who may. What is not in the table is `invalid_transition`. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { Booking } from './tables.ts'

export const states = [
  'hold',
  'pending',
  'confirmed',
  'arrived',
  'completed',
  'cancelled',
  'declined',
  'expired',
  'no_show',
] as const
export type BookingState = (typeof states)[number]

export const transitions = [
  { from: 'hold', event: 'request', to: 'pending', who: 'customer or business' },
  { from: 'hold', event: 'book', to: 'confirmed', who: 'customer or business' },
  { from: 'hold', event: 'expire', to: 'expired', who: 'time, or who releases it' },
  { from: 'pending', event: 'confirm', to: 'confirmed', who: 'business' },
  { from: 'pending', event: 'decline', to: 'declined', who: 'business' },
  { from: 'pending', event: 'expire', to: 'expired', who: 'time' },
  { from: 'pending', event: 'cancel', to: 'cancelled', who: 'customer or business' },
  { from: 'confirmed', event: 'cancel', to: 'cancelled', who: 'customer or business' },
  { from: 'confirmed', event: 'arrive', to: 'arrived', who: 'business' },
  { from: 'confirmed', event: 'complete', to: 'completed', who: 'business' },
  { from: 'confirmed', event: 'miss', to: 'no_show', who: 'business' },
  { from: 'arrived', event: 'complete', to: 'completed', who: 'business' },
  // Back to where it was before: of two, the one that its history tells.
  { from: 'completed', event: 'revert', to: 'confirmed', who: 'business' },
  { from: 'completed', event: 'revert', to: 'arrived', who: 'business' },
  { from: 'no_show', event: 'revert', to: 'confirmed', who: 'business' },
] as const

export type BookingEvent = (typeof transitions)[number]['event']

/** What did not happen earns nothing: these wait for the start. */
const onceBegun: readonly BookingEvent[] = ['complete', 'miss']

/** These give their time back. A past no-show's time is not offered again. */
const givingBack: readonly BookingState[] = ['cancelled', 'declined', 'expired']

export function holdsTime(state: BookingState): boolean {
  return !givingBack.includes(state)
}

/** Where an event leads, from wherever it comes; but for `revert`, which leads back. */
export function goalOf(event: Exclude<BookingEvent, 'revert'>): BookingState {
  return transitions.find(transition => transition.event === event)!.to
}

/**
 * @param before for `revert`: where the booking was before
 * @throws Refusal `invalid_transition`, with what could happen instead
 */
export function nextState(
  { state: from, startsAt }: Pick<Booking, 'state' | 'startsAt'>,
  event: BookingEvent,
  now: Temporal.Instant,
  before?: BookingState | null,
): BookingState {
  const possible = transitions.filter(transition => transition.from === from)
  const found = possible.find(
    transition => transition.event === event && (event !== 'revert' || transition.to === before),
  )
  if (!found) {
    throw new Refusal(
      'invalid_transition',
      `A booking that is ${from} cannot ${event}.`,
      { state: from, event, possible: [...new Set(possible.map(transition => transition.event))] },
      ['get_booking'],
    )
  }
  if (onceBegun.includes(event) && Temporal.Instant.compare(now, startsAt) < 0) {
    throw new Refusal(
      'invalid_transition',
      'It has not begun yet.',
      { state: from, event, starts_at: startsAt.toString() },
      ['get_booking'],
    )
  }
  return found.to
}

type Waiting = Pick<Booking, 'state' | 'lapsesAt'>

/** What it is at `now`: a hold or an unanswered request lapses by time, whether or not anybody has noted it. */
export function stateAt({ state, lapsesAt }: Waiting, now: Temporal.Instant): BookingState {
  if ((state !== 'hold' && state !== 'pending') || lapsesAt === null) return state
  return Temporal.Instant.compare(now, lapsesAt) < 0 ? state : 'expired'
}

/** The booking as it is at `now`. */
export function asAt<Row extends Waiting>(booking: Row, now: Temporal.Instant): Row {
  return { ...booking, state: stateAt(booking, now) }
}
