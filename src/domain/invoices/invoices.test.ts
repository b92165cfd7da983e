import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at as instant } from '../../../test/support/entitlements.ts'
import { eur, line, openBooks } from '../../../test/support/money.ts'
import { newId } from '../../database/columns.ts'
import { createCreditNote, voidCreditNote } from './credit-notes.ts'
import { createDraft, deleteDraft, updateDraft } from './draft.ts'
import { markUncollectible, voidInvoice } from './endings.ts'
import { upsertEntity } from './entities.ts'
import { finalizeInvoice } from './finalize.ts'
import { linesOf } from './read.ts'
import { postRefund, undoRefund } from './refund.ts'

test('a draft has no number, can be edited and deleted, and cannot be voided; the ledger knows nothing of it', async t => {
  const books = await openBooks(t)
  const draft = await books.draft()
  assert.deepEqual([draft.status, draft.number, draft.totalAmount], ['draft', null, 12_100])
  const changed = await books.at(context =>
    updateDraft(context, {
      invoice_id: draft.id,
      version: 1,
      lines: [line(1000), line(500)],
      memo: 'Thanks',
    }),
  )
  assert.deepEqual([changed.totalAmount, changed.version], [1500, 2])
  await assert.rejects(
    books.at(context => updateDraft(context, { invoice_id: draft.id, version: 1, memo: 'Old' })),
    { code: 'stale_version' },
  )
  await assert.rejects(
    books.at(context => voidInvoice(context, draft.id)),
    { code: 'invalid_transition' },
  )
  await books.at(context => deleteDraft(context, draft.id))
  await assert.rejects(books.view(draft.id), { code: 'not_found' })
  assert.deepEqual(await books.balances(), {})
})

test('finalising numbers it, freezes lines, customer and tax, and posts; asked again it changes nothing', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  assert.deepEqual([invoice.status, invoice.number, invoice.numberText], ['open', 1, 'INV-0001'])
  assert.deepEqual([invoice.netAmount, invoice.taxAmount], [10_000, 2100])
  assert.equal(invoice.customerSnapshot!.name, 'Ana Ruiz')
  assert.equal(invoice.dueDate!.toString(), '2030-01-21')
  assert.deepEqual(await books.balances(), { receivable: 12_100, revenue: 10_000, tax_payable: 2100 })
  const again = await books.at(context => finalizeInvoice(context, invoice.id))
  assert.equal(again.number, 1)
  for (const work of [
    () =>
      books.at(context =>
        updateDraft(context, { invoice_id: invoice.id, version: invoice.version, memo: 'x' }),
      ),
    () => books.at(context => deleteDraft(context, invoice.id)),
  ])
    await assert.rejects(work, { code: 'invalid_transition' })
  await books.verify()
})

test('void keeps its number, and the next one follows it', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  const voided = await books.at(context => voidInvoice(context, invoice.id))
  assert.deepEqual([voided.status, voided.number], ['void', 1])
  assert.equal((await books.open()).number, 2)
  await books.at(context => voidInvoice(context, invoice.id))
  assert.equal((await books.balances()).receivable, 12_100)
  await books.verify()
})

test('part-paid is not voided: has_payments; paid is not: a credit note is the way', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  await books.pay(invoice.id, 100)
  assert.equal((await books.view(invoice.id)).paymentState, 'partial')
  await assert.rejects(
    books.at(context => voidInvoice(context, invoice.id)),
    { code: 'has_payments' },
  )
  await books.pay(invoice.id, 12_000)
  const paid = await books.view(invoice.id)
  assert.deepEqual([paid.status, paid.paymentState, paid.sums.due], ['paid', 'paid', 0])
  await assert.rejects(
    books.at(context => voidInvoice(context, invoice.id)),
    { code: 'invalid_transition' },
  )
  await books.verify()
})

test('uncollectible is written off, and can still be paid, or voided', async t => {
  const books = await openBooks(t)
  const [one, other] = [await books.open(), await books.open()]
  for (const { id } of [one, other]) await books.at(context => markUncollectible(context, id))
  assert.deepEqual(await books.balances(), { revenue: 20_000, tax_payable: 4200, write_off: 24_200 })
  assert.equal((await books.view(one.id)).sums.due, 12_100)
  await books.pay(one.id, 2100)
  assert.equal((await books.view(one.id)).status, 'uncollectible')
  await books.pay(one.id, 10_000)
  assert.equal((await books.view(one.id)).status, 'paid')
  await books.at(context => voidInvoice(context, other.id))
  assert.deepEqual(await books.balances(), { cash: 12_100, revenue: 10_000, tax_payable: 2100 })
  await books.verify()
})

