/** The life of an approval, from its asking to its end: who ends it, when it ends by itself, and on whose right it rests. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { uuidOf } from '../src/catalog/kinds.ts'
import { openDesk } from './support/booking.ts'
import { type Body, type Caller, callTool, done, fresh, refused } from './support/caller.ts'
import { type Gated, openGated, press } from './support/gated.ts'
import { hurry, jobsIn, until } from './support/jobs.ts'
import { type Asked, askToSend, type Wish } from './support/message.ts'
import { connectClient } from './support/oauth.ts'
import { type Person, signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { colleague } from './support/team.ts'

const server = await startServer({ after })
const { owner } = server.house.database

test('only who asked withdraws: to another key it is somebody else’s, to another business it is not there', async () => {
  const { agent, ask, person, business } = await openGated(server, 'live')
  const asked = await ask()
  const withdraw = { approval_id: asked.id }
  const admin = await colleague(server, business, { role: 'admin', person })
  const theirs = await callTool({ url: server.url, key: admin.key }, 'cancel_approval_request', withdraw)
  assert.deepEqual([theirs.body.code, theirs.body.next_tools], ['forbidden_scope', ['get_approval']])
  const elsewhere = await server.signUp('Elsewhere')
  const foreign = { url: server.url, key: elsewhere.key }
  assert.equal(await refused(foreign, 'cancel_approval_request', withdraw), 'not_found')
  assert.equal(await stateOf(agent, asked.id), 'pending')

  const scopes = ['approvals:read', 'approvals:write']
  const { api_key: key } = await made(agent, 'create_api_key', { name: 'Another of hers', scopes })
  const second = { url: server.url, key }
  assert.equal((await done(second, 'cancel_approval_request', withdraw)).state, 'withdrawn')
  const [event] = await done(agent, 'list_audit_events', { tool: 'cancel_approval_request', outcome: 'done' })
  assert.deepEqual(
    [event.principal.name, event.changes],
    ['Another of hers', [{ type: 'approval.withdrawn', id: asked.id }]],
  )
})

test('what an automation asked is withdrawn by nobody but itself: a person rejects it', async () => {
  const desk = await openDesk(server)
  const { id: customer_id } = await made(desk, 'create_customer', { name: 'Ana', email: 'ana@ruiz.example' })
  await desk.booked({ customer_id })
  const waiting = () => done(desk, 'list_approvals', { state: 'pending' })
  await until(async () => (await waiting()).length === 1)
  const [{ id, asked_by }] = await waiting()
  assert.match(asked_by, /^automation_/)
  assert.equal(await refused(desk, 'cancel_approval_request', { approval_id: id }), 'forbidden_scope')
  const { workspace } = await done(desk, 'get_current_context')
  const person = await signIn(server, desk.email, workspace.id)
  assert.equal((await person.decide(id, 'reject')).body.state, 'rejected')

  const booking = await desk.booked({ customer_id, start: desk.morning(2).toInstant().toString() })
  await until(async () => (await waiting()).length === 1)
  const [{ id: second }] = await waiting()
  await desk.confirmed('cancel_booking', { booking_id: booking.id, by: 'customer' })
  await until(async () => (await stateOf(desk, second)) === 'withdrawn')
  const [event] = await done(desk, 'list_audit_events', { tool: 'withdraw_draft' })
  const types = event.changes.filter((change: Body) => change.id === second).map(({ type }: Body) => type)
  assert.deepEqual([event.principal.kind, types], ['system', ['approval.withdrawn']])
})

test('who may not decide on what they asked takes it back on its page, as nobody else does', async () => {
  const { agent, business, person } = await openGated(server, 'live')
  const { email, key } = await colleague(server, business, { person })
  const marta = await signIn(server, email)
  const atDesk = await press(marta, `${server.url}/console/customers`, {
    name: 'Nadia',
    idempotency_key: fresh(),
  })
  assert.equal(atDesk.status, 303, atDesk.text)
  const byAgent = await callTool({ url: server.url, key }, 'create_customer', {
    name: 'Luis',
    idempotency_key: fresh(),
  })
  const ownersAsk = await callTool(agent, 'create_customer', { name: 'Ana', idempotency_key: fresh() })
  const [theirs, others] = [byAgent, ownersAsk].map(({ body }) => new URL(body.approval.url).pathname)
  for (const path of [atDesk.to!, theirs!]) {
    const form = `action="${path}/withdraw"`
    assert.ok((await pageOf(marta, path)).includes(form))
    assert.ok(!(await pageOf(person, path)).includes(form), 'who decides rejects')
    assert.equal((await press(person, `${server.url}${path}/withdraw`)).status, 403)
    const taken = await press(marta, `${server.url}${path}/withdraw`)
    assert.deepEqual([taken.status, taken.to], [303, path])
    assert.match(await pageOf(marta, path), /Whoever asked took it back\. Nothing was done/)
  }
  assert.ok(!(await pageOf(marta, others!)).includes('/withdraw"'))
  const foreign = await press(marta, `${server.url}${others}/withdraw`)
  assert.equal(foreign.status, 403)
  assert.match(foreign.text, /role="alert">Only who asked may withdraw it/)
  assert.equal(await stateOf(agent, others!.split('/').at(-1)!), 'pending')
  assert.deepEqual((await done(agent, 'search_customers', { limit: 10 })).length, 0)
})

test('how long it waits is the policy’s to say, else three days; to its last millisecond it is decided, and at its end no more', async () => {
  const { agent, person, ask, rule, jumpTo, timesMade } = await openGated(server)
  await jumpTo('2030-01-07T08:00:00Z')
  assert.equal((await ask()).expires_at, '2030-01-10T08:00:00.000Z')
  await rule({ expires_after_minutes: 90 })
  const [early, late] = [await ask(), await ask()]
  assert.equal(late.expires_at, '2030-01-07T09:30:00.000Z')

  await jumpTo('2030-01-07T09:29:59.999Z')
  assert.equal((await person.decide(early.id, 'approve')).body.state, 'executed')
  await jumpTo(late.expires_at)
  for (const verdict of ['approve', 'reject'] as const)
    assert.equal((await person.decide(late.id, verdict)).body.code, 'approval_expired')
  assert.equal(
    await refused(agent, 'cancel_approval_request', { approval_id: late.id }),
    'invalid_transition',
  )
  assert.equal(await refused(agent, 'create_customer', late.args), 'approval_expired')
  assert.equal(await timesMade(late), 0)
  const ids = async (state: string) =>
    (await done(agent, 'list_approvals', { state })).map(({ id }: Body) => id).includes(late.id)
  assert.deepEqual([await ids('expired'), await ids('pending')], [true, false])
})

test('that it has expired is noted and told in its time, though nobody looks', async () => {
  const { agent, ask, workspaceId } = await openGated(server, 'live')
  const { id, expires_at } = await ask()
  const wakes = (await jobsIn(owner)).filter(
    ({ task_identifier, payload }) => task_identifier === 'due_work' && payload.workspace_id === workspaceId,
  )
  const late = wakes.map(({ run_at }) => run_at.getTime() - Date.parse(expires_at))
  assert.ok(
    late.some(ms => ms > 0 && ms <= 61_000),
    `woken ${late} ms after it`,
  )

  await owner.query('UPDATE approvals SET expires_at = asked_at WHERE id = $1', [uuidOf(id)])
  await hurry(owner)
  const noted = async () =>
    (await owner.query(`SELECT state FROM approvals WHERE id = $1 AND state <> 'pending'`, [uuidOf(id)])).rows
  await until(async () => (await noted()).length > 0)
  assert.deepEqual(await noted(), [{ state: 'expired' }])
  const [event] = await done(agent, 'list_audit_events', { tool: 'due_work' })
  assert.deepEqual([event.principal.kind, event.changes], ['system', [{ type: 'approval.expired', id }]])
})

test('a sandbox whose clock stands still is woken by nobody', async () => {
  const { ask, jumpTo, workspaceId } = await openGated(server)
  await jumpTo('2030-01-07T08:00:00Z')
  const before = (await jobsIn(owner)).filter(({ payload }) => payload.workspace_id === workspaceId)
  await ask()
  const jobs = (await jobsIn(owner)).filter(({ payload }) => payload.workspace_id === workspaceId)
  assert.deepEqual(
    jobs.map(({ id }) => id),
    before.map(({ id }) => id),
  )
})

test('what has expired and was not noted yet waits on no page, and a press says why nothing comes of it', async () => {
  const { ask, person } = await openGated(server)
  const { id, path } = await ask()
  const waits = async () => {
    const text = await (
      await fetch(`${server.url}/console/approvals`, { headers: { cookie: person.cookie } })
    ).text()
    return [text.includes('data-waiting'), /data-mark="([^"]*)"/.exec(text)![1]]
  }
  const [before, mark] = await waits()
  await owner.query('UPDATE approvals SET expires_at = asked_at WHERE id = $1', [uuidOf(id)])
  const [later, another] = await waits()
  assert.deepEqual([before, later], [true, false])
  assert.notEqual(mark, another, 'which a page that is open is told')
  const pressed = await press(person, `${server.url}${path}/approve`)
  assert.equal(pressed.status, 409)
  assert.match(pressed.text, /role="alert">This waited too long and has expired/)
  assert.doesNotMatch(pressed.text, /id="decision"/)
})

test('asked again after its end, it is another question; of the one before it is said that it has expired', async () => {
  const { agent, jumpTo } = await openGated(server)
  const args = { rules: [{ tool: 'create_api_key', gate: 'approve' }] }
  const ask = async () => (await callTool(agent, 'set_approval_policy', args)).body
  const { approval: first } = await ask()
  await jumpTo(first.expires_at)
  const { approval: second, audit_id } = await ask()
  assert.notEqual(second.id, first.id)
  assert.deepEqual([await stateOf(agent, first.id), second.state], ['expired', 'pending'])
  assert.equal((await ask()).approval.id, second.id)
  assert.deepEqual(await eventsOf(first.id), ['approval.expired'])
  const events = await done(agent, 'list_audit_events', { tool: 'set_approval_policy' })
  assert.equal(events.find(({ id }: Body) => id === audit_id).changes[0].id, first.id)
})

interface Loss {
  what: string
  sql: string
  /** What the person who decides is told, and the asker. */
  why: RegExp
}

