/** No page is over 150 kB, however much there is to say, and what it leaves to another page can be reached from it. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { uuidOf } from '../src/catalog/kinds.ts'
import { sections } from '../src/http/console/sections.ts'
import { type Body, callTool, done } from './support/caller.ts'
import { copies } from './support/copies.ts'
import { furnish } from './support/furnished.ts'
import { A_DAY, burden, burdenCustomer, burdenPerson, FULL_DAYS } from './support/heavy.ts'
import { type Asked, askToSend } from './support/message.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { copyApproval } from './support/waiting.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const server = await startServer(scope, { rateLimit: { perMinute: 1e6, burst: 1e6 } })
const business = await furnish(server, await server.signUp())
const { owner } = server.house.database
const MOST = 150_000

before(() => burden(server, business))

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
  const found = bookingsOn((await everyPage(`/console/calendar?day=${day}`)).join(''))
  assert.ok(found.size >= 480, String(found.size))
})

test('every service and every place is on a part of the page', async () => {
  const parts = await allParts('/console/services')
  const all = parts.join('')
  assert.equal(new Set(all.match(/\/console\/services\/service_\w{26}/g)).size, 401)
  assert.equal(new Set(all.match(/services\/hours\/location_\w{26}/g)).size, 121)
})

test('a booking is made of any service, at any place, with anybody: what a list has no room for is found by its name', async () => {
  const { text } = await mustBeLight('/console/calendar/new')
  assert.deepEqual(listed(text, 'service').length, 40)
  const all: Record<string, [string, string]> = {
    service: ['list_services', 'service'],
    location: ['list_locations', 'location'],
    staff: ['list_staff', 'staff'],
  }
  for (const [name, [tool, kind]] of Object.entries(all)) {
    const { id, name: called } = (await everyOne(tool)).at(-1)
    const asked = { service: business.service.id, [`find_${name}`]: called }
    const found = await mustBeLight(`/console/calendar/new?${new URLSearchParams(asked)}`)
    assert.match(found.text, new RegExp(`<option value="${id}" selected>`), name)
    assert.equal(listed(found.text, name).filter(value => value.startsWith(kind)).length, 1)
  }
})

test('what a search finds more of than a list has room for, and what it finds nothing of, is said; a choice is kept', async () => {
  const last = (await everyOne('list_services')).at(-1)
  const chosen = (find: string) =>
    mustBeLight(`/console/calendar/new?${new URLSearchParams({ service: last.id, find_service: find })}`)
  const many = (await chosen('健健')).text
  assert.equal(listed(many, 'service').length, 40)
  assert.match(many, new RegExp(`<option value="${last.id}" selected>`))
  assert.match(many, /40 of the 250 that are called so/)
  assert.match((await chosen('Tarot')).text, /Nothing is called “Tarot”. The list has the first 40 of all/)
  const other = (await chosen('YOGA personal')).text
  assert.match(
    other,
    new RegExp(`<option value="${business.service.id}" selected>`),
    'what is searched for is chosen',
  )
})

test('a calendar is opened of anybody, a booking moved to anybody, the activity of any key looked at', async () => {
  const people = await everyOne('list_staff')
  const { id, name } = people.at(-1)
  const week = await mustBeLight(`/console/calendar?${new URLSearchParams({ find_staff: name })}`)
  assert.match(week.text, new RegExp(`<option value="${id}" selected>`))
  const place = (await everyOne('list_locations')).at(-1)
  const day = await mustBeLight(`/console/calendar?${new URLSearchParams({ find_location: place.name })}`)
  assert.match(day.text, new RegExp(`<option value="${place.id}" selected>`))
  const move = await mustBeLight(`${business.pages.booking}?${new URLSearchParams({ find_staff_id: name })}`)
  assert.match(move.text, new RegExp(`<option value="${id}" selected>`))
  const key = (await everyOne('list_api_keys')).at(-1)
  const done = await mustBeLight(`/console/activity?${new URLSearchParams({ find_key: key.name })}`)
  assert.match(done.text, new RegExp(`<option value="${key.id}" selected>`))
})

test('a person with something every five minutes: their day and their week are read by hours, all of it', async () => {
  const { id } = business.staff[1]
  const day = mondayOf(business.booking.local.slice(0, 10))
  const ofDay = await everyPage(`/console/calendar?day=${day}`)
  const ofWeek = await everyPage(`/console/calendar?${new URLSearchParams({ day, staff: id })}`)
  for (const text of ofWeek) assert.match(text, /Luis Ortega’s week/)
  for (const [pages, days] of [
    [ofDay, 1],
    [ofWeek, FULL_DAYS],
  ] as const) {
    const found = bookingsOn(pages.join('')).size
    assert.ok(found >= days * A_DAY - 12, `${found}: all but an hour that clocks may skip`)
    assert.ok(
      pages.filter(text => /aria-current="page">[^<]*(<[^>]*>[^<]*)* 00:00–\d\d:\d\d/.test(text)).length >= 1,
    )
  }
})

test('a person who is away for years, at a hundred places, with hundreds of services: all of it is read, the last absence removed', async () => {
  await burdenPerson(server, business)
  const parts = (await allParts(business.pages.person!)).join('')
  const read = parts.replaceAll(/<[^>]*>|\n/g, '')
  assert.equal(new Set(parts.match(/timeoff_\w{26}/g)).size, 151)
  assert.equal(count(parts, `<h2>${'Hours'} <span class="count">`), 100)
  for (const n of [1, 250]) assert.ok(read.includes(`${'健'.repeat(116)}${n}`), `service ${n}`)
  await mustBeLight('/console/team')
})

test('a customer with a year of bookings, sixty passes and notes without an end: each list goes on', async () => {
  await burdenCustomer(server, business)
  const path = business.pages.customer!
  const coming = (await allParts(path, /href="([^"]*coming=[^"]*)"/)).join('')
  assert.ok(bookingsOn(coming).size >= 26)
  const passes = (await allParts(path, /href="([^"]*passes=[^"]*)"/)).join('')
  for (const n of [1, 60]) assert.ok(passes.includes(`${'健'.repeat(96)}${n}`), `pass ${n}`)
  const notes = (await allParts(path, /href="([^"]*cursor=[^"]*)"/)).join('')
  for (const n of [1, 40]) assert.ok(notes.includes(`${'健'.repeat(4_996)}${n}`), `note ${n}`)
  await mustBeLight('/console/customers')
})

test('more templates than anybody has, and one as long as it may be: all are listed, it is read whole, and reworded', async () => {
  const text = { subject: '健'.repeat(200), body: '"'.repeat(20_000), variables: [] }
  const wish = { key: 'heavy', channel: 'email', language: 'en', purpose: 'transactional', ...text }
  const asked = (await callTool(business, 'upsert_message_template', wish)).body
  if (asked.approval) await business.owner.decide(asked.approval.id, 'approve')
  const { rows } = await owner.query(`SELECT id FROM message_templates WHERE key = 'heavy'`)
  const change = `jsonb_build_object('key', 'heavy_' || n, 'body', 'x')`
  await copies(server, { table: 'message_templates', id: rows[0].id, count: 1_100, change })
  const all = (await allParts('/console/settings/templates')).join('')
  assert.equal(new Set(all.match(/templates\/heavy\w*\/email\/en/g)).size, 1_101)
  const path = '/console/settings/templates/heavy/email/en'
  const read = (await allParts(path)).join('').replaceAll(/<[^>]*>/g, '')
  assert.ok(count(read, '&quot;') >= 20_000)
  assert.match((await mustBeLight(`${path}?edit=1`)).text, /<textarea[^>]*name="body"/)
})

test('closed on every day of a year, each for a reason: every date is on a part of the page', async () => {
  const [location] = await everyOne('list_locations')
  await owner.query(
    `INSERT INTO location_closures (workspace_id, location_id, date, reason)
     SELECT workspace_id, id, current_date + day, repeat('健', 200) FROM locations, generate_series(1, 366) day WHERE id = $1`,
    [uuidOf(location.id)],
  )
  const dates = (await allParts('/console/services')).join('').match(/<time datetime="\d{4}-\d\d-\d\d">/g)
  assert.ok(new Set(dates).size >= 366)
  await owner.query('DELETE FROM location_closures')
})

test('a service that four hundred people do names each of them', async () => {
  const { service, staff } = business
  const change = `jsonb_build_object('name', repeat('師', 116) || n, 'member_id', null)`
  const people = await copies(server, { table: 'staff', id: uuidOf(staff[0].id), count: 400, change })
  await owner.query(
    `INSERT INTO staff_services (workspace_id, staff_id, service_id)
     SELECT workspace_id, unnest($2::uuid[]), id FROM services WHERE id = $1`,
    [uuidOf(service.id), people],
  )
  const parts = (await allParts(business.pages.service!)).join('')
  for (const n of [1, 400]) assert.ok(parts.includes(`${'師'.repeat(116)}${n}`), `person ${n}`)
})

test('what a call was asked with, and what it changed, is read whole however much it was; what else was done is reached', async () => {
  const id = uuidOf(business.pages.story!.split('/').at(-1)!)
  const rows = Array.from({ length: 1_000 }, (_, at) => ({ name: `Row ${at}`, note: '健'.repeat(50) }))
  await owner.query('UPDATE call_details SET arguments = $2 WHERE audit_id = $1', [
    id,
    JSON.stringify({ rows }),
  ])
  const others = await copies(server, { table: 'audit_events', id, count: 80 })
  await owner.query(
    `INSERT INTO events
     SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'audit_id', other))).*
     FROM events e, unnest($2::uuid[]) other WHERE e.audit_id = $1`,
    [id, others],
  )
  const parts = (await allParts(business.pages.story!)).join('')
  for (const at of [0, 500, 999]) assert.ok(parts.includes(`Row ${at}<`), String(at))
  const [, more] = /<a class="button" href="([^"]*about=[^"]*)"/.exec(parts)!
  const story = (await allParts(more!)).join('')
  assert.ok(new Set(story.match(/activity\/audit_\w{26}/g)).size >= 80)
})

test('what was settled is listed to the first', async () => {
  const asked = await askToSend(business)
  await copyApproval(server, asked.approvalId, 45)
  await owner.query(
    `UPDATE approvals SET state = 'withdrawn' WHERE request_key IS NOT NULL AND tool = 'send_message' AND state = 'pending'`,
  )
  const { text } = await mustBeLight('/console/approvals')
  const [, next] = /href="([^"]*settled=[^"]*)"/.exec(text)!
  const rest = await allParts(next!)
  assert.ok(new Set(`${text}${rest.join('')}`.match(/approval_\w{26}/g)).size >= 45)
})

test('clients, devices and workspaces in hundreds are each on a part of their page, and every page stays light', async () => {
  const scopes = `(SELECT scopes FROM api_keys WHERE workspace_id = m.workspace_id LIMIT 1)`
  await owner.query(
    `INSERT INTO connections (workspace_id, id, member_id, client_id, name, resource, scopes, expires_at)
     SELECT m.workspace_id, gen_random_uuid(), m.id, 'client', repeat('健', 100) || n, 'https://mcp.example/mcp', ${scopes},
       clock_timestamp() + interval '1 day'
     FROM members m, generate_series(1, 200) n WHERE m.workspace_id = (SELECT workspace_id FROM services WHERE id = $1)`,
    [uuidOf(business.service.id)],
  )
  assert.equal(count((await allParts('/console/clients')).join(''), '/revoke"'), 200)
  const { rows } = await owner.query('SELECT id, account_id FROM sessions ORDER BY created_at DESC')
  const own = rows.at(-1)
  await copies(server, {
    table: 'sessions',
    id: own.id,
    count: 300,
    change: `jsonb_build_object('token_hash', '\\x' || repeat(md5(n::text), 2))`,
  })
  assert.ok(count((await allParts('/console/sessions')).join(''), '/end"') >= 300)
  await owner.query(
    `WITH made AS (INSERT INTO workspaces (id, name, kind, time_zone, currency, country)
       SELECT gen_random_uuid(), repeat('健', 110) || n, 'live', 'UTC', 'EUR', 'ES' FROM generate_series(1, 300) n RETURNING id)
     INSERT INTO members (workspace_id, id, account_id, role, name) SELECT id, gen_random_uuid(), $1, 'owner', 'Owner' FROM made`,
    [own.account_id],
  )
  const { text } = await mustBeLight('/console')
  assert.match(text, /All 300 workspaces/)
  const listed = (await allParts('/console/workspaces')).join('')
  assert.equal(new Set(listed.match(/value="workspace_\w{26}"/g)).size, 300)
})

test('a day with a time every five minutes: a customer who moves a booking is offered each of them', async () => {
  await owner.query('UPDATE services SET slot_interval_minutes = 5 WHERE id = $1', [
    uuidOf(business.service.id),
  ])
  const times = (await allParts(business.pages['customer-times']!)).join('')
  assert.ok(count(times, 'name="start"') > 100)
})

test('an invoice paid in fifteen hundred parts: each is on a part of its page, for the business and for the customer', async () => {
  const { invoice } = business.pages
  const id = uuidOf(invoice!.split('/').at(-1)!)
  await owner.query(
    `INSERT INTO invoice_payments (workspace_id, id, invoice_id, reference, tender, applied_amount, credited_amount, at)
     SELECT workspace_id, gen_random_uuid(), id, gen_random_uuid(), 'cash', 1, 0, clock_timestamp()
     FROM invoices, generate_series(1, 1500) WHERE id = $1`,
    [id],
  )
  assert.ok(count((await allParts(invoice!)).join(''), 'Cash') >= 1_500)
  const hosted = business.pages['hosted-invoice']!
  assert.ok(count((await allParts(hosted, /href="([^"]*flows=[^"]*)" rel="next"/)).join(''), '0.01') >= 1_500)
})

test('two hundred rules are in force: the settings show each', async () => {
  const rules = Array.from({ length: 200 }, (_, at) => ({
    tool: 'send_message',
    template: `${'k'.repeat(64)}${at}@1`,
    gate: 'approve',
    reviewers: 'owner',
  }))
  const { approval } = (await callTool(business, 'set_approval_policy', { rules })).body
  await business.owner.decide(approval.id, 'approve')
  const all = (await allParts('/console/settings')).join('')
  for (const at of [0, 199]) assert.ok(all.includes(`${'k'.repeat(64)}${at}@1`), String(at))
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

/** The pages of a calendar, by the links of each to those that are near. */
async function everyPage(path: string): Promise<string[]> {
  const texts = new Map<string, string>()
  for (const queue = [`${path}&page=1`]; queue.length > 0; ) {
    const next = queue.pop()!
    const page = new URL(next, server.url).searchParams.get('page')!
    if (texts.has(page)) continue
    const { text } = await mustBeLight(next)
    texts.set(page, text)
    const links = text.matchAll(/<a href="(\/console\/calendar\?[^"]*page=\d+)"/g)
    queue.push(...[...links].map(([, href]) => href!.replaceAll('&amp;', '&')))
  }
  return [...texts].sort(([one], [other]) => Number(one) - Number(other)).map(([, text]) => text)
}

