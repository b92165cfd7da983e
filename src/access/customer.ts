/**
 * End customers, and who is about to be one. What they may do is these calls with these arguments, so that a page that
 * is wrong, or a visitor who writes requests by hand, can do no more.
 */

import { controlNames } from '../catalog/control.ts'
import type { AllowedCall, Principal, Scope } from './principal.ts'

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

/** With the link of one booking. What authorizes them is the link's signature (signed-link.ts). */
export function customerPrincipal(linked: LinkedBooking): Principal {
  const { customerId, customerName, booking_id, service_id, location_id, staff_id } = linked
  const slots = { service_id, location_id, staff_id }
  return {
    ...customerOf({ id: customerId, name: customerName }),
    scopes: new Set<Scope>(['bookings:read', 'bookings:write', 'availability:read']),
    only: {
      get_booking: { fixed: { booking_id }, open: [] },
      preview_booking_cancellation: { fixed: { booking_id, by: 'customer' }, open: [] },
      get_available_slots: { fixed: slots, open: ['from', 'to', 'limit', 'cursor'] },
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

/** What anybody may see who comes to the business's site. */
const shopWindow: Record<string, AllowedCall> = {
  get_current_context: open(),
  list_locations: open('limit', 'cursor'),
  list_services: open('category', 'limit', 'cursor'),
  get_service: open('service_id'),
  get_available_slots: open(...chosen(), 'from', 'to', 'limit', 'cursor'),
  find_next_available_slot: open(...chosen(), 'from', 'count', 'per_person'),
}

const shopWindowScopes: readonly Scope[] = [
  'platform:read',
  'team:read',
  'services:read',
  'availability:read',
]

/** Who comes with a publishable key, and has not said who they are. The key's uuid stands for them all. */
export function visitorPrincipal({ id, name }: { id: string; name: string }): Principal {
  return {
    kind: 'publishable_key',
    id,
    name,
    memberId: null,
    role: 'member',
    scopes: new Set<Scope>([...shopWindowScopes, 'platform:write']),
    human: false,
    only: {
      ...shopWindow,
      sign_in_customer_request: open('email', 'phone', ...controlNames),
      sign_in_customer_verify: open('request_id', 'code', 'name', ...controlNames),
    },
  }
}

/** What whoever makes a publishable key hands out with it, and so must hold. */
export const publishedScopes: readonly Scope[] = [...shopWindowScopes, 'bookings:read', 'bookings:write']

/** Who has proved their email or phone (customer-sessions.ts). Whose id stands in `customer_id`, their sight says. */
export function signedInCustomer(who: { id: string; name: string; sessionId: string }): Principal {
  return {
    ...customerOf(who),
    sessionId: who.sessionId,
    scopes: new Set<Scope>([...publishedScopes, 'platform:write']),
    only: {
      ...shopWindow,
      list_bookings: open(
        'from',
        'until',
        'state',
        'customer_id',
        'service_id',
        'location_id',
        'limit',
        'cursor',
      ),
      // The note, the rooms and the history are the team's.
      get_booking: { ...open('booking_id'), blank: ['note', 'resources', 'history'] },
      quote_booking: open(...chosen(), 'start', 'customer_id', 'pay_with'),
      // No rule is set aside by who is held to it.
      create_booking: open(...chosen(), 'start', 'customer_id', 'quote', 'pay_with', 'note', ...controlNames),
      submit_intake_form: open('booking_id', 'form_version', 'answers', ...controlNames),
      reschedule_booking: open('booking_id', 'start', 'staff_id', ...controlNames),
      preview_booking_cancellation: { fixed: { by: 'customer' }, open: ['booking_id'] },
      cancel_booking: { fixed: { by: 'customer' }, open: ['booking_id', ...controlNames] },
      sign_out_customer: open(...controlNames),
    },
  }
}

function customerOf({ id, name }: { id: string; name: string }) {
  return { kind: 'customer', id, name, memberId: null, role: 'member', human: false } as const
}

function open(...names: string[]): AllowedCall {
  return { fixed: {}, open: names }
}

/** What is wanted, and of whom. */
function chosen(): string[] {
  return ['service_id', 'location_id', 'staff_id', 'variant_id', 'addon_ids', 'party_size']
}
