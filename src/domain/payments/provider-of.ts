/** Who takes a workspace's card payments. A sandbox never reaches a bank, whatever the server can. */

import { credentialState } from '../../access/credentials.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import type { PaymentProviderName } from './tables.ts'

/** @throws Refusal `provider_error` where a business has no provider yet */
export async function providerOf(context: Context): Promise<PaymentProviderName> {
  const { db, workspace, mail, stripe } = context
  if (workspace.kind === 'sandbox') return 'sandbox'
  if (stripe || (await credentialState(db, workspace.id, 'stripe'))) return 'stripe'
  // On a developer's own machine play money is all there is; elsewhere it would pass for real.
  if (mail === 'developer_mailbox') return 'sandbox'
  throw new Refusal(
    'provider_error',
    'No payment provider is set up: a person connects Stripe in the console.',
    { to_do: 'connect_stripe' },
    ['record_manual_payment'],
  )
}