const ofKey: Loss[] = [
  {
    what: 'the key was narrowed',
    sql: `UPDATE api_keys SET scopes = '{approvals:read}'`,
    why: /^Whoever asked may no longer do this\. This key lacks the scope approvals:write/,
  },
  {
    what: 'the member fell to a lower role',
    sql: `UPDATE members SET role = 'member'`,
    why: /^Whoever asked may no longer do this\. Only the role admin or above/,
  },
  {
    what: 'the key has expired',
    sql: 'UPDATE api_keys SET expires_at = clock_timestamp()',
    why: /^Whoever asked may no longer: a key/,
  },
  {
    what: 'the member was thrown out',
    sql: `UPDATE members SET status = 'deactivated'`,
    why: /^Whoever asked may no longer: .*a member who left/,
  },
]
const ofClient: Loss[] = [
  {
    what: 'the client was thrown out',
    sql: 'UPDATE connections SET revoked_at = clock_timestamp()',
    why: /^Whoever asked may no longer/,
  },
  {
    what: 'the client’s year is over',
    sql: 'UPDATE connections SET expires_at = clock_timestamp()',
    why: /^Whoever asked may no longer/,
  },
  {
    what: 'the client was left less',
    sql: `UPDATE connections SET scopes = '{approvals:read}'`,
    why: /lacks the scope approvals:write/,
  },
  ...ofKey.filter(({ what }) => what.startsWith('the member')),
]
const asker = (table: string) => (table === 'members' ? 'id' : 'member_id')

