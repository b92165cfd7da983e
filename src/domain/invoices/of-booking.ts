/** The invoice of a visit: made once, when it is completed, and taken back where it was not after all. */

import { and, eq, ne, sql } from 'drizzle-orm'
import { readSettings } from '../../access/settings.ts'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { lockBooking } from '../bookings/read.ts'
import type { Booking } from '../bookings/tables.ts'
import { priceOf } from '../business/prices.ts'
import { services } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { applyDeposit } from '../payments/deposits.ts'
import { createCreditNote } from './credit-notes.ts'
import { createDraft, deleteDraft, type NewInvoice } from './draft.ts'
import { voidInvoice } from './endings.ts'
import { finalizeInvoice } from './finalize.ts'
import { follow } from './follow.ts'
import { creditableOf } from './line-credits.ts'
import { sumsOf } from './read.ts'
import { type Invoice, invoices } from './tables.ts'

/** What a pass paid for, or what costs nothing, needs none. @param booking locked, completed */
export async function invoiceVisit(context: Context, booking: Booking): Promise<void> {
  const { invoicing } = await readSettings(context)
  if (invoicing.on_completion === 'off' || booking.customerId === null) return
  if (booking.paidWith === 'entitlement' || booking.priceAmount === 0) return
  const standing = await standingInvoice(context, booking.id)
  if (standing) {
    if (standing.status === 'draft') return
    await follow(context, standing)
    await applyDeposit(context, booking, standing)
    return
  }
  const { name, taxCategory } = await serviceOf(context, booking)
  const draft = await createDraft(context, {
    customer_id: booking.customerId,
    lines: [
      {
        description: name,
        quantity: 1,
        unit_price: priceOf(context, booking.priceAmount),
        tax_category: taxCategory !== null && taxCategory in invoicing.tax_rates ? taxCategory : undefined,
      },
    ],
    source: { kind: 'booking', id: booking.id, turn: await nextTurn(context, booking.id) },
  })
  if (invoicing.on_completion === 'open') await finalizeInvoice(context, draft.id)
}

/**
 * An invoice that somebody makes for a booking, ahead of the visit or after it: completing the booking finds it, and makes
 * no other; its points are the visit's.
 * @throws Refusal `not_found`; `invalid_input` of another customer's; `invalid_transition` where it has one that stands
 */
export async function sourceOfVisit(
  context: Context,
  { booking_id: id, customer_id }: { booking_id: string; customer_id: string },
): Promise<NonNullable<NewInvoice['source']>> {
  const booking = await lockBooking(context, id)
  const customer = await getCustomer(context, customer_id)
  if (booking.customerId === null || (await getCustomer(context, booking.customerId)).id !== customer.id) {
    throw new Refusal('invalid_input', 'booking_id: This is not a booking of this customer.', {
      field: 'booking_id',
    })
  }
  const standing = await standingInvoice(context, id)
  if (standing) {
    throw new Refusal(
      'invalid_transition',
      'This booking has an invoice already.',
      { invoice_id: idText('invoice', standing.id), status: standing.status },
      ['get_invoice', 'update_draft_invoice'],
    )
  }
  return { kind: 'booking', id, turn: await nextTurn(context, id) }
}

/** The completion was undone: what was paid stays the customer's, as credit. @param booking locked */
export async function takeVisitBack(context: Context, booking: Booking): Promise<void> {
  const invoice = await standingInvoice(context, booking.id)
  if (!invoice) return
  if (invoice.status === 'draft') {
    await deleteDraft(context, invoice.id)
    return
  }
  const { due, paid, total } = await sumsOf(context, invoice)
  if (paid === 0 && due === total) {
    await voidInvoice(context, invoice.id)
    return
  }
  const left = await creditableOf(context, invoice.id)
  if (left === 0) return
  await createCreditNote(context, {
    invoice_id: invoice.id,
    reason: 'The visit did not take place.',
    credit: priceOf(context, left - Math.min(left, due)),
  })
}

/** The newest that was neither voided nor credited in full. */
async function standingInvoice(context: Context, bookingId: string): Promise<Invoice | null> {
  const { db, workspace } = context
  const rows = await db
    .select()
    .from(invoices)
    .where(
      and(
        eq(invoices.workspaceId, workspace.id),
        eq(invoices.sourceKind, 'booking'),
        eq(invoices.sourceId, bookingId),
        ne(invoices.status, 'void'),
      ),
    )
  for (const invoice of rows) {
    if (invoice.status === 'draft' || (await creditableOf(context, invoice.id)) > 0) return invoice
  }
  return null
}

async function nextTurn({ db, workspace }: Context, bookingId: string): Promise<number> {
  const [row] = await db
    .select({ last: sql<number>`coalesce(max(${invoices.sourceTurn}), 0)` })
    .from(invoices)
    .where(
      and(
        eq(invoices.workspaceId, workspace.id),
        eq(invoices.sourceKind, 'booking'),
        eq(invoices.sourceId, bookingId),
      ),
    )
  return row!.last + 1
}

async function serviceOf({ db, workspace }: Context, { serviceId }: Booking) {
  const [service] = await db
    .select({ name: services.name, taxCategory: services.taxCategory })
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), eq(services.id, serviceId)))
  return service!
}
