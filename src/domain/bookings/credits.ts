/** What pays for a booking: a package or pass that its customer has, or they themselves, at some other time. */

import type { Finding } from '../availability/findings.ts'
import type { Context } from '../context.ts'
import { type CustomerVisit, creditFor } from '../entitlements/credits.ts'
import type { Booking, PayWith } from './tables.ts'
import { termsOf } from './terms.ts'

/** None where nobody asks for a package or pass. */
export async function entitlementFindings(
  context: Context,
  { payWith, ...visit }: CustomerVisit & { payWith?: PayWith },
): Promise<Finding[]> {
  const { requiresEntitlement } = await termsOf(context, visit.serviceId)
  if (!requiresEntitlement && payWith !== 'entitlement') return []
  const passed = payWith !== 'later' && (await creditFor(context, visit)) !== null
  const because = passed
    ? 'The customer has a package or pass for it.'
    : payWith === 'later'
      ? 'This service is paid with a package or pass alone.'
      : 'The customer has no package or pass with a session left that covers this service then.'
  return [{ rule: 'customer_entitled', code: 'no_entitlement', passed, because, details: {} }]
}

/** A package or pass where the customer has one for it, unless they would rather keep it. */
export async function chosenPayment(
  context: Context,
  visit: CustomerVisit,
  payWith: PayWith | undefined,
): Promise<PayWith> {
  if (payWith === 'later') return 'later'
  return (await creditFor(context, visit)) ? 'entitlement' : 'later'
}

/** What takes the booking's credit in the ledger. */
export function sourceOf({ id }: Pick<Booking, 'id'>) {
  return { kind: 'booking', id } as const
}
