/** Enrolling: the places, where there are as many as the party asks for, or else a place in the waitlist, whole. */

import { lockCustomer } from '../bookings/customer.ts'
import type { Context } from '../context.ts'
import { addEntry, enterState, findEntry, refuseFullList } from './entries.ts'
import { type Line, lineOf, placesLeft, settle } from './line.ts'
import { enrolmentOf, mustBeCovered, mustSuit, type Taker, takePlaces } from './places.ts'
import { lockSession, mustBeComing } from './sessions.ts'
import { alreadyEnrolled, type Enrolment, type Session, type WaitlistEntry } from './tables.ts'

export interface Enrolling extends Taker {
  sessionId: string
}

/** One of the two. */
export interface Outcome {
  session: Session
  enrolment: Enrolment | null
  entry: WaitlistEntry | null
}

/**
 * Who waits goes first: what is free is theirs before it is anybody's. Who waits already and enrols takes the place
 * that is left, or keeps their position.
 * @throws Refusal `not_found`, `invalid_transition`, `already_enrolled`, `customer_overlap`, `no_entitlement`
 */
export async function enrol(context: Context, asked: Enrolling): Promise<Outcome> {
  const { sessionId, customerId, partySize } = asked
  const session = await lockSession(context, sessionId)
  mustBeComing(session, context.now)
  if (await enrolmentOf(context, sessionId, customerId)) throw alreadyEnrolled()
  const { steps, line } = await settle(context, session)
  const given = steps.find(({ event, waiter }) => event === 'give' && waiter.customerId === customerId)
  if (given) return outcome(session, await enrolmentOf(context, sessionId, customerId))

  await lockCustomer(context, customerId)
  await mustSuit(context, session, customerId)
  await mustBeCovered(context, session, customerId)
  const own = line.waiters.find(waiter => waiter.customerId === customerId)
  if (partySize <= leftFor(line, own?.id)) {
    const enrolment = await takePlaces(context, session, asked)
    if (own) await enterState(context, own, 'give', { enrolmentId: enrolment.id })
    return outcome(session, enrolment)
  }
  if (own) return outcome(session, null, await findEntry(context, own.id))
  refuseFullList(line.waiters.length)
  return outcome(session, null, await addEntry(context, { sessionId, customerId, partySize }))
}

/** Places that one who waits could take now: what is free, and what is offered to them. */
export function leftFor(line: Line, entryId: string | undefined): number {
  const offered = line.waiters.find(({ id, state }) => id === entryId && state === 'offered')
  return placesLeft(line) + (offered?.partySize ?? 0)
}

function outcome(session: Session, enrolment: Enrolment | null, entry: WaitlistEntry | null = null): Outcome {
  return { session, enrolment, entry }
}

/** The line as it is after all that time has brought about is noted. @param session locked */
export async function presentLine(context: Context, session: Session): Promise<Line> {
  await settle(context, session, false)
  return lineOf(context, session)
}
