/** How an invoice ends without being paid: void, as if it had never been; or written off, and still owed. */

import { Refusal } from '../../catalog/refusal.ts'
import { priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import { post, reverse } from '../ledger/post.ts'
import { follow } from './follow.ts'
import { creditNotesOf, lockInvoice, sumsOf, update } from './read.ts'
import { impossible, invoiceAfter } from './states.ts'
import type { Invoice } from './tables.ts'

/** Posted once an invoice: none that was written off is open again. */
export const WRITTEN_OFF = 'written_off'

/** It keeps its number. Again, it changes nothing. @throws Refusal `not_found`, `has_payments`, `invalid_transition` */
export async function voidInvoice(context: Context, id: string): Promise<Invoice> {
  const invoice = await lockInvoice(context, id)
  if (invoice.status === 'void') return invoice
  const status = invoiceAfter(invoice.status, 'void')
  const { paid } = await sumsOf(context, invoice)
  if (paid > 0) {
    throw new Refusal(
      'has_payments',
      'Some of it is paid. Credit what is left instead.',
      { paid: priceOf(context, paid) },
      ['create_credit_note'],
    )
  }
  if ((await creditNotesOf(context, id)).some(note => note.status === 'issued')) {
    throw impossible(
      invoice.status,
      'void',
      'Some of it is credited. Void the credit note first, or credit the rest.',
    )
  }
  const source = { kind: 'invoice', id } as const
  if (invoice.status === 'uncollectible') await reverse(context, { source, cause: WRITTEN_OFF })
  await reverse(context, { source, cause: 'finalized' })
  context.emit({ type: 'invoice.voided', subject: { kind: 'invoice', id } })
  const voided = await update(context, invoice, { status })
  await follow(context, voided)
  return voided
}

/** The loss is in the ledger; money that comes after all takes it back. @throws Refusal `not_found`, `invalid_transition` */
export async function markUncollectible(context: Context, id: string): Promise<Invoice> {
  const invoice = await lockInvoice(context, id)
  if (invoice.status === 'uncollectible') return invoice
  const status = invoiceAfter(invoice.status, 'write_off')
  const { due } = await sumsOf(context, invoice)
  await post(context, {
    source: { kind: 'invoice', id },
    cause: WRITTEN_OFF,
    entries: [
      { account: { kind: 'write_off' }, amount: due, invoiceId: id },
      { account: { kind: 'receivable', customerId: invoice.customerId }, amount: -due, invoiceId: id },
    ],
  })
  context.emit({ type: 'invoice.uncollectible', subject: { kind: 'invoice', id } })
  return update(context, invoice, { status })
}
