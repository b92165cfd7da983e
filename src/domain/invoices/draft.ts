/** Drafts: made, changed and thrown away. They have no number, and the ledger knows nothing of them. */

import { and, eq } from 'drizzle-orm'
import { newId } from '../../database/columns.ts'
import { stale } from '../business/stale.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { type Composition, compose } from './compose.ts'
import { findEntity, findSeries } from './entities.ts'
import { lockInvoice, update } from './read.ts'
import { impossible } from './states.ts'
import { type Invoice, invoiceLines, invoices } from './tables.ts'

export interface NewInvoice extends Composition {
  customer_id: string
  /** Key; default: the workspace's own. */
  legal_entity?: string
  series?: string
  due_days?: number
  memo?: string
  /** What it is for, once; an invoice of its own has none. */
  source?: { kind: NonNullable<Invoice['sourceKind']>; id: string; turn: number }
}

/** @throws Refusal `not_found` of the customer, the entity or its series, `invalid_input`, `currency_mismatch` */
export async function createDraft(context: Context, asked: NewInvoice): Promise<Invoice> {
  const { db, workspace, now, emit } = context
  const customer = await getCustomer(context, asked.customer_id)
  const entity = await findEntity(context, asked.legal_entity)
  const series = await findSeries(context, entity.id, 'invoice', asked.series)
  const { lines, dueDays, ...composed } = await compose(context, asked)
  const [invoice] = await db
    .insert(invoices)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      status: 'draft',
      customerId: customer.id,
      legalEntityId: entity.id,
      seriesId: series.id,
      sourceKind: asked.source?.kind,
      sourceId: asked.source?.id,
      sourceTurn: asked.source?.turn,
      currency: workspace.currency,
      ...composed,
      memo: asked.memo,
      dueDays: asked.due_days ?? dueDays,
      timeZone: workspace.timeZone,
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  await writeLines(context, invoice!.id, lines)
  emit({ type: 'invoice.created', subject: { kind: 'invoice', id: invoice!.id } })
  return invoice!
}

export interface DraftPatch extends Partial<Omit<Composition, 'discount'>> {
  invoice_id: string
  version: number
  /** null: none. */
  discount?: Composition['discount'] | null
  due_days?: number
  memo?: string | null
}

/** Lines are replaced in full where they are given. @throws Refusal `not_found`, `invalid_transition`, `stale_version`, `invalid_input` */
export async function updateDraft(context: Context, patch: DraftPatch): Promise<Invoice> {
  const { db, workspace, emit } = context
  const draft = await lockDraft(context, patch.invoice_id, 'change')
  if (draft.version !== patch.version) throw stale('invoice', draft.version, 'get_invoice')
  const kept = await keptOf(context, draft)
  const {
    lines,
    dueDays: _,
    ...composed
  } = await compose(context, {
    lines: patch.lines ?? kept.lines,
    tax_mode: patch.tax_mode ?? draft.taxMode,
    rounding: patch.rounding ?? draft.rounding,
    discount: patch.discount === null ? undefined : (patch.discount ?? kept.discount),
  })
  await db
    .delete(invoiceLines)
    .where(and(eq(invoiceLines.workspaceId, workspace.id), eq(invoiceLines.invoiceId, draft.id)))
  await writeLines(context, draft.id, lines)
  const changed = await update(context, draft, {
    ...composed,
    dueDays: patch.due_days ?? draft.dueDays,
    memo: patch.memo === undefined ? draft.memo : patch.memo,
  })
  emit({ type: 'invoice.changed', subject: { kind: 'invoice', id: draft.id } })
  return changed
}

/** It never had a number, so nothing is missing. @throws Refusal `not_found`, `invalid_transition` */
export async function deleteDraft(context: Context, id: string): Promise<Invoice> {
  const { db, workspace, emit } = context
  const draft = await lockDraft(context, id, 'delete')
  await db
    .delete(invoiceLines)
    .where(and(eq(invoiceLines.workspaceId, workspace.id), eq(invoiceLines.invoiceId, id)))
  await db.delete(invoices).where(and(eq(invoices.workspaceId, workspace.id), eq(invoices.id, id)))
  emit({ type: 'invoice.deleted', subject: { kind: 'invoice', id } })
  return draft
}

async function lockDraft(context: Context, id: string, event: 'change' | 'delete'): Promise<Invoice> {
  const invoice = await lockInvoice(context, id)
  if (invoice.status === 'draft') return invoice
  throw impossible(invoice.status, event, `Only a draft can be ${event}d; this invoice has its number.`)
}

/** As it would be asked for again. */
async function keptOf(
  { db, workspace }: Context,
  { id, discount, currency }: Invoice,
): Promise<Pick<Composition, 'lines' | 'discount'>> {
  const rows = await db
    .select()
    .from(invoiceLines)
    .where(and(eq(invoiceLines.workspaceId, workspace.id), eq(invoiceLines.invoiceId, id)))
    .orderBy(invoiceLines.position)
  const asked = (discount: Invoice['discount']) => {
    if (!discount) return undefined
    return 'amount' in discount ? { amount: discount.amount } : { percent: discount.rate / 10_000 }
  }
  return {
    discount: asked(discount),
    lines: rows.map(line => ({
      description: line.description,
      quantity: line.quantity,
      unit_price: { amount: line.unitAmount, currency },
      discount: asked(line.discount),
      tax_percent: line.taxRate / 10_000,
      account: line.account,
    })),
  }
}

async function writeLines(
  { db, workspace }: Context,
  invoiceId: string,
  lines: Awaited<ReturnType<typeof compose>>['lines'],
): Promise<void> {
  if (lines.length === 0) return
  await db.insert(invoiceLines).values(lines.map(line => ({ ...line, workspaceId: workspace.id, invoiceId })))
}
