/** Invoices and credit notes as customers get them: the PDF read back, and the page, against what the tool answers. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { updateCustomer } from '../src/domain/customers/update.ts'
import { createCreditNote, voidCreditNote } from '../src/domain/invoices/credit-notes.ts'
import { noteLinesOf, readDocument } from '../src/domain/invoices/document.ts'
import { createDraft } from '../src/domain/invoices/draft.ts'
import { voidInvoice } from '../src/domain/invoices/endings.ts'
import { upsertEntity } from '../src/domain/invoices/entities.ts'
import { finalizeInvoice } from '../src/domain/invoices/finalize.ts'
import { creditNotePaper, invoicePaper } from '../src/domain/invoices/paper.ts'
import { fileNameOf, pdfOf } from '../src/domain/invoices/pdf.ts'
import { moneyText } from '../src/domain/money/text.ts'
import { roundings, taxModes } from '../src/domain/money/totals.ts'
import getInvoice from '../tools/invoices/get-invoice.ts'
import { type Books, eur, line, openBooks } from './support/money.ts'
import { flat, readPdf } from './support/pdf.ts'

type Context = Parameters<Parameters<Books['at']>[0]>[0]

/** What the tool says, the paper, and the pages of its PDF; all at one moment. */
async function printed(books: Books, invoice_id: string, currency = 'EUR') {
  return books.at(async context => {
    const there = {
      ...context,
      publicUrl: 'https://desk.example',
      workspace: { ...context.workspace, currency },
    }
    const told = (await getInvoice.run(there, { invoice_id })) as Exclude<
      Awaited<ReturnType<typeof getInvoice.run>>,
      { rows: unknown }
    >
    const paper = invoicePaper(await readDocument(there, invoice_id))
    const bytes = await pdfOf(paper)
    return { told, paper, bytes, pages: await readPdf(bytes) }
  })
}

for (const currency of ['JPY', 'EUR', 'KWD']) {
  for (const tax_mode of taxModes) {
    test(`the PDF says every line, tax and total as get_invoice does: ${currency}, tax ${tax_mode}`, async t => {
      const books = await openBooks(t)
      const price = (amount: number) => ({ amount, currency })
      const lines = Array.from({ length: 45 }, (_, n) => ({
        description: `Session ${n + 1}: Zoë, Ωmega, Иванова`,
        quantity: 1 + (n % 4),
        unit_price: price(1_000_003 + 7919 * n),
        tax_percent: [21, 10, 0][n % 3],
        ...(n % 5 === 0 && { discount: { percent: 12.5 } }),
      }))
      for (const rounding of roundings) {
        const { id } = await books.at(async context => {
          const there = { ...context, workspace: { ...context.workspace, currency } }
          const asked = { customer_id: books.ana, lines, tax_mode, rounding, discount: { percent: 3 } }
          return finalizeInvoice(there, (await createDraft(there, asked)).id)
        })
        const { told, pages } = await printed(books, id, currency)
        const money = (amount: number) => flat(moneyText({ amount, currency }))
        const text = pages.join(' ')
        for (const { description, quantity, unit_price, tax_percent, net, tax } of told.lines) {
          const amount = tax_mode === 'inclusive' ? net + tax : net
          const row = `${quantity} ${money(unit_price)} ${tax_percent}% ${money(amount)}`
          assert.ok(text.includes(description), description)
          assert.ok(text.includes(row), `${description}: ${row}`)
        }
        assert.ok(text.includes(`Net ${money(told.net)}`), 'net')
        for (const { percent, net, tax } of told.taxes)
          assert.ok(text.includes(`Tax, ${percent}% of ${money(net)} ${money(tax)}`), `tax ${percent}`)
        assert.ok(text.includes(`Total ${money(told.total)}`), 'total')
        assert.ok(text.includes(`Due ${money(told.due)}`), 'due')
        assert.ok(pages.length >= 2)
      }
    })
  }
}

test('an invoice names who issues it with its tax ids, and the customer as frozen when it was finalised', async t => {
  const books = await openBooks(t)
  await books.at(context =>
    upsertEntity(context, {
      key: 'default',
      name: 'Studio Nörd GmbH',
      address: 'Straße 1\n10115 Berlin',
      tax_ids: ['DE123456789', 'ESB12345678'],
      footer: 'IBAN DE89 3704 0044 0532 0130 00',
      series: [{ kind: 'invoice', key: 'main', prefix: 'SN-2030/', first_number: 7 }],
    }),
  )
  const { id } = await books.open({ memo: 'Thank you\nfor coming.' })
  const { name } = (await books.view(id)).customerSnapshot!
  await books.at(context => updateCustomer(context, books.ana, { version: 1, name: 'Somebody Else' }))
  await books.at(context => upsertEntity(context, { key: 'default', name: 'Another GmbH' }))
  const { told, paper, pages } = await printed(books, id)
  const text = pages.join(' ')
  for (const said of [
    told.number!,
    'Studio Nörd GmbH',
    'Straße 1 10115 Berlin',
    'Tax id DE123456789',
    'Tax id ESB12345678',
    'IBAN DE89 3704 0044 0532 0130 00',
    'Thank you for coming.',
    name,
  ])
    assert.ok(text.includes(said), said)
  assert.ok(!/Somebody|Another/.test(text))
  assert.equal(fileNameOf(paper), `invoice-${told.number!.toLowerCase().replaceAll('/', '-')}.pdf`)
  assert.match(pages[0]!, /Page 1 of 1$/)
})

