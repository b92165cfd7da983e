/** The English words of invoices and credit notes, on their page and in their PDF. Another language is another object of this shape. */

type Kind = 'invoice' | 'credit_note'
type Mark = 'draft' | 'void'

const titles = { invoice: 'Invoice', credit_note: 'Credit note' }
const marks = { draft: 'Draft', void: 'Void' }

export const english = {
  locale: 'en-GB',
  titles,
  marks,
  named: (kind: Kind, number: string | null) => `${titles[kind]} ${number ?? '(draft)'}`,
  marked: (kind: Kind, mark: Mark) => `${titles[kind]} (${marks[mark].toLowerCase()})`,
  foot: (issuer: string, kind: Kind, number: string | null) =>
    `${issuer}, ${titles[kind].toLowerCase()} ${number ?? 'draft'}`,
  page: (page: number, count: number) => `Page ${page} of ${count}`,

  from: 'From',
  for: 'For',
  taxId: (id: string) => `Tax id ${id}`,
  invoiceNumber: 'Invoice number',
  numberToCome: 'Given when it is finalised',
  noteNumber: 'Credit note number',
  forInvoice: 'For invoice',
  issued: 'Issued',
  due: 'Due',
  reason: 'Reason',

  description: 'Description',
  quantity: 'Qty',
  unitPrice: 'Unit price',
  tax: 'Tax',
  amountWithTax: 'Amount with tax',
  amountWithoutTax: 'Amount without tax',
  discount: (amount: string) => `With a discount of ${amount}`,
  /** `21`, `5.5` */
  percent: (rate: number) => `${rate}%`,
  net: 'Net',
  taxOf: (rate: string, net: string) => `Tax, ${rate} of ${net}`,
  total: 'Total',
  paid: 'Paid',
  credited: 'Credited',

  flows: {
    plan: 'Payment plan',
    payments: 'Payments',
    refunds: 'Refunds',
    credit_notes: 'Credit notes',
  },
  tenderOn: (tender: string, day: string) => `${tender}, ${day}`,
  tenders: {
    card: 'Card',
    cash: 'Cash',
    bank_transfer: 'Bank transfer',
    gift_card: 'Gift card',
    points: 'Points',
    customer_credit: 'Credit',
    deposit: 'Deposit',
  } as Record<string, string>,
  otherTender: 'Other',
  partlyCredit: (applied: string, credited: string) => `${applied}, and ${credited} kept as credit`,
  noteOn: (number: string, day: string, isVoid: boolean) => `${number}, ${day}${isVoid ? ' (void)' : ''}`,
  settled: 'What becomes of it',
  takenOff: 'Taken off what was due',
  toBeRefunded: 'To be refunded',
  keptAsCredit: 'Kept as credit',
  givenBackOtherwise: 'Given back otherwise',

  isDraft: 'This is a draft, and not an invoice yet.',
  isVoid: 'This invoice is void. Nothing is to be paid.',
  underWay: 'A payment is under way.',
  overdue: (amount: string) => `${amount} is overdue.`,
  isDue: (amount: string, by: string | null) => `${amount} is due${by === null ? '' : ` by ${by}`}.`,
  refunded: 'What was paid has been refunded.',
  partlyRefunded: (amount: string) => `Paid. ${amount} was refunded.`,
  isPaid: 'This invoice is paid. Thank you.',
  nothingToPay: 'Nothing is to be paid.',
  noteVoid: 'This credit note is void.',
  takenBack: (amount: string, invoice: string) => `${amount} of invoice ${invoice} is taken back.`,
}

export type PaperWords = typeof english
