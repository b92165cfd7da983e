/** What a booking costs and on what terms. A quote is signed, and its price is kept until it expires. */

import type { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { ANY } from '../availability/explain.ts'
import type { Context } from '../context.ts'
import { type Credit, creditFor } from '../entitlements/credits.ts'
import { type Place, seePlace, type Wish } from './place.ts'
import { type Fees, feesOf, termsOf } from './terms.ts'

export interface Quote {
  /** For `create_booking`. */
  quote: string
  place: Place
  /** Minor units. */
  priceAmount: number
  expiresAt: Temporal.Instant
  /** Until when it can be cancelled for nothing. */
  freeUntil: Temporal.Instant
  /** What it would be booked on; no deposit where a credit pays. */
  fees: Fees
  /** What would pay for it. */
  credit: Credit | null
}

/** Time for a person to decide and to type in a card. */
const QUOTE_MINUTES = 30

/** The signature's own end, in real seconds: far enough for `until` to decide, by the clock of the workspace. */
const SIGNED_SECONDS = 24 * 60 * 60

/** The same place and price as `create_booking` would find now. It holds nothing. */
export async function quoteBooking(context: Context, wish: Wish): Promise<Quote> {
  const { secrets, workspace, now } = context
  const place = await seePlace(context, wish)
  const { staffId } = place.person
  const priceAmount = priceOf(place)
  const expiresAt = now.add({ minutes: QUOTE_MINUTES })
  const fees = feesOf(await termsOf(context, wish.serviceId), priceAmount)
  const credit = await creditOfWish(context, wish)
  const claims = {
    ...boundTo(workspace.id, wish),
    staff: staffId,
    price: priceAmount,
    fees,
    until: expiresAt.epochMilliseconds,
  }
  return {
    quote: await secrets.sign('quote', claims, SIGNED_SECONDS),
    place,
    priceAmount,
    expiresAt,
    freeUntil: place.service.start.subtract({ minutes: place.plan.service.cancelCutoffMinutes }),
    fees: credit ? { ...fees, ...paidByCredit } : fees,
    credit,
  }
}

/** A credit is all that it costs, whatever becomes of it. */
const paidByCredit: Fees = { depositAmount: null, lateCancelFeeAmount: null, noShowFeeAmount: null }

async function creditOfWish(context: Context, wish: Wish): Promise<Credit | null> {
  const { customerId, serviceId, start, payWith } = wish
  if (customerId === undefined || payWith === 'later') return null
  return creditFor(context, { customerId, serviceId, at: start })
}

export function priceOf({ plan, person }: Place): number {
  const base = plan.variant?.priceAmount ?? person.priceAmount ?? plan.service.priceAmount
  return plan.addons.reduce((sum, { priceAmount }) => sum + priceAmount, base)
}

/**
 * What was quoted for this wish: the price and the terms, and with whom, where anybody would do.
 * @throws Refusal `invalid_input` for a quote of something else, or an expired one
 */
export async function openQuote(
  { secrets, workspace, now }: Context,
  quote: string,
  wish: Wish,
): Promise<{ staffId: string; priceAmount: number; fees: Fees }> {
  const claims = await secrets.open('quote', quote)
  const { staff, price, fees, until } = (claims ?? {}) as Partial<Signed>
  const bound = Object.entries(boundTo(workspace.id, wish))
  const fits = bound.every(([name, value]) => claims?.[name] === value) && [ANY, staff].includes(wish.staffId)
  if (fits && now.epochMilliseconds < until!) return { staffId: staff!, priceAmount: price!, fees: fees! }
  throw new Refusal(
    'invalid_input',
    'quote: It is for another booking, or has expired. Quote again.',
    { field: 'quote' },
    ['quote_booking'],
  )
}

interface Signed {
  staff: string
  price: number
  fees: Fees
  until: number
}

function boundTo(workspace: string, { serviceId, locationId, variantId, addonIds, start }: Wish) {
  const options = [variantId ?? '', ...new Set(addonIds?.toSorted())].join()
  return { workspace, service: serviceId, location: locationId, options, start: start.epochMilliseconds }
}
