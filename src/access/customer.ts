/**
 * A customer with the link of one booking. What authorizes them is the link's signature (signed-link.ts); what they
 * may do is these calls with these arguments, so that a page that is wrong can do no more than the link.
 */

import type { Principal, Scope } from './principal.ts'

export interface LinkedBooking {
  /** The customer's uuid. */
  customerId: string
  customerName: string
  /** TypeIDs, as arguments are written. */
  booking_id: string
  service_id: string
  location_id: string
  staff_id: string
}

export function customerPrincipal(linked: LinkedBooking): Principal {
  const { customerId, customerName, booking_id, service_id, location_id, staff_id } = linked
  const slots = { service_id, location_id, staff_id }
  return {
    kind: 'customer',
    id: customerId,
    name: customerName,
    memberId: null,
    role: 'member',
    scopes: new Set<Scope>(['bookings:read', 'bookings:write', 'availability:read']),
    human: false,
    only: {
      get_booking: { fixed: { booking_id }, open: [] },
      preview_booking_cancellation: { fixed: { booking_id, by: 'customer' }, open: [] },
      get_available_slots: { fixed: slots, open: ['from', 'to', 'limit'] },
      find_next_available_slot: { fixed: slots, open: ['from', 'count'] },
      // Neither another person nor a rule set aside: those are the business's to grant.
      reschedule_booking: { fixed: { booking_id }, open: ['start', 'idempotency_key', 'confirm_token'] },
      cancel_booking: {
        fixed: { booking_id, by: 'customer' },
        open: ['idempotency_key', 'confirm_token'],
      },
    },
  }
}
