/** Booking: a hold for now, a request that waits for an answer, or a confirmed booking, by the service's policy. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { refuseFirst } from '../availability/findings.ts'
import { findLocation } from '../business/locations.ts'
import type { Context } from '../context.ts'
import { consume } from '../entitlements/credits.ts'
import { takePlace } from './allocations.ts'
import { askDeposit } from './charges.ts'
import { chosenPayment, sourceOf } from './credits.ts'
import { lockCustomer } from './customer.ts'
import { noteHistory } from './history.ts'
import { judgeCustomer } from './judge.ts'
import { findPlace, type Place, setAside, type Wish } from './place.ts'
import { openQuote, priceOf } from './quote.ts'
import { lockBooking } from './read.ts'
import { needsOf } from './resources.ts'
import { asAt } from './states.ts'
import { type Booking, bookings, type PayWith } from './tables.ts'
import { type Fees, feesOf, type ServiceTerms, termsOf } from './terms.ts'
import { transition } from './transition.ts'

export interface NewBooking extends Wish {
  customerId: string
  note?: string
  /** From `quote_booking`: its price is kept until it expires. */
  quote?: string
  /** Which date of which series it stands for. */
  occurrence?: { seriesId: string; seriesDate: Temporal.PlainDate }
}

/** @throws Refusal of the first rule that does not pass, in the order that `explain_unavailability` lists them */
export async function createBooking(context: Context, asked: NewBooking): Promise<Booking> {
  const { customerId, note, overrides, quote, occurrence } = asked
  const quoted = quote === undefined ? null : await openQuote(context, quote, asked)
  const place = await findPlace(context, quoted ? { ...asked, staffId: quoted.staffId } : asked)
  const { start } = place.service
  const { serviceId, payWith } = asked
  const terms = await termsOf(context, serviceId)
  const priceAmount = quoted?.priceAmount ?? priceOf(place)
  const paidWith = await chosenPayment(context, { customerId, serviceId, at: start }, payWith)
  const fees = quoted?.fees ?? feesOf(terms, priceAmount)
  const begun = beginningOf(context, terms, { ...fees, paidWith, startsAt: start })
  const booking = await insert(context, place, {
    ...begun,
    ...fees,
    paidWith,
    customerId,
    note,
    priceAmount,
    ...occurrence,
  })
  const event = begun.state === 'pending' ? 'request' : 'confirm'
  await noteHistory(context, booking, event, null, setAside(overrides))
  await takePayment(context, booking)
  return booking
}

/** Keeps a place for as long as the service says, for nobody in particular. */
export async function holdSlot(context: Context, wish: Wish): Promise<Booking> {
  const place = await findPlace(context, wish)
  const lapsesAt = context.now.add({ minutes: place.plan.service.holdMinutes })
  const priceAmount = priceOf(place)
  const fees = feesOf(await termsOf(context, wish.serviceId), priceAmount)
  const booking = await insert(context, place, { state: 'hold', lapsesAt, priceAmount, ...fees })
  await noteHistory(context, booking, 'hold', null)
  return booking
}

/**
 * The hold becomes the booking and keeps its id, its place and its price. Booking it twice for one customer is once.
 * @throws Refusal `hold_expired` at its very end or later, `customer_overlap`, `not_found`
 */
export async function bookHold(
  context: Context,
  holdId: string,
  asked: { customerId: string; note?: string; payWith?: PayWith },
): Promise<Booking> {
  const hold = asAt(await lockBooking(context, holdId), context.now)
  if (hold.customerId === asked.customerId) return hold
  if (hold.state !== 'hold') {
    throw new Refusal('hold_expired', 'This hold has ended, or was used. Book the slot anew.', {}, [
      'get_available_slots',
    ])
  }
  const service = { start: hold.startsAt.epochMilliseconds, end: hold.endsAt.epochMilliseconds }
  await lockCustomer(context, asked.customerId)
  const { time_zone: zone } = await findLocation(context, hold.locationId)
  const { serviceId } = hold
  const { findings } = await judgeCustomer(context, { ...asked, serviceId, zone, choices: [service] })
  refuseFirst(findings)
  const { payWith, ...whose } = asked
  const { customerId } = asked
  const paidWith = await chosenPayment(context, { customerId, serviceId, at: hold.startsAt }, payWith)
  const terms = await termsOf(context, serviceId)
  const { state, ...begun } = beginningOf(context, terms, { ...hold, paidWith })
  const event = state === 'pending' ? 'request' : 'book'
  const booking = await transition(context, hold, event, { ...whose, paidWith, ...begun })
  await takePayment(context, booking)
  return booking
}

