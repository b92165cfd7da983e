import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { newSandbox, type Sandbox } from '../../../test/support/example.ts'
import { until } from '../../../test/support/jobs.ts'
import { flat, readPdf } from '../../../test/support/pdf.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { linkToken } from '../../access/signed-link.ts'
import { idText, uuidOf } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'
import { INVOICE_PAGE } from '../../domain/invoices/link.ts'
import { PAYMENT_LINK } from '../../domain/payments/links.ts'

const server = await startServer({ after })
const owner = await server.signUp('Studio Norte')
const sandbox = await newSandbox(server, owner)

test('the page says what, for whom, what it comes to and where it stands, and is told to nobody else', async () => {
  const { url, id } = await opened({
    lines: [line({ description: 'Massage <b>' }), line({ discount: { percent: 10 } })],
  })
  const { answer, text } = await open(url)
  assert.equal(answer.status, 200)
  const told = await done(sandbox, 'get_invoice', { invoice_id: id })
  const euros = (amount: number) => `€${(amount / 100).toFixed(2)}`
  for (const said of [
    `Invoice ${told.number}`,
    'Massage &lt;b&gt;',
    'Ana Ruiz',
    euros(told.net),
    euros(told.tax),
    `${euros(told.due)} is due by`,
    `Pay ${euros(told.due)}`,
  ])
    assert.ok(text.includes(said), said)
  assert.match(text, /With a discount of €12\.10/)
  assert.match(text, /<header[\s\S]*Studio Norte[\s\S]*<\/header>/, 'it is the page of the business')
  assert.ok(!text.includes('Backdesk') && !text.includes('<script'))
  const header = (name: string) => answer.headers.get(name)
  assert.match(header('content-security-policy')!, /default-src 'none'/)
  assert.match(header('x-robots-tag')!, /noindex/)
  assert.equal(header('referrer-policy'), 'same-origin')
  assert.equal(header('cache-control'), 'no-store')
})

test('a link that was never ours, has ended, or leads nowhere any more gets one and the same answer', async () => {
  const { url, id } = await opened()
  const claims = { workspaceId: uuidOf(sandbox.workspaceId), subjectId: uuidOf(id) }
  const { secrets } = server.house
  const soon = Math.floor(Date.now() / 1000) + 60
  const token = (number: number, purpose = INVOICE_PAGE, more = {}) =>
    linkToken(secrets, purpose, { ...claims, number, ...more })
  assert.equal((await fetch(`${server.url}/i/${token(soon)}`)).status, 200)
  const draft = await drafted()
  const gone = await done(sandbox, 'get_invoice', { invoice_id: draft.id })
  await confirmed('delete_draft_invoice', { invoice_id: draft.id })
  const dead = {
    ended: token(soon - 61),
    forged: `${url.slice(url.lastIndexOf('/') + 1, -1)}${url.endsWith('A') ? 'B' : 'A'}`,
    'of another purpose': token(soon, PAYMENT_LINK),
    'of no invoice': token(soon, INVOICE_PAGE, { subjectId: newId() }),
    'of another workspace': token(soon, INVOICE_PAGE, { workspaceId: uuidOf(owner.workspaceId) }),
    nonsense: 'x',
    'of a deleted draft': gone.url.slice(gone.url.lastIndexOf('/') + 1),
  }
  const answers = new Set<string>()
  for (const [why, token] of Object.entries(dead)) {
    for (const path of ['', '/pdf']) {
      const { answer, text } = await open(`${server.url}/i/${token}${path}`)
      assert.equal(answer.status, 404, why)
      answers.add(text)
    }
  }
  assert.equal(answers.size, 1)
  assert.match([...answers][0]!, /can send you another/)
})

test('its PDF and those of its credit notes are files with the same numbers', async () => {
  const { url, id } = await opened()
  const note = await approved('create_credit_note', {
    invoice_id: id,
    amount: { amount: 2_100, currency: 'EUR' },
    reason: 'Too long a wait',
  })
  const { text } = await open(url)
  assert.ok(text.includes(`/credit-notes/${note.id}/pdf`))
  const invoice = await fetch(`${url}/pdf`)
  assert.equal(invoice.headers.get('content-type'), 'application/pdf')
  assert.match(
    invoice.headers.get('content-disposition')!,
    /^attachment; filename="invoice-[a-z0-9-]+\.pdf"$/,
  )
  assert.match(flat((await readPdf(await bytesOf(invoice))).join(' ')), /Credited -€21\.00 Due €100\.00/)
  const [credit] = await readPdf(await bytesOf(await fetch(`${url}/credit-notes/${note.id}/pdf`)))
  assert.match(credit!, /Credit note.*Too long a wait.*Total €21\.00/)
  const other = await opened()
  for (const wrong of [note.id, idText('creditnote', newId()), 'x'])
    assert.equal((await fetch(`${other.url}/credit-notes/${wrong}/pdf`)).status, 404, 'of its own alone')
})

