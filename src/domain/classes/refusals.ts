/** What classes refuse in more than one place. */

import { Refusal } from '../../catalog/refusal.ts'

export function noEntitlement(): Refusal {
  return new Refusal(
    'no_entitlement',
    'This class takes who has a package or a pass for it, and this customer has none that is valid then.',
    {},
    ['list_customer_entitlements', 'sell_package'],
  )
}

export function isFull(left: number): Refusal {
  return new Refusal(
    'slot_conflict',
    left > 0 ? `Only ${left} places are left.` : 'This class is full.',
    { places_left: Math.max(left, 0) },
    ['list_waitlist', 'list_class_sessions'],
  )
}