/** How a booking begins: it waits for its deposit within the hold's time, then for an answer, or for nothing. */
function beginningOf(
  context: Context,
  { requiresConfirmation: needsAnswer, answerWithinMinutes, holdMinutes }: ServiceTerms,
  booking: Pick<Booking, 'depositAmount' | 'paidWith' | 'startsAt'> & Partial<Pick<Booking, 'lapsesAt'>>,
) {
  const { depositAmount, paidWith, startsAt, lapsesAt: heldUntil } = booking
  if (depositAmount !== null && paidWith === 'later') {
    const lapsesAt = heldUntil ?? context.now.add({ minutes: holdMinutes })
    return { state: 'pending', needsAnswer, lapsesAt } as const
  }
  if (!needsAnswer) return { state: 'confirmed', needsAnswer, lapsesAt: null } as const
  const lapsesAt = answerBy(context, { answerWithinMinutes }, startsAt)
  return { state: 'pending', needsAnswer, lapsesAt } as const
}

/** In the transaction that books: the credit is taken, or the deposit asked for. */
async function takePayment(context: Context, booking: Booking): Promise<void> {
  const { serviceId, startsAt: at, paidWith, depositAmount } = booking
  const source = sourceOf(booking)
  if (paidWith === 'entitlement')
    await consume(context, { customerId: booking.customerId!, serviceId, at, source })
  else if (depositAmount !== null) await askDeposit(context, booking, depositAmount)
}

interface AnswerTerms {
  /** null: until the start. */
  answerWithinMinutes: number | null
}

/** An unanswered request lapses at its deadline, and at its start at the latest. */
export function answerBy(
  { now }: Context,
  { answerWithinMinutes }: AnswerTerms,
  start: Temporal.Instant,
): Temporal.Instant {
  return answerWithinMinutes === null ? start : earlier(now.add({ minutes: answerWithinMinutes }), start)
}

export function earlier(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) < 0 ? one : other
}

type Start = Pick<Booking, 'state' | 'lapsesAt' | 'priceAmount'> &
  Fees &
  Partial<Pick<Booking, 'customerId' | 'note' | 'paidWith' | 'needsAnswer' | 'seriesId' | 'seriesDate'>>

async function insert(context: Context, place: Place, start: Start): Promise<Booking> {
  const { db, workspace, now } = context
  const { service: terms } = place.plan
  const [booking] = await db
    .insert(bookings)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      serviceId: terms.id,
      locationId: place.plan.locationId,
      staffId: place.person.staffId,
      startsAt: place.service.start,
      endsAt: place.service.end,
      bufferBeforeMinutes: terms.bufferBeforeMinutes,
      bufferAfterMinutes: terms.bufferAfterMinutes,
      cancelCutoffMinutes: terms.cancelCutoffMinutes,
      policyStart: place.service.start,
      ...asBooked(place),
      createdAt: now,
      updatedAt: now,
      ...start,
    })
    .returning()
  await takePlace(context, booking!, place)
  return booking!
}

/** What the booking takes along, so that editing the service changes nothing of it. */
function asBooked({ plan, resources }: Place) {
  const { variant, addons, service } = plan
  return {
    variantId: variant?.id,
    addons: addons.map(({ id, name, minutes, priceAmount: amount }) => ({ id, name, minutes, amount })),
    parts: service.parts?.map(({ minutes, gapAfterMinutes }) => ({
      minutes,
      gap_after_minutes: gapAfterMinutes,
    })),
    needs: needsOf(resources),
    partySize: plan.party,
  }
}
