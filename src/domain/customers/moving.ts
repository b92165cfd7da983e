/**
 * What a merge asks of a domain that keeps something of customers: to say what it would move, and to move it. Both
 * answer alike, so that the preview is the commit. A new domain adds itself to `movers`.
 */

import { and, count, eq } from 'drizzle-orm'
import { moveBookings } from '../bookings/moving.ts'
import { moveClasses } from '../classes/moving-customer.ts'
import type { Context } from '../context.ts'
import { moveEntitlements } from '../entitlements/moving.ts'
import { moveGiftCards } from '../gift-cards/moving.ts'
import { moveCustomer as moveMoney } from '../invoices/move.ts'
import { invoices } from '../invoices/tables.ts'
import { moveLoyalty } from '../loyalty/members.ts'
import { moveMessages } from '../messaging/moving.ts'
import { movePayments } from '../payments/moving.ts'
import { moveNotes } from './notes.ts'
import { moveRelationships } from './relationships.ts'
import { moveSessions } from './sign-in.ts'
import { importRows } from './tables.ts'

export interface Moved {
  /** By what it is, in a word: `bookings`, `packages`. */
  counts: Record<string, number>
  /** Paid twice for one thing: for a person to pay back. */
  refunds?: Refund[]
}

export interface Refund {
  /** The enrolment that is given up. */
  enrolment_id: string
  session_id: string
  paid_with: 'entitlement' | 'later'
  /** Minor units of the workspace's currency. */
  amount: number
}

/**
 * Both customers are locked where `commit` is set; else nothing is written.
 * @param from uuid of the customer who goes @param to of the one who stays
 */
export type Mover = (ctx: Context, from: string, to: string, commit: boolean) => Promise<Moved>

/** Places in classes first: what is given up there comes back to a lot, which then moves. */
export const movers: Mover[] = [
  moveClasses,
  moveBookings,
  moveEntitlements,
  moveLoyalty,
  moveInvoices,
  movePayments,
  moveGiftCards,
  moveMessages,
  moveNotes,
  moveRelationships,
  moveImports,
  moveSessions,
]

/** What is owed moves in the ledger, invoice by invoice. */
async function moveInvoices(ctx: Context, from: string, to: string, commit: boolean): Promise<Moved> {
  const theirs = and(eq(invoices.workspaceId, ctx.workspace.id), eq(invoices.customerId, from))
  const [row] = await ctx.db.select({ invoices: count() }).from(invoices).where(theirs)
  if (commit) await moveMoney(ctx, from, to)
  return { counts: { invoices: row!.invoices } }
}

/** What an import says of whom it made. */
async function moveImports(
  { db, workspace }: Context,
  from: string,
  to: string,
  commit: boolean,
): Promise<Moved> {
  const theirs = and(eq(importRows.workspaceId, workspace.id), eq(importRows.customerId, from))
  if (commit) await db.update(importRows).set({ customerId: to }).where(theirs)
  return { counts: {} }
}
