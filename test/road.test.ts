/** The road of a call, through its surfaces: keys, previews, forwarding, what stays behind. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Body, callTool, done, fresh, refused } from './support/caller.ts'
import { lossyProxy } from './support/lossy-proxy.ts'
import { startServer } from './support/server.ts'

test('an agent signs a business up over MCP alone and works with its key', async t => {
  const server = await startServer(t)
  const nobody = { url: server.url }
  const asked = await done(nobody, 'register_organisation_request', {
    email: 'Ana@Studio.example',
    organisation_name: 'Studio Norte',
    time_zone: 'Europe/Madrid',
    currency: 'EUR',
    country: 'ES',
    idempotency_key: fresh(),
  })
  const [mail] = await server.mailbox()
  assert.equal(mail!.to, 'ana@studio.example')
  const verify = {
    request_id: asked.request_id,
    code: /\d{6}/.exec(mail!.text)![0],
    idempotency_key: fresh(),
  }
  const first = await callTool(nobody, 'register_organisation_verify', verify)
  assert.match(first.body.data.api_key, /^bd_live_/)

  const again = await callTool(nobody, 'register_organisation_verify', verify)
  assert.equal(again.body.replayed, true)
  assert.equal(again.body.data.api_key, undefined, 'a key is shown once')
  assert.match(again.body.warnings.join(), /shown once/)

  const agent = { url: server.url, key: first.body.data.api_key }
  const context = await done(agent, 'get_current_context')
  assert.equal(context.workspace.name, 'Studio Norte')
  assert.equal(context.principal.may_decide_approvals, false)
  const [born] = (await callTool(agent, 'list_audit_events')).body.data
  assert.equal(born.tool, 'register_organisation_verify', 'the audit of a workspace begins with its making')
  assert.equal((await callTool(nobody, 'get_current_context')).status, 401)
})

test('two who sign up under one key know nothing of each other: each is answered, and only their own retry is one', async t => {
  const nobody = { url: (await startServer(t)).url }
  const organisation_name = 'Studio Norte'
  const place = { time_zone: 'Europe/Madrid', currency: 'EUR', country: 'ES' }
  const ask = (email: string) =>
    callTool(nobody, 'register_organisation_request', {
      email,
      organisation_name,
      ...place,
      idempotency_key: 'sign-up',
    })
  const [ana, luis] = [await ask('ana@studio.example'), await ask('luis@studio.example')]
  assert.deepEqual([ana.body.replayed, luis.body.replayed], [undefined, undefined])
  assert.notEqual(luis.body.data.request_id, ana.body.data.request_id)
  const again = await ask('ana@studio.example')
  assert.deepEqual([again.body.replayed, again.body.data.request_id], [true, ana.body.data.request_id])
})

test('the same key and arguments: one effect and the same answer, without the secret', async t => {
  const { agent } = await signedUp(t)
  const args = { name: 'Reports', idempotency_key: fresh() }
  const first = await callTool(agent, 'create_api_key', args)
  const again = await callTool(agent, 'create_api_key', args)
  const { api_key, ...shown } = first.body.data
  assert.ok(api_key)
  assert.deepEqual(again.body.data, shown)
  assert.equal(again.body.audit_id, first.body.audit_id)
  assert.equal(again.body.replayed, true)
  assert.match(again.body.warnings.join(), /shown once/)
  assert.equal((await keysNamed(agent, 'Reports')).length, 1)
  assert.equal(await refused(agent, 'create_api_key', { ...args, name: 'Other' }), 'idempotency_key_reused')
})

test('ten in parallel with one key: one effect, and nobody waits to be told so', async t => {
  const { agent } = await signedUp(t)
  const args = { name: 'Parallel', idempotency_key: fresh() }
  const answers = await Promise.all(Array.from({ length: 10 }, () => callTool(agent, 'create_api_key', args)))
  for (const { isError, body } of answers)
    assert.ok(isError ? body.code === 'in_progress' && body.retryable : body.status === 'done')
  assert.equal(answers.filter(({ isError, body }) => !isError && !body.replayed).length, 1)
  assert.equal((await keysNamed(agent, 'Parallel')).length, 1)
})

test('a crash after COMMIT and before the answer: the retry gets the answer', async t => {
  const server = await startServer(t)
  const { key } = await server.signUp()
  const proxy = await lossyProxy(t, server.databaseUrls.app)
  const lossy = await startServer(t, { databaseUrl: server.databaseUrls.owner, appDatabaseUrl: proxy.url })
  const args = { name: 'Survivor', idempotency_key: fresh() }

  proxy.loseNextCommit()
  const lost = await callTool({ url: lossy.url, key }, 'create_api_key', args)
  assert.equal(
    lost.body.code,
    'internal',
    'the connection broke after the commit, so the outcome was unknown',
  )
  assert.equal(proxy.lost(), 1)

  const retried = await callTool({ url: lossy.url, key }, 'create_api_key', args)
  assert.equal(retried.body.replayed, true)
  assert.equal(retried.body.data.name, 'Survivor')
  assert.equal((await keysNamed({ url: server.url, key }, 'Survivor')).length, 1)
})

test('a refused call and a preview consume no key', async t => {
  const { agent } = await signedUp(t)
  const idempotency_key = fresh()
  const weak = await done(agent, 'create_api_key', {
    name: 'Weak',
    scopes: ['platform:read', 'platform:write'],
    idempotency_key: fresh(),
  })
  const asWeak = { url: agent.url, key: weak.api_key }
  assert.equal(
    await refused(asWeak, 'create_api_key', { name: 'Strong', scopes: ['payments:write'], idempotency_key }),
    'forbidden_scope',
  )
  const preview = await callTool(asWeak, 'create_api_key', { name: 'Fair', idempotency_key, dry_run: true })
  assert.equal(preview.body.status, 'dry_run')
  assert.equal((await keysNamed(agent, 'Fair')).length, 0)
  const third = await callTool(asWeak, 'create_api_key', { name: 'Fair', idempotency_key })
  assert.equal(third.body.status, 'done')
  assert.equal(third.body.replayed, undefined)
})

test('confirm: a preview changes nothing; its token executes exactly what it showed', async t => {
  const { agent } = await signedUp(t)
  const [one, two] = [await newKey(agent, 'One'), await newKey(agent, 'Two')]
  const preview = await callTool(agent, 'revoke_api_key', { key_id: one.id })
  assert.equal(preview.body.status, 'needs_confirmation')
  assert.ok(preview.body.data.revoked_at)
  assert.equal((await keysNamed(agent, 'One'))[0].revoked_at, null)

  const { confirm_token } = preview.body
  assert.equal(
    await refused(agent, 'revoke_api_key', { key_id: two.id, confirm_token }),
    'confirmation_invalid',
  )
  assert.equal(
    await refused(agent, 'revoke_api_key', { key_id: one.id, confirm_token: 'forged' }),
    'confirmation_invalid',
  )
  await done(agent, 'revoke_api_key', { key_id: one.id, confirm_token })
  assert.ok((await keysNamed(agent, 'One'))[0].revoked_at)
  assert.equal(
    await refused(agent, 'revoke_api_key', { key_id: one.id, confirm_token }),
    'confirmation_invalid',
    'the version has moved on',
  )
})

test('run_read_tool and run_write_tool stand for their target: its scope, key, preview and gate', async t => {
  const { agent } = await signedUp(t)
  const settings = await callTool(agent, 'run_read_tool', { tool: 'get_workspace_settings' })
  assert.equal(settings.body.data.currency, 'EUR')
  assert.equal(
    await refused(agent, 'run_read_tool', { tool: 'create_api_key', arguments: { name: 'X' } }),
    'invalid_input',
  )
  assert.equal(await refused(agent, 'run_write_tool', { tool: 'list_api_keys' }), 'invalid_input')
  for (const [by, named] of [
    ['run_write_tool', 'run_write_tool'],
    ['run_write_tool', 'run_read_tool'],
    ['run_read_tool', 'run_read_tool'],
  ] as const) {
    const { isError, body } = await callTool(agent, by, { tool: named })
    assert.deepEqual([isError, body.code, body.details], [true, 'invalid_input', { tool: named }])
    assert.equal(body.message, `${by} calls no other run_ tool; name the tool itself.`)
  }
  assert.equal(
    await refused(agent, 'run_write_tool', { tool: 'create_api_key', arguments: { name: 'No key' } }),
    'invalid_input',
  )

  const { id } = await newKey(agent, 'Forwarded')
  const held = await callTool(agent, 'run_write_tool', { tool: 'revoke_api_key', arguments: { key_id: id } })
  assert.equal(held.body.status, 'needs_confirmation')
  const args = { key_id: id, confirm_token: held.body.confirm_token }
  await done(agent, 'run_write_tool', { tool: 'revoke_api_key', arguments: args })
  const [event] = (await callTool(agent, 'list_audit_events', { tool: 'revoke_api_key', outcome: 'done' }))
    .body.data
  assert.equal(event.via, 'run_write_tool')

  const reader = await newKey(agent, 'Reader')
  const asReader = { url: agent.url, key: reader.api_key }
  assert.equal(
    await refused(asReader, 'run_write_tool', {
      tool: 'create_sandbox',
      arguments: { idempotency_key: fresh() },
    }),
    'forbidden_scope',
  )
})

test('an unknown field is refused with the nearest name', async t => {
  const { agent } = await signedUp(t)
  const { body } = await callTool(agent, 'create_api_key', { nmae: 'Typo', idempotency_key: fresh() })
  assert.equal(body.code, 'invalid_input')
  assert.match(JSON.stringify(body.details), /Did you mean name\?/)
})

test('two hosts on one database: a key revoked on one is refused by the other on its next call', async t => {
  const one = await startServer(t)
  const two = await startServer(t, {
    databaseUrl: one.databaseUrls.owner,
    appDatabaseUrl: one.databaseUrls.app,
  })
  const { key } = await one.signUp()
  const doomed = await newKey({ url: one.url, key }, 'Doomed')
  await done({ url: two.url, key: doomed.api_key }, 'get_current_context')
  const { body } = await callTool({ url: one.url, key }, 'revoke_api_key', { key_id: doomed.id })
  await done({ url: one.url, key }, 'revoke_api_key', {
    key_id: doomed.id,
    confirm_token: body.confirm_token,
  })
  const after = await callTool({ url: two.url, key: doomed.api_key }, 'get_current_context')
  assert.equal(after.status, 401)
})

test('the audit says who did what, refusals too, and holds no secret', async t => {
  const { server, agent } = await signedUp(t)
  const { api_key } = await newKey(agent, 'Secret')
  await refused(agent, 'get_approval', { approval_id: 'approval_01h2xcejqtf2nbrexx3vqjhp41' })
  const events = (await callTool(agent, 'list_audit_events')).body.data
  const refusal = events.find((event: Body) => event.tool === 'get_approval')
  assert.deepEqual(
    [refusal.outcome, refusal.error_code, refusal.principal.name],
    ['refused', 'not_found', 'Sign-up key'],
  )
  const made = events.find((event: Body) => event.tool === 'create_api_key')
  assert.equal(made.changes[0].type, 'api_key.created')
  assert.deepEqual(made.arguments, { name: 'Secret' })

  const { rows } = await server.house.database.owner.query(
    `SELECT (SELECT string_agg(e::text, '') FROM audit_events e) || (SELECT string_agg(d::text, '') FROM call_details d) AS all`,
  )
  assert.ok(rows[0].all.includes('Secret'))
  assert.ok(!rows[0].all.includes(api_key), 'the key')
  assert.ok(!/"code":"\d{6}"/.test(rows[0].all), 'a one-time code')
})

test('the sandbox clock stands still once set, moves forward only, and runs what falls due at its own instant', async t => {
  const { agent } = await signedUp(t)
  const { api_key: key } = await done(agent, 'create_sandbox', { idempotency_key: fresh() })
  const sandbox = { url: agent.url, key }
  await done(sandbox, 'set_sandbox_clock', { to: '2030-01-01T00:00:00Z' })
  const rules = [{ tool: 'create_api_key', gate: 'confirm', expires_after_minutes: 60 }]
  const { approval } = (await callTool(sandbox, 'set_approval_policy', { rules })).body
  assert.equal(approval.expires_at, '2030-01-04T00:00:00.000Z', 'three days, in the time of the workspace')

  const stateOf = async ({ id }: Body) => (await done(sandbox, 'get_approval', { approval_id: id })).state
  const before = await done(sandbox, 'set_sandbox_clock', { to: '2030-01-03T23:59:59Z' })
  assert.deepEqual(before.steps, [])
  assert.equal(await stateOf(approval), 'pending')
  const { approval: later } = (await callTool(sandbox, 'set_approval_policy', { rules: [] })).body
  const moved = await done(sandbox, 'set_sandbox_clock', { to: '2030-01-06T00:00:00Z' })
  assert.deepEqual(moved.steps, [{ name: 'approval', at: '2030-01-04T00:00:00.000Z', count: 1 }])
  assert.deepEqual([await stateOf(approval), await stateOf(later)], ['expired', 'pending'])
  await done(sandbox, 'set_sandbox_clock', { to: '2030-01-10T00:00:00Z' })
  assert.equal(await stateOf(later), 'expired')
  assert.equal((await done(sandbox, 'get_current_context')).now, '2030-01-10T00:00:00.000Z')
  assert.equal(await refused(sandbox, 'set_sandbox_clock', { to: '2030-01-09T00:00:00Z' }), 'invalid_input')
  assert.equal(await refused(agent, 'set_sandbox_clock', { to: '2031-01-01T00:00:00Z' }), 'forbidden_scope')

  const { rows } = await (await server(agent)).query(
    "SELECT at FROM events WHERE type = 'approval.expired' ORDER BY at",
  )
  assert.deepEqual(
    rows.map(({ at }) => at.toISOString()),
    ['2030-01-04T00:00:00.000Z', '2030-01-06T23:59:59.000Z'],
  )
})

const servers = new Map<string, Awaited<ReturnType<typeof startServer>>>()

async function signedUp(t: Parameters<typeof startServer>[0]) {
  const server = await startServer(t)
  const { key, workspaceId } = await server.signUp()
  servers.set(server.url, server)
  return { server, agent: { url: server.url, key }, workspaceId: uuidOf(workspaceId) }
}

async function server({ url }: { url: string }) {
  return servers.get(url)!.house.database.owner
}

function newKey(agent: { url: string; key: string }, name: string): Promise<Body> {
  return done(agent, 'create_api_key', { name, idempotency_key: fresh() })
}

async function keysNamed(agent: { url: string; key: string }, name: string): Promise<Body[]> {
  return (await done(agent, 'list_api_keys', { limit: 100 })).filter((key: Body) => key.name === name)
}
