/**
 * What stands on an invoice or a credit note, in words and in order, whatever shows it: the customer's page and the PDF
 * say the same because they are told the same.
 */

import type { Temporal } from 'temporal-polyfill'
import { moneyText } from '../money/text.ts'
import { taxesOf } from '../money/totals.ts'
import { percentOf } from './compose.ts'
import type { InvoiceDocument, NoteLine } from './document.ts'
import { english, type PaperWords } from './paper-words.ts'
import type { CreditNote, CustomerSnapshot, Invoice, InvoiceLine, IssuerSnapshot } from './tables.ts'

export interface Paper {
  kind: 'invoice' | 'credit_note'
  number: string | null
  /** Across the whole of it: this is no invoice, or none any more. */
  mark: 'draft' | 'void' | null
  standing: Standing
  issuer: IssuerSnapshot
  customer: CustomerSnapshot
  facts: Row[]
  /** What the amounts of lines are. */
  amountHead: string
  lines: PaperLine[]
  totals: Row[]
  /** What has come, gone and is to come. */
  flows: Flow[]
  memo: string | null
  /** When it was finalised; a draft, when it was changed. */
  madeAt: Temporal.Instant
  /** In which all this is written, and whatever stands around it. */
  words: PaperWords
}

export interface Flow {
  kind: 'plan' | 'payments' | 'refunds' | 'credit_notes' | 'settled'
  title: string
  rows: Row[]
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

export function invoicePaper(document: InvoiceDocument, words: PaperWords = english): Paper {
  const { invoice, issuer, customer, lines } = document
  const writer = writerOf(invoice, words)
  const { money } = writer
  const inclusive = invoice.taxMode === 'inclusive'
  return {
    kind: 'invoice',
    number: invoice.numberText,
    mark: invoice.status === 'draft' || invoice.status === 'void' ? invoice.status : null,
    standing: standingOf(document, writer),
    issuer,
    customer,
    facts: [
      row(words.invoiceNumber, invoice.numberText ?? words.numberToCome),
      ...(invoice.finalizedAt ? [row(words.issued, writer.on(invoice.finalizedAt))] : []),
      ...(invoice.dueDate ? [row(words.due, writer.day(invoice.dueDate))] : []),
    ],
    amountHead: inclusive ? words.amountWithTax : words.amountWithoutTax,
    lines: lines.map(line => ({
      description: line.description,
      note: line.discountAmount > 0 ? words.discount(money(line.discountAmount)) : null,
      quantity: String(line.quantity),
      unitPrice: money(line.unitAmount),
      tax: writer.percent(line.taxRate),
      amount: money(inclusive ? line.netAmount + line.taxAmount : line.netAmount),
    })),
    totals: [...taxRows(invoice, lines, writer), ...dueRows(document, writer)],
    flows: flowsOf(document, writer),
    memo: invoice.memo,
    madeAt: invoice.finalizedAt ?? invoice.updatedAt,
    words,
  }
}

export function creditNotePaper(
  document: InvoiceDocument,
  note: CreditNote,
  lines: NoteLine[],
  words: PaperWords = english,
): Paper {
  const { invoice, issuer, customer } = document
  const writer = writerOf(invoice, words)
  const { money } = writer
  const total = note.netAmount + note.taxAmount
  return {
    kind: 'credit_note',
    number: note.numberText,
    mark: note.status === 'void' ? 'void' : null,
    standing:
      note.status === 'void'
        ? { tone: 'off', text: words.noteVoid }
        : { tone: 'settled', text: words.takenBack(money(total), invoice.numberText!) },
    issuer,
    customer,
    facts: [
      row(words.noteNumber, note.numberText),
      row(words.forInvoice, invoice.numberText!),
      row(words.issued, writer.on(note.createdAt)),
      row(words.reason, note.reason),
    ],
    amountHead: words.amountWithTax,
    lines: lines.map(({ description, taxRate, netAmount, taxAmount }) => ({
      description,
      note: null,
      quantity: '',
      unitPrice: '',
      tax: writer.percent(taxRate),
      amount: money(netAmount + taxAmount),
    })),
    totals: taxRows({ netAmount: note.netAmount, totalAmount: total }, lines, writer),
    flows: [{ kind: 'settled', title: words.settled, rows: settledRows(note, writer) }],
    memo: null,
    madeAt: note.createdAt,
    words,
  }
}

/** How amounts, days and rates are written on it. */
interface Writer {
  words: PaperWords
  money(amount: number): string
  day(date: Temporal.PlainDate): string
  /** The day of an instant, where the invoice is issued. */
  on(at: Temporal.Instant): string
  percent(rate: number): string
}

function writerOf({ currency, timeZone }: Pick<Invoice, 'currency' | 'timeZone'>, words: PaperWords): Writer {
  const days = new Intl.DateTimeFormat(words.locale, { dateStyle: 'long', timeZone: 'UTC' })
  const day = (date: Temporal.PlainDate) => days.format(Date.parse(`${date}T12:00:00Z`))
  return {
    words,
    money: amount => moneyText({ amount, currency }, words.locale),
    day,
    on: at => day(at.toZonedDateTimeISO(timeZone).toPlainDate()),
    percent: rate => words.percent(percentOf(rate)),
  }
}

/** Of each rate what it was taken of, so that a reader can check it. */
function taxRows(
  { netAmount, totalAmount }: Pick<Invoice, 'netAmount' | 'totalAmount'>,
  lines: Pick<InvoiceLine, 'taxRate' | 'netAmount' | 'taxAmount'>[],
  { words, money, percent }: Writer,
): Row[] {
  const taxes = taxesOf(lines.map(({ taxRate, netAmount: net, taxAmount: tax }) => ({ taxRate, net, tax })))
  return [
    row(words.net, money(netAmount)),
    ...taxes.map(({ rate, net, tax }) => row(words.taxOf(percent(rate), money(net)), money(tax))),
    { ...row(words.total, money(totalAmount)), strong: true },
  ]
}

/** From the total to what is due; nothing where that is the same or there is nothing to pay yet. */
function dueRows({ invoice, notes }: InvoiceDocument, { words, money }: Writer): Row[] {
  const { status, sums } = invoice
  if (status === 'draft' || status === 'void') return []
  const credited = issued(notes).reduce((sum, { dueAmount }) => sum + dueAmount, 0)
  return [
    ...(sums.paid > 0 ? [row(words.paid, money(-sums.paid))] : []),
    ...(credited > 0 ? [row(words.credited, money(-credited))] : []),
    { ...row(words.due, money(sums.due)), strong: true },
  ]
}

function flowsOf(
  { instalments, payments, refunds, notes }: InvoiceDocument,
  { words, money, day, on }: Writer,
): Flow[] {
  const rows: Record<Exclude<Flow['kind'], 'settled'>, Row[]> = {
    plan: instalments.length > 1 ? instalments.map(part => row(day(part.dueDate), money(part.amount))) : [],
    payments: payments.map(({ tender, at, appliedAmount, creditedAmount }) =>
      row(
        words.tenderOn(words.tenders[tender] ?? words.otherTender, on(at)),
        // What was more than was due is the customer's, and is said.
        creditedAmount > 0
          ? words.partlyCredit(money(appliedAmount), money(creditedAmount))
          : money(appliedAmount),
      ),
    ),
    refunds: refunds.map(({ at, amount }) => row(on(at), money(amount))),
    credit_notes: notes.map(note =>
      row(
        words.noteOn(note.numberText, on(note.createdAt), note.status === 'void'),
        money(note.netAmount + note.taxAmount),
      ),
    ),
  }
  const kinds = ['plan', 'payments', 'refunds', 'credit_notes'] as const
  return kinds
    .filter(kind => rows[kind].length > 0)
    .map(kind => ({ kind, title: words.flows[kind], rows: rows[kind] }))
}

function settledRows(note: CreditNote, { words, money }: Writer): Row[] {
  const ways: [string, number][] = [
    [words.takenOff, note.dueAmount],
    [words.toBeRefunded, note.refundAmount],
    [words.keptAsCredit, note.creditAmount],
    [words.givenBackOtherwise, note.outOfBandAmount],
  ]
  return ways.filter(([, amount]) => amount > 0).map(([label, amount]) => row(label, money(amount)))
}

/** That a business has given an invoice up is its own affair: to the customer it is due. */
function standingOf({ invoice }: InvoiceDocument, writer: Writer): Standing {
  const { status, sums, paymentState, overdue, dueDate } = invoice
  const { words, money, day } = writer
  if (status === 'draft') return { tone: 'off', text: words.isDraft }
  if (status === 'void') return { tone: 'off', text: words.isVoid }
  if (sums.due === 0) return { tone: 'settled', text: settledText(invoice, writer) }
  if (paymentState === 'pending') return { tone: 'due', text: words.underWay }
  if (overdue > 0) return { tone: 'late', text: words.overdue(money(overdue)) }
  const by = status === 'open' && dueDate ? day(dueDate) : null
  return { tone: 'due', text: words.isDue(money(sums.due), by) }
}

function settledText({ sums, paymentState }: InvoiceDocument['invoice'], { words, money }: Writer): string {
  if (paymentState === 'refunded') return words.refunded
  if (paymentState === 'partially_refunded') return words.partlyRefunded(money(sums.refunded))
  return sums.paid > 0 ? words.isPaid : words.nothingToPay
}

function issued(notes: CreditNote[]): CreditNote[] {
  return notes.filter(({ status }) => status === 'issued')
}

function row(label: string, value: string): Row {
  return { label, value }
}