for (const [by, some] of [
  ['key', ofKey],
  ['client', ofClient],
] as const) {
  for (const { what, sql, why } of some) {
    test(`asked by a ${by}, and then ${what}: nothing is done, and the page says so before and after`, async () => {
      const { business, person, agent, workspaceId } = await openGated(server, 'live')
      const { email, key, memberId } = await colleague(server, business, { role: 'admin', person })
      const secret = by === 'key' ? key : (await connectClient(server, email)).access_token
      const rules = [{ tool: 'create_sandbox', gate: 'approve' }]
      const asked = await callTool({ url: server.url, key: secret }, 'set_approval_policy', { rules })
      const { id } = asked.body.approval
      const page = () => pageOf(person, `/console/approvals/${id}`)
      assert.doesNotMatch(await page(), /may no longer/)
      const table = /UPDATE (\w+)/.exec(sql)![1]!
      await owner.query(`${sql} WHERE ${asker(table)} = $1`, [uuidOf(memberId)])
      assert.match(await page(), /Whoever asked may no longer do this, so approving it would do nothing/)

      const { body } = await person.decide(id, 'approve', { note: 'Fine by me.' })
      assert.deepEqual([body.state, body.error.code], ['stale', 'approval_stale'])
      assert.match(body.error.message, why)
      const later = await done(agent, 'get_approval', { approval_id: id })
      assert.deepEqual(
        [later.state, later.error_code, later.note],
        ['stale', 'approval_stale', 'Fine by me.'],
      )
      assert.equal(later.answer.message, body.error.message)
      assert.match(await page(), /Whoever asked may no longer/)
      const { rows } = await owner.query('SELECT rules FROM approval_policies WHERE workspace_id = $1', [
        workspaceId,
      ])
      assert.ok(!JSON.stringify(rows).includes('create_sandbox'), 'nothing was done')
    })
  }
}