function mondayOf(date: string): string {
  const day = Temporal.PlainDate.from(date)
  return day.subtract({ days: day.dayOfWeek - 1 }).toString()
}

function bookingsOn(text: string): Set<string> {
  return new Set(text.match(/\/console\/calendar\/booking_\w{26}/g))
}

/** Values of a select. */
function listed(text: string, name: string): string[] {
  const [, options] = new RegExp(`<select id="${name}"[^>]*>(.*?)</select>`, 's').exec(text)!
  return [...options!.matchAll(/<option value="([^"]+)"/g)].map(([, value]) => value!)
}

async function everyOne(tool: string): Promise<Body[]> {
  const rows: Body[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const { data, next_cursor } = (await callTool(business, tool, { limit: 100, cursor })).body
    rows.push(...data)
    cursor = next_cursor
  }
  return rows
}

/** By the links that lead on. */
async function allParts(
  path: string,
  onward = /<a class="button" href="([^"]*)" rel="next">/,
): Promise<string[]> {
  const parts: string[] = []
  for (let next: string | undefined = path; next; ) {
    const { text }: { text: string } = await mustBeLight(next)
    parts.push(text)
    const [, href]: RegExpExecArray | [] = onward.exec(text) ?? []
    next = href && new URL(href.replaceAll('&amp;', '&'), server.url + path).href.slice(server.url.length)
    assert.ok(parts.length < 200, `${path} does not end`)
  }
  return parts
}

async function mustBeLight(path: string): Promise<{ text: string }> {
  await owner.query('DELETE FROM rate_buckets') // A link has its own pace, which no setting lifts.
  const answer = await fetch(server.url + path, { headers: { cookie: business.owner.cookie } })
  const text = await answer.text()
  assert.equal(answer.status, 200, `${path} ${text.slice(0, 6000)}`)
  assert.ok(Buffer.byteLength(text) <= MOST, `${path} is too heavy: ${Buffer.byteLength(text)}`)
  return { text }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}
