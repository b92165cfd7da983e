/** A person decides, once, and nobody else can. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Body, callTool, done, fresh, refused } from './support/caller.ts'
import { newSandbox, type Sandbox } from './support/example.ts'
import { askFor, askToSend } from './support/message.ts'
import { send, signIn } from './support/person.ts'
import { startServer, type TestServer } from './support/server.ts'
import { made } from './support/shop.ts'

const policy = { rules: [{ tool: 'create_api_key', gate: 'approve' }] }

test('a call that needs approval executes nothing, and runs as its asker once a person approves', async t => {
  const { agent, person } = await desk(t)
  const asked = await callTool(agent, 'set_approval_policy', policy)
  assert.equal(asked.body.status, 'needs_approval')
  assert.match(asked.body.approval.url, /\/console\/approvals\/approval_/)
  assert.equal((await newKey(agent, 'Before')).status, 'done', 'nothing has changed yet')

  const decided = await person.decide(asked.body.approval.id, 'approve', { note: 'Fine by me.' })
  assert.deepEqual([decided.status, decided.body.state], [200, 'executed'])
  assert.equal((await newKey(agent, 'After')).status, 'needs_approval')

  const approval = await done(agent, 'get_approval', { approval_id: asked.body.approval.id })
  assert.deepEqual([approval.state, approval.note], ['executed', 'Fine by me.'])
  const [event] = (
    await callTool(agent, 'list_audit_events', { tool: 'set_approval_policy', outcome: 'done' })
  ).body.data
  assert.equal(event.principal.name, 'Sandbox key', 'it ran as its asker')
  assert.equal(event.decided_by.name, 'Owner', 'and says who allowed it')
})

test('no key decides, whatever it may otherwise do; nor does nobody', async t => {
  const { server, agent } = await desk(t)
  const { approval } = (await callTool(agent, 'set_approval_policy', policy)).body
  for (const verdict of ['approve', 'reject']) {
    const path = `/v1/approvals/${approval.id}/${verdict}`
    const byKey = await send(server.url, 'POST', path, {}, { authorization: `Bearer ${agent.key}` })
    assert.deepEqual([byKey.status, byKey.body.code], [403, 'forbidden_scope'])
    const byNobody = await send(server.url, 'POST', path, {})
    assert.deepEqual([byNobody.status, byNobody.body.code], [401, 'unauthenticated'])
    const keyAsCookie = await send(server.url, 'POST', path, {}, { cookie: `backdesk_session=${agent.key}` })
    assert.equal(keyAsCookie.status, 401)
  }
  const names = server.house.catalog.entries.map(entry => entry.tool.name)
  assert.deepEqual(
    names.filter(name => /^(approve|reject|decide)/.test(name)),
    [],
    'deciding is no tool',
  )
  assert.equal((await done(agent, 'get_approval', { approval_id: approval.id })).state, 'pending')
})

test("another site's page decides nothing with a person's cookie", async t => {
  const { server, agent, person } = await desk(t)
  const { approval } = (await callTool(agent, 'set_approval_policy', policy)).body
  const path = `/v1/approvals/${approval.id}/approve`
  const pages: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'http://evil.example' },
  ]
  for (const foreign of pages) {
    const answer = await send(server.url, 'POST', path, {}, { cookie: person.cookie, ...foreign })
    assert.equal(answer.status, 403)
  }
})

test('approving twenty times in parallel runs the call once', async t => {
  const { server, agent, person } = await desk(t)
  const { approval } = (await callTool(agent, 'set_approval_policy', policy)).body
  const answers = await Promise.all(Array.from({ length: 20 }, () => person.decide(approval.id, 'approve')))
  for (const { body } of answers) assert.deepEqual([body.state, body.answer.data.version], ['executed', 1])
  const { rows } = await server.house.database.owner.query(
    `SELECT count(*)::int AS runs FROM audit_events WHERE tool = 'set_approval_policy' AND outcome = 'done'`,
  )
  assert.equal(rows[0].runs, 1)
})

test('approve and reject in parallel: one of them wins, and both are told which', async t => {
  const { agent, person } = await desk(t)
  const { approval } = (await callTool(agent, 'set_approval_policy', policy)).body
  const [yes, no] = await Promise.all([
    person.decide(approval.id, 'approve'),
    person.decide(approval.id, 'reject'),
  ])
  const winners = [yes, no].filter(answer => answer.status === 200)
  assert.equal(winners.length, 1)
  const loser = [yes, no].find(answer => answer.status !== 200)!
  assert.equal(loser.body.code, 'invalid_transition')
})

test('a waiting call is found again by its key, or by being the same; later by its result', async t => {
  const { agent, person } = await desk(t)
  const unkeyed = await Promise.all([
    callTool(agent, 'set_approval_policy', policy),
    callTool(agent, 'set_approval_policy', policy),
  ])
  assert.equal(unkeyed[0].body.approval.id, unkeyed[1].body.approval.id)
  await person.decide(unkeyed[0].body.approval.id, 'approve')

  const args = { name: 'Waiting', idempotency_key: fresh() }
  const first = await callTool(agent, 'create_api_key', args)
  const again = await callTool(agent, 'create_api_key', args)
  assert.deepEqual([again.body.status, again.body.approval], ['needs_approval', first.body.approval])
  const other = await callTool(agent, 'create_api_key', { ...args, idempotency_key: fresh() })
  assert.notEqual(other.body.approval.id, first.body.approval.id, 'another key is another wish')

  const decided = await person.decide(first.body.approval.id, 'approve')
  assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
  assert.match(decided.body.answer.data.api_key, /^bd_test_/)
  const later = await callTool(agent, 'create_api_key', args)
  assert.deepEqual(
    [later.body.status, later.body.data.name, later.body.data.api_key],
    ['done', 'Waiting', undefined],
  )
  assert.deepEqual(
    [first.body.warnings, again.body.warnings, later.body.warnings],
    [
      ['Nothing has changed yet; ids of new rows are provisional.'],
      ['Nothing has changed yet; ids of new rows are provisional.'],
      ['The secret was shown once, to the person who approved, and is not repeated.'],
    ],
  )
  assert.equal(later.body.replayed, true)
})

test('what changed since, or whose asker lost the right, does not run', async t => {
  const { agent, person } = await desk(t)
  const first = (await callTool(agent, 'set_approval_policy', policy)).body.approval
  const second = (await callTool(agent, 'set_approval_policy', { rules: [] })).body.approval
  await person.decide(first.id, 'approve')
  const stale = await person.decide(second.id, 'approve')
  assert.deepEqual(
    [stale.body.state, stale.body.error.code],
    ['stale', 'approval_stale'],
    'the policy it rested on has changed',
  )

  const args = { name: 'Never', idempotency_key: fresh() }
  const waiting = (await callTool(agent, 'create_api_key', args)).body.approval
  const me = (await done(agent, 'get_current_context')).principal.id
  const preview = await callTool(agent, 'revoke_api_key', { key_id: me })
  await done(agent, 'revoke_api_key', { key_id: me, confirm_token: preview.body.confirm_token })
  const orphan = await person.decide(waiting.id, 'approve')
  assert.equal(orphan.body.state, 'stale', 'the key that asked was revoked')
})

test('rejected, withdrawn and expired calls never run', async t => {
  const { agent, person } = await desk(t)
  const rejected = (await callTool(agent, 'set_approval_policy', policy)).body.approval
  assert.equal((await person.decide(rejected.id, 'reject', { note: 'No.' })).body.state, 'rejected')
  assert.equal((await person.decide(rejected.id, 'approve')).body.code, 'invalid_transition')

  const withdrawn = (await callTool(agent, 'set_approval_policy', policy)).body.approval
  assert.notEqual(withdrawn.id, rejected.id, 'a rejected call may be asked anew')
  await done(agent, 'cancel_approval_request', { approval_id: withdrawn.id })
  await done(agent, 'cancel_approval_request', { approval_id: withdrawn.id })
  assert.equal((await person.decide(withdrawn.id, 'approve')).body.code, 'invalid_transition')

  const late = (await callTool(agent, 'set_approval_policy', policy)).body.approval
  await done(agent, 'set_sandbox_clock', { to: late.expires_at })
  assert.equal(
    (await person.decide(late.id, 'approve')).body.code,
    'approval_expired',
    'at exactly its expiry it is gone',
  )
})

test('what has expired is decided on no more, though nothing has woken up to say so', async t => {
  const { server, agent, person } = await desk(t)
  const { approval } = (await callTool(agent, 'set_approval_policy', policy)).body
  const { owner } = server.house.database
  await owner.query('UPDATE approvals SET expires_at = asked_at WHERE id = $1', [uuidOf(approval.id)])
  for (const verdict of ['approve', 'reject'] as const)
    assert.equal((await person.decide(approval.id, verdict)).body.code, 'approval_expired')
  const { rows } = await owner.query('SELECT state FROM approvals WHERE id = $1', [uuidOf(approval.id)])
  assert.equal(rows[0].state, 'pending', 'it was the moment that counted')
  assert.equal((await newKey(agent, 'Free')).status, 'done')
})

test('a template that is let through is let through at its version: changed, it is a new one to the policy', async t => {
  const { agent, person } = await desk(t)
  const rules = [{ tool: 'send_message', gate: 'allow', template: 'lost_property@1' }]
  await person.decide((await callTool(agent, 'set_approval_policy', { rules })).body.approval.id, 'approve')
  const { id: customer_id } = await made(agent, 'create_customer', {
    name: 'Nadia',
    email: 'n@prieto.example',
  })
  const sent = async () => {
    const draft = { customer_id, template_key: 'lost_property' }
    const { id } = await made(agent, 'draft_message', draft)
    return (await callTool(agent, 'send_message', { message_id: id, idempotency_key: fresh() })).body.status
  }
  await done(agent, 'upsert_message_template', lostProperty)
  assert.equal(await sent(), 'done')
  await done(agent, 'upsert_message_template', { ...lostProperty, body: 'Your hat is with us.' })
  assert.equal(await sent(), 'needs_approval')
})

test('an approval whose run is refused stays failed, with the refusal as the answer', async t => {
  const { agent, person } = await desk(t)
  const rules = [{ tool: 'cancel_approval_request', gate: 'approve' }]
  await person.decide((await callTool(agent, 'set_approval_policy', { rules })).body.approval.id, 'approve')
  const target = (await callTool(agent, 'set_approval_policy', policy)).body.approval
  const withdrawal = (await callTool(agent, 'cancel_approval_request', { approval_id: target.id })).body
    .approval
  await person.decide(target.id, 'reject')

  const decided = await person.decide(withdrawal.id, 'approve')
  assert.deepEqual([decided.body.state, decided.body.error.code], ['failed', 'invalid_transition'])
  const approval = await done(agent, 'get_approval', { approval_id: withdrawal.id })
  assert.deepEqual(
    [approval.state, approval.error_code, approval.answer.code],
    ['failed', 'invalid_transition', 'invalid_transition'],
  )
  assert.equal(
    (await done(agent, 'get_approval', { approval_id: target.id })).state,
    'rejected',
    'nothing half-written',
  )
})

test('a policy cannot free set_approval_policy, nor a destructive tool of its preview', async t => {
  const { agent, person } = await desk(t)
  for (const gate of ['allow', 'confirm']) {
    const free = [{ tool: 'set_approval_policy', gate }]
    const { isError, body } = await callTool(agent, 'set_approval_policy', { rules: free })
    assert.deepEqual([isError, body.code], [true, 'invalid_input'])
    assert.match(body.message, /^rules\.0: gate: This tool keeps the gate approve/)
  }
  const rules = [
    { tool: 'set_approval_policy', gate: 'approve', reviewers: 'owner' },
    { tool: 'revoke_api_key', gate: 'allow' },
  ]
  const { approval } = (await callTool(agent, 'set_approval_policy', { rules })).body
  await person.decide(approval.id, 'approve')
  assert.equal((await callTool(agent, 'set_approval_policy', { rules: [] })).body.status, 'needs_approval')
  const { data } = await newKey(agent, 'Old')
  assert.equal(
    (await callTool(agent, 'revoke_api_key', { key_id: data.id })).body.status,
    'needs_confirmation',
  )
})

test('a policy may ask for an owner, and names only tools that exist', async t => {
  const { server, agent, person } = await desk(t)
  assert.equal(
    await refused(agent, 'set_approval_policy', { rules: [{ tool: 'no_such_tool', gate: 'allow' }] }),
    'invalid_input',
  )
  const rules = [{ tool: 'create_api_key', gate: 'approve', reviewers: 'owner' }]
  await person.decide((await callTool(agent, 'set_approval_policy', { rules })).body.approval.id, 'approve')
  const waiting = (await newKey(agent, 'For the owner')).approval
  await server.house.database.owner.query(`UPDATE members SET role = 'admin' WHERE workspace_id = $1`, [
    uuidOf(agent.workspaceId),
  ])
  const byAdmin = await person.decide(waiting.id, 'approve')
  assert.deepEqual([byAdmin.status, byAdmin.body.code], [403, 'forbidden_scope'])
})

test('an edit that says what the message says already is none', async t => {
  const { agent, person } = await desk(t)
  const { approvalId, message } = await askToSend(agent)
  const { subject, text } = message
  const { body } = await person.decide(approvalId, 'approve', { edits: { subject, text } })
  assert.equal(body.state, 'executed')
  const approval = await done(agent, 'get_approval', { approval_id: approvalId })
  assert.deepEqual([approval.edited, approval.arguments], [false, { message_id: message.id }])
})

test('whoever may let a message through may not thereby send words that take a stronger role', async t => {
  const { server, agent, person } = await desk(t)
  const rules = [
    { tool: 'send_message', gate: 'approve', reviewers: 'owner' },
    { tool: 'send_message', gate: 'approve', reviewers: 'admin', template: 'lost_property@1' },
  ]
  await done(agent, 'upsert_message_template', lostProperty)
  await person.decide((await callTool(agent, 'set_approval_policy', { rules })).body.approval.id, 'approve')
  const customer = await made(agent, 'create_customer', { name: 'Nadia', email: 'nadia@prieto.example' })
  const { id } = await made(agent, 'draft_message', {
    customer_id: customer.id,
    template_key: 'lost_property',
  })
  const { approvalId } = await askFor(agent, id)
  await server.house.database.owner.query(`UPDATE members SET role = 'admin' WHERE workspace_id = $1`, [
    uuidOf(agent.workspaceId),
  ])
  const edited = await person.decide(approvalId, 'approve', { edits: { text: 'Something else.' } })
  assert.deepEqual([edited.status, edited.body.code], [403, 'forbidden_scope'])
  assert.equal((await done(agent, 'get_approval', { approval_id: approvalId })).state, 'pending')
  assert.equal((await person.decide(approvalId, 'approve')).body.state, 'executed')
})

test('who opted out between the approval and the dispatch gets nothing, and the reason is there to be read', async t => {
  const { agent, person } = await desk(t)
  const now = '2030-01-07T10:00:00Z'
  await done(agent, 'set_sandbox_clock', { to: now })
  const email = 'nadia@prieto.example'
  const customer = await made(agent, 'create_customer', { name: 'Nadia', email })
  const draft = {
    customer_id: customer.id,
    body: 'Your umbrella.',
    subject: 'Found',
    purpose: 'transactional',
  }
  const { id } = await made(agent, 'draft_message', draft)
  const at = new Date(Date.parse(now) + 3_600_000).toISOString()
  const args = { message_id: id, at, idempotency_key: fresh() }
  const { approval } = (await callTool(agent, 'send_message', args)).body
  assert.equal((await person.decide(approval.id, 'approve')).body.state, 'executed')
  await done(agent, 'add_suppression', { channel: 'email', address: email, scope: 'all' })
  await done(agent, 'set_sandbox_clock', { to: new Date(Date.parse(now) + 7_200_000).toISOString() })
  const { status, reason } = await done(agent, 'get_message_status', { message_id: id })
  assert.deepEqual([status, reason], ['failed', 'suppressed'])
})

test('approved twenty times from two browsers: one execution, and all are told the same', async t => {
  const server = await startServer(t)
  const { key, email } = await server.signUp()
  const agent = { url: server.url, key }
  const [phone, laptop] = [await signIn(server, email), await signIn(server, email)]
  assert.notEqual(phone.cookie, laptop.cookie)
  const { approval } = (await callTool(agent, 'set_approval_policy', policy)).body
  const presses = Array.from({ length: 20 }, (_, at) =>
    (at % 2 ? phone : laptop).decide(approval.id, 'approve'),
  )
  for (const { body } of await Promise.all(presses))
    assert.deepEqual([body.state, body.answer.data.version], ['executed', 1])
  const events = await done(agent, 'list_audit_events', { tool: 'set_approval_policy', outcome: 'done' })
  assert.equal(events.length, 1)
  assert.ok(events[0].principal.name && events[0].decided_by.name, 'with both names')
})

test('several at once: each is its own decision, and one that is overtaken holds up no other', async t => {
  const { server, agent, person } = await desk(t)
  const asked = []
  for (const name of ['One', 'Two', 'Three']) asked.push((await askToSend(agent, { name })).approvalId)
  const [first, second] = [
    (await callTool(agent, 'set_approval_policy', policy)).body.approval.id,
    (await callTool(agent, 'set_approval_policy', { rules: [] })).body.approval.id,
  ]
  const path = '/v1/approvals/decide'
  const several = { approval_ids: [...asked, first, second, asked[0]], verdict: 'approve' }
  const cookie = { cookie: person.cookie }
  const { status, body } = await send(server.url, 'POST', path, several, cookie)
  assert.equal(status, 200)
  const states = body.data.map(({ state }: { state: string }) => state)
  assert.deepEqual(states, ['executed', 'executed', 'executed', 'executed', 'stale'])
  assert.equal(body.data[4].error.code, 'approval_stale')
  const late = await send(server.url, 'POST', path, { ...several, verdict: 'reject' }, cookie)
  assert.equal(late.body.data[0].error.code, 'invalid_transition')
  const withKey = await send(server.url, 'POST', path, several, { authorization: `Bearer ${agent.key}` })
  assert.equal(withKey.status, 403, 'no key decides')
})

test('a policy of the hour: what the night asks a person for, the day lets through', async t => {
  const { agent, person } = await desk(t)
  const rules = [{ tool: 'create_customer', gate: 'approve', hours: { from: '21:00', to: '07:00' } }]
  await person.decide((await callTool(agent, 'set_approval_policy', { rules })).body.approval.id, 'approve')
  const asked = async (to: string) => {
    await done(agent, 'set_sandbox_clock', { to })
    const args = { name: 'Nadia', idempotency_key: fresh() }
    return (await callTool(agent, 'create_customer', args)).body.status
  }
  // Madrid is an hour ahead in winter.
  assert.equal(await asked('2030-01-07T19:59:59Z'), 'done')
  assert.equal(await asked('2030-01-07T20:00:00Z'), 'needs_approval')
  assert.equal(await asked('2030-01-08T05:59:59Z'), 'needs_approval')
  assert.equal(await asked('2030-01-08T06:00:00Z'), 'done')
})

test('a rule that would never hold is refused: it would protect nobody', async t => {
  const { agent } = await desk(t)
  for (const rule of [
    { tool: 'list_customers' },
    { tool: 'search_customers' },
    { tool: 'run_write_tool' },
    { tool: 'register_organisation_verify' },
    { tool: 'send_message', template: 'booking_confirmation' },
    { tool: 'create_customer', amount_over: { amount: 0, currency: 'EUR' } },
    { tool: 'send_message', amount_over: { amount: 0, currency: 'EUR' } },
    { tool: 'refund_payment', recipients_over: 5 },
    { tool: 'cancel_class_session', template: 'class_cancelled@1' },
  ])
    assert.equal(
      await refused(agent, 'set_approval_policy', { rules: [{ ...rule, gate: 'approve' }] }),
      'invalid_input',
      rule.tool,
    )
})

test('a threshold adds and lets nothing through: with allow it is refused, and how to let through is said', async t => {
  const { agent, person } = await desk(t)
  for (const threshold of [
    { tool: 'refund_payment', amount_over: { amount: 5_000, currency: 'EUR' } },
    { tool: 'send_message', recipients_over: 0 },
  ]) {
    const rules = [
      { tool: 'create_api_key', gate: 'approve' },
      { ...threshold, gate: 'allow' },
    ]
    const { isError, body } = await callTool(agent, 'set_approval_policy', { rules })
    assert.deepEqual([isError, body.code], [true, 'invalid_input'])
    assert.match(body.message, /^rules\.1: gate: .*only adds.*Let through in a rule without one/)
  }
  const { id: customer_id } = await made(agent, 'create_customer', { name: 'Ana', email: 'ana@ruiz.example' })
  const sent = async () => {
    const draft = { customer_id, subject: 'Found', body: 'Your umbrella.', purpose: 'transactional' }
    const { id } = await made(agent, 'draft_message', draft)
    return (await callTool(agent, 'send_message', { message_id: id, idempotency_key: fresh() })).body.status
  }
  const through = { tool: 'send_message', gate: 'allow' }
  for (const [recipients_over, status] of [
    [1, 'done'],
    [0, 'needs_approval'],
  ]) {
    const rules = [through, { tool: 'send_message', gate: 'approve', recipients_over }]
    const { approval } = (await callTool(agent, 'set_approval_policy', { rules })).body
    await person.decide(approval.id, 'approve')
    assert.equal(await sent(), status)
  }
})

test('a rule that a release has made idle stays nobody’s obstacle: the others are changed, and it can be taken out', async t => {
  const { server, agent, person } = await desk(t)
  const idle = ['put_somebody_in', 'take_somebody_out'].map(tool => ({
    tool,
    gate: 'approve',
    reviewers: 'admin',
    expires_after_minutes: 60,
  }))
  await server.house.database.owner.query(
    `INSERT INTO approval_policies (workspace_id, rules, version, updated_at) VALUES ($1, $2, 1, now())`,
    [uuidOf(agent.workspaceId), JSON.stringify(idle)],
  )
  const set = async (rules: unknown[]) => {
    const { approval } = (await callTool(agent, 'set_approval_policy', { rules })).body
    return (await person.decide(approval.id, 'approve')).body.state
  }
  assert.equal(await set([...idle, { tool: 'create_api_key', gate: 'approve' }]), 'executed')
  assert.equal((await newKey(agent, 'Gated')).status, 'needs_approval')
  assert.equal(await set([idle[1]]), 'executed')
  for (const rule of [idle[0], { ...idle[1], reviewers: 'owner' }])
    assert.equal(await refused(agent, 'set_approval_policy', { rules: [idle[1], rule] }), 'invalid_input')
})

test('who comes second with an edit is told that it came too late; the same press again is the same decision', async t => {
  const { agent, person } = await desk(t)
  const { approvalId } = await askToSend(agent)
  const edits = { text: 'In my words.' }
  assert.equal((await person.decide(approvalId, 'approve', { edits })).body.state, 'executed')
  assert.equal((await person.decide(approvalId, 'approve', { edits })).body.state, 'executed')
  assert.equal((await person.decide(approvalId, 'approve')).body.state, 'executed')
  const late = await person.decide(approvalId, 'approve', { edits: { text: 'In other words.' } })
  assert.deepEqual([late.status, late.body.code], [409, 'invalid_transition'])
})

test('a retry of what a reviewer reworded says so, and where the difference is', async t => {
  const { agent, person } = await desk(t)
  const { message } = await askToSend(agent)
  const args = { message_id: message.id, idempotency_key: fresh() }
  const { approval } = (await callTool(agent, 'send_message', args)).body
  await person.decide(approval.id, 'approve', { edits: { text: 'In my words.' } })
  const { body } = await callTool(agent, 'send_message', args)
  assert.deepEqual([body.replayed, body.approval.id], [true, approval.id])
  assert.match(body.warnings.join(), /changed before it was approved/)
})

test('asked again after something has changed, it is a new question, which can be allowed', async t => {
  const { agent, person } = await desk(t)
  const [first, second] = [
    (await callTool(agent, 'set_approval_policy', policy)).body.approval,
    (await callTool(agent, 'set_approval_policy', { rules: [] })).body.approval,
  ]
  await person.decide(first.id, 'approve')
  const again = (await callTool(agent, 'set_approval_policy', { rules: [] })).body.approval
  assert.notEqual(again.id, second.id)
  assert.equal((await done(agent, 'get_approval', { approval_id: second.id })).state, 'stale')
  assert.equal((await person.decide(again.id, 'approve')).body.state, 'executed')
})

test('that a decision came to nothing is in the audit, with who made it', async t => {
  const { agent, person } = await desk(t)
  const stale = (await callTool(agent, 'set_approval_policy', { rules: [] })).body.approval
  const first = (await callTool(agent, 'set_approval_policy', policy)).body.approval
  await person.decide(first.id, 'approve')
  await person.decide(stale.id, 'approve')
  const no = (await callTool(agent, 'set_approval_policy', { rules: [] })).body.approval
  await person.decide(no.id, 'reject')
  const events = await done(agent, 'list_audit_events', { tool: 'set_approval_policy', outcome: 'refused' })
  assert.deepEqual(
    events.map((event: Body) => [event.approval_id, event.error_code, event.decided_by?.name]),
    [
      [no.id, null, 'Owner'],
      [stale.id, 'approval_stale', 'Owner'],
    ],
  )
})

interface Desk {
  server: TestServer
  agent: Sandbox
  person: Sandbox['person']
}

async function desk(t: Parameters<typeof startServer>[0]): Promise<Desk> {
  const server = await startServer(t)
  const agent = await newSandbox(server, await server.signUp())
  return { server, agent, person: agent.person }
}

async function newKey(agent: Sandbox, name: string): Promise<Body> {
  return (await callTool(agent, 'create_api_key', { name, idempotency_key: fresh() })).body
}

const lostProperty = {
  key: 'lost_property',
  channel: 'email',
  language: 'en',
  purpose: 'transactional',
  subject: 'You left something',
  body: 'Your umbrella is with us.',
}
