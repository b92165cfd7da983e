/** What every template may say of a customer, and of their booking, without being told. */

import { Refusal } from '../../catalog/refusal.ts'
import { getBooking } from '../bookings/read.ts'
import { findLocation } from '../business/locations.ts'
import type { Context } from '../context.ts'
import { type FoundCustomer, getCustomer } from '../customers/get.ts'
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

/** Each name has its one type, whether or not a template declares it. */
export const standardVariables: Readonly<Record<string, VariableType>> = { ...ofEveryone, ...ofBookings }

export interface StandardValues {
  values: Record<string, unknown>
  /** Whose clock dates and times are on: the location's, as that is where the customer goes. */
  zone: string
}

/** @throws Refusal `not_found`, or `invalid_input` where the booking is somebody else's */
export async function standardValues(
  context: Context,
  customer: FoundCustomer,
  bookingId: string | undefined,
): Promise<StandardValues> {
  const { workspace } = context
  const everyone = { customer_name: customer.name, business_name: workspace.name }
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
