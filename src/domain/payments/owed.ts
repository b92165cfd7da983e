/** Which debt a caller means: an invoice, what a booking asks for beside its price, a gift card. */

import { Refusal } from '../../catalog/refusal.ts'
import { chargesOf } from '../bookings/charges.ts'
import type { Context } from '../context.ts'
import { bookingOf } from './debts.ts'
import type { Owed } from './start.ts'

export interface OwedBy {
  invoice_id?: string
  booking_id?: string
  gift_card_id?: string
}

/** Of a booking, its deposit while that is due, else its fee. @throws Refusal `invalid_input` unless it is exactly one, `not_found` */
export async function owedBy(
  context: Context,
  { invoice_id, booking_id, gift_card_id }: OwedBy,
): Promise<Owed> {
  const given = [invoice_id, booking_id, gift_card_id].filter(id => id !== undefined)
  if (given.length !== 1) {
    throw new Refusal('invalid_input', 'invoice_id: Say one of invoice_id, booking_id and gift_card_id.', {
      field: 'invoice_id',
    })
  }
  if (invoice_id !== undefined) return { purpose: 'invoice', subjectId: invoice_id }
  if (gift_card_id !== undefined) return { purpose: 'gift_card', subjectId: gift_card_id }
  await bookingOf(context, booking_id!)
  const charges = await chargesOf(context, booking_id!)
  const fee = charges.find(({ kind }) => kind !== 'deposit')
  return { purpose: fee ? 'fee' : 'deposit', subjectId: booking_id! }
}