test('a payment never exceeds what is due, unless the excess is to be credit; told twice it is posted once', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  await assert.rejects(books.pay(invoice.id, 12_101), { code: 'amount_exceeds_due' })
  const tender = { kind: 'card', provider: 'stripe', reference: newId() } as const
  for (const _ of [1, 2, 3]) {
    const { applied, credited } = await books.pay(invoice.id, 12_500, { tender, allowCredit: true })
    assert.deepEqual([applied, credited], [12_100, 400])
  }
  assert.equal((await books.view(invoice.id)).paymentState, 'overpaid')
  assert.deepEqual(await books.balances(), {
    clearing: 12_500,
    customer_credit: 400,
    revenue: 10_000,
    tax_payable: 2100,
  })
  const next = await books.open()
  const credit = () => ({ kind: 'customer_credit', reference: newId() }) as const
  await assert.rejects(books.pay(next.id, 401, { tender: credit() }), { code: 'amount_exceeds_due' })
  await books.pay(next.id, 400, { tender: credit() })
  assert.equal((await books.view(next.id)).sums.due, 11_700)
  await books.verify()
})

test('money for a void invoice becomes the customer’s credit', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  await books.at(context => voidInvoice(context, invoice.id))
  await assert.rejects(books.pay(invoice.id, 500), { code: 'invalid_transition' })
  await books.pay(invoice.id, 500, { allowCredit: true })
  assert.deepEqual(await books.balances(), { cash: 500, customer_credit: 500 })
  await books.verify()
})

test('a credit note takes off what is due first; the paid part is allocated exactly', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  await books.pay(invoice.id, 10_000)
  const note = (more: object) =>
    books.at(context =>
      createCreditNote(context, { invoice_id: invoice.id, amount: eur(5000), reason: 'Too much', ...more }),
    )
  await assert.rejects(note({}), { code: 'invalid_input' })
  await assert.rejects(note({ credit: eur(2899) }), { code: 'invalid_input' })
  await assert.rejects(note({ credit: eur(2901) }), { code: 'invalid_input' })
  const issued = await note({ credit: eur(900), refund: eur(1000), out_of_band: eur(1000) })
  assert.deepEqual([issued.numberText, issued.dueAmount], ['CN-0001', 2100])
  assert.equal((await books.view(invoice.id)).status, 'paid')
  await assert.rejects(note({ amount: eur(7101), credit: eur(7101) }), { code: 'exceeds_creditable' })
  assert.equal((await note({ amount: eur(7100), credit: eur(7100) })).number, 2)
  await assert.rejects(note({ amount: undefined }), { code: 'exceeds_creditable' })
  assert.deepEqual(await books.balances(), { cash: 9000, customer_credit: 8000, refunds_due: 1000 })
  await books.verify()
})

test('a credit note can be voided, which restores what was due, unless it was refunded or its credit is spent', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  const credit = (more: object) =>
    books.at(context => createCreditNote(context, { invoice_id: invoice.id, reason: 'Discount', ...more }))
  const first = await credit({})
  assert.equal((await books.view(invoice.id)).status, 'paid')
  for (const _ of [1, 2]) await books.at(context => voidCreditNote(context, first.id))
  const restored = await books.view(invoice.id)
  assert.deepEqual([restored.status, restored.sums.due], ['open', 12_100])
  const reference = newId()
  await books.pay(invoice.id, 12_100, { tender: { kind: 'cash', reference } })
  const second = await credit({ amount: eur(1000), refund: eur(1000) })
  await books.at(context =>
    postRefund(context, {
      refundId: newId(),
      reference,
      invoiceId: invoice.id,
      amount: 1000,
      to: { kind: 'cash', provider: 'cash' },
      creditNoteId: second.id,
    }),
  )
  await assert.rejects(
    books.at(context => voidCreditNote(context, second.id)),
    { code: 'invalid_transition' },
  )
  const third = await credit({ amount: eur(500), credit: eur(500) })
  const other = await books.open()
  await books.pay(other.id, 500, { tender: { kind: 'customer_credit', reference: newId() } })
  await assert.rejects(
    books.at(context => voidCreditNote(context, third.id)),
    { code: 'invalid_transition' },
  )
  await books.verify()
})

