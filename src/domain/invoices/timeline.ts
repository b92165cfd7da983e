/** What became of a customer's invoices and of what was credited of them, for their timeline. What is paid is in payments. */

import { and, desc, eq, inArray, isNotNull, lte } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import type { Asked, TimelineEntry, TimelineSource } from '../customers/timeline.ts'
import { ledgerTransactions } from '../ledger/tables.ts'
import { WRITTEN_OFF } from './endings.ts'
import { creditNotes, type Invoice, invoices } from './tables.ts'

export const invoicesTimeline: TimelineSource = async (context, asked) => {
  const parts = await Promise.all([
    byTime(context, asked, 'createdAt', 'drafted'),
    byTime(context, asked, 'finalizedAt', 'finalized'),
    byTime(context, asked, 'updatedAt', 'voided'),
    writtenOff(context, asked),
    credited(context, asked, 'createdAt', 'issued'),
    credited(context, asked, 'voidedAt', 'voided'),
  ])
  return parts.flat()
}

/** A column of the row that says when; of a void one nothing changes any more, so that its last change is its end. */
async function byTime(
  { db, workspace }: Context,
  { ids, until, limit }: Asked,
  time: 'createdAt' | 'finalizedAt' | 'updatedAt',
  event: 'drafted' | 'finalized' | 'voided',
): Promise<TimelineEntry[]> {
  const rows = await db
    .select()
    .from(invoices)
    .where(
      and(
        eq(invoices.workspaceId, workspace.id),
        inArray(invoices.customerId, ids),
        isNotNull(invoices[time]),
        event === 'voided' ? eq(invoices.status, 'void') : undefined,
        until ? lte(invoices[time], until) : undefined,
      ),
    )
    .orderBy(desc(invoices[time]), desc(invoices.id))
    .limit(limit)
  return rows.map(row => entryOf(row, row[time]!, event))
}

async function writtenOff(
  { db, workspace }: Context,
  { ids, until, limit }: Asked,
): Promise<TimelineEntry[]> {
  const postings = ledgerTransactions
  const rows = await db
    .select({ invoice: invoices, at: postings.at })
    .from(invoices)
    .innerJoin(
      postings,
      and(
        eq(postings.workspaceId, invoices.workspaceId),
        eq(postings.sourceKind, 'invoice'),
        eq(postings.sourceId, invoices.id),
        eq(postings.cause, WRITTEN_OFF),
      ),
    )
    .where(
      and(
        eq(invoices.workspaceId, workspace.id),
        inArray(invoices.customerId, ids),
        until ? lte(postings.at, until) : undefined,
      ),
    )
    .orderBy(desc(postings.at), desc(invoices.id))
    .limit(limit)
  return rows.map(({ invoice, at }) => entryOf(invoice, at, 'written_off'))
}

function entryOf(invoice: Invoice, at: Temporal.Instant, event: keyof typeof steps): TimelineEntry {
  const { id, numberText, totalAmount: amount, currency, status } = invoice
  return {
    at,
    kind: 'invoice',
    id,
    event,
    text: invoice.memo,
    details: { number: numberText, total: { amount, currency }, status },
    order: `${id}/${steps[event]}`,
  }
}

/** In the order in which an invoice may go through them, all in one instant if need be. */
const steps = { drafted: 0, finalized: 1, written_off: 2, voided: 3 }

async function credited(
  { db, workspace }: Context,
  { ids, until, limit }: Asked,
  time: 'createdAt' | 'voidedAt',
  event: 'issued' | 'voided',
): Promise<TimelineEntry[]> {
  const rows = await db
    .select({ note: creditNotes, invoice: invoices })
    .from(invoices)
    .innerJoin(
      creditNotes,
      and(eq(creditNotes.workspaceId, invoices.workspaceId), eq(creditNotes.invoiceId, invoices.id)),
    )
    .where(
      and(
        eq(invoices.workspaceId, workspace.id),
        inArray(invoices.customerId, ids),
        isNotNull(creditNotes[time]),
        until ? lte(creditNotes[time], until) : undefined,
      ),
    )
    .orderBy(desc(creditNotes[time]), desc(creditNotes.id))
    .limit(limit)
  return rows.map(({ note, invoice }) => ({
    at: note[time]!,
    kind: 'creditnote',
    id: note.id,
    event,
    text: note.reason,
    details: {
      number: note.numberText,
      invoice_number: invoice.numberText,
      total: { amount: note.netAmount + note.taxAmount, currency: invoice.currency },
    },
    order: `${note.id}/${event === 'issued' ? 0 : 1}`,
  }))
}
