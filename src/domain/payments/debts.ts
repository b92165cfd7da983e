/** What payments are for: an invoice, a booking's deposit, its fee, a gift card. Each is locked before its money moves. */

import { change as changeCharge, chargesOf } from '../bookings/charges.ts'
import { payDeposit } from '../bookings/deposit.ts'
import { getBooking, lockBooking } from '../bookings/read.ts'
import { asAt } from '../bookings/states.ts'
import type { Booking, Charge } from '../bookings/tables.ts'
import type { Context } from '../context.ts'
import { activate, lockGiftCard } from '../gift-cards/gift-cards.ts'
import { invoiceDebt, invoiceRefundCap } from './invoice-debt.ts'
import type { Payment, Purpose } from './tables.ts'

export interface Debt {
  customerId: string
  /** Minor units that are owed; what is on its way is not taken off. */
  due: number
  currency: string
  /** Of an invoice, once it has one. */
  number: string | null
  /** Whether a part of it may be paid. */
  inParts: boolean
  /** It is owed no more, and was not paid: void, cancelled, lapsed. */
  gone: boolean
}

/** @throws Refusal `not_found` */
export async function lockDebt(context: Context, purpose: Purpose, subjectId: string): Promise<Debt> {
  if (purpose === 'invoice') return invoiceDebt(context, subjectId)
  if (purpose === 'gift_card') {
    const { customerId, state, amount, currency } = await lockGiftCard(context, subjectId)
    const due = state === 'pending' ? amount : 0
    return {
      customerId,
      due,
      currency,
      number: null,
      inParts: false,
      gone: state === 'cancelled',
    }
  }
  const booking = asAt(await bookingOf(context, subjectId), context.now)
  const charge = chargeFor(await chargesOf(context, subjectId), purpose)
  const waits = purpose === 'fee' || booking.state === 'pending'
  const isDue = charge?.state === 'due' && waits
  return {
    customerId: booking.customerId!,
    due: isDue ? charge.amount - charge.coveredAmount : 0,
    currency: context.workspace.currency,
    number: null,
    inParts: false,
    gone: !isDue && (charge === undefined || ['due', 'waived', 'void'].includes(charge.state)),
  }
}

/** Locked, but for whoever only looks. @throws Refusal `not_found` */
export function bookingOf(context: Context, id: string): Promise<Booking> {
  return context.readOnly ? getBooking(context, id) : lockBooking(context, id)
}

/** Once it is posted; an invoice does it itself. Its debt is locked, and is as much. */
export async function payDebt(
  context: Context,
  purpose: Purpose,
  subjectId: string,
  payment: Payment,
): Promise<void> {
  if (purpose === 'gift_card') return activate(context, await lockGiftCard(context, subjectId), payment.id)
  if (purpose === 'deposit') {
    await payDeposit(context, subjectId)
    return
  }
  const fee = chargeFor(await chargesOf(context, subjectId), 'fee')
  await changeCharge(context, fee!, { state: 'paid' })
}

export function chargeFor(charges: Charge[], purpose: 'deposit' | 'fee'): Charge | undefined {
  return charges.find(({ kind }) => (kind === 'deposit') === (purpose === 'deposit'))
}

/**
 * How much of what was paid for it may go back, beside what has gone already: a deposit that became a fee, or a gift card
 * that was spent, does not. Credit that a payment became is not counted.
 * @param refunded what refunds have taken or hold of it
 */
export async function refundCap(
  context: Context,
  { purpose, subjectId }: { purpose: Purpose; subjectId: string },
  refunded: number,
  creditNoteId?: string,
): Promise<number> {
  if (purpose === 'invoice') return invoiceRefundCap(context, subjectId, creditNoteId)
  if (purpose === 'gift_card') return (await lockGiftCard(context, subjectId)).balance
  const charge = chargeFor(await chargesOf(context, subjectId), purpose)
  const stands = charge && ['paid', 'refund_due', 'refunded', 'waived'].includes(charge.state)
  return stands ? Math.max(0, charge.amount - charge.coveredAmount - refunded) : 0
}
