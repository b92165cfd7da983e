/** Prices: stored as minor units of the workspace's currency, spoken with it. */

import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'

export interface Money {
  /** Minor units. */
  amount: number
  /** ISO 4217. */
  currency: string
}

/** @throws currency_mismatch */
export function amountOf({ workspace }: Context, price: Money): number {
  if (price.currency === workspace.currency) return price.amount
  throw new Refusal('currency_mismatch', `This business charges in ${workspace.currency}.`, {
    currency: workspace.currency,
  })
}

export function priceOf({ workspace }: Context, amount: number): Money {
  return { amount, currency: workspace.currency }
}
