/** What stands against forgetting somebody: money that is open, and visits to come. A domain with more adds itself. */

import { and, count, eq, inArray, sql } from 'drizzle-orm'
import { bookingCharges, bookings } from '../bookings/tables.ts'
import type { Context } from '../context.ts'
import { openLots } from '../entitlements/read.ts'
import { invoices } from '../invoices/tables.ts'
import { underWay } from '../payments/payment-states.ts'
import { payments } from '../payments/tables.ts'
import { comingVisits } from './visits.ts'

export interface Block {
  reason:
    | 'coming_booking'
    | 'coming_class'
    | 'open_charge'
    | 'draft_invoice'
    | 'payment_under_way'
    | 'open_balance'
    | 'unused_sessions'
  count: number
}

export type Blocker = (ctx: Context, customerId: string) => Promise<Block[]>

export const blockers: Blocker[] = [visits, charges, drafts, paymentsUnderWay, balances, sessions]

async function visits(ctx: Context, customerId: string): Promise<Block[]> {
  const coming = await comingVisits(ctx, customerId)
  const of = (kind: 'booking' | 'enrolment') => coming.filter(visit => visit.kind === kind).length
  return [
    { reason: 'coming_booking', count: of('booking') },
    { reason: 'coming_class', count: of('enrolment') },
  ]
}

/** A deposit or a fee that is due, or is to be paid back. */
async function charges({ db, workspace }: Context, customerId: string): Promise<Block[]> {
  const rows = await db
    .select({ id: bookingCharges.id })
    .from(bookingCharges)
    .innerJoin(
      bookings,
      and(eq(bookings.workspaceId, bookingCharges.workspaceId), eq(bookings.id, bookingCharges.bookingId)),
    )
    .where(
      and(
        eq(bookingCharges.workspaceId, workspace.id),
        eq(bookings.customerId, customerId),
        inArray(bookingCharges.state, ['due', 'refund_due']),
      ),
    )
  return [{ reason: 'open_charge', count: rows.length }]
}

/** What is still to be asked of them. */
async function drafts({ db, workspace }: Context, customerId: string): Promise<Block[]> {
  const [row] = await db
    .select({ drafts: count() })
    .from(invoices)
    .where(
      and(
        eq(invoices.workspaceId, workspace.id),
        eq(invoices.customerId, customerId),
        eq(invoices.status, 'draft'),
      ),
    )
  return [{ reason: 'draft_invoice', count: row!.drafts }]
}

async function paymentsUnderWay({ db, workspace }: Context, customerId: string): Promise<Block[]> {
  const [row] = await db
    .select({ payments: count() })
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        eq(payments.customerId, customerId),
        inArray(payments.state, [...underWay]),
      ),
    )
  return [{ reason: 'payment_under_way', count: row!.payments }]
}

/** What the ledger says they owe, or are owed. */
async function balances({ db, workspace }: Context, customerId: string): Promise<Block[]> {
  const { rows } = await db.execute(sql`
    SELECT a.id FROM ledger_accounts a
    JOIN ledger_entries e ON e.workspace_id = a.workspace_id AND (e.debit_id = a.id OR e.credit_id = a.id)
    WHERE a.workspace_id = ${workspace.id} AND a.customer_id = ${customerId}
    GROUP BY a.id HAVING sum(CASE WHEN e.debit_id = a.id THEN e.amount ELSE -e.amount END) <> 0`)
  return [{ reason: 'open_balance', count: rows.length }]
}

async function sessions(ctx: Context, customerId: string): Promise<Block[]> {
  const left = (await openLots(ctx, customerId)).filter(({ balance }) => balance === null || balance > 0)
  return [{ reason: 'unused_sessions', count: left.length }]
}