test('a key of one place asks about a booking that then goes to another: it is no longer theirs to have done', async () => {
  const desk = await openDesk(server)
  const rules = [{ tool: 'check_in_booking', gate: 'approve' }]
  await desk.approved('set_approval_policy', { rules })
  const { id: booking_id } = await desk.booked()
  const scopes = ['bookings:read', 'bookings:write']
  const places = { location_ids: [desk.locationId] }
  const bound = await made(desk, 'create_api_key', { name: 'Centro', scopes, ...places })
  const { body } = await callTool({ url: desk.url, key: bound.api_key }, 'check_in_booking', { booking_id })
  assert.equal(body.status, 'needs_approval', JSON.stringify(body))
  const { workspace } = await done(desk, 'get_current_context')
  const person = await signIn(server, desk.email, workspace.id)
  const page = () => pageOf(person, new URL(body.approval.url).pathname)
  assert.doesNotMatch(await page(), /approving it would do nothing/)
  const { id: elsewhere } = await made(desk, 'create_location', { name: 'Sur', time_zone: 'Europe/Madrid' })
  await desk.rows('UPDATE bookings SET location_id = $2 WHERE workspace_id = $1', uuidOf(elsewhere))
  assert.match(await page(), /Whoever asked may no longer do this/)
  const decided = await person.decide(body.approval.id, 'approve')
  assert.deepEqual([decided.body.state, decided.body.error.code], ['stale', 'approval_stale'])
  assert.match(decided.body.error.message, /about what they no longer see/)
})

test('what a run warns of, its asker and its reviewer are told, and once more with the result', async () => {
  const { agent, person } = await openGated(server)
  const { message, customer, approvalId: former } = await askToSendUngated(agent, person)
  await done(agent, 'cancel_approval_request', { approval_id: former })
  const { id: customer_id, version } = customer
  await done(agent, 'update_customer', { customer_id, version, email: 'elsewhere@prieto.example' })
  const args = { message_id: message.id, idempotency_key: fresh() }
  const { approval } = (await callTool(agent, 'send_message', args)).body
  const warning = /reached elsewhere by now/
  const again = await callTool(agent, 'send_message', args)
  assert.equal(again.body.status, 'needs_approval')
  assert.match(again.body.warnings.join(), warning, 'a retry while it waits is told no less')
  assert.match(await pageOf(person, new URL(approval.url).pathname), warning)
  const { body } = await person.decide(approval.id, 'approve')
  assert.match(body.answer.warnings.join(), warning)
  assert.match((await callTool(agent, 'send_message', args)).body.warnings.join(), warning)
})

test('reworded, and then refused: the words stand beside what was asked, and why they were not sent', async () => {
  const { agent, person } = await openGated(server)
  const { approvalId, path } = await askToSendUngated(agent, person, { email: 'nadia@prieto.example' })
  await done(agent, 'add_suppression', { channel: 'email', address: 'nadia@prieto.example', scope: 'all' })
  const { body } = await person.decide(approvalId, 'approve', { edits: { text: 'In my words.' } })
  assert.deepEqual([body.state, body.error.code], ['failed', 'suppressed'])
  const {
    edited,
    arguments: sent,
    original_arguments: asked,
  } = await done(agent, 'get_approval', {
    approval_id: approvalId,
  })
  assert.deepEqual([edited, sent.text], [true, 'In my words.'])
  assert.match(asked.text, /umbrella/)
  const page = await pageOf(person, path)
  assert.match(page, /What the reviewer changed/)
  assert.ok(page.includes(body.error.message.split('.')[0]))
})

