/** The lives of a session, an enrolment and a place in a waitlist. What is not in a table is `invalid_transition`. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'

export const sessionTransitions = [
  { from: 'scheduled', event: 'cancel', to: 'cancelled', who: 'business, before it begins' },
] as const

export const enrolmentTransitions = [
  {
    from: 'enrolled',
    event: 'cancel',
    to: 'cancelled',
    who: 'customer or business, before the class begins',
  },
  { from: 'enrolled', event: 'attend', to: 'attended', who: 'business, from an hour before' },
  { from: 'enrolled', event: 'miss', to: 'absent', who: 'business, once it has begun' },
  { from: 'attended', event: 'cancel', to: 'cancelled', who: 'business, before the class begins' },
  { from: 'attended', event: 'miss', to: 'absent', who: 'business, to put it right' },
  { from: 'absent', event: 'attend', to: 'attended', who: 'business, to put it right' },
] as const

export const waitlistTransitions = [
  { from: 'waiting', event: 'give', to: 'promoted', who: 'a freed place, business, or who books it first' },
  { from: 'waiting', event: 'offer', to: 'offered', who: 'a freed place' },
  { from: 'waiting', event: 'leave', to: 'left', who: 'customer or business' },
  { from: 'waiting', event: 'close', to: 'closed', who: 'the cancelled class' },
  { from: 'offered', event: 'accept', to: 'promoted', who: 'customer' },
  { from: 'offered', event: 'give', to: 'promoted', who: 'business, or who books it' },
  { from: 'offered', event: 'decline', to: 'declined', who: 'customer or business' },
  { from: 'offered', event: 'lapse', to: 'lapsed', who: 'time' },
  { from: 'offered', event: 'leave', to: 'left', who: 'customer or business' },
  { from: 'offered', event: 'close', to: 'closed', who: 'the cancelled class' },
] as const

export const sessionStates = ['scheduled', 'cancelled'] as const
export type SessionState = (typeof sessionStates)[number]

export const enrolmentStates = ['enrolled', 'attended', 'absent', 'cancelled'] as const
export type EnrolmentState = (typeof enrolmentStates)[number]
export type EnrolmentEvent = (typeof enrolmentTransitions)[number]['event']

export const waitlistStates = [
  'waiting',
  'offered',
  'promoted',
  'declined',
  'lapsed',
  'left',
  'closed',
] as const
export type WaitlistState = (typeof waitlistStates)[number]
export type WaitlistEvent = (typeof waitlistTransitions)[number]['event']

interface Transition {
  from: string
  event: string
  to: string
}

/** @param what is in that state, in a word @throws Refusal `invalid_transition`, with what could happen instead */
export function nextState<Row extends Transition>(
  transitions: readonly Row[],
  what: string,
  from: string,
  event: Row['event'],
): Row['to'] {
  const possible = transitions.filter(transition => transition.from === from)
  const found = possible.find(transition => transition.event === event)
  if (found) return found.to
  throw new Refusal('invalid_transition', `A ${what} that is ${from} cannot ${event}.`, {
    state: from,
    event,
    possible: possible.map(transition => transition.event),
  })
}

interface Offered {
  state: WaitlistState
  offerExpiresAt: Temporal.Instant | null
}

/** An offer lapses by time, at its very deadline, whether or not anybody has noted it. */
export function hasLapsed({ state, offerExpiresAt }: Offered, now: Temporal.Instant): boolean {
  return state === 'offered' && Temporal.Instant.compare(offerExpiresAt!, now) <= 0
}

/** Those who still want a place. */
export const live = ['waiting', 'offered'] as const satisfies WaitlistState[]
