/**
 * Every form of every page, filled in as nobody meant it and sent from where it should not come: it is refused by a page
 * that says why, in which what was written stands as text, and no page breaks by what was taken.
 */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sections } from '../src/http/console/sections.ts'
import { furnish } from './support/furnished.ts'
import { isOf, routesOf } from './support/routes.ts'
import { startServer } from './support/server.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const server = await startServer(scope, { rateLimit: { perMinute: 1e6, burst: 1e6 } })
const signedUp = await server.signUp('Pulse Studio')
const business = await furnish(server, signedUp)
const paths = [
  ...sections.map(({ href }) => href),
  ...Object.values(business.pages),
  '/console/sign-in',
  '/console/sign-in/code',
]

/** Of a page: where it goes, and what it sends as it stands. */
interface Form {
  page: string
  action: string
  fields: Record<string, string>
}

const forms = distinct((await Promise.all([...new Set(paths)].map(formsOn))).flat())
/** What pages take; the rest are programs'. */
const routes = routesOf(server.app, 'POST').filter(
  route => !/^\/(v1|mcp|oauth|webhooks|console\/session($|\/request))/.test(route),
)
/** They end the session or take the link away, and the rest is to be seen with them. */
const lasting = /\/(sign-out|withdraw|revoke|archive|cancel)$/

/** What no person writes: a key of ours or of the link, the business of the page, and what a mail reader sends. */
const ofPrograms = ['idempotency_key', 'link', 'workspace', 'List-Unsubscribe']

const script = `<script>alert(1)</script>"'`
const oddValues = ['', 'a\0b', 'x'.repeat(30_000), script, '-1', '99999999999999999999', '2026-02-30']

test('an odd value in any field is taken or refused by a page, and none of it becomes markup', async () => {
  assert.ok(forms.length > 40, `${forms.length} forms`)
  for (const form of forms.filter(({ action }) => !lasting.test(action))) {
    const names = Object.keys(form.fields).filter(name => !ofPrograms.includes(name))
    const variants = [
      {},
      { ...form.fields, ...Object.fromEntries(names.map(name => [name, ''])) },
      ...names.flatMap(name => oddValues.map(value => ({ ...renewed(form), [name]: value }))),
    ]
    for (const fields of variants) await mustBeAPage(form.action, fields)
  }
})

test('each form of the console says of which business its page is', () => {
  const own = forms.filter(
    ({ page, action }) =>
      page.startsWith('/console') &&
      !/^\/console\/(sign-in|sign-out|workspace|join)\b/.test(action) &&
      action.startsWith('/console'),
  )
  assert.ok(own.length > 30, `${own.length} forms`)
  assert.deepEqual([...new Set(own.map(({ fields }) => fields.workspace))], [signedUp.workspaceId])
})

test('no form is forgotten: what any page posts to answers with a page, also about what is nowhere', async () => {
  for (const { action, page } of forms) {
    const path = action.split('?')[0]!
    assert.ok(
      routes.some(route => isOf(route, path)),
      `${page} posts to ${path}`,
    )
  }
  for (const route of routes.filter(route => !lasting.test(route)))
    for (const id of ['nobody', 'booking_01m8hz1sxmf2188q2k0dj8393c'])
      await mustBeAPage(route.replace(/:\w+/g, id), { link: id })
})

