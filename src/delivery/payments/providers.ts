/** Who takes a workspace's money: the sandbox's own provider, or Stripe under the account of the business. */

import type { AsSystem } from '../../calls/as-system.ts'
import type { FindProvider } from './pay.ts'
import { sandboxProvider } from './sandbox.ts'
import { type StripeAccount, stripeProvider } from './stripe.ts'

export interface StripeAccess extends StripeAccount {
  webhookSecret: string
}

/** null: the business has none. */
export type FindStripe = (workspaceId: string) => Promise<StripeAccess | null>

export function paymentProviders({
  asSystem,
  stripe,
}: {
  asSystem: AsSystem
  stripe: FindStripe
}): FindProvider {
  const sandbox = sandboxProvider(asSystem)
  return async (workspaceId, name) => {
    if (name === 'sandbox') return sandbox
    const account = await stripe(workspaceId)
    return account && stripeProvider(account)
  }
}
