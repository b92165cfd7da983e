/** From draft to document: its number, what it said of whom, and its entry in the ledger. None of it changes any more. */

import { and, eq } from 'drizzle-orm'
import { lockCustomer } from '../bookings/customer.ts'
import { lockBooking } from '../bookings/read.ts'
import type { Booking } from '../bookings/tables.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { type Entry, post } from '../ledger/post.ts'
import { applyDeposit } from '../payments/deposits.ts'
import { takeNumber } from './entities.ts'
import { follow } from './follow.ts'
import { linesOf, lockInvoice, todayOf, update } from './read.ts'
import { impossible, invoiceAfter } from './states.ts'
import { type Invoice, type InvoiceLine, type IssuerSnapshot, invoices, legalEntities } from './tables.ts'

/** Asked again, it changes nothing. @throws Refusal `not_found`, `invalid_transition` of a void one or one without lines */
export async function finalizeInvoice(context: Context, id: string): Promise<Invoice> {
  const visit = await lockVisit(context, id)
  const draft = await lockInvoice(context, id)
  if (draft.status === 'open' || draft.status === 'paid') return draft
  const status = invoiceAfter(draft.status, 'finalize')
  const lines = await linesOf(context, id)
  if (lines.length === 0)
    throw impossible('draft', 'finalize', 'It has no line yet.', ['update_draft_invoice'])
  const customer = await getCustomer(context, draft.customerId)
  // The number is locked last: what it waits for, or waits for it, keeps every other invoice of the series waiting.
  await lockCustomer(context, customer.id)
  await post(context, {
    source: { kind: 'invoice', id },
    cause: 'finalized',
    entries: [
      {
        account: { kind: 'receivable', customerId: customer.id },
        amount: draft.totalAmount,
        invoiceId: id,
      },
      ...soldBy(lines).map(({ account, amount }) => ({ account, amount: -amount })),
    ],
  })
  const frozen = {
    customerId: customer.id,
    customerSnapshot: { name: customer.name, email: customer.email, phone: customer.phone },
    issuerSnapshot: await issuerOf(context, draft),
    dueDate: todayOf(context, draft).add({ days: draft.dueDays }),
    finalizedAt: context.now,
  }
  const invoice = await update(context, draft, {
    ...frozen,
    // Nothing to pay is paid.
    status: draft.totalAmount === 0 ? 'paid' : status,
    ...(await takeNumber(context, draft.seriesId)),
  })
  context.emit({ type: 'invoice.finalized', subject: { kind: 'invoice', id } })
  if (invoice.status === 'paid') context.emit({ type: 'invoice.paid', subject: { kind: 'invoice', id } })
  await follow(context, invoice)
  if (visit?.state !== 'completed') return invoice
  await applyDeposit(context, visit, invoice)
  return lockInvoice(context, id)
}

/** The booking that it is for, before the invoice: who completes or cancels a booking locks it first. */
async function lockVisit(context: Context, id: string): Promise<Booking | null> {
  const { db, workspace } = context
  const [draft] = await db
    .select({ kind: invoices.sourceKind, bookingId: invoices.sourceId })
    .from(invoices)
    .where(and(eq(invoices.workspaceId, workspace.id), eq(invoices.id, id)))
  return draft?.kind === 'booking' ? lockBooking(context, draft.bookingId!) : null
}

/** What lines bring, account by account, and their tax; positive. */
export function soldBy(lines: Pick<InvoiceLine, 'account' | 'netAmount' | 'taxAmount'>[]): Entry[] {
  const sums = new Map<InvoiceLine['account'] | 'tax_payable', number>()
  const add = (kind: InvoiceLine['account'] | 'tax_payable', amount: number) =>
    sums.set(kind, (sums.get(kind) ?? 0) + amount)
  for (const { account, netAmount, taxAmount } of lines) {
    add(account, netAmount)
    add('tax_payable', taxAmount)
  }
  return [...sums].map(([kind, amount]) => ({ account: { kind }, amount }))
}

export async function issuerOf(
  { db, workspace }: Context,
  { legalEntityId }: Pick<Invoice, 'legalEntityId'>,
): Promise<IssuerSnapshot> {
  const [entity] = await db
    .select()
    .from(legalEntities)
    .where(and(eq(legalEntities.workspaceId, workspace.id), eq(legalEntities.id, legalEntityId)))
  const { name, address, taxIds, footer } = entity!
  return { name, address, tax_ids: taxIds, footer }
}
