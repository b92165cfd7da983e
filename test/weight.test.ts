/** No page is over 150 kB, however much there is to say, and what it leaves to another page can be reached from it. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { sections } from '../src/http/console/sections.ts'
import { callTool, done } from './support/caller.ts'
import { copies } from './support/copies.ts'
import { furnish } from './support/furnished.ts'
import { type Asked, askToSend } from './support/message.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { copyApproval } from './support/waiting.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const server = await startServer(scope, { rateLimit: { perMinute: 1e6, burst: 1e6 } })
const business = await furnish(server, await server.signUp())
const { owner } = server.house.database
const MOST = 150_000

/** In SQL, a text as long as it may be, of characters that take three bytes each; `n` makes it another one. */
const wide = (length: number) => `(repeat('健', ${length - 4}) || n)`

before(async () => {
  const { service, booking, customer, messages } = business
  const [location] = await done(business, 'list_locations')
  const of = (table: string, id: string, count: number, change: string) =>
    copies(server, { table, id: uuidOf(id), count, change: `jsonb_build_object(${change})` })
  const staff = await of('staff', business.staff[0].id, 60, `'name', ${wide(120)}, 'member_id', null`)
  const text = `'name', ${wide(120)}, 'description', ${wide(2000)}, 'category', ${wide(80)}`
  const services = await of('services', service.id, 250, text)
  await of('services', service.id, 150, `${text}, 'status', 'archived'`)
  await of('locations', location.id, 120, `'name', ${wide(120)}, 'address', ${wide(300)}`)
  const email = `repeat('a', 235) || n || '@b.example'`
  const customers = await of(
    'customers',
    customer.id,
    200,
    `'name', ${wide(200)}, 'email', ${email}, 'email_key', ${email}`,
  )
  await of('messages', messages.sent, 60, `'subject', ${wide(900)}, 'body', ${wide(20_000)}`)
  const hour = (at: string) => `model.starts_at::date + (8 + n) * interval '1 hour' + interval '${at}'`
  for (const [at, id] of staff.entries())
    await of(
      'bookings',
      booking.id,
      8,
      `'staff_id', '${id}', 'customer_id', '${customers[at]}', 'service_id', '${services[at]}',
       'starts_at', ${hour('0')}, 'ends_at', ${hour('1 hour')}`,
    )
})

test('each page of a business with more than anybody has: 150 kB at most', async () => {
  const day = business.booking.local.slice(0, 10)
  const paths = [
    ...sections.map(({ href }) => href),
    ...Object.values(business.pages),
    `/console/calendar?day=${day}&page=2`,
    '/console/services?part=2',
    '/catalog',
    '/dev/mailbox',
  ]
  for (const path of paths) await mustBeLight(path)
})

test('every person of the day is on a page of the calendar, with all of their bookings', async () => {
  const day = business.booking.local.slice(0, 10)
  const { text } = await mustBeLight(`/console/calendar?day=${day}`)
  const pages = [...text.matchAll(/<a href="(\/console\/calendar\?[^"]*page=\d+)"/g)].map(([, href]) => href!)
  assert.ok(pages.length > 2)
  const shown = await Promise.all(pages.map(href => mustBeLight(href.replaceAll('&amp;', '&'))))
  const found = new Set(shown.flatMap(({ text }) => text.match(/\/console\/calendar\/booking_\w{26}/g) ?? []))
  assert.ok(found.size >= 480, String(found.size))
})

test('every service and every place is on a part of the page', async () => {
  const parts = await allParts('/console/services')
  const all = parts.join('')
  assert.equal(new Set(all.match(/\/console\/services\/service_\w{26}/g)).size, 401)
  assert.equal(new Set(all.match(/services\/hours\/location_\w{26}/g)).size, 121)
})

