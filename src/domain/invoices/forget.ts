/** Of who is erased: their invoices stay with numbers and amounts, made out to nobody; drafts, which are no record, go. */

import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { GONE, NOBODY } from '../customers/erased.ts'
import type { Forgetter } from '../customers/forgetting.ts'
import { deleteDraft } from './draft.ts'
import { creditNotes, invoiceLines, invoices } from './tables.ts'

export const forgetInvoices: Forgetter = async (ctx, { ids, patterns }) => {
  const { db, workspace } = ctx
  const theirs = and(eq(invoices.workspaceId, workspace.id), inArray(invoices.customerId, ids))
  const drafts = await db
    .select({ id: invoices.id })
    .from(invoices)
    .where(and(theirs, eq(invoices.status, 'draft')))
    .orderBy(invoices.id)
  for (const { id } of drafts) await deleteDraft(ctx, id)
  await db
    .update(invoices)
    .set({ memo: null, customerSnapshot: { name: NOBODY, email: null, phone: null } })
    .where(and(theirs, isNotNull(invoices.customerSnapshot)))
  const ofThem = db.select({ id: invoices.id }).from(invoices).where(theirs)
  await db
    .update(invoiceLines)
    .set({ description: GONE })
    .where(
      and(
        eq(invoiceLines.workspaceId, workspace.id),
        inArray(invoiceLines.invoiceId, ofThem),
        sql`${invoiceLines.description} ~* ANY (${patterns})`,
      ),
    )
  await db
    .update(creditNotes)
    .set({ reason: GONE })
    .where(
      and(
        eq(creditNotes.workspaceId, workspace.id),
        inArray(creditNotes.invoiceId, ofThem),
        sql`${creditNotes.reason} ~* ANY (${patterns})`,
      ),
    )
}
