/** Shapes that the tools of invoices share. */

import { z } from 'zod'
import { Id, Instant, LocalDate, Money, outside, Text } from '../../src/catalog/kinds.ts'
import type { Context } from '../../src/domain/context.ts'
import { type NewLine, percentOf } from '../../src/domain/invoices/compose.ts'
import type { EntityView } from '../../src/domain/invoices/entities.ts'
import type { InvoiceView } from '../../src/domain/invoices/read.ts'
import { getInvoice } from '../../src/domain/invoices/read.ts'
import { paymentStates } from '../../src/domain/invoices/states.ts'
import { type CreditNote, type InvoiceLine, invoiceStatuses } from '../../src/domain/invoices/tables.ts'
import type { ReminderView } from '../../src/domain/messaging/invoice-reminders.ts'
import { roundings, taxesOf, taxModes } from '../../src/domain/money/totals.ts'

const Percent = () => z.number().min(0).max(100)

/** One of the two; the amount in minor units. */
const Discount = z.strictObject({
  amount: z.int().min(0).max(1_000_000_000_000).optional(),
  percent: Percent().optional(),
})

export const Line = z.strictObject({
  description: Text(500),
  quantity: z.int().min(1).max(100_000).default(1),
  unit_price: Money(),
  discount: Discount.optional(),
  tax_category: Text(40).optional().describe('Default: standard.'),
  tax_percent: Percent().optional(),
})

export const Key = () => z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'Expected small letters, as in main.')

/** What an invoice is made of; left out, the workspace's settings say. */
export const composition = {
  lines: z.array(Line).min(1).max(100).describe('In order.'),
  discount: Discount.optional().describe('Of the whole: amount (minor units) or percent.'),
  tax_mode: z.enum(taxModes).optional().describe("Default: the settings'."),
  rounding: z.enum(roundings).optional().describe("Default: the settings'."),
}

export const invoiceId = { invoice_id: Id('invoice').describe('From list_invoices.') }

export const InvoiceRow = z.object({
  id: Id('invoice'),
  status: z.enum(invoiceStatuses),
  number: z.string().nullable(),
  customer_id: Id('customer'),
  currency: z.string(),
  net: z.int(),
  tax: z.int(),
  total: z.int().describe('Minor units, as all here.'),
  due: z.int(),
  payment_state: z.enum(paymentStates),
  overdue: z.boolean(),
  due_date: LocalDate().nullable(),
  finalized_at: Instant().nullable(),
  version: z.int(),
})

export function rowOf(view: InvoiceView): z.output<typeof InvoiceRow> {
  return {
    id: view.id,
    status: view.status,
    number: view.numberText,
    customer_id: view.customerId,
    currency: view.currency,
    net: view.netAmount,
    tax: view.taxAmount,
    total: view.totalAmount,
    due: view.sums.due,
    payment_state: view.paymentState,
    overdue: view.overdue > 0,
    due_date: view.dueDate,
    finalized_at: view.finalizedAt,
    version: view.version,
  }
}

/** What a change answers. */
export const InvoiceBrief = InvoiceRow.pick({
  id: true,
  status: true,
  number: true,
  currency: true,
  total: true,
  due: true,
  due_date: true,
  version: true,
})

/** As it is after a change. */
export async function shownAfter(
  context: Context,
  { id }: { id: string },
): Promise<z.output<typeof InvoiceRow>> {
  return rowOf(await getInvoice(context, id))
}

export const ShownLine = z.object({
  id: Id('line'),
  description: outside(z.string()),
  quantity: z.int(),
  unit_price: z.int(),
  discount: z.int(),
  tax_percent: z.number(),
  net: z.int(),
  tax: z.int(),
})

export function lineOf(line: Omit<InvoiceLine, 'workspaceId' | 'invoiceId'>): z.output<typeof ShownLine> {
  return {
    id: line.id,
    description: line.description,
    quantity: line.quantity,
    unit_price: line.unitAmount,
    discount: line.discountAmount,
    tax_percent: percentOf(line.taxRate),
    net: line.netAmount,
    tax: line.taxAmount,
  }
}

export const Tax = z.object({ percent: z.number(), net: z.int(), tax: z.int() })

/** Of each rate, what it was taken of and what it came to. */
export function taxesShown(lines: Pick<InvoiceLine, 'taxRate' | 'netAmount' | 'taxAmount'>[]) {
  const taxed = lines.map(({ taxRate, netAmount: net, taxAmount: tax }) => ({ taxRate, net, tax }))
  return taxesOf(taxed).map(({ rate, net, tax }) => ({ percent: percentOf(rate), net, tax }))
}

export const CreditNoteShown = z.object({
  id: Id('creditnote'),
  invoice_id: Id('invoice'),
  number: z.string(),
  status: z.enum(['issued', 'void']),
  reason: z.string(),
  currency: z.string(),
  net: z.int(),
  tax: z.int(),
  from_due: z.int().describe('Taken off what was due.'),
  refund: z.int(),
  credit: z.int(),
  out_of_band: z.int(),
  version: z.int(),
  created_at: Instant(),
})

export function creditNoteOf(note: CreditNote, currency: string): z.output<typeof CreditNoteShown> {
  return {
    id: note.id,
    invoice_id: note.invoiceId,
    number: note.numberText,
    status: note.status,
    reason: note.reason,
    currency,
    net: note.netAmount,
    tax: note.taxAmount,
    from_due: note.dueAmount,
    refund: note.refundAmount,
    credit: note.creditAmount,
    out_of_band: note.outOfBandAmount,
    version: note.version,
    created_at: note.createdAt,
  }
}

export const Reminder = z.object({
  day: z.int(),
  at: Instant(),
  state: z.enum(['waiting', 'drafted', 'skipped']),
  message_id: Id('message').nullable(),
  reason: z.string().nullable(),
})

export function reminderOf({ messageId, ...reminder }: ReminderView): z.output<typeof Reminder> {
  return { ...reminder, message_id: messageId }
}

const seriesKinds = ['invoice', 'credit_note'] as const

export const SeriesFields = z.strictObject({
  kind: z.enum(seriesKinds),
  key: Key().default('main'),
  prefix: z.string().regex(/^[A-Za-z0-9/._-]{1,20}$/, 'Expected letters, digits, and / . _ -'),
  first_number: z.int().min(1).max(1_000_000_000).default(1),
})

export const Entity = z.object({
  id: Id('entity'),
  key: z.string(),
  name: z.string(),
  address: z.string().nullable(),
  tax_ids: z.array(z.string()),
  footer: z.string().nullable(),
  series: z.array(
    z.object({
      kind: z.enum(seriesKinds),
      key: z.string(),
      prefix: z.string(),
      next_number: z.int(),
      used: z.boolean(),
    }),
  ),
  version: z.int(),
})
export const entityShown = (view: EntityView): z.output<typeof Entity> => view

export type AskedLine = NewLine

/** What the examples need first. */
export const givenCustomer = {
  customer: { tool: 'create_customer', input: { name: 'Ana Ruiz', email: 'ana@example.com' } },
}

const lines = [
  { description: 'Physiotherapy', unit_price: { amount: 6050, currency: 'EUR' }, tax_percent: 21 },
]

export const givenDraft = {
  ...givenCustomer,
  draft: { tool: 'create_invoice', input: { customer_id: '$customer.id', lines } },
}

export const givenOpen = {
  ...givenDraft,
  invoice: { tool: 'finalize_invoice', input: { invoice_id: '$draft.id' } },
}