test('the button leads to one page to pay on; while money is on its way it is gone, and then it is paid', async () => {
  const { url, id } = await opened()
  const [first, again] = [await press(url), await press(url)]
  assert.equal(first.status, 303)
  const pay = new URL(first.headers.get('location')!, server.url).href
  assert.match(pay, /\/pay\//)
  assert.equal(new URL(again.headers.get('location')!, server.url).href, pay, 'pressed twice, it is one link')
  assert.equal((await press(url, {})).status, 403, 'not from our own form')

  const sent = await fetch(pay, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.url },
    body: new URLSearchParams({ link: pay.slice(pay.lastIndexOf('/') + 1), card: 'success' }),
  })
  assert.equal(sent.status, 303)
  await until(async () => (await done(sandbox, 'get_invoice', { invoice_id: id })).status === 'paid')
  const { text } = await open(url)
  assert.match(text, /This invoice is paid\. Thank you\./)
  assert.ok(!text.includes('Pay €'))
  assert.match(text, /Card, /)
  const late = await press(url)
  assert.equal(late.status, 422)
  assert.match(await late.text(), /Nothing is left to pay here/)
})

test('what is no debt has no button: a draft, a void one; and a draft says what it is', async () => {
  const draft = await drafted()
  const { url } = await done(sandbox, 'get_invoice', { invoice_id: draft.id })
  const asDraft = await open(url)
  assert.match(asDraft.text, /Draft of an invoice[\s\S]*not an invoice yet/)
  const { id, url: voided } = await opened()
  await confirmed('void_invoice', { invoice_id: id })
  const asVoid = await open(voided)
  assert.match(asVoid.text, /This invoice is void/)
  for (const { text } of [asDraft, asVoid]) assert.ok(!text.includes('Pay €'))
})

test('who asks twice on a day is told the same address; a program that leafs is slowed down', async () => {
  const { url, id } = await opened()
  assert.equal((await done(sandbox, 'get_invoice', { invoice_id: id })).url, url)
  const answers = await Promise.all(Array.from({ length: 70 }, () => fetch(url)))
  const slowed = answers.find(({ status }) => status === 429)
  assert.ok(Number(slowed?.headers.get('retry-after')) > 0, 'and told for how long')
  assert.equal(await refused(sandbox, 'get_invoice', { invoice_id: idText('invoice', newId()) }), 'not_found')
})

interface Line {
  [field: string]: unknown
}

function line(more: Line = {}): Line {
  return { description: 'Massage', unit_price: { amount: 12_100, currency: 'EUR' }, tax_percent: 21, ...more }
}

async function drafted(more: Body = {}): Promise<Body> {
  const customer = await made(sandbox, 'create_customer', {
    name: 'Ana Ruiz',
    email: `ana-${fresh()}@example.com`,
  })
  return made(sandbox, 'create_invoice', {
    customer_id: customer.id,
    lines: [line()],
    tax_mode: 'inclusive',
    ...more,
  })
}

/** Finalised, as the tool tells it. */
async function opened(more: Body = {}): Promise<Body> {
  const { id } = await drafted(more)
  await made(sandbox, 'finalize_invoice', { invoice_id: id })
  return done(sandbox, 'get_invoice', { invoice_id: id })
}

async function open(url: string): Promise<{ answer: Response; text: string }> {
  const answer = await fetch(url)
  return { answer, text: await answer.text() }
}

function press(
  url: string,
  form: Record<string, string> = { link: url.slice(url.lastIndexOf('/') + 1) },
): Promise<Response> {
  return fetch(`${url}/pay`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: server.url },
    body: new URLSearchParams(form),
  })
}

async function bytesOf(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await answer.arrayBuffer())
}

async function confirmed(tool: string, args: Record<string, unknown>): Promise<void> {
  const whole = { ...args, ...(server.house.catalog.get(tool)!.tool.key && { idempotency_key: fresh() }) }
  const { body } = await callTool(sandbox, tool, whole)
  await done(sandbox, tool, { ...whole, confirm_token: body.confirm_token })
}

async function approved(
  tool: string,
  args: Record<string, unknown>,
  { person }: Sandbox = sandbox,
): Promise<Body> {
  const { body } = await callTool(sandbox, tool, { ...args, idempotency_key: fresh() })
  const decided = await person.decide(body.approval.id, 'approve')
  assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
  return decided.body.answer.data
}
