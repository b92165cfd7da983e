/**
 * What stands on an invoice or a credit note, in words and in order, whatever shows it: the customer's page and the PDF
 * say the same because they are told the same.
 */

import type { Temporal } from 'temporal-polyfill'
import { moneyText } from '../money/text.ts'
import { taxesOf } from '../money/totals.ts'
import { percentOf } from './compose.ts'
import type { InvoiceDocument, NoteLine } from './document.ts'
import type { CreditNote, CustomerSnapshot, Invoice, InvoiceLine, IssuerSnapshot } from './tables.ts'

export interface Paper {
  title: 'Invoice' | 'Credit note'
  number: string | null
  /** Across the whole of it: this is no invoice, or none any more. */
  mark: 'Draft' | 'Void' | null
  standing: Standing
  issuer: IssuerSnapshot
  customer: CustomerSnapshot
  facts: Row[]
  /** What the amounts of lines are. */
  amountHead: string
  lines: PaperLine[]
  totals: Row[]
  /** What has come, gone and is to come. */
  flows: { title: string; rows: Row[] }[]
  memo: string | null
  /** When it was finalised; a draft, when it was changed. */
  madeAt: Temporal.Instant
}

export interface Row {
  label: string
  value: string
  strong?: boolean
}

export interface PaperLine {
  description: string
  /** A discount that is in the amount. */
  note: string | null
  quantity: string
  unitPrice: string
  tax: string
  amount: string
}

/** Where it stands, in a sentence for the customer. */
export interface Standing {
  tone: 'due' | 'late' | 'settled' | 'off'
  text: string
}

export function invoicePaper(document: InvoiceDocument): Paper {
  const { invoice, issuer, customer, lines } = document
  const money = moneyIn(invoice)
  const inclusive = invoice.taxMode === 'inclusive'
  return {
    title: 'Invoice',
    number: invoice.numberText,
    mark: invoice.status === 'draft' ? 'Draft' : invoice.status === 'void' ? 'Void' : null,
    standing: standingOf(document),
    issuer,
    customer,
    facts: [
      row('Invoice number', invoice.numberText ?? 'Given when it is finalised'),
      ...(invoice.finalizedAt ? [row('Issued', dayText(dayIn(invoice, invoice.finalizedAt)))] : []),
      ...(invoice.dueDate ? [row('Due', dayText(invoice.dueDate))] : []),
    ],
    amountHead: inclusive ? 'Amount with tax' : 'Amount without tax',
    lines: lines.map(line => ({
      description: line.description,
      note: line.discountAmount > 0 ? `With a discount of ${money(line.discountAmount)}` : null,
      quantity: String(line.quantity),
      unitPrice: money(line.unitAmount),
      tax: percentText(line.taxRate),
      amount: money(inclusive ? line.netAmount + line.taxAmount : line.netAmount),
    })),
    totals: [...taxRows(invoice, lines), ...dueRows(document)],
    flows: flowsOf(document),
    memo: invoice.memo,
    madeAt: invoice.finalizedAt ?? invoice.updatedAt,
  }
}

export function creditNotePaper(document: InvoiceDocument, note: CreditNote, lines: NoteLine[]): Paper {
  const { invoice, issuer, customer } = document
  const money = moneyIn(invoice)
  const total = note.netAmount + note.taxAmount
  return {
    title: 'Credit note',
    number: note.numberText,
    mark: note.status === 'void' ? 'Void' : null,
    standing:
      note.status === 'void'
        ? { tone: 'off', text: 'This credit note is void.' }
        : { tone: 'settled', text: `${money(total)} of invoice ${invoice.numberText} is taken back.` },
    issuer,
    customer,
    facts: [
      row('Credit note number', note.numberText),
      row('For invoice', invoice.numberText!),
      row('Issued', dayText(dayIn(invoice, note.createdAt))),
      row('Reason', note.reason),
    ],
    amountHead: 'Amount with tax',
    lines: lines.map(({ description, taxRate, netAmount, taxAmount }) => ({
      description,
      note: null,
      quantity: '',
      unitPrice: '',
      tax: percentText(taxRate),
      amount: money(netAmount + taxAmount),
    })),
    totals: taxRows({ ...invoice, netAmount: note.netAmount, totalAmount: total }, lines),
    flows: [{ title: 'What becomes of it', rows: settledRows(note, money) }],
    memo: null,
    madeAt: note.createdAt,
  }
}

type MoneyIn = (amount: number) => string

function moneyIn({ currency }: Pick<Invoice, 'currency'>): MoneyIn {
  return amount => moneyText({ amount, currency })
}

/** Of each rate what it was taken of, so that a reader can check it. */
function taxRows(
  { currency, netAmount, totalAmount }: Pick<Invoice, 'currency' | 'netAmount' | 'totalAmount'>,
  lines: Pick<InvoiceLine, 'taxRate' | 'netAmount' | 'taxAmount'>[],
): Row[] {
  const money = moneyIn({ currency })
  const taxes = taxesOf(lines.map(({ taxRate, netAmount: net, taxAmount: tax }) => ({ taxRate, net, tax })))
  return [
    row('Net', money(netAmount)),
    ...taxes.map(({ rate, net, tax }) => row(`Tax, ${percentText(rate)} of ${money(net)}`, money(tax))),
    { ...row('Total', money(totalAmount)), strong: true },
  ]
}

