/** An invoice with all that belongs to it, read once for every surface: the tool, the customer's page and the PDF. */

import { and, asc, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { issuerOf } from './finalize.ts'
import {
  creditNotesOf,
  getInvoice,
  type InvoiceView,
  instalmentsOf,
  linesOf,
  paymentsOf,
  refundsOf,
} from './read.ts'
import type { Instalment } from './states.ts'
import {
  type CreditNote,
  type CustomerSnapshot,
  type InvoiceLine,
  type InvoicePayment,
  type InvoiceRefund,
  type IssuerSnapshot,
  invoiceLineCredits,
  invoiceLines,
} from './tables.ts'

export interface InvoiceDocument {
  invoice: InvoiceView
  /** As frozen; of a draft, as they are now. */
  issuer: IssuerSnapshot
  customer: CustomerSnapshot
  lines: InvoiceLine[]
  instalments: Instalment[]
  payments: InvoicePayment[]
  refunds: InvoiceRefund[]
  notes: CreditNote[]
}

/** @throws Refusal `not_found` */
export async function readDocument(context: Context, id: string): Promise<InvoiceDocument> {
  const invoice = await getInvoice(context, id)
  return {
    invoice,
    issuer: invoice.issuerSnapshot ?? (await issuerOf(context, invoice)),
    customer: invoice.customerSnapshot ?? (await customerNow(context, invoice)),
    lines: await linesOf(context, id),
    instalments: await instalmentsOf(context, invoice),
    payments: await paymentsOf(context, id),
    refunds: await refundsOf(context, id),
    notes: await creditNotesOf(context, id),
  }
}

async function customerNow(context: Context, { customerId }: InvoiceView): Promise<CustomerSnapshot> {
  const { name, email, phone } = await getCustomer(context, customerId)
  return { name, email, phone }
}

/** What a credit note takes off a line; of a void one, what it took. */
export interface NoteLine extends Pick<InvoiceLine, 'description' | 'taxRate' | 'netAmount' | 'taxAmount'> {}

export function noteLinesOf({ db, workspace }: Context, noteId: string): Promise<NoteLine[]> {
  return db
    .select({
      description: invoiceLines.description,
      taxRate: invoiceLines.taxRate,
      netAmount: invoiceLineCredits.netAmount,
      taxAmount: invoiceLineCredits.taxAmount,
    })
    .from(invoiceLineCredits)
    .innerJoin(
      invoiceLines,
      and(
        eq(invoiceLines.workspaceId, invoiceLineCredits.workspaceId),
        eq(invoiceLines.id, invoiceLineCredits.lineId),
      ),
    )
    .where(and(eq(invoiceLineCredits.workspaceId, workspace.id), eq(invoiceLineCredits.sourceId, noteId)))
    .orderBy(asc(invoiceLines.position))
}
