/** What every template may say of a customer, of their booking and of their invoice, without being told. */

import { Refusal } from '../../catalog/refusal.ts'
import { getBooking } from '../bookings/read.ts'
import { findLocation } from '../business/locations.ts'
import type { Context } from '../context.ts'
import { type FoundCustomer, getCustomer } from '../customers/get.ts'
import { invoiceUrl } from '../invoices/link.ts'
import { getInvoice } from '../invoices/read.ts'
import type { TemplateVariable } from './tables.ts'

type VariableType = TemplateVariable['type']

const ofEveryone: Record<string, VariableType> = { customer_name: 'name', business_name: 'name' }

const ofBookings: Record<string, VariableType> = {
  service_name: 'name',
  staff_name: 'name',
  location_name: 'name',
  date: 'date',
  time: 'time',
  price: 'money',
}

const ofInvoices: Record<string, VariableType> = {
  invoice_number: 'name',
  invoice_total: 'money',
  amount_due: 'money',
  due_date: 'date',
  invoice_link: 'link',
}

/** Each name has its one type, whether or not a template declares it. */
export const standardVariables: Readonly<Record<string, VariableType>> = {
  ...ofEveryone,
  ...ofBookings,
  ...ofInvoices,
}

/** What says it, where a draft does not. */
export function sayerOf(name: string): { hint: string; tool: string } {
  return Object.hasOwn(ofInvoices, name)
    ? { hint: 'send_invoice says it; or give the value.', tool: 'send_invoice' }
    : { hint: 'give booking_id, which says it, or the value.', tool: 'list_bookings' }
}

export interface StandardValues {
  values: Record<string, unknown>
  /** Whose clock dates and times are on: the location's, as that is where the customer goes. */
  zone: string
}

/** @throws Refusal `not_found`, or `invalid_input` where the booking or the invoice is somebody else's */
export async function standardValues(
  context: Context,
  customer: FoundCustomer,
  { bookingId, invoiceId }: { bookingId?: string; invoiceId?: string },
): Promise<StandardValues> {
  const { workspace } = context
  const everyone = {
    customer_name: customer.name,
    business_name: workspace.name,
    ...(invoiceId !== undefined && (await invoiceValues(context, customer, invoiceId))),
  }
  if (bookingId === undefined) return { values: everyone, zone: workspace.timeZone }
  const booking = await getBooking(context, bookingId)
  if (!booking.customerId || (await getCustomer(context, booking.customerId)).id !== customer.id) {
    throw new Refusal('invalid_input', 'booking_id: This booking is not of this customer.', {}, [
      'get_booking',
    ])
  }
  const location = await findLocation(context, booking.locationId)
  const values = {
    ...everyone,
    service_name: booking.serviceName,
    staff_name: booking.staffName,
    location_name: location.name,
    date: booking.startsAt,
    time: booking.startsAt,
    price: { amount: booking.priceAmount, currency: workspace.currency },
  }
  return { values, zone: location.time_zone }
}

/** Of one that is finalised: a draft has no number, and is sent to nobody. */
async function invoiceValues(context: Context, customer: FoundCustomer, invoiceId: string) {
  const invoice = await getInvoice(context, invoiceId)
  if ((await getCustomer(context, invoice.customerId)).id !== customer.id) {
    throw new Refusal('invalid_input', 'invoice_id: This invoice is not of this customer.', {}, [
      'get_invoice',
    ])
  }
  const { currency, sums, numberText, dueDate } = invoice
  return {
    invoice_number: numberText,
    invoice_total: { amount: sums.total, currency },
    amount_due: { amount: sums.due, currency },
    due_date: dueDate?.toString(),
    invoice_link: invoiceUrl(context, invoiceId),
  }
}
