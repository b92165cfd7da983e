/** The page of an invoice, as its customer sees it. Names and descriptions are text from outside. */

import type { Paper, PaperLine, Row } from '../../domain/invoices/paper.ts'
import { moneyText } from '../../domain/money/text.ts'
import type { InvoiceVisit } from '../../domain/payments/invoice-page.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'

interface At {
  token: string
}

export function invoicePage(visit: InvoiceVisit & At, problem?: string): string {
  const { paper, business } = visit
  const { number, mark, standing } = paper
  const content = html`${problem && html`<p class="notice danger" role="alert">${problem}</p>`}
<p class="standing ${standing.tone}">${standing.text}</p>
${actions(visit)}
<div class="sheet">
${parties(paper)}
${linesTable(paper)}
<dl class="totals">${paper.totals.map(total)}</dl>
${paper.memo && html`<p class="memo" dir="auto">${outside(paper.memo)}</p>`}
</div>
${paper.flows.map(({ title, rows }) => flow(title, rows, title === 'Credit notes' ? visit : null))}
${paper.issuer.footer && html`<p class="memo quiet" dir="auto">${outside(paper.issuer.footer)}</p>`}`
  const title = number ? `Invoice ${number}` : 'Invoice'
  return customerPage(mark === 'Draft' ? 'Draft of an invoice' : title, content, outside(business))
}

function actions({ token, toPay }: InvoiceVisit & At): Html {
  return html`<div class="actions">${
    toPay &&
    html`<form method="post" action="/i/${token}/pay"><input type="hidden" name="link" value="${token}"><button class="primary">Pay ${moneyText(toPay)}</button></form>`
  }<a class="button" href="/i/${token}/pdf" download>Download the PDF</a></div>`
}

function parties({ issuer, customer, facts }: Paper): Html {
  return html`<div class="parties">
<section><h2>From</h2><p><strong>${outside(issuer.name)}</strong></p>
${issuer.address && html`<p class="lines">${outside(issuer.address)}</p>`}
${issuer.tax_ids.map(id => html`<p>Tax id ${outside(id)}</p>`)}</section>
<section><h2>For</h2><p><strong>${outside(customer.name)}</strong></p>
${customer.email && html`<p>${outside(customer.email)}</p>`}${customer.phone && html`<p>${outside(customer.phone)}</p>`}</section>
</div>
<dl class="facts">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${outside(value)}</dd></div>`)}</dl>`
}

function linesTable({ lines, amountHead }: Paper): Html {
  return html`<table class="lines-table"><thead><tr><th scope="col">Description</th><th scope="col">${amountHead}</th></tr></thead>
<tbody>${lines.map(lineRow)}</tbody></table>`
}

function lineRow({ description, note, quantity, unitPrice, tax, amount }: PaperLine): Html {
  return html`<tr><td>${outside(description)}<span class="quiet">${quantity} × ${unitPrice}, tax ${tax}</span>${note && html`<span class="quiet">${note}</span>`}</td><td>${amount}</td></tr>
`
}

function total({ label, value, strong }: Row): Html {
  return html`<div${strong && html` class="strong"`}><dt>${label}</dt><dd>${value}</dd></div>
`
}

/** @param visit of credit notes, each with its own PDF */
function flow(title: string, rows: Row[], visit: (InvoiceVisit & At) | null): Html {
  const link = (at: number) => {
    const note = visit?.notes[at]
    return (
      note &&
      html` <a href="/i/${visit!.token}/credit-notes/${note.id}/pdf" download aria-label="PDF of credit note ${note.number}">PDF</a>`
    )
  }
  return html`<section class="flow"><h2>${title}</h2>
<dl class="facts">${rows.map(({ label, value }, at) => html`<div><dt>${outside(label)}</dt><dd>${value}${link(at)}</dd></div>`)}</dl></section>`
}

export function missingPage(): string {
  return customerPage(
    'This link does not open',
    html`<p class="lede">It may have ended, or it is not whole. If it came in a message, see that all of it is there; the business that sent it can send you another.</p>`,
  )
}

export function problemPage(text: string): string {
  return customerPage('That did not work', html`<p class="notice danger" role="alert">${text}</p>`)
}

function customerPage(title: string, content: Html, brand?: Html): string {
  const above = html`<link rel="stylesheet" href="/invoice.css">`
  return page(title, content, { brand: brand ?? html`Invoice`, nav: html``, above })
}
