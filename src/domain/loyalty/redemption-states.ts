/** The life of a reward that a customer has. What is not in the table is `invalid_transition`. */

import { Refusal } from '../../catalog/refusal.ts'
import type { RedemptionState } from './tables.ts'

export const redemptionTransitions = [
  { from: 'issued', event: 'redeem', to: 'redeemed', who: 'business' },
  { from: 'issued', event: 'cancel', to: 'cancelled', who: 'business, once' },
  { from: 'redeemed', event: 'reverse', to: 'reversed', who: 'business, with approval' },
] as const

export type RedemptionEvent = (typeof redemptionTransitions)[number]['event']

/**
 * Asked again in the state that it leads to, it changes nothing.
 * @returns null where it is there already @throws Refusal `invalid_transition`
 */
export function nextState(from: RedemptionState, event: RedemptionEvent): RedemptionState | null {
  const { to } = redemptionTransitions.find(transition => transition.event === event)!
  if (from === to) return null
  const possible = redemptionTransitions.filter(transition => transition.from === from)
  if (possible.some(transition => transition.event === event)) return to
  throw new Refusal(
    'invalid_transition',
    `A reward that is ${from} cannot ${event}.`,
    { state: from, event, possible: possible.map(transition => transition.event) },
    ['get_loyalty_account'],
  )
}
