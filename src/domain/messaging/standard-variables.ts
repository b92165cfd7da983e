/** What every template may say of a customer, of their booking or class, and of their invoice, without being told. */

import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type FoundCustomer, getCustomer } from '../customers/get.ts'
import { invoiceUrl } from '../invoices/link.ts'
import { getInvoice } from '../invoices/read.ts'
import { subjectOf } from './about.ts'
import type { Slot } from './slot-notices.ts'
import type { About, TemplateVariable } from './tables.ts'

type VariableType = TemplateVariable['type']

const ofEveryone: Record<string, VariableType> = { customer_name: 'name', business_name: 'name' }

const ofBookings: Record<string, VariableType> = {
  service_name: 'name',
  staff_name: 'name',
  location_name: 'name',
  date: 'date',
  time: 'time',
  end_time: 'time',
  price: 'money',
}

const ofInvoices: Record<string, VariableType> = {
  invoice_number: 'name',
  invoice_total: 'money',
  amount_due: 'money',
  due_date: 'date',
  invoice_link: 'link',
}
/** When an offer of a place ends. */
const ofOffers: Record<string, VariableType> = { until_date: 'date', until_time: 'time' }

/** Each name has its one type, whether or not a template declares it. */
export const standardVariables: Readonly<Record<string, VariableType>> = {
  ...ofEveryone,
  ...ofBookings,
  ...ofOffers,
  ...ofInvoices,
}

/** What says it, where a draft does not. */
export function sayerOf(name: string): { hint: string; tool: string } {
  return Object.hasOwn(ofInvoices, name)
    ? { hint: 'send_invoice says it; or give the value.', tool: 'send_invoice' }
    : { hint: 'give booking_id or enrolment_id, which says it, or the value.', tool: 'list_bookings' }
}

export interface StandardValues {
  values: Record<string, unknown>
  /** Whose clock dates and times are on: the location's, as that is where the customer goes. */
  zone: string
}

/** @throws Refusal `not_found`, or `invalid_input` where what it is about is somebody else's */
export async function standardValues(
  context: Context,
  customer: FoundCustomer,
  { invoiceId, ...about }: About & { invoiceId?: string; slot?: Slot },
): Promise<StandardValues> {
  const { workspace } = context
  const everyone = {
    customer_name: customer.name,
    business_name: workspace.name,
    ...(invoiceId !== undefined && (await invoiceValues(context, customer, invoiceId))),
  }
  const subject = await subjectOf(context, about)
  if (!subject) return { values: everyone, zone: workspace.timeZone }
  const { field, customerId, values, zone } = subject
  if (!customerId || (await getCustomer(context, customerId)).id !== customer.id) {
    throw new Refusal('invalid_input', `${field}: This is not of this customer.`, { field }, [
      field === 'booking_id' ? 'get_booking' : 'list_class_roster',
    ])
  }
  return { values: { ...everyone, ...values }, zone }
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
