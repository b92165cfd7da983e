/** An invoice on its way to its customer: nothing goes out unread, and what goes is what was read. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { until } from './support/jobs.ts'
import { openPost, type Post } from './support/messages.ts'
import { readPdf } from './support/pdf.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after })

test('it waits for a person, who sees the message as the customer will and can look at the PDF; then it goes once', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  const asked = { invoice_id: invoice.id, idempotency_key: fresh() }
  const { body } = await callTool(post, 'send_invoice', asked)
  assert.equal(body.status, 'needs_approval')
  assert.deepEqual(await sent(post), [], 'nothing yet')
  const { preview } = await done(post, 'get_approval', { approval_id: body.approval.id })
  assert.equal(preview.subject, `Invoice ${invoice.number} from Studio Norte (sandbox)`)
  assert.match(preview.text, /To pay: €121\.00\nDue: Monday, January 21, 2030/)
  assert.ok(preview.text.includes(invoice.url))
  assert.match(preview.to, /^ana\d+@example\.com$/)
  const [file] = preview.attachments
  assert.match(file.name, /^invoice-.*\.pdf$/)
  const pdf = await fetch(file.url)
  assert.ok((await readPdf(new Uint8Array(await pdf.arrayBuffer())))[0]!.includes(invoice.number))

  const { cookie } = post.person
  const page = await (
    await fetch(`${server.url}/console/approvals/${body.approval.id}`, { headers: { cookie } })
  ).text()
  assert.ok(page.includes(`Attached: <a href="${file.url}">`), 'the card shows what goes with it')

  const decided = await post.person.decide(body.approval.id, 'approve')
  assert.equal(decided.body.state, 'executed')
  await until(async () => (await sent(post)).length === 1)
  const again = await callTool(post, 'send_invoice', asked)
  assert.equal(again.body.status, 'done')
  const [delivery, ...others] = await sent(post)
  assert.deepEqual(others, [])
  assert.deepEqual([delivery.subject, delivery.body], [preview.subject, preview.text])
  assert.deepEqual(delivery.attachments, [file.name])
  const [{ content }] = await post.rows(
    'SELECT content FROM message_attachments WHERE workspace_id = $1 AND message_id IS NOT NULL',
  )
  assert.ok((await readPdf(content))[0]!.includes(invoice.number))
})

test('where the invoice has changed since, the yes is stale, and nothing goes out', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  const { body } = await send(post, invoice.id)
  await made(post, 'record_manual_payment', {
    invoice_id: invoice.id,
    amount: { amount: 100, currency: 'EUR' },
    tender: 'cash',
  })
  const decided = await post.person.decide(body.approval.id, 'approve')
  assert.equal(decided.body.error.code, 'approval_stale', JSON.stringify(decided.body))
  assert.deepEqual(await sent(post), [])
})

test('a reviewer may change the words; the asker’s link stays the customer’s to follow', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  const { body } = await send(post, invoice.id)
  const text = `Dear Ana, here it is: ${invoice.url}`
  const decided = await post.person.decide(body.approval.id, 'approve', { edits: { text } })
  assert.equal(decided.body.state, 'executed')
  await until(async () => (await sent(post)).length === 1)
  assert.equal((await sent(post))[0].body, text)
})

test('a draft and a void one are refused, with what to do instead', async () => {
  const post = await openPost(server)
  const draft = await drafted(post)
  const early = await send(post, draft.id)
  assert.deepEqual([early.body.code, early.body.next_tools], ['invalid_transition', ['finalize_invoice']])
  const invoice = await opened(post)
  const asked = { invoice_id: invoice.id, idempotency_key: fresh() }
  const { confirm_token } = (await callTool(post, 'void_invoice', asked)).body
  await done(post, 'void_invoice', { ...asked, confirm_token })
  const late = await send(post, invoice.id)
  assert.deepEqual([late.body.code, late.body.details.status], ['invalid_transition', 'void'])
})

test('a paid one goes out as a receipt, which asks for nothing', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  await made(post, 'record_manual_payment', {
    invoice_id: invoice.id,
    amount: { amount: 12_100, currency: 'EUR' },
    tender: 'cash',
  })
  const { data } = (await send(post, invoice.id)).body
  assert.match(data.subject, /^Your receipt/)
  assert.doesNotMatch(data.text, /To pay|Due/)
})

test('who has said no, or whose address is dead, is not written to; without an email it is an SMS with the link alone', async () => {
  const post = await openPost(server)
  const ana = await post.customer()
  const invoice = await opened(post, ana)
  await made(post, 'record_customer_consent', {
    customer_id: ana,
    channel: 'email',
    purpose: 'transactional',
    state: 'withdrawn',
    source: 'phone call',
  })
  const refusal = await send(post, invoice.id, { channel: 'email' })
  assert.equal(refusal.body.code, 'consent_missing')
  const other = await post.customer({ email: 'dead@example.com' })
  await done(post, 'add_suppression', { channel: 'email', address: 'dead@example.com', scope: 'all' })
  assert.equal(
    (await send(post, (await opened(post, other)).id, { channel: 'email' })).body.code,
    'suppressed',
  )

  const bea = await post.customer({ name: 'Bea', email: undefined })
  const byText = await opened(post, bea)
  const { data } = (await send(post, byText.id)).body
  assert.deepEqual([data.channel, data.subject, data.attachments], ['sms', null, []])
  assert.ok(data.text.includes(byText.url))
})

test('voided after it was let through and before it left, it does not go out', async () => {
  const post = await openPost(server)
  await post.settings({ quiet_hours: null })
  const invoice = await opened(post)
  const { body } = await send(post, invoice.id)
  await post.person.decide(body.approval.id, 'approve')
  await until(async () => (await sent(post)).length === 1)
  // The same again, held back where a provider is slow: its row waits while the invoice is taken back.
  const { rows } = post
  await rows(
    `UPDATE deliveries SET state = 'queued', sent_at = NULL, due_at = '2030-01-08T09:00Z' WHERE workspace_id = $1`,
  )
  const asked = { invoice_id: invoice.id, idempotency_key: fresh() }
  const { confirm_token } = (await callTool(post, 'void_invoice', asked)).body
  await done(post, 'void_invoice', { ...asked, confirm_token })
  await done(post, 'set_sandbox_clock', { to: '2030-01-08T10:00:00Z' })
  const [delivery] = await rows('SELECT state, reason FROM deliveries WHERE workspace_id = $1')
  assert.deepEqual(delivery, { state: 'failed', reason: 'invoice_void' })
})

test('a policy that lets the house’s words through lets them through as they are, at that version, and no others', async () => {
  const post = await openPost(server)
  const policy = await callTool(post, 'set_approval_policy', {
    rules: [{ tool: 'send_invoice', template: 'invoice@1', gate: 'allow' }],
  })
  await post.person.decide(policy.body.approval.id, 'approve')
  const invoice = await opened(post)
  assert.equal((await send(post, invoice.id)).body.status, 'done')
  assert.equal((await send(post, invoice.id, { text: 'Pay up.' })).body.status, 'needs_approval')
})

test('erased with its customer, what went with a message is gone too', async () => {
  const post = await openPost(server)
  const ana = await post.customer()
  const invoice = await opened(post, ana)
  const { body } = await send(post, invoice.id)
  await post.person.decide(body.approval.id, 'approve')
  await until(async () => (await sent(post)).length === 1)
  const count = async () =>
    (await post.rows('SELECT FROM message_attachments WHERE workspace_id = $1')).length
  assert.equal(await count(), 1)
  const { approval } = (
    await callTool(post, 'erase_customer', { customer_id: ana, force: true, idempotency_key: fresh() })
  ).body
  assert.equal((await post.person.decide(approval.id, 'approve')).body.state, 'executed')
  assert.equal(await count(), 0)
})

async function drafted(post: Post, customer_id?: string): Promise<Body> {
  return made(post, 'create_invoice', {
    customer_id: customer_id ?? (await post.customer()),
    lines: [{ description: 'Massage', unit_price: { amount: 12_100, currency: 'EUR' }, tax_percent: 21 }],
  })
}

async function opened(post: Post, customer?: string): Promise<Body> {
  const { id } = await drafted(post, customer)
  await made(post, 'finalize_invoice', { invoice_id: id })
  return done(post, 'get_invoice', { invoice_id: id })
}

function send(post: Post, invoice_id: string, more: Record<string, unknown> = {}) {
  return post.call('send_invoice', { invoice_id, ...more })
}

async function sent(post: Post): Promise<Body[]> {
  return (await done(post, 'list_sandbox_deliveries')).filter(({ state }: Body) => state === 'sent')
}
