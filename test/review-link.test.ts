/** The link in a reviewer's mail is a key to one page, for reading: its holder is no person, and decides nothing. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { makeSecrets } from '../src/access/secrets.ts'
import { decide } from '../src/calls/decide.ts'
import { openReview } from '../src/calls/notices.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import { callTool, done } from './support/caller.ts'
import { openGated } from './support/gated.ts'
import { until } from './support/jobs.ts'
import { askToSend } from './support/message.ts'
import { send, signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { colleague } from './support/team.ts'

const server = await startServer({ after })
const { owner } = server.house.database
const { secrets } = server.house

test('whatever a mail scanner does with it leaves everything as it was', async () => {
  const { link, approvalId } = await opened()
  const before = await standing()
  const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']
  for (const method of [...methods, ...methods]) {
    for (const url of [link, `${link}/approve`, `${link}/reject`, `${link}?verdict=approve`]) {
      const { status, headers } = await fetch(url, { method, redirect: 'manual' })
      const reads = ['GET', 'HEAD'].includes(method) && !/approve$|reject$/.test(url.replace(/\?.*/, ''))
      assert.equal(status < 400, reads, `${method} ${url} ${status}`)
      assert.equal(headers.get('set-cookie'), null)
    }
  }
  assert.equal(await standing(), before)
  assert.ok(before.includes(uuidOf(approvalId)))
})

test('its token is no credential: neither as a cookie nor as a bearer does it decide, or open anything else', async () => {
  const { token, approvalId, key } = await opened()
  const path = `/v1/approvals/${approvalId}/approve`
  const credentials: Record<string, string>[] = [
    { cookie: `backdesk_session=${token}` },
    { authorization: `Bearer ${token}` },
  ]
  for (const credential of credentials) {
    const { status } = await send(server.url, 'POST', path, {}, credential)
    assert.ok([401, 403].includes(status), String(status))
    const { status: listed } = await fetch(`${server.url}/v1/customers`, { headers: credential })
    assert.equal(listed, 401)
  }
  for (const page of [`/console/approvals/${approvalId}`, '/console/approvals', '/console']) {
    const answer = await fetch(server.url + page, {
      redirect: 'manual',
      headers: { cookie: `backdesk_session=${token}` },
    })
    assert.deepEqual(
      [answer.status, answer.headers.get('location')?.split('?')[0]],
      [303, '/console/sign-in'],
    )
  }
  // Nor does whoever the link makes of its holder, were they handed on.
  const { viewer } = (await openReview(server.house, token))!
  const decider = { ...viewer, requestId: 'r', surface: 'console' as const }
  const decision = { approvalId: uuidOf(approvalId), verdict: 'approve' as const }
  await assert.rejects(decide(server.house, decider, decision), { code: 'forbidden_scope' })
  const { body } = await callTool({ url: server.url, key: token }, 'get_approval', {
    approval_id: approvalId,
  })
  assert.ok(!JSON.stringify(body).includes('umbrella'))
  assert.equal(
    (await done({ url: server.url, key }, 'get_approval', { approval_id: approvalId })).state,
    'pending',
  )
})

test('it shows the one question and nothing beside it, to nobody’s cache and to no other site', async () => {
  const { link, key } = await opened()
  const agent = { url: server.url, key }
  await made(agent, 'create_customer', { name: 'Somebody Else', email: 'else@client.example' })
  const other = await askToSend(agent, { name: 'Another Customer' })
  const { headers, status, text } = await read(link)
  assert.equal(status, 200)
  assert.match(text, /Nadia Prieto/)
  assert.doesNotMatch(text, /Somebody Else|Another Customer/)
  assert.ok(!text.includes(other.approvalId))
  assert.doesNotMatch(text, /Signed in as|Sign out|class="sections"|data-waiting|<form|<button|<script/)
  assert.match(headers.get('cache-control')!, /no-store/)
  assert.match(headers.get('referrer-policy')!, /same-origin|no-referrer/)
})

test('forged, of another purpose, of another server, over, or of another business: it opens nothing, and says no more', async () => {
  const { token, claims } = await opened()
  const elsewhere = await opened()
  const [head, body, signature] = token.split('.') as [string, string, string]
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString())
  const tokens = [
    `${head}.${part({ ...payload, data: { ...claims, approvalId: elsewhere.claims.approvalId } })}.${signature}`,
    `${part({ alg: 'none' })}.${body}.`,
    `${part({ alg: 'none' })}.${body}.${signature}`,
    `${head}.${body}.${elsewhere.token.split('.')[2]}`,
    `${head}.${body}`,
    'x',
    await secrets.sign('confirm', claims, 60),
    await secrets.sign('review', claims, -1),
    await makeSecrets('y'.repeat(32)).sign('review', claims, 60),
    // Ours, and yet of nobody: no business has a reviewer, or a question, of another.
    await secrets.sign('review', { ...claims, workspaceId: elsewhere.claims.workspaceId }, 60),
    await secrets.sign('review', { ...claims, approvalId: elsewhere.claims.approvalId }, 60),
    await secrets.sign('review', { ...claims, memberId: elsewhere.claims.memberId }, 60),
  ]
  const answers = await Promise.all(tokens.map(one => read(`${server.url}/console/review/${one}`)))
  for (const [at, { status, text }] of answers.entries()) {
    assert.equal(status, 404, tokens[at])
    assert.match(text, /This link has lapsed/, tokens[at])
    assert.doesNotMatch(text, /Nadia|umbrella/)
  }
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1, 'all alike')
})

