/** Lists of invoices by what is derived of them; and what a preview says of a number that nobody has yet. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { newId } from '../src/database/columns.ts'
import { createCreditNote } from '../src/domain/invoices/credit-notes.ts'
import { markUncollectible, voidInvoice } from '../src/domain/invoices/endings.ts'
import { applyPayment } from '../src/domain/invoices/pay.ts'
import { planPayments } from '../src/domain/invoices/plan.ts'
import { listInvoices } from '../src/domain/invoices/read.ts'
import { postRefund } from '../src/domain/invoices/refund.ts'
import { paymentStates } from '../src/domain/invoices/states.ts'
import { callTool, done, fresh } from './support/caller.ts'
import { MONDAY } from './support/entitlements.ts'
import { openPost } from './support/messages.ts'
import { eur, openBooks } from './support/money.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { openTill } from './support/till.ts'

const server = await startServer({ after })

test('a list by state of payment or overdue has exactly those that each invoice says it is, on whatever day it is asked', async t => {
  const till = await openTill(t)
  const open = () => till.open({ due_days: 7 })
  const pay = async (amount: number, allowCredit = false) => {
    const invoice = await open()
    const reference = newId()
    await till.at(context =>
      applyPayment(context, {
        invoiceId: invoice.id,
        amount,
        tender: { kind: 'cash', reference },
        allowCredit,
      }),
    )
    return { ...invoice, reference }
  }
  const giveBack = async ({ id, reference }: { id: string; reference: string }, amount: number) =>
    till.at(context =>
      postRefund(context, {
        refundId: newId(),
        reference,
        invoiceId: id,
        amount,
        to: { kind: 'cash', provider: 'cash' },
      }),
    )
  await till.draft()
  await open()
  await pay(100)
  await pay(12_100)
  await pay(13_000, true)
  await giveBack(await pay(12_100), 50)
  await giveBack(await pay(12_100), 12_100)
  const charged = await open()
  await till.charge(charged.id, (await till.card()).id) // Nobody has asked the provider yet.
  const voided = await open()
  await till.at(context => voidInvoice(context, voided.id))
  const lost = await open()
  await till.at(context => markUncollectible(context, lost.id))
  const credited = await open()
  await till.at(context =>
    createCreditNote(context, { invoice_id: credited.id, amount: eur(12_100), reason: 'Slip' }),
  )
  const planned = await pay(2_100)
  const day = Temporal.PlainDate.from('2030-01-10')
  await till.at(context =>
    planPayments(context, planned.id, [
      { amount: eur(5_000), due_date: day },
      { due_date: day.add({ months: 1 }) },
    ]),
  )
  const seen = new Set<string>()
  for (const days of [0, 3, 4, 8, 40]) {
    const now = MONDAY.add({ hours: 24 * days })
    const list = (filter: Partial<Parameters<typeof listInvoices>[1]>) =>
      till.at(async context => (await listInvoices(context, { limit: 100, ...filter })).rows, now)
    const all = await list({})
    assert.equal(all.length, 12)
    const ids = (rows: typeof all) => rows.map(({ id }) => id)
    for (const paymentState of paymentStates) {
      const expected = all.filter(view => view.paymentState === paymentState)
      assert.deepEqual(ids(await list({ paymentState })), ids(expected), paymentState)
      if (expected.length > 0) seen.add(paymentState)
    }
    for (const overdue of [true, false]) {
      const expected = all.filter(view => view.overdue > 0 === overdue)
      assert.deepEqual(ids(await list({ overdue })), ids(expected), `day ${days}, overdue ${overdue}`)
      if (expected.length > 0) seen.add(`overdue ${overdue}`)
    }
  }
  assert.equal(seen.size, paymentStates.length + 2, 'each was there')
})

test('what is overdue is found however many others lie before it', async t => {
  const books = await openBooks(t)
  const late = await books.open({ due_days: 0 })
  await books.database.owner.query(
    `INSERT INTO invoices (workspace_id, id, status, customer_id, legal_entity_id, series_id, currency, tax_mode, rounding,
       net_amount, tax_amount, total_amount, due_days, time_zone, created_at, updated_at)
     SELECT workspace_id, overlay(gen_random_uuid()::text PLACING 'ffffffff' FROM 1 FOR 8)::uuid, 'draft', customer_id,
       legal_entity_id, series_id, currency, tax_mode, rounding, 0, 0, 0, 0, time_zone, created_at, updated_at
     FROM invoices, generate_series(1, 500)`,
  )
  const page = await books.at(
    context => listInvoices(context, { overdue: true, limit: 1 }),
    MONDAY.add({ hours: 48 }),
  )
  assert.deepEqual(
    page.rows.map(({ id }) => id),
    [late.id],
  )
  assert.equal(page.nextCursor, undefined)
})

test('a preview gives no number: it is given when the call takes effect, and says so', async () => {
  const post = await openPost(server)
  const draft = await made(post, 'create_invoice', {
    customer_id: await post.customer(),
    lines: [{ description: 'Massage', unit_price: eur(12_100) }],
  })
  const asked = { invoice_id: draft.id, idempotency_key: fresh() }
  const { body } = await callTool(post, 'finalize_invoice', { ...asked, dry_run: true })
  assert.deepEqual([body.status, body.data.status, body.data.number], ['dry_run', 'open', null])
  assert.match(body.warnings.at(-1), /the number is given when it is done/)
  assert.match((await done(post, 'finalize_invoice', asked)).number, /0001$/, 'the preview took none')
  const note = await post.call('create_credit_note', { invoice_id: draft.id, reason: 'Slip' })
  assert.equal(note.body.data.number, null)
  const decided = await post.person.decide(note.body.approval.id, 'approve')
  assert.match(decided.body.answer.data.number, /0001$/)
})
