/** A provider's webhook over HTTP: early, five times, out of order, after a void, forged: one posting, or a clear refusal. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, fresh } from '../../../test/support/caller.ts'
import { until } from '../../../test/support/jobs.ts'
import { signIn } from '../../../test/support/person.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { startStripe } from '../../../test/support/stripe.ts'
import { idText, uuidOf } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'

const stripe = await startStripe({ after })
stripe.deaf = true // Only its webhooks say what became of a charge, however long a test takes.
const server = await startServer({ after }, { ...unlimited, stripe: stripe.account })
const owner = await server.signUp()
const agent = { url: server.url, key: owner.key }
const person = await signIn(server, owner.email)
const ana = await made(agent, 'create_customer', { name: 'Ana Ruiz' })

type Signed = ReturnType<typeof stripe.sign>

/** As Stripe posts it. */
async function post({ raw, signature }: Partial<Signed>, workspace = owner.workspaceId): Promise<Body> {
  const answer = await fetch(`${server.url}/webhooks/stripe/${workspace}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(signature && { 'stripe-signature': signature }) },
    body: new Uint8Array(raw ?? Buffer.alloc(0)),
  })
  return { status: answer.status, body: await answer.json() }
}

/** Open, of 50. */
async function invoiced(): Promise<string> {
  const lines = [{ description: 'Session', unit_price: { amount: 5_000, currency: 'EUR' } }]
  const { id: invoice_id } = await made(agent, 'create_invoice', { customer_id: ana.id, lines })
  return (await made(agent, 'finalize_invoice', { invoice_id })).id
}

/** A charge that Stripe has made and could not answer, so that its webhook is the first to say so. */
async function charged(invoice_id: string): Promise<{ paymentId: string; intent: Body }> {
  const id = newId()
  await server.house.database.owner.query(
    `INSERT INTO payment_methods (workspace_id, id, customer_id, provider, provider_ref, mandate_at, created_at)
     VALUES ($1, $2, $3, 'stripe', $4, now(), now())`,
    [uuidOf(owner.workspaceId), id, uuidOf(ana.id), `pm_${id}`],
  )
  const before = stripe.intents.length
  stripe.conducts = ['takes and cuts off']
  const asked = await callTool(agent, 'charge_saved_method', {
    invoice_id,
    method_id: idText('method', id),
    idempotency_key: fresh(),
  })
  const decided = await person.decide(asked.body.approval.id, 'approve')
  const paymentId = decided.body.answer.data.id
  await until(() => stripe.intents.length > before)
  return { paymentId, intent: stripe.intents.at(-1) }
}

const paymentOf = (payment_id: string) => done(agent, 'get_payment', { payment_id })
const invoiceOf = (invoice_id: string) => done(agent, 'get_invoice', { invoice_id })
/** How often money was posted to it. */
async function postingsTo(invoice_id: string): Promise<number> {
  const postings = await done(agent, 'list_ledger_entries', { invoice_id })
  return postings.filter(({ source }: Body) => source === 'payment').length
}

test('forged, or outside the tolerance in time, it is refused and changes nothing', async () => {
  const { paymentId, intent } = await charged(await invoiced())
  const told = stripe.sign('payment_intent.succeeded', intent)
  const wrong: Partial<Signed>[] = [
    { raw: told.raw },
    { ...told, signature: 'not one' },
    { ...told, raw: Buffer.concat([told.raw, Buffer.from(' ')]) },
    stripe.sign('payment_intent.succeeded', intent, { secret: 'whsec_of_another' }),
    stripe.sign('payment_intent.succeeded', intent, { ageSeconds: 301 }),
    {},
  ]
  for (const signed of wrong) {
    const { status, body } = await post(signed)
    assert.deepEqual([status, body.code], [400, 'invalid_input'])
  }
  assert.equal((await paymentOf(paymentId)).state, 'processing')
  for (const workspace of [idText('workspace', newId()), 'nobody'])
    assert.equal((await post(told, workspace)).status, 404)
  assert.equal((await post(stripe.sign('payment_intent.succeeded', intent, { ageSeconds: 290 }))).status, 200)
  assert.equal((await paymentOf(paymentId)).state, 'succeeded')
})

test('early, five times and out of order: one posting', async () => {
  const invoice_id = await invoiced()
  const { paymentId, intent } = await charged(invoice_id)
  const succeeded = stripe.sign('payment_intent.succeeded', intent)
  const all = await Promise.all([1, 2, 3, 4, 5].map(() => post(succeeded)))
  assert.deepEqual(
    all.map(({ status }) => status),
    [200, 200, 200, 200, 200],
  )
  for (const [type, status] of [
    ['payment_intent.processing', 'processing'],
    ['payment_intent.payment_failed', 'requires_payment_method'],
    ['payment_intent.succeeded', 'succeeded'],
  ] as const)
    assert.equal((await post(stripe.sign(type, { ...intent, status }))).status, 200)
  assert.equal((await paymentOf(paymentId)).state, 'succeeded')
  assert.equal((await invoiceOf(invoice_id)).due, 0)
  assert.equal(await postingsTo(invoice_id), 1)
})

test('after a void: the money is customer credit, and somebody is told', async () => {
  const invoice_id = await invoiced()
  const { paymentId, intent } = await charged(invoice_id)
  const asked = await callTool(agent, 'void_invoice', { invoice_id, idempotency_key: 'void' })
  const confirm = { invoice_id, idempotency_key: 'void', confirm_token: asked.body.confirm_token }
  await done(agent, 'void_invoice', confirm)
  assert.equal((await post(stripe.sign('payment_intent.succeeded', intent))).status, 200)
  const alerted = await done(agent, 'list_payments', { needs_attention: true })
  assert.deepEqual(
    alerted.map(({ id, alert, state }: Body) => [id, alert, state]),
    [[paymentId, 'debt_gone', 'succeeded']],
  )
  const balances = await done(agent, 'get_ledger_balances', { customer_id: ana.id })
  assert.equal(balances.find(({ account }: Body) => account === 'customer_credit').balance, 5_000)
})