/** From the total to what is due; nothing where that is the same or there is nothing to pay yet. */
function dueRows({ invoice, notes }: InvoiceDocument): Row[] {
  const { status, sums } = invoice
  if (status === 'draft' || status === 'void') return []
  const money = moneyIn(invoice)
  const credited = issued(notes).reduce((sum, { dueAmount }) => sum + dueAmount, 0)
  return [
    ...(sums.paid > 0 ? [row('Paid', money(-sums.paid))] : []),
    ...(credited > 0 ? [row('Credited', money(-credited))] : []),
    { ...row('Due', money(sums.due)), strong: true },
  ]
}

function flowsOf({ invoice, instalments, payments, refunds, notes }: InvoiceDocument): Paper['flows'] {
  const money = moneyIn(invoice)
  const on = (at: Temporal.Instant) => dayText(dayIn(invoice, at))
  const flows = [
    {
      title: 'Payment plan',
      rows:
        instalments.length > 1 ? instalments.map(part => row(dayText(part.dueDate), money(part.amount))) : [],
    },
    {
      title: 'Payments',
      rows: payments.map(({ tender, at, appliedAmount, creditedAmount }) =>
        row(
          `${tenderWords[tender] ?? 'Other'}, ${on(at)}`,
          paymentText(money, appliedAmount, creditedAmount),
        ),
      ),
    },
    { title: 'Refunds', rows: refunds.map(({ at, amount }) => row(on(at), money(amount))) },
    {
      title: 'Credit notes',
      rows: notes.map(note =>
        row(
          `${note.numberText}, ${on(note.createdAt)}${note.status === 'void' ? ' (void)' : ''}`,
          money(note.netAmount + note.taxAmount),
        ),
      ),
    },
  ]
  return flows.filter(({ rows }) => rows.length > 0)
}

/** What was more than was due is the customer's, and is said. */
function paymentText(money: MoneyIn, applied: number, credited: number): string {
  return credited > 0 ? `${money(applied)}, and ${money(credited)} kept as credit` : money(applied)
}

const tenderWords: Record<string, string> = {
  card: 'Card',
  cash: 'Cash',
  bank_transfer: 'Bank transfer',
  gift_card: 'Gift card',
  points: 'Points',
  customer_credit: 'Credit',
  deposit: 'Deposit',
}

function settledRows(note: CreditNote, money: MoneyIn): Row[] {
  const ways: [string, number][] = [
    ['Taken off what was due', note.dueAmount],
    ['To be refunded', note.refundAmount],
    ['Kept as credit', note.creditAmount],
    ['Given back otherwise', note.outOfBandAmount],
  ]
  return ways.filter(([, amount]) => amount > 0).map(([label, amount]) => row(label, money(amount)))
}

/** That a business has given an invoice up is its own affair: to the customer it is due. */
function standingOf({ invoice }: InvoiceDocument): Standing {
  const { status, sums, paymentState, overdue, dueDate } = invoice
  const money = moneyIn(invoice)
  if (status === 'draft') return { tone: 'off', text: 'This is a draft, and not an invoice yet.' }
  if (status === 'void') return { tone: 'off', text: 'This invoice is void. Nothing is to be paid.' }
  if (sums.due === 0) return { tone: 'settled', text: settledText(invoice, money) }
  if (paymentState === 'pending') return { tone: 'due', text: 'A payment is under way.' }
  if (overdue > 0) return { tone: 'late', text: `${money(overdue)} is overdue.` }
  const by = status === 'open' && dueDate ? ` by ${dayText(dueDate)}` : ''
  return { tone: 'due', text: `${money(sums.due)} is due${by}.` }
}

function settledText({ sums, paymentState }: InvoiceDocument['invoice'], money: MoneyIn): string {
  if (paymentState === 'refunded') return 'What was paid has been refunded.'
  if (paymentState === 'partially_refunded') return `Paid. ${money(sums.refunded)} was refunded.`
  return sums.paid > 0 ? 'This invoice is paid. Thank you.' : 'Nothing is to be paid.'
}

function issued(notes: CreditNote[]): CreditNote[] {
  return notes.filter(({ status }) => status === 'issued')
}

function row(label: string, value: string): Row {
  return { label, value }
}

function percentText(rate: number): string {
  return `${percentOf(rate)}%`
}

function dayIn({ timeZone }: Pick<Invoice, 'timeZone'>, at: Temporal.Instant): Temporal.PlainDate {
  return at.toZonedDateTimeISO(timeZone).toPlainDate()
}

/** `7 January 2030` */
export function dayText(date: Temporal.PlainDate): string {
  return days.format(Date.parse(`${date}T12:00:00Z`))
}

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