test('refunds and credit notes together never exceed the invoice; what fails is there again', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  const reference = newId()
  await books.pay(invoice.id, 12_100, { tender: { kind: 'cash', reference } })
  const to = { kind: 'cash', provider: 'cash' } as const
  const refund = (refundId: string, amount: number) =>
    books.at(context => postRefund(context, { refundId, reference, invoiceId: invoice.id, amount, to }))
  const id = newId()
  for (const _ of [1, 2]) await refund(id, 7000)
  await assert.rejects(refund(newId(), 5101), { code: 'exceeds_refundable' })
  const credit = (amount: number) =>
    books.at(context =>
      createCreditNote(context, {
        invoice_id: invoice.id,
        amount: eur(amount),
        credit: eur(amount),
        reason: 'Any',
      }),
    )
  await assert.rejects(credit(5101), { code: 'exceeds_creditable' })
  await credit(5100)
  await assert.rejects(refund(newId(), 1), { code: 'exceeds_refundable' })
  assert.equal((await books.view(invoice.id)).paymentState, 'partially_refunded')
  for (const _ of [1, 2]) await books.at(context => undoRefund(context, id))
  assert.equal((await books.view(invoice.id)).paymentState, 'paid')
  await refund(newId(), 7000)
  await assert.rejects(refund(newId(), 1), { code: 'exceeds_refundable' })
  assert.deepEqual(await books.balances(), { cash: 5100, customer_credit: 5100 })
  await books.verify()
})

test('a line is never credited beyond itself, whatever is left of the others', async t => {
  const books = await openBooks(t)
  const invoice = await books.open({ lines: [line(1_000), line(9_000)] })
  const [first] = await books.at(context => linesOf(context, invoice.id))
  const credit = (amount: number) =>
    books.at(context =>
      createCreditNote(context, {
        invoice_id: invoice.id,
        lines: [{ line_id: first!.id, amount: eur(amount) }],
        reason: 'Slip',
      }),
    )
  await assert.rejects(credit(1_001), { code: 'exceeds_creditable' })
  await credit(400)
  await assert.rejects(credit(601), { code: 'exceeds_creditable' })
  await credit(600)
  assert.equal((await books.view(invoice.id)).sums.due, 9_000)
  await books.verify()
})

test('refunding a line returns its net and tax to the cent, and all the refunds of a line sum to the line', async t => {
  const books = await openBooks(t)
  const invoice = await books.open({ lines: [line(1001, { tax_percent: 7 }), line(2999)] })
  const reference = newId()
  await books.pay(invoice.id, 4000, { tender: { kind: 'cash', reference } })
  const { rows } = await books.database.owner.query('SELECT id FROM invoice_lines ORDER BY position')
  for (const amount of [1, 333, 333, 334]) {
    await books.at(context =>
      postRefund(context, {
        refundId: newId(),
        reference,
        invoiceId: invoice.id,
        amount,
        to: { kind: 'cash', provider: 'cash' },
        lines: [{ line_id: rows[0].id, amount }],
      }),
    )
  }
  const sums = await books.database.owner.query(
    `SELECT sum(c.net_amount)::int = l.net_amount AS net, sum(c.tax_amount)::int = l.tax_amount AS tax
     FROM invoice_line_credits c JOIN invoice_lines l ON l.id = c.line_id GROUP BY l.workspace_id, l.id`,
  )
  assert.deepEqual(sums.rows, [{ net: true, tax: true }])
  await books.verify()
})

test('overdue and the state of a payment are derived: no column says so, and the day decides', async t => {
  const books = await openBooks(t)
  const invoice = await books.open()
  assert.equal((await books.view(invoice.id, instant('2030-01-21T22:59:00Z'))).overdue, 0)
  assert.equal(
    (await books.view(invoice.id, instant('2030-01-21T23:00:00Z'))).overdue,
    12_100,
    'midnight in Berlin',
  )
  const { rows } = await books.database.owner.query(
    `SELECT column_name FROM information_schema.columns WHERE table_name LIKE 'invoice%'
     AND column_name IN ('overdue', 'payment_state', 'due_amount', 'paid_amount', 'balance')`,
  )
  assert.deepEqual(rows, [])
})

test('a used series cannot be renumbered; another entity counts by itself', async t => {
  const books = await openBooks(t)
  await books.open()
  const series = (prefix: string, first_number = 1) => [
    { kind: 'invoice' as const, key: 'main', prefix, first_number },
  ]
  const upsert = (key: string, prefix: string, first?: number) =>
    books.at(context =>
      upsertEntity(context, { key, name: 'Studio Nord GmbH', series: series(prefix, first) }),
    )
  await assert.rejects(upsert('default', 'R-'), { code: 'invalid_transition' })
  await upsert('second', 'X-')
  await upsert('second', 'S-', 100)
  assert.equal((await books.open({ legal_entity: 'second' })).numberText, 'S-0100')
  assert.equal((await books.open()).numberText, 'INV-0002')
  await books.verify()
})

test('currencies are never mixed on one document', async t => {
  const books = await openBooks(t)
  const lines = [line(100), line(100, { unit_price: { amount: 100, currency: 'USD' } })]
  await assert.rejects(
    books.at(context => createDraft(context, { customer_id: books.ana, lines })),
    { code: 'currency_mismatch' },
  )
})
