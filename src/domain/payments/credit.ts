/** Store credit: what a customer has with the business, by currency. The ledger alone says how much. */

import { sql } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { balanceOf } from '../ledger/balances.ts'
import { post } from '../ledger/post.ts'

/** Who spends or changes a customer's credit waits for whoever does so now: no row holds it that could be locked. */
export async function lockCredit({ db, workspace }: Context, customerId: string): Promise<void> {
  await db.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${workspace.id}/credit/${customerId}`}, 0))`,
  )
}

/** Minor units. */
export async function creditOf(context: Context, customerId: string, currency?: string): Promise<number> {
  return balanceOf(context, { kind: 'customer_credit', customerId }, currency)
}

/** What its posting is called, before an id. */
export const ADJUSTED = 'adjusted'

/**
 * More or less, for a reason that is not a sale: a goodwill gesture, a mistake. Never below zero.
 * @param amount minor units of the workspace's currency; negative takes away
 */
export async function adjustCredit(
  context: Context,
  { customerId, amount }: { customerId: string; amount: number },
): Promise<number> {
  const { workspace, emit } = context
  await lockCredit(context, customerId)
  const balance = await creditOf(context, customerId)
  if (balance + amount < 0) {
    throw new Refusal('no_entitlement', 'The customer has less credit than that.', { balance }, [
      'get_store_credit_balance',
    ])
  }
  context.declare({
    kind: 'credit',
    gate: 'approve',
    amount: { amount: Math.abs(amount), currency: workspace.currency },
  })
  const id = newId()
  await post(context, {
    source: { kind: 'customer', id: customerId },
    cause: `${ADJUSTED} ${id}`,
    entries: [
      { account: { kind: 'write_off' }, amount },
      { account: { kind: 'customer_credit', customerId }, amount: -amount },
    ],
  })
  emit({
    type: 'customer.credit_adjusted',
    subject: { kind: 'customer', id: customerId },
    data: { customer_id: idText('customer', customerId), amount, currency: workspace.currency },
  })
  return balance + amount
}
