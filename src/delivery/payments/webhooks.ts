/** A provider's webhook: its signature first, under the secret of the workspace that it names, and nothing before that. */

import type { AsSystem } from '../../calls/as-system.ts'
import { hear } from '../../domain/payments/hear.ts'
import { Forged } from './provider.ts'
import type { FindStripe } from './providers.ts'
import { stripeWebhook } from './stripe-webhook.ts'

export interface Webhook {
  provider: 'stripe'
  workspaceId: string
  raw: Buffer
  signature: string | undefined
}

/** `unknown`: nobody there takes money by this provider. */
export function providerWebhooks({ asSystem, stripe }: { asSystem: AsSystem; stripe: FindStripe }) {
  return async ({
    provider,
    workspaceId,
    raw,
    signature,
  }: Webhook): Promise<'heard' | 'forged' | 'unknown'> => {
    const account = await stripe(workspaceId)
    if (!account) return 'unknown'
    try {
      const event = stripeWebhook(account.webhookSecret)(raw, signature)
      if (event) await asSystem(workspaceId, 'hear_provider', context => hear(context, provider, event))
      return 'heard'
    } catch (error) {
      if (error instanceof Forged) return 'forged'
      throw error
    }
  }
}