test('every page of many lines begins with the head of the table; a total is never alone on a page', async t => {
  const books = await openBooks(t)
  const lines = (count: number) =>
    Array.from({ length: count }, (_, n) => line(1_000, { description: `Line number ${n + 1}.` }))
  let broken = 0
  for (let count = 12; count <= 40; count += 1) {
    const draft = await books.draft({ lines: lines(count) })
    const { pages, bytes } = await printed(books, draft.id)
    const text = pages.join(' ')
    for (let n = 1; n <= count; n++) assert.ok(text.includes(`Line number ${n}.`), `${count}: line ${n}`)
    const last = pages.find(page => page.includes('Total '))!
    assert.ok(last.includes(`Line number ${count}.`), `${count}: the total is without a line`)
    assert.ok(last.includes('Net '), `${count}: the total is without its sum`)
    for (const page of pages.filter(page => page.includes('Line number')))
      assert.match(page, /Description Qty Unit price Tax Amount/, `${count}: a page without its head`)
    if (pages.length > 1) broken++
    assert.ok(bytes.includes('/FontFile2'), 'the font is inside')
  }
  assert.ok(broken > 10)
})

test('a draft says on each page that it is one, has no number and owes nothing; a void one says so too', async t => {
  const books = await openBooks(t)
  const draft = await books.draft({ lines: Array.from({ length: 40 }, () => line(1_000)) })
  const asDraft = await printed(books, draft.id)
  assert.ok(asDraft.pages.length > 1)
  for (const page of asDraft.pages) assert.match(page, /DRAFT/)
  assert.match(asDraft.pages[0]!, /Invoice \(draft\).*not an invoice yet/)
  assert.ok(!asDraft.pages.join(' ').includes('Due '))
  const { id } = await books.open()
  assert.ok(!/DRAFT|VOID/.test((await printed(books, id)).pages.join(' ')))
  await books.at(context => voidInvoice(context, id))
  const [page] = (await printed(books, id)).pages
  assert.match(page!, /VOID.*Nothing is to be paid/)
})

test('payments, refunds and credit notes stand on the invoice; a credit note is a PDF of its own', async t => {
  const books = await openBooks(t)
  const { id } = await books.open({
    lines: [line(12_100), line(6_050, { description: 'Extra' })],
    tax_mode: 'inclusive',
  })
  await books.pay(id, 12_100)
  const note = await books.at(context =>
    createCreditNote(context, {
      invoice_id: id,
      amount: eur(9_075),
      refund: eur(1_000),
      credit: eur(2_025),
      reason: 'Came late',
    }),
  )
  const { told, pages, paper } = await printed(books, id)
  const text = pages.join(' ')
  assert.match(text, /Total €181\.50 Paid -€121\.00 Credited -€60\.50 Due €0\.00/)
  assert.match(text, /Payments Cash, 7 January 2030 €121\.00/)
  assert.ok(text.includes(`Credit notes ${note.numberText}, 7 January 2030 €90.75`))
  assert.equal(told.due, 0)
  assert.equal(paper.standing.tone, 'settled')

  const paperOf = (context: Context) =>
    Promise.all([readDocument(context, id), noteLinesOf(context, note.id)]).then(([document, lines]) =>
      creditNotePaper(document, document.notes[0]!, lines),
    )
  const [creditNote] = await readPdf(await pdfOf(await books.at(paperOf)))
  for (const said of [
    'Credit note',
    note.numberText,
    told.number!,
    'Came late',
    `Net €${(note.netAmount / 100).toFixed(2)}`,
    'Total €90.75',
    'Taken off what was due €60.50',
    'To be refunded €10.00',
    'Kept as credit €20.25',
  ])
    assert.ok(creditNote!.includes(said), said)
  const pieces = [...creditNote!.matchAll(/21% €(\d+\.\d\d)/g)].map(([, amount]) => Number(amount))
  assert.equal(
    pieces.slice(0, 2).reduce((sum, amount) => sum + Math.round(amount! * 100), 0),
    9_075,
    'its lines sum to it',
  )
  const other = await books.open()
  const small = await books.at(context =>
    createCreditNote(context, { invoice_id: other.id, amount: eur(500), reason: 'Slip' }),
  )
  await books.at(context => voidCreditNote(context, small.id))
  assert.ok(
    (await printed(books, other.id)).pages.join(' ').includes(`${small.numberText}, 7 January 2030 (void)`),
  )
  assert.match((await printed(books, other.id)).pages.join(' '), /Due €121\.00/)
})

test('the same paper makes the same bytes: a mail that is tried again is the same mail', async t => {
  const books = await openBooks(t)
  const { id } = await books.open()
  const [one, other] = [await printed(books, id), await printed(books, id)]
  assert.ok(one.bytes.equals(other.bytes))
})

test('text that hides or turns around what is read is left out, and a long word is broken, not lost', async t => {
  const books = await openBooks(t)
  const description = `Pay \u202eecivres\u202c ${'N'.repeat(200)}`
  const { id } = await books.open({ lines: [line(12_100, { description })] })
  const text = (await printed(books, id)).pages.join(' ')
  assert.ok(text.includes('Pay ecivres'))
  assert.ok(text.replaceAll(' ', '').includes('N'.repeat(200)))
})
