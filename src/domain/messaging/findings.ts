/** What a provider says of a recipient when it refuses a message for good, and what follows from it. */

import type { DeliveryReason } from './delivery-states.ts'
import type { NewSuppression } from './suppressions.ts'

export type Finding =
  /** The number does not exist, or gets no messages of this channel. */
  | 'bounced'
  /** They have told the provider that they want none. */
  | 'opted_out'
  /** … none of marketing. */
  | 'opted_out_of_marketing'
  /** WhatsApp: free text, and the customer wrote more than 24 hours ago. */
  | 'outside_service_window'

interface Consequence {
  reason: DeliveryReason
  suppression?: Required<Pick<NewSuppression, 'scope' | 'reason'>> & { byReply?: boolean }
}

export const consequences: Record<Finding, Consequence> = {
  bounced: { reason: 'bounced', suppression: { scope: 'all', reason: 'bounce' } },
  // They have written STOP, and may write START.
  opted_out: { reason: 'opted_out', suppression: { scope: 'all', reason: 'opt_out', byReply: true } },
  opted_out_of_marketing: { reason: 'opted_out', suppression: { scope: 'marketing', reason: 'opt_out' } },
  outside_service_window: { reason: 'outside_service_window' },
}