test('words that the channel does not take are refused to who wrote them, and the message waits as it was', async () => {
  const { agent, person } = await openGated(server)
  const { approval: ungated } = (await callTool(agent, 'set_approval_policy', { rules: [] })).body
  await person.decide(ungated.id, 'approve')
  const { id: customer_id } = await made(agent, 'create_customer', { name: 'Nadia', phone: '+34612345678' })
  const draft = { customer_id, channel: 'sms', body: 'Your umbrella is with us.', purpose: 'transactional' }
  const { id: message_id } = await made(agent, 'draft_message', draft)
  const { body } = await callTool(agent, 'send_message', { message_id, idempotency_key: fresh() })
  const { id, url } = body.approval
  const text = 'So long. '.repeat(300)
  const byApi = await person.decide(id, 'approve', { edits: { text } })
  assert.deepEqual([byApi.status, byApi.body.code], [422, 'invalid_input'])
  const pressed = await press(person, `${url}/approve`, { 'edit.text': text, note: 'Longer.' })
  assert.equal(pressed.status, 422)
  assert.match(pressed.text, /role="alert">text: Too long for sms/)
  assert.ok(pressed.text.includes(text), 'and what they wrote is still there')
  assert.equal(await stateOf(agent, id), 'pending')
  assert.equal(
    (await person.decide(id, 'approve', { edits: { text: 'It is here.' } })).body.state,
    'executed',
  )
})

test('a question about somebody who is then erased is over, and says no more of them', async () => {
  const { agent, person } = await openGated(server)
  const { approvalId, path, customer } = await askToSendUngated(agent, person, { name: 'Nadia Prieto' })
  const args = { customer_id: customer.id, idempotency_key: fresh() }
  const { approval } = (await callTool(agent, 'erase_customer', args)).body
  assert.equal((await person.decide(approval.id, 'approve')).body.state, 'executed')
  const page = await pageOf(person, path)
  assert.match(page, /It was overtaken/)
  assert.doesNotMatch(page, /Nadia|umbrella/)
  assert.deepEqual(await eventsOf(approvalId), ['approval.stale'])
  const late = await person.decide(approvalId, 'approve')
  assert.deepEqual([late.body.code, late.body.details], ['invalid_transition', { state: 'stale' }])
})

const releases: [what: string, sql: string][] = [
  [
    'what was asked has been forgotten',
    `UPDATE approval_details SET arguments = NULL, preview = NULL WHERE approval_id = $1`,
  ],
  [
    'the tool takes other arguments',
    `UPDATE approval_details SET arguments = '{"full_name":"Nadia"}' WHERE approval_id = $1`,
  ],
  ['the tool is gone', `UPDATE approvals SET tool = 'put_somebody_in' WHERE id = $1`],
]

for (const [what, sql] of releases) {
  test(`${what} since it was asked: the page says that nothing would come of it, and nothing does`, async () => {
    const { agent, person, ask, timesMade, workspaceId } = await openGated(server)
    const [first, second] = [await ask(), await ask()]
    await owner.query(`UPDATE members SET role = 'admin' WHERE workspace_id = $1`, [workspaceId])
    for (const { id } of [first, second]) await owner.query(sql, [uuidOf(id)])
    assert.match(await pageOf(person, first.path), /so approving it would do nothing/)
    const yes = await person.decide(first.id, 'approve')
    assert.deepEqual([yes.body.state, yes.body.error.code], ['stale', 'approval_stale'])
    assert.match(await pageOf(person, first.path), /It was overtaken/)
    assert.equal((await person.decide(second.id, 'reject')).body.state, 'rejected')
    assert.equal((await person.decide(second.id, 'reject')).body.state, 'rejected', 'the same press again')
    assert.equal(await stateOf(agent, first.id), 'stale')
    assert.equal(await timesMade(first), 0)
  })
}

