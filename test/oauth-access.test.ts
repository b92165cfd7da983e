/** What a client is let do, by a bare one: the way in for strangers, what is asked of a member, and how it ends. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { uuidOf } from '../src/catalog/kinds.ts'
import { bareClient, type Metadata, REDIRECT } from './support/bare-client.ts'
import * as agent from './support/caller.ts'
import { Browser } from './support/oauth.ts'
import { startServer } from './support/server.ts'
import { colleague } from './support/team.ts'

const server = await startServer({ after: work => after(work as () => void) })
const { dead, list, authorizationServer, register, authorizationUrl, connect, exchange, post, callTool } =
  bareClient(server)

test('a call beyond what was granted is 403 and names all scopes still needed, and a step-up gets them', async () => {
  const { email } = await server.signUp()
  const step = await connect({ email, scope: 'platform:read customers:read' })
  const made = { name: 'Ana', email: 'ana@client.example', idempotency_key: crypto.randomUUID() }
  const answer = await post(step.tokens.access_token, 'create_customer', made)
  assert.equal(answer.status, 403)
  const challenge = answer.headers.get('www-authenticate')!
  assert.match(challenge, /error="insufficient_scope"/)
  assert.match(
    challenge,
    new RegExp(`resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp/all"`),
  )
  const scope = /scope="([^"]+)"/.exec(challenge)![1]!
  assert.deepEqual(scope.split(' ').sort(), ['customers:read', 'customers:write', 'platform:read'])
  const through = { tool: 'create_booking', arguments: {} }
  const forwarded = await post(step.tokens.access_token, 'run_write_tool', through)
  assert.match(forwarded.headers.get('www-authenticate')!, /scope="[^"]*bookings:write"/)

  const again = await connect({ email, scope })
  const { status } = await callTool(again.tokens.access_token, 'create_customer', made)
  assert.equal(status, 'done')
})

test('anonymous start: 401, metadata, registration, a workspace made on the way, a call', async () => {
  const answer = await post(undefined, 'get_current_context', {}, '/mcp')
  assert.equal(answer.status, 401)
  const challenge = answer.headers.get('www-authenticate')!
  const metadata = (await (
    await fetch(/resource_metadata="([^"]+)"/.exec(challenge)![1]!)
  ).json()) as Metadata
  assert.equal(metadata.resource, `${server.url}/mcp`)
  const as = await authorizationServer()
  const client = await register(as)
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()]
  const { resource } = metadata
  const browser = new Browser(server)
  const scope = metadata.scopes_supported.join(' ')
  const { path, page } = await browser.arrive(
    await authorizationUrl(as, client, { resource, verifier, state, scope }),
  )
  assert.match(page.text, /Bare client/)
  await browser.signUp(path, `new-${crypto.randomUUID()}@studio.example`)
  const parameters = oauth.validateAuthResponse(as, client, await browser.consent(path), state)
  const tokens = await exchange({ as, client, parameters, verifier, resource, browser })
  const body = await (await post(tokens.access_token, 'get_current_context', {}, '/mcp')).text()
  assert.match(body, /Studio Sur/)
  const keys = await (
    await post(tokens.access_token, 'run_read_tool', { tool: 'list_api_keys', arguments: {} }, '/mcp')
  ).text()
  assert.doesNotMatch(keys, /Sign-up key/, 'nobody holds a key that nobody asked for')
})

test('whoever says no, or comes from another browser or another site, connects nothing', async () => {
  const { email } = await server.signUp()
  const as = await authorizationServer()
  const client = await register(as)
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()]
  const url = await authorizationUrl(as, client, { resource: `${server.url}/mcp`, verifier, state })
  const browser = new Browser(server)
  const { path } = await browser.arrive(url)
  await browser.signIn(path, email)
  assert.equal((await new Browser(server).get(path)).status, 404)
  const foreign = await fetch(server.url + path, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  })
  assert.ok(foreign.status >= 400)
  const no = await browser.post(path, { decision: 'deny' })
  const back = await browser.get(no.to!)
  assert.equal(new URL(back.to!).searchParams.get('error'), 'access_denied')
})

test('a connection ends with its member, or when somebody revokes it, at the next call', async () => {
  const { email, workspaceId } = await server.signUp()
  const first = await connect({ email })
  const second = await connect({ email })
  const list = await first.browser.get('/console/clients')
  const [one, two] = [...list.text.matchAll(/action="(\/console\/clients\/\w+\/revoke)"/g)].map(
    ([, path]) => path!,
  )
  assert.ok(one && two)
  assert.equal((await first.browser.post(one, {})).status, 303) // The newest first.
  await dead(second, second.tokens)
  await callTool(first.tokens.access_token, 'get_current_context')
  const { rowCount } = await server.house.database.owner.query(
    "UPDATE members SET status = 'deactivated' WHERE workspace_id = $1",
    [uuidOf(workspaceId)],
  )
  assert.equal(rowCount, 1)
  await dead(first, first.tokens)
})

test('what a member connected is dead when they are thrown out, and stays so when they come back', async () => {
  const owner = await server.signUp()
  const { email, memberId } = await colleague(server, owner, { role: 'admin' })
  const step = await connect({ email })
  const desk = { url: server.url, key: owner.key }
  const args = { member_id: memberId }
  const { body } = await agent.callTool(desk, 'deactivate_member', args)
  assert.equal(body.data.revoked_connections, 1)
  await callTool(step.tokens.access_token, 'get_current_context') // Not confirmed yet: nothing has changed.
  const gone = await agent.done(desk, 'deactivate_member', { ...args, confirm_token: body.confirm_token })
  assert.equal(gone.revoked_connections, 1)

  const back = await colleague(server, owner, { email, role: 'admin' })
  assert.equal(back.memberId, memberId)
  await dead(step, step.tokens)
  const { tokens } = await connect({ email })
  assert.equal((await callTool(tokens.access_token, 'get_current_context')).data.principal.role, 'admin')
})

test('what waits for a person is asked by the client, for its member, and is stale once it is revoked', async () => {
  const { email, key } = await server.signUp()
  const { tokens, browser } = await connect({ email })
  const rules = [{ tool: 'revoke_api_key', gate: 'approve', reviewers: 'owner' }]
  const proposed = await callTool(tokens.access_token, 'set_approval_policy', { rules })
  assert.equal(proposed.status, 'needs_approval', JSON.stringify(proposed))
  const path = new URL(proposed.approval.url).pathname
  assert.match((await browser.get(path)).text, /Bare client/)
  const [one] = await list(key, '/v1/approvals')
  assert.match(one.asked_by, /^connection_/)
  const [event] = await list(key, '/v1/audit-events?tool=set_approval_policy')
  assert.deepEqual([event.principal.kind, event.principal.name], ['oauth_client', 'Bare client'])
  assert.match(event.on_behalf_of, /^member_/)

  const clients = await browser.get('/console/clients')
  await browser.post(/action="(\/console\/clients\/\w+\/revoke)"/.exec(clients.text)![1]!, {})
  await browser.post(`${path}/approve`, {})
  const [later] = await list(key, '/v1/approvals')
  assert.equal(later.state, 'stale')
})

test('no row holds a token, a code, a client’s secret or the way to an interaction', async () => {
  const { email } = await server.signUp()
  const { tokens, parameters } = await connect({ email })
  const secret = await register(await authorizationServer(), {
    token_endpoint_auth_method: 'client_secret_basic',
  })
  const renewedSecrets = [
    tokens.access_token,
    tokens.refresh_token,
    parameters.get('code'),
    secret.client_secret,
  ]
  const { owner } = server.house.database
  const { rows: tables } = await owner.query(
    "SELECT quote_ident(relname) AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  )
  for (const { name } of tables) {
    const { rows } = await owner.query(`SELECT coalesce(string_agg(t::text, ' '), '') AS text FROM ${name} t`)
    for (const found of renewedSecrets) assert.ok(!rows[0].text.includes(found), name)
  }
})

test('all strangers together register only so many clients', async () => {
  const { owner } = server.house.database
  const bucket = "subject = 'oauth registration'"
  await owner.query(`UPDATE rate_buckets SET arrival = clock_timestamp() + interval '1 day' WHERE ${bucket}`)
  const answer = await fetch(`${server.url}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [REDIRECT] }),
  })
  await owner.query(`DELETE FROM rate_buckets WHERE ${bucket}`)
  assert.equal(answer.status, 429)
  assert.ok(Number(answer.headers.get('retry-after')) > 0)
})