test('it ends when the question does, to the second; what was decided it still says, and leads nowhere to decide', async () => {
  const { link, token, approvalId, key, email } = await opened()
  const { exp } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
  const { expires_at } = await done({ url: server.url, key }, 'get_approval', { approval_id: approvalId })
  const late = exp - Date.parse(expires_at) / 1000
  assert.ok(late < 2, `it opens ${late} s longer`)
  assert.match((await read(link)).text, /To decide, open it in the console/)
  await (await signIn(server, email)).decide(approvalId, 'reject')
  const { text } = await read(link)
  assert.match(text, /It was rejected/)
  assert.doesNotMatch(text, /To decide|Decide in the console/)
})

test('who sees only their own customers reads no question about another, by the link, the page or the queue', async () => {
  const { agent, business, person } = await openGated(server, 'live')
  const { id: staff_id } = await made(agent, 'create_staff', { name: 'Marta' })
  const { email, key, memberId } = await colleague(server, business, { person, staff_id })
  await person.decide(
    (await callTool(agent, 'set_approval_policy', { rules: [] })).body.approval.id,
    'approve',
  )
  const [theirs, others] = [
    await askToSend({ url: server.url, key }, { name: 'Of Marta' }),
    await askToSend(agent, { name: 'Of the house' }),
  ]
  const rules = [{ tool: 'create_api_key', gate: 'approve' }]
  const { approval: plain } = (await callTool(agent, 'set_approval_policy', { rules })).body
  const { cookie } = await signIn(server, email)
  const page = async (path: string) => {
    const answer = await fetch(server.url + path, { headers: { cookie } })
    return { status: answer.status, text: await answer.text() }
  }
  assert.deepEqual([(await page(theirs.path)).status, (await page(others.path)).status], [200, 404])
  for (const queue of ['/console/approvals', '/console']) {
    const { text } = await page(queue)
    assert.match(text, /<span class="unsaid">2 waiting/)
    assert.ok(text.includes('Of Marta') && text.includes(plain.id) && !text.includes('Of the house'), queue)
  }
  await person.decide(others.approvalId, 'reject')
  assert.doesNotMatch((await page('/console/approvals')).text, /Of the house/, 'nor when it is over')

  const claims = { workspaceId: uuidOf(business.workspaceId), memberId }
  const linkTo = async (approvalId: string) => {
    const whole = { ...claims, memberId: uuidOf(memberId), approvalId: uuidOf(approvalId) }
    return read(`${server.url}/console/review/${await secrets.sign('review', whole, 60)}`)
  }
  assert.equal((await linkTo(theirs.approvalId)).status, 200)
  assert.equal((await linkTo(others.approvalId)).status, 404, 'a reviewer who fell to that role')

  await owner.query(`UPDATE customers SET created_by = NULL WHERE name = 'Of Marta'`)
  assert.equal((await page(theirs.path)).status, 200, 'what they asked themself they still read')
  assert.ok((await page('/console/approvals')).text.includes(theirs.approvalId))
})

/** A question, and the link to it in its reviewer's mail. */
async function opened() {
  const { key, email, workspaceId } = await server.signUp()
  const { approvalId } = await askToSend({ url: server.url, key })
  const mail = async () =>
    (await server.mailbox()).find(({ to, subject }) => to === email && subject?.includes('your decision'))
  await until(async () => (await mail()) !== undefined)
  const [link, token] = /http\S+\/console\/review\/(\S+)/.exec((await mail())!.text)! as unknown as [
    string,
    string,
  ]
  const { rows } = await owner.query('SELECT id FROM members WHERE workspace_id = $1', [uuidOf(workspaceId)])
  const claims = { workspaceId: uuidOf(workspaceId), memberId: rows[0].id, approvalId: uuidOf(approvalId) }
  return { link, token, claims, approvalId, key, email }
}

async function read(url: string) {
  const answer = await fetch(url)
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

/** All that a reading could have changed. */
async function standing(): Promise<string> {
  const tables = [
    'approvals',
    'approval_details',
    'approval_notices',
    'audit_events',
    'events',
    'messages',
    'sessions',
    'deliveries',
  ]
  const texts = await Promise.all(
    tables.map(table =>
      owner.query(`SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') AS text FROM ${table} t`),
    ),
  )
  return texts.map(({ rows }) => rows[0].text).join('\n')
}
