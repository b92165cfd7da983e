/** The page of an invoice, as its customer sees it. Names and descriptions are text from outside. */

import type { Flow, Paper, PaperLine, Row } from '../../domain/invoices/paper.ts'
import type { InvoiceVisit } from '../../domain/payments/invoice-page.ts'
import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { page } from '../pages/page.ts'
import { inParts, PIECE, packed } from '../pages/parts.ts'
import { say } from '../texts/index.ts'

interface At {
  token: string
  /** Of a long one, which part. */
  part?: string
  /** Of many payments, which part. */
  flows?: string
}

export function invoicePage(visit: InvoiceVisit & At, problem?: string): string {
  const { paper, business, token, part, flows } = visit
  const { number, mark, standing } = paper
  const content = html`${problem && html`<p class="notice danger" role="alert">${problem}</p>`}
<p class="standing ${standing.tone}">${standing.text}</p>
${actions(visit)}
<div class="sheet">
${parties(paper)}
${inParts(lineTables(paper), part, `/i/${token}`)}
<dl class="totals">${paper.totals.map(total)}</dl>
${paper.memo && html`<p class="memo" dir="auto">${outside(paper.memo)}</p>`}
</div>
${inParts(
  paper.flows.flatMap(one => flow(one, one.kind === 'credit_notes' ? visit : null)),
  flows,
  `/i/${token}`,
  { name: 'flows', most: 30_000 },
)}
${paper.issuer.footer && html`<p class="memo quiet" dir="auto">${outside(paper.issuer.footer)}</p>`}`
  const title = mark === 'draft' ? say.invoice.draft : say.invoice.one(number)
  return customerPage(title, content, outside(business))
}

function actions({ token, toPay }: InvoiceVisit & At): Html {
  return html`<div class="actions">${
    toPay &&
    html`<form method="post" action="/i/${token}/pay"><input type="hidden" name="link" value="${token}"><button class="primary">${say.invoice.pay(moneyText(toPay))}</button></form>`
  }<a class="button" href="/i/${token}/pdf" download>${say.invoice.download}</a></div>`
}

function parties({ issuer, customer, facts, words }: Paper): Html {
  return html`<div class="parties">
<section><h2>${words.from}</h2><p><strong>${outside(issuer.name)}</strong></p>
${issuer.address && html`<p class="lines">${outside(issuer.address)}</p>`}
${issuer.tax_ids.map(id => html`<p>${outside(words.taxId(id))}</p>`)}</section>
<section><h2>${words.for}</h2><p><strong>${outside(customer.name)}</strong></p>
${customer.email && html`<p>${outside(customer.email)}</p>`}${customer.phone && html`<p>${outside(customer.phone)}</p>`}</section>
</div>
<dl class="facts">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${outside(value)}</dd></div>`)}</dl>`
}

function lineTables({ lines, amountHead, words }: Paper): Html[] {
  return packed(lines.map(lineRow)).map(
    rows => html`<table class="lines-table"><thead><tr><th scope="col">${words.description}</th><th scope="col">${amountHead}</th></tr></thead>
<tbody>${rows}</tbody></table>`,
  )
}

function lineRow({ description, note, quantity, unitPrice, tax, amount }: PaperLine): Html {
  return html`<tr><td>${outside(description)}<span class="quiet">${say.invoice.quantity(quantity, unitPrice, tax)}</span>${note && html`<span class="quiet">${note}</span>`}</td><td>${amount}</td></tr>
`
}

function total({ label, value, strong }: Row): Html {
  return html`<div${strong && html` class="strong"`}><dt>${label}</dt><dd>${value}</dd></div>
`
}

/** @param visit of credit notes, each with its own PDF */
function flow({ title, rows }: Flow, visit: (InvoiceVisit & At) | null): Html[] {
  const link = (at: number) => {
    const note = visit?.notes[at]
    return (
      note &&
      html` <a href="/i/${visit!.token}/credit-notes/${note.id}/pdf" download aria-label="${say.invoice.pdfOfNote(note.number)}">${say.invoice.pdf}</a>`
    )
  }
  const lines = rows.map(
    ({ label, value }, at) => html`<div><dt>${outside(label)}</dt><dd>${value}${link(at)}</dd></div>`,
  )
  return packed(lines, PIECE / 2).map(
    some => html`<section class="flow"><h2>${title}</h2>
<dl class="facts">${some}</dl></section>`,
  )
}

export function missingPage(): string {
  return customerPage(say.links.missing.title, html`<p class="lede">${say.links.missing.more}</p>`)
}

export function problemPage(text: string): string {
  return customerPage(say.links.problem, html`<p class="notice danger" role="alert">${text}</p>`)
}

function customerPage(title: string, content: Html, brand?: Html): string {
  const above = html`<link rel="stylesheet" href="/invoice.css">`
  return page(title, content, { brand: brand ?? html`${say.site.name}`, nav: html``, above })
}