const departures: [what: string, leave: (gated: Gated) => Promise<unknown>][] = [
  ['signed out in another tab', ({ person }) => press(person, `${server.url}/console/sign-out`)],
  [
    'ended it from another device',
    async ({ business }) =>
      press(await signIn(server, business.email), `${server.url}/console/sessions/end-others`),
  ],
  [
    'were away for twelve hours',
    ({ workspaceId }) =>
      owner.query(
        `UPDATE sessions SET last_seen_at = clock_timestamp() - interval '12 hours' WHERE workspace_id = $1`,
        [workspaceId],
      ),
  ],
]

for (const [what, leave] of departures) {
  test(`who opened it and then ${what} decides nothing, signs in, and is back at it`, async () => {
    const gated = await openGated(server, 'live')
    const { person, business, agent, ask } = gated
    const { id, path } = await ask()
    await leave(gated)
    const open = server.url + path
    for (const verdict of ['approve', 'reject'] as const) {
      const pressed = await press(person, `${open}/${verdict}`, {}, open)
      assert.deepEqual([pressed.status, pressed.to], [303, signInTo(path)])
      const unsaid = await press(person, `${open}/${verdict}`)
      assert.equal(unsaid.to, signInTo(path), 'of a browser that does not say where the form was')
      assert.equal((await person.decide(id, verdict)).body.code, 'unauthenticated')
    }
    assert.equal(await stateOf(agent, id), 'pending')
    assert.equal(await signedInTo(business.email, path), path)
  })
}

test('whose session ended as they wrote comes back to the page of the form', async () => {
  const nobody = { cookie: '' }
  const customer = '/console/customers/customer_01kx0000000000000000000000'
  const save = (from?: string) => press(nobody, `${server.url}${customer}/edit`, { version: '1' }, from)
  assert.equal((await save(`${server.url}${customer}?said=saved`)).to, signInTo(customer))
  assert.equal((await save(`${server.url}${customer}/edit`)).to, signInTo('/console/customers'))
  assert.equal((await save()).to, signInTo('/console/customers'))
  assert.equal((await save('https://evil.example//evil.example/x')).to, signInTo('/console'))
  const wanted = await fetch(`${server.url}/console/calendar?day=2030-01-07`, { redirect: 'manual' })
  assert.equal(wanted.headers.get('location'), signInTo('/console/calendar'))
})

test('of several that were ticked, whose session ended is led back to the queue', async () => {
  const { person, ask } = await openGated(server, 'live')
  const { id } = await ask()
  await press(person, `${server.url}/console/sign-out`)
  const several = `${server.url}/console/approvals/several`
  // From the queue; from the page that asks whether they are sure; and from a browser that does not say.
  for (const from of [`${server.url}/console/approvals`, several, undefined]) {
    const { to } = await press(person, several, { [`pick.${id}`]: 'on', verdict: 'approve' }, from)
    assert.equal(to, signInTo('/console/approvals'), from)
  }
})

test('who was thrown out with the page open decides nothing, and does not come in again', async () => {
  const { agent, business, person, ask } = await openGated(server, 'live')
  const { email, memberId } = await colleague(server, business, { role: 'admin', person })
  const marta = await signIn(server, email)
  const { id, path } = await ask()
  await owner.query(`UPDATE members SET status = 'deactivated' WHERE id = $1`, [uuidOf(memberId)])
  const pressed = await press(marta, `${server.url}${path}/approve`, {}, server.url + path)
  assert.equal(pressed.to, signInTo(path))
  assert.equal((await marta.decide(id, 'approve')).status, 401)
  assert.equal(await signedInTo(email, path), null)
  assert.equal(await stateOf(agent, id), 'pending')
})

