/** `/console/invoices`: what was asked for and what is still due; of one invoice, what for and how it was paid. */

import type { FastifyInstance } from 'fastify'
import type { Host } from '../host.ts'
import { type Html, html } from '../pages/html.ts'
import { moneyText, timeFormat } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { inParts, panels } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { empty, pager, type Query, queryOf } from './kit.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { fact, label, type Reading, words } from './words.ts'

/** As `list_invoices` answers it; amounts in minor units. */
interface InvoiceRow {
  id: string
  status: keyof typeof say.invoices.statuses
  number: string | null
  customer_id: string
  currency: string
  net: number
  total: number
  due: number
  payment_state: string
  overdue: boolean
  due_date: string | null
  finalized_at: string | null
}

interface Flow {
  tender?: string
  amount: number
  at: string
}

/** As `get_invoice` does. */
interface Invoice extends InvoiceRow {
  url: string
  source_id: string | null
  memo: string | null
  lines: { description: string; quantity: number; unit_price: number; net: number }[]
  taxes: { percent: number; tax: number }[]
  instalments: { amount: number; due_date: string }[]
  payments: Flow[]
  refunds: Flow[]
  credit_notes: { id: string; number: string; net: number; tax: number }[]
}

const HOME = '/console/invoices'
type Path = { Params: { id: string } }

export function registerInvoices(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const query = queryOf(request)
    const chosen = choices.find(({ name }) => name === query.show)
    const asked = { ...chosen?.filter, limit: 30, cursor: query.cursor }
    const page = await visit.list<InvoiceRow>('list_invoices', asked)
    const reading = readingOf(visit, { names: await visit.names(page.rows) })
    const rows = html`<ul class="rows">${page.rows.map(row => invoiceRow(row, reading))}</ul>`
    const content = html`${filter(chosen?.name)}
${page.rows.length > 0 ? html`<section class="panel">${rows}</section>` : empty(chosen ? say.invoices.noneSo : say.invoices.none)}
${pager(HOME, chosen ? { show: chosen.name } : {}, page.next)}`
    return sendPage(reply, consolePage(visit, say.sections.invoices, content))
  })

  app.get<Path>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const invoice = await visit.read<Invoice>('get_invoice', { invoice_id: request.params.id })
    return sendPage(reply, await invoicePage(visit, invoice, queryOf(request)))
  })
}

interface Choice {
  name: string
  word: string
  filter: Record<string, unknown>
}

const choices: Choice[] = [
  { name: 'overdue', word: say.invoices.overdueOnly, filter: { overdue: true } },
  ...Object.entries(say.invoices.statuses).map(([status, { word }]) => ({
    name: status,
    word,
    filter: { status },
  })),
]

function filter(chosen: string | undefined): Html {
  const current = (name?: string) => name === chosen && html` aria-current="true"`
  return html`<nav class="chips" aria-label="${say.invoices.filter}">
<a href="${HOME}"${current()}>${say.invoices.all}</a>
${choices.map(
  ({ name, word }) => html`<a href="${HOME}?show=${name}"${current(name)}>${word}</a>
`,
)}</nav>`
}

function invoiceRow(row: InvoiceRow, reading: Reading): Html {
  const { id, currency, total, due, customer_id, due_date, payment_state } = row
  const customer = reading.names?.get(customer_id)
  return html`<li class="row">
<p class="row-title"><a href="${HOME}/${id}">${titleOf(row)}</a>${customer && html` · ${outside(customer.name)}`}</p>
<span class="amount">${moneyText({ amount: total, currency })}</span>
<p class="row-more">${badgeOf(row)}${due > 0 && due < total && html` ${say.invoices.stillDue(moneyText({ amount: due, currency }))}`}${due > 0 && due_date && html` · ${say.invoices.dueByDay(dateText(due_date))}`}${due === 0 && html` ${say.invoices.payments[payment_state]}`}</p>
</li>
`
}

function titleOf({ number }: Pick<InvoiceRow, 'number'>): string {
  return number ? say.invoices.one(number) : say.invoices.draft
}

function badgeOf({ status, overdue }: InvoiceRow): Html {
  const { word, look } = overdue ? say.invoices.overdue : say.invoices.statuses[status]
  return html`<span class="badge ${look}">${word}</span>`
}