test('a booking is made for any service at any place, not for the first hundred alone', async () => {
  const { text } = await mustBeLight('/console/calendar/new')
  assert.equal(text.match(/<option value="service_/g)!.length, 251)
  assert.equal(text.match(/<option value="location_/g)!.length, 121)
})

test('an invoice of a hundred lines, each as long as it may be', async () => {
  const price = { amount: 100, currency: 'EUR' }
  const lines = Array.from({ length: 100 }, () => ({ description: '健'.repeat(500), unit_price: price }))
  const draft = await made(business, 'create_invoice', { customer_id: business.customer.id, lines })
  const invoice = await made(business, 'finalize_invoice', { invoice_id: draft.id })
  for (const part of await allParts(`/console/invoices/${invoice.id}`)) assert.ok(part)
  const { url } = await done(business, 'get_invoice', { invoice_id: invoice.id })
  await allParts(new URL(url).pathname)
})

for (const [what, character] of Object.entries({ wide: '健', escaped: '"', unseen: 'a\u200b' }))
  test(`a letter as long as it may be, ${what}: the queue of thirty, its page, and the one on which it is reworded`, async () => {
    const text = (length: number) => character.repeat(length / character.length)
    const asked = await askToSend(business, { name: text(200), subject: text(900), body: text(20_000) })
    await copyApproval(server, asked.approvalId, 31)
    await mustBeLight('/console/approvals')
    const read = (await allParts(asked.path)).join('').replaceAll(/<[^>]*>/g, '')
    assert.ok(count(read, character[0] === '"' ? '&quot;' : character[0]!) >= 20_900 / character.length)
    const { text: page } = await mustBeLight(`${asked.path}?edit=1`)
    assert.match(page, /<textarea[^>]*name="edit\.text"/)
    await reword(asked, page)
  })

/** From both ends, so that the difference is as long as both. */
async function reword({ approvalId, path }: Asked, page: string): Promise<void> {
  const text = /<textarea[^>]*name="edit\.text"[^>]*>\n([^<]*)/.exec(page)![1]!
  assert.ok(text.length > 10_000)
  const form = new URLSearchParams({ 'edit.text': `${'ж'.repeat(19_000)}` })
  const answer = await fetch(`${server.url}${path}/approve`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: business.owner.cookie, 'sec-fetch-site': 'same-origin' },
    body: form,
  })
  assert.equal(answer.status, 303)
  assert.equal((await done(business, 'get_approval', { approval_id: approvalId })).state, 'executed')
  const parts = await allParts(path)
  assert.ok(count(parts.join(''), 'ж') >= 2 * 19_000)
}

test('a policy of two hundred rules: the queue shows the first, its page all of them', async () => {
  const rules = Array.from({ length: 200 }, (_, at) => ({
    tool: 'send_message',
    template: `${'k'.repeat(100)}${at}@1`,
    gate: 'approve',
    reviewers: 'owner',
  }))
  const { approval } = (await callTool(business, 'set_approval_policy', { rules })).body
  await copyApproval(server, approval.id, 31)
  const { text } = await mustBeLight('/console/approvals')
  assert.match(text, /And 197 more rules/)
  const all = (await allParts(new URL(approval.url).pathname)).join('')
  for (const at of [0, 99, 199]) assert.ok(all.includes(`${'k'.repeat(100)}${at}@1`), String(at))
})

test('arguments as long as a body may be are read in parts, the last row too', async () => {
  const { approvalId, path } = await askToSend(business)
  const rows = Array.from({ length: 5_000 }, (_, at) => ({
    name: `Row ${at}`,
    customer_id: business.customer.id,
  }))
  await owner.query('UPDATE approval_details SET arguments = $2, preview = $2 WHERE approval_id = $1', [
    uuidOf(approvalId),
    JSON.stringify({ rows }),
  ])
  const all = (await allParts(path)).join('')
  for (const at of [0, 2_500, 4_999]) assert.ok(all.includes(`Row ${at}<`), String(at))
})

/** By the links that lead on. */
async function allParts(path: string): Promise<string[]> {
  const parts: string[] = []
  for (let next: string | undefined = path; next; ) {
    const { text }: { text: string } = await mustBeLight(next)
    parts.push(text)
    const [, href]: RegExpExecArray | [] = /<a class="button" href="([^"]*)" rel="next">/.exec(text) ?? []
    next = href && new URL(href.replaceAll('&amp;', '&'), server.url + path).href.slice(server.url.length)
    assert.ok(parts.length < 200, `${path} does not end`)
  }
  return parts
}

async function mustBeLight(path: string): Promise<{ text: string }> {
  await owner.query('DELETE FROM rate_buckets') // A link has its own pace, which no setting lifts.
  const answer = await fetch(server.url + path, { headers: { cookie: business.owner.cookie } })
  const text = await answer.text()
  assert.equal(answer.status, 200, path)
  assert.ok(Buffer.byteLength(text) <= MOST, `${path} is too heavy: ${Buffer.byteLength(text)}`)
  return { text }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}