for (const [what, sql, why] of [
  ['is thrown out', `UPDATE members SET status = 'deactivated'`, /no longer a member/],
  ['falls to a lower role', `UPDATE members SET role = 'member'`, /Only the role admin/],
] as const) {
  test(`who ${what} while their press waits for its turn has not decided`, async () => {
    const { agent, business, person, ask, timesMade } = await openGated(server, 'live')
    const { email, memberId } = await colleague(server, business, { role: 'admin', person })
    const marta = await signIn(server, email)
    const asked = await ask()
    const keeper = await owner.connect()
    await keeper.query('BEGIN')
    await keeper.query('SELECT FROM approvals WHERE id = $1 FOR UPDATE', [uuidOf(asked.id)])
    const pressed = marta.decide(asked.id, 'approve')
    await until(async () => (await owner.query(waiting)).rowCount === 1)
    await owner.query(`${sql} WHERE id = $1`, [uuidOf(memberId)])
    await keeper.query('ROLLBACK')
    keeper.release()
    const { status, body } = await pressed
    assert.deepEqual([status, body.code], [403, 'forbidden_scope'])
    assert.match(body.message ?? body.detail, why)
    assert.deepEqual([await stateOf(agent, asked.id), await timesMade(asked)], ['pending', 0])
  })
}

test('who decides is told by the hour at which it was asked, on a clock that springs forward and falls back', async () => {
  const { person, ask, rule, jumpTo, workspaceId } = await openGated(server)
  await rule({}, { reviewers: 'owner', hours: { from: '02:30', to: '03:30' } })
  // Madrid: on 31 March no clock shows 02:30, on 27 October it shows it twice.
  const hours: [asked: string, isOwners: boolean][] = [
    ['2030-03-31T00:59:59Z', false], // 01:59
    ['2030-03-31T01:00:00Z', true], // 03:00
    ['2030-03-31T01:30:00Z', false], // 03:30
    ['2030-10-27T00:29:59Z', false], // 02:29, in summer
    ['2030-10-27T00:30:00Z', true], // 02:30, in summer
    ['2030-10-27T01:00:00Z', false], // 02:00, in winter
    ['2030-10-27T01:30:00Z', true], // 02:30, in winter
    ['2030-10-27T02:30:00Z', false], // 03:30
  ]
  const fall = (role: string) =>
    owner.query('UPDATE members SET role = $1 WHERE workspace_id = $2', [role, workspaceId])
  for (const [at, isOwners] of hours) {
    await jumpTo(at)
    const { id } = await ask()
    // Decided when the other rule holds.
    const next = Temporal.Instant.from(at).toZonedDateTimeISO('Europe/Madrid').add({ days: 1 })
    const later = next.with({ hour: isOwners ? 12 : 2, minute: 45 }).toInstant()
    await jumpTo(later.toString())
    await fall('admin')
    const byAdmin = await person.decide(id, 'approve')
    assert.equal(byAdmin.status, isOwners ? 403 : 200, `${at} ${JSON.stringify(byAdmin.body)}`)
    await fall('owner')
    if (isOwners) assert.equal((await person.decide(id, 'approve')).body.state, 'executed')
  }
})

/** Where putting somebody in waits for nobody any more. */
async function askToSendUngated(agent: Caller, person: Person, wish?: Wish): Promise<Asked> {
  const { approval } = (await callTool(agent, 'set_approval_policy', { rules: [] })).body
  await person.decide(approval.id, 'approve')
  return askToSend(agent, wish)
}

async function pageOf({ cookie }: Pick<Person, 'cookie'>, path: string): Promise<string> {
  return (await fetch(server.url + path, { headers: { cookie } })).text()
}

async function stateOf(agent: Caller, id: string): Promise<string> {
  return (await done(agent, 'get_approval', { approval_id: id })).state
}

async function eventsOf(id: string): Promise<string[]> {
  const { rows } = await owner.query('SELECT type FROM events WHERE subject_id = $1', [uuidOf(id)])
  return rows.map(({ type }) => type)
}

function signInTo(path: string): string {
  return `/console/sign-in?to=${encodeURIComponent(path)}`
}

/** Where a person comes out who signs in to go there; null: they do not come in. */
async function signedInTo(email: string, to: string): Promise<string | null> {
  const nobody = { cookie: '' }
  const asked = await press(nobody, `${server.url}/console/sign-in`, { email, to })
  const request = new URL(asked.to!, server.url).searchParams.get('request')!
  const mail = (await server.mailbox()).find(letter => letter.to === email && letter.text.includes('sign in'))
  const code = /\d{6}/.exec(mail?.text ?? '000000')![0]
  const arrived = await press(nobody, `${server.url}/console/sign-in/code`, { request, to, code })
  return arrived.to
}

/** Sessions that wait for a lock. */
const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
