/** The chart of accounts: which there are, and the row of each, made when it is first needed. */

import { and, eq, isNull, or } from 'drizzle-orm'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type AccountKind, ledgerAccounts } from './tables.ts'

/** Of which the balance is the customer's own. */
type OfCustomer = 'receivable' | 'deposits_held' | 'customer_credit' | 'refunds_due'
/** Money somebody has: `cash` is there, `clearing` is on its way from a provider. */
type OfHolder = 'cash' | 'clearing'

export type Account =
  | { kind: OfCustomer; customerId: string }
  | { kind: OfHolder; provider: string }
  | { kind: Exclude<AccountKind, OfCustomer | OfHolder> }

/** On which side an account grows: assets and costs by debit, the rest by credit. */
export const growsByDebit: readonly AccountKind[] = [
  'cash',
  'clearing',
  'receivable',
  'points_redeemed',
  'disputes',
  'write_off',
]

export function keyOf(account: Account): string {
  return [
    account.kind,
    'customerId' in account ? account.customerId : '',
    'provider' in account ? account.provider : '',
  ].join(' ')
}

/** Their ids, by key. */
export async function accountIds(
  { db, workspace }: Context,
  accounts: Account[],
  currency: string,
): Promise<Map<string, string>> {
  const wanted = new Map(accounts.map(account => [keyOf(account), account]))
  const ids = new Map<string, string>()
  for (const round of ['look', 'make', 'look']) {
    const missing = [...wanted]
      .filter(([key]) => !ids.has(key))
      .sort(([one], [other]) => (one < other ? -1 : 1))
    if (missing.length === 0) break
    // One after the other and in one order, so that two who need the same never wait for each other.
    for (const [key, account] of missing) {
      const id = await (round === 'look' ? find(account) : make(account))
      if (id) ids.set(key, id)
    }
  }
  return ids

  async function find(account: Account): Promise<string | undefined> {
    const [row] = await db
      .select({ id: ledgerAccounts.id })
      .from(ledgerAccounts)
      .where(
        and(
          eq(ledgerAccounts.workspaceId, workspace.id),
          eq(ledgerAccounts.kind, account.kind),
          eq(ledgerAccounts.currency, currency),
          'customerId' in account
            ? eq(ledgerAccounts.customerId, account.customerId)
            : isNull(ledgerAccounts.customerId),
          'provider' in account
            ? eq(ledgerAccounts.provider, account.provider)
            : isNull(ledgerAccounts.provider),
        ),
      )
    return row?.id
  }

  async function make(account: Account): Promise<string | undefined> {
    const [row] = await db
      .insert(ledgerAccounts)
      .values({ workspaceId: workspace.id, id: newId(), currency, ...account })
      .onConflictDoNothing()
      .returning({ id: ledgerAccounts.id })
    return row?.id
  }
}

/** The accounts of one customer, whoever asks for their balance. */
export function ofCustomer({ workspace }: Context, customerId: string, ...kinds: OfCustomer[]) {
  return and(
    eq(ledgerAccounts.workspaceId, workspace.id),
    eq(ledgerAccounts.customerId, customerId),
    or(...kinds.map(kind => eq(ledgerAccounts.kind, kind))),
  )
}