test('a page of another site sends none of them, and whoever is not signed in is asked to, and does nothing', async () => {
  const before = await events()
  for (const { action, fields } of forms) {
    const cross = await post(action, fields, {
      origin: 'https://elsewhere.example',
      'sec-fetch-site': 'cross-site',
    })
    // A mail reader's button is no page of ours (RFC 8058); what it may do, its link alone says.
    if (!action.startsWith('/unsubscribe/'))
      assert.ok([403, 404].includes(cross.status), `${action}: ${cross.status}`)
    if (!action.startsWith('/console/') || /\/(sign-in|join)\b/.test(action)) continue
    const anyone = await post(action, fields, { cookie: '' })
    // What was written stands on a page that leads there; nothing written, it is there that they are led.
    if (anyone.status === 401) assert.match(anyone.text, /href="\/console\/sign-in/, action)
    else assert.match(anyone.location, /^\/console\/sign-in/, action)
  }
  assert.equal(await events(), before)
})

test('of what is refused each field is named as people name it, and what was written is not lost', async () => {
  const note = 'Comes by train, rings twice'
  const { status, text } = await post('/console/customers', {
    name: 'N'.repeat(300),
    note,
    email: 'nobody',
    idempotency_key: 'k',
  })
  assert.equal(status, 422)
  assert.match(text, /<strong>Name<\/strong>: At most 200 characters\./)
  assert.match(text, /<strong>Email<\/strong>: Expected an email address\./)
  assert.ok(text.includes(note) && text.includes('N'.repeat(300)))
  const price = await post('/console/services', { name: 'Deep tissue', price: 'much', duration: '60' })
  assert.match(price.text, /no amount of money/)
  assert.ok(price.text.includes('Deep tissue'))
})

test('a secret that was typed stands on no page, and what no form sends is refused', async () => {
  const fields = { url: 'smtps://user:hush-hush@mail.example', from: 'no address' }
  const { status, text } = await post('/console/settings/providers/smtp/save', fields)
  assert.equal(status, 422)
  assert.ok(!text.includes('hush-hush'))
  const answer = await fetch(`${server.url}/console/keys`, {
    method: 'POST',
    headers: { cookie: business.owner.cookie, 'content-type': 'application/json' },
    body: '{"name":["a"]}',
  })
  assert.equal(answer.status, 422)
})

test('after all that each page stands', async () => {
  for (const path of paths) {
    const { status, text } = await get(path)
    assert.ok(status < 400, `${path}: ${status}`)
    assert.ok(!text.includes(script), path)
  }
})

async function mustBeAPage(action: string, fields: Record<string, string>): Promise<void> {
  const answer = await post(action, fields)
  const what = `${action} ${JSON.stringify(fields).slice(0, 300)}: ${answer.status}`
  if (answer.status === 303) return assert.match(answer.location, /^\//, what)
  assert.ok(answer.status < 500, what)
  assert.match(answer.type, /^text\/html/, what)
  assert.ok(!answer.text.includes(script), what)
  if (answer.status >= 400) assert.match(answer.text, /role="alert"|<h1/, what)
}

/** A key makes a form one act: another try is another. */
function renewed({ fields }: Form): Record<string, string> {
  return { ...fields, ...('idempotency_key' in fields && { idempotency_key: crypto.randomUUID() }) }
}

async function get(path: string) {
  const answer = await fetch(server.url + path, {
    headers: { cookie: business.owner.cookie },
    redirect: 'manual',
  })
  return { status: answer.status, text: await answer.text() }
}

async function post(action: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  // A link has its own pace, which no setting lifts.
  await server.house.database.owner.query('DELETE FROM rate_buckets')
  const answer = await fetch(server.url + action, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: business.owner.cookie, 'sec-fetch-site': 'same-origin', ...headers },
    body: new URLSearchParams(fields),
  })
  return {
    status: answer.status,
    text: await answer.text(),
    type: answer.headers.get('content-type') ?? '',
    location: answer.headers.get('location') ?? '',
  }
}

/** How much has happened here. */
async function events(): Promise<number> {
  const { rows } = await server.house.database.owner.query('SELECT count(*)::int AS count FROM events')
  return rows[0].count
}

async function formsOn(page: string): Promise<Form[]> {
  const { text } = await get(page)
  return [...text.matchAll(/<form([^>]*method="post"[^>]*)>([\s\S]*?)<\/form>/g)].map(([, tag, inner]) => ({
    page,
    action: attribute(tag!, 'action') ?? page,
    fields: fieldsIn(inner!),
  }))
}

function fieldsIn(markup: string): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [tag] of markup.matchAll(/<(?:input|button)[^>]*>/g)) {
    const name = attribute(tag, 'name')
    if (name !== undefined) fields[name] ??= attribute(tag, 'value') ?? ''
  }
  for (const [, tag, text] of markup.matchAll(/<textarea([^>]*)>\n?([^<]*)/g))
    fields[attribute(tag!, 'name')!] = text!
  for (const [, tag, options] of markup.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g)) {
    const [chosen = ''] = /<option[^>]* selected/.exec(options!) ?? /<option[^>]*/.exec(options!) ?? []
    fields[attribute(tag!, 'name')!] = attribute(chosen, 'value') ?? ''
  }
  return fields
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&')
}

/** One of each kind: the same fields, sent to the same place but for whom it is about. */
function distinct(found: Form[]): Form[] {
  const kind = ({ action, fields }: Form) =>
    `${action.replace(/[a-z]+_\w{26}|(?<=automations\/)\w+/g, ':id')} ${Object.keys(fields)}`
  return [...new Map(found.map(form => [kind(form), form])).values()]
}