async function invoicePage(visit: Visit, invoice: Invoice, query: Query): Promise<string> {
  const reading = readingOf(visit, { names: await visit.names(invoice) })
  const { customer_id, currency, due, due_date, finalized_at, memo, source_id, status, url } = invoice
  const money = (amount: number) => moneyText({ amount, currency })
  const customer = reading.names?.get(customer_id)
  const content = html`<dl class="facts">
${fact(say.invoices.customer, html`<a href="/console/customers/${customer_id}">${outside(customer?.name ?? customer_id)}</a>`)}
${source_id && fact(say.invoices.about, words(source_id, reading))}
${status === 'open' && fact(say.invoices.due, html`<strong class="amount">${money(due)}</strong>`)}
${due_date && fact(say.invoices.dueBy, html`${dateText(due_date)}`)}
${finalized_at && fact(say.invoices.issued, words(finalized_at, reading))}
${memo && fact(say.invoices.memo, html`<span class="words">${outside(memo)}</span>`)}
</dl>
${status !== 'draft' && html`<p class="actions"><a class="button" href="${url}">${say.invoices.asCustomer}</a></p>`}
${inParts(piecesOf(invoice, money, reading), query.part, `${HOME}/${invoice.id}`)}`
  const above = html`<p class="trail"><a href="${HOME}">${say.sections.invoices}</a></p>${badgeOf(invoice)}`
  return consolePage(visit, titleOf(invoice), content, { above })
}

type MoneyText = (amount: number) => string

function piecesOf(invoice: Invoice, money: MoneyText, reading: Reading): Html[] {
  const { payments, refunds } = invoice
  return [
    html`<h2>${say.invoices.lines}</h2>
`,
    ...linePanels(invoice, money),
    html`<section class="panel">${sumsOf(invoice, money)}</section>
`,
    ...dated(invoice, money),
    html`<h2>${say.invoices.paid}</h2>
${payments.length === 0 && html`<p class="quiet">${say.invoices.notPaid}</p>`}`,
    ...flows(payments, money, reading),
    html`${refunds.length > 0 && html`<h2>${say.invoices.refunds}</h2>`}`,
    ...flows(refunds, money, reading),
    ...notesOf(invoice, money),
  ]
}

function linePanels({ lines }: Invoice, money: MoneyText): Html[] {
  const rows = lines.map(
    ({
      description,
      quantity,
      unit_price,
      net,
    }) => html`<li class="row"><p class="row-title">${outside(description)}</p>
<span class="amount">${money(net)}</span><p class="row-more">${quantity} × ${money(unit_price)}</p></li>
`,
  )
  return panels(rows)
}

function sumsOf({ taxes, net, total }: Invoice, money: MoneyText): Html {
  const sum = (
    name: string,
    amount: number,
  ) => html`<div><dt>${name}</dt><dd class="amount">${money(amount)}</dd></div>
`
  return html`<dl class="facts sums">${sum(say.invoices.net, net)}${taxes.map(({ percent, tax }) => sum(say.invoices.tax(percent), tax))}${sum(say.invoices.total, total)}</dl>`
}

function dated({ instalments }: Invoice, money: MoneyText): Html[] {
  if (instalments.length < 2) return []
  const rows = instalments.map(
    ({
      amount,
      due_date,
    }) => html`<li class="row"><p class="row-title">${dateText(due_date)}</p><span class="amount">${money(amount)}</span></li>
`,
  )
  return [html`<h2>${say.invoices.instalments}</h2>`, ...panels(rows)]
}

function flows(rows: Flow[], money: MoneyText, reading: Reading): Html[] {
  return panels(
    rows.map(
      ({
        tender,
        amount,
        at,
      }) => html`<li class="row"><p class="row-title">${tender === undefined ? words(at, reading) : (say.invoices.tenders[tender] ?? label(tender))}</p>
<span class="amount">${money(amount)}</span>${tender !== undefined && html`<p class="row-more">${words(at, reading)}</p>`}</li>
`,
    ),
  )
}

function notesOf({ credit_notes }: Invoice, money: MoneyText): Html[] {
  if (credit_notes.length === 0) return []
  const rows = credit_notes.map(
    ({
      number,
      net,
      tax,
    }) => html`<li class="row"><p class="row-title">${number}</p><span class="amount">${money(-(net + tax))}</span></li>
`,
  )
  return [html`<h2>${say.invoices.notes}</h2>`, ...panels(rows)]
}

/** A day has no zone. */
function dateText(date: string): string {
  return say.times.tidied(dayOf.format(new Date(`${date}T00:00:00Z`)))
}

const dayOf = timeFormat('UTC', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
