/** OAuth end to end with a bare client that knows the RFCs and nothing of us: what it may do, and what it may not. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { uuidOf } from '../src/catalog/kinds.ts'
import * as agent from './support/caller.ts'
import { Browser } from './support/oauth.ts'
import { startServer } from './support/server.ts'
import { colleague } from './support/team.ts'

const server = await startServer({ after: work => after(work as () => void) })
const insecure = { [oauth.allowInsecureRequests]: true }
const REDIRECT = 'http://127.0.0.1:9/callback'

test('the metadata say how to connect (RFC 8414, RFC 9728)', async () => {
  const as = await authorizationServer()
  assert.equal(as.issuer, server.url)
  assert.equal(as.client_id_metadata_document_supported, true)
  assert.ok(as.token_endpoint_auth_methods_supported!.includes('none'))
  assert.deepEqual(as.code_challenge_methods_supported, ['S256'])
  assert.equal(as.authorization_response_iss_parameter_supported, true)
  for (const path of ['/mcp', '/mcp/all', '/mcp/readonly', '/mcp/x/bookings,classes/readonly', '/mcp/']) {
    const resource = new URL(path, server.url)
    const metadata = (await (
      await fetch(`${server.url}/.well-known/oauth-protected-resource${path}`)
    ).json()) as Metadata
    assert.equal(metadata.resource, String(resource))
    assert.deepEqual(metadata.authorization_servers, [server.url])
    if (path.endsWith('readonly'))
      assert.ok(metadata.scopes_supported.every((scope: string) => scope.endsWith(':read')))
  }
  const none = await fetch(`${server.url}/.well-known/oauth-protected-resource/v1`)
  assert.equal(none.status, 404)
})

test('a member lets a client in, and it does what they left it', async () => {
  const { email, workspaceId } = await server.signUp()
  const { tokens } = await connect({ email, keep: scope => scope !== 'team:write' })
  assert.equal(tokens.token_type, 'bearer')
  assert.ok(tokens.refresh_token)
  const { data } = await callTool(tokens.access_token, 'get_current_context')
  assert.equal(data.workspace.id, workspaceId)
  assert.equal(data.principal.kind, 'oauth_client')
  assert.match(data.principal.id, /^connection_/)
  assert.equal(data.principal.name, 'Bare client')
  assert.equal(data.principal.may_decide_approvals, false)
  assert.ok(!data.principal.scopes.includes('team:write') && data.principal.scopes.includes('team:read'))
})

test('without a word of what it wants, a client may read', async () => {
  const { email } = await server.signUp()
  const { tokens } = await connect({ email, scope: '' })
  const scopes = tokens.scope!.split(' ')
  assert.ok(scopes.length > 5 && scopes.every(scope => scope.endsWith(':read')), tokens.scope)
})

test('a code opens with its verifier alone', async () => {
  const { email } = await server.signUp()
  const step = await authorized({ email })
  await refused(exchange({ ...step, verifier: oauth.generateRandomCodeVerifier() }), 'invalid_grant')
})

test('without PKCE, or with a plain challenge, nobody gets as far as a page', async () => {
  const as = await authorizationServer()
  const client = await register(as)
  const plain = { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }
  for (const challenge of [{}, plain] as Record<string, string>[]) {
    const url = new URL(as.authorization_endpoint!)
    const asked = { client_id: client.client_id, redirect_uri: REDIRECT, response_type: 'code', ...challenge }
    url.search = new URLSearchParams(asked).toString()
    const { to } = await new Browser(server).get(String(url))
    assert.equal(new URL(to!).searchParams.get('error'), 'invalid_request')
  }
})

test('a code that comes twice ends all that came of it', async () => {
  const { email } = await server.signUp()
  const step = await authorized({ email })
  const tokens = await exchange(step)
  await callTool(tokens.access_token, 'get_current_context')
  await refused(exchange(step), 'invalid_grant')
  await dead(step, tokens)
})

test('a redirect that the client has not registered is not followed', async () => {
  const as = await authorizationServer()
  const client = await register(as)
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()]
  const url = await authorizationUrl(as, client, { resource: `${server.url}/mcp`, verifier, state })
  for (const foreign of [
    'https://evil.example/callback',
    'http://127.0.0.1:9/other',
    'javascript:alert(1)',
  ]) {
    url.searchParams.set('redirect_uri', foreign)
    const { status, to, text } = await new Browser(server).get(String(url))
    assert.deepEqual([status, to], [400, null])
    assert.match(text, /This did not work/)
  }
})

test('a token opens the one URL that it is for, and REST not at all', async () => {
  const { email } = await server.signUp()
  const step = await connect({ email, resource: `${server.url}/mcp/readonly` })
  const { access_token: token } = step.tokens
  assert.ok(
    step.tokens.scope!.split(' ').every(scope => scope.endsWith(':read')),
    'nothing writes there',
  )
  assert.equal((await post(token, 'get_current_context', {}, '/mcp/readonly')).status, 200)
  for (const path of ['/mcp', '/mcp/all', '/mcp/readonly/', '/mcp/x/platform'])
    assert.equal((await post(token, 'get_current_context', {}, path)).status, 401, path)
  const rest = await fetch(`${server.url}/v1/context`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(rest.status, 401)
  await refused(exchangeRefresh(step, { resource: `${server.url}/mcp` }), 'invalid_target')
})

test('what is no MCP URL of this server is no resource', async () => {
  const as = await authorizationServer()
  const client = await register(as)
  for (const path of ['/v1', '/mcp/x/nonsense', '/mcp?a=b', '/mcp#a', '/mcp/../v1']) {
    const wish = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState() }
    const url = await authorizationUrl(as, client, { ...wish, resource: server.url + path })
    const { to } = await new Browser(server).get(String(url))
    assert.equal(new URL(to!).searchParams.get('error'), 'invalid_target', path)
  }
  const wish = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState() }
  const url = await authorizationUrl(as, client, { ...wish, resource: 'https://evil.example/mcp' })
  const { to } = await new Browser(server).get(String(url))
  assert.equal(new URL(to!).searchParams.get('error'), 'invalid_target')
})

test('a token ends at its time, and is renewed', async () => {
  const { email } = await server.signUp()
  const step = await connect({ email })
  await expire('AccessToken', step.tokens.access_token)
  assert.equal((await post(step.tokens.access_token, 'get_current_context')).status, 401)
  const renewed = await exchangeRefresh(step)
  assert.notEqual(renewed.refresh_token, step.tokens.refresh_token)
  await callTool(renewed.access_token, 'get_current_context')
})

test('a refresh token ends at its time', async () => {
  const { email } = await server.signUp()
  const step = await connect({ email })
  await expire('RefreshToken', step.tokens.refresh_token!)
  await refused(exchangeRefresh(step), 'invalid_grant')
})

test('a refresh token that comes twice was stolen: everything of its grant is dead', async () => {
  const { email } = await server.signUp()
  const step = await connect({ email })
  const renewed = await exchangeRefresh(step)
  await callTool(renewed.access_token, 'get_current_context')
  await refused(exchangeRefresh(step), 'invalid_grant')
  await dead(step, step.tokens)
  await dead(step, renewed)
})

test('of two that use one refresh token at the same moment, one gets a token', async () => {
  const { email } = await server.signUp()
  const step = await connect({ email })
  const both = await Promise.allSettled([exchangeRefresh(step), exchangeRefresh(step)])
  assert.ok(both.filter(({ status }) => status === 'fulfilled').length <= 1)
})

test('a client gives a token back (RFC 7009), whichever, and its connection is over', async () => {
  const { email } = await server.signUp()
  const step = await connect({ email })
  const give = async (token: string, client = step.client) => {
    const answer = await oauth.revocationRequest(step.as, client, oauth.None(), token, insecure)
    await oauth.processRevocationResponse(answer)
  }
  const stranger = await register(step.as)
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(step.as, stranger, oauth.None(), step.tokens.access_token, insecure),
  )
  await callTool(step.tokens.access_token, 'get_current_context')
  await give(step.tokens.access_token)
  await dead(step, step.tokens)
  const other = await connect({ email })
  await give(other.tokens.refresh_token!, other.client)
  await dead(other, other.tokens)
})

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

interface Metadata {
  resource: string
  authorization_servers: string[]
  scopes_supported: string[]
}

async function refused(asked: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(asked, (error: Error & { error?: string }) => {
    assert.equal(error.error, code, String(error))
    return true
  })
}

/** Neither calls nor is renewed. */
async function dead(step: Authorized, tokens: oauth.TokenEndpointResponse): Promise<void> {
  assert.equal((await post(tokens.access_token, 'get_current_context')).status, 401)
  await refused(exchangeRefresh({ ...step, tokens }), 'invalid_grant')
}

async function exchangeRefresh(
  { as, client, tokens }: Authorized & { tokens: oauth.TokenEndpointResponse },
  additionalParameters: Record<string, string> = {},
) {
  const wish = { additionalParameters, ...insecure }
  const answer = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), tokens.refresh_token!, wish)
  return oauth.processRefreshTokenResponse(as, client, answer)
}

async function expire(model: string, id: string): Promise<void> {
  const { rowCount } = await server.house.database.owner.query(
    `UPDATE oauth_artifacts SET expires_at = clock_timestamp() WHERE model = $1 AND id_hash = sha256(convert_to($2, 'UTF8'))`,
    [model, id],
  )
  assert.equal(rowCount, 1)
}

// biome-ignore lint/suspicious/noExplicitAny: the answer's shape is what the caller goes on to check.
async function list(key: string, path: string): Promise<any[]> {
  const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${key}` } })
  return ((await answer.json()) as { data: [] }).data
}

async function authorizationServer(): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(server.url)
  const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
  return oauth.processDiscoveryResponse(issuer, answer)
}

interface Wish {
  email: string
  resource?: string
  scope?: string
  keep?: (scope: string) => boolean
}

async function register(as: oauth.AuthorizationServer, metadata: object = {}): Promise<oauth.Client> {
  const answer = await oauth.dynamicClientRegistrationRequest(
    as,
    {
      client_name: 'Bare client',
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    },
    insecure,
  )
  return oauth.processDynamicClientRegistrationResponse(answer)
}

/** Up to the code in the redirect. */
async function authorized(wish: Wish) {
  const as = await authorizationServer()
  const client = await register(as)
  const resource = wish.resource ?? `${server.url}/mcp/all`
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const url = await authorizationUrl(as, client, { ...wish, resource, verifier, state })
  const browser = new Browser(server)
  const { path } = await browser.arrive(url)
  await browser.signIn(path, wish.email)
  const redirect = await browser.consent(path, wish.keep)
  assert.equal(redirect.searchParams.get('iss'), as.issuer)
  const parameters = oauth.validateAuthResponse(as, client, redirect, state)
  return { as, client, resource, verifier, parameters, browser }
}

async function authorizationUrl(
  as: oauth.AuthorizationServer,
  client: oauth.Client,
  wish: { resource: string; scope?: string; verifier: string; state: string },
): Promise<URL> {
  const answer = await fetch(`${server.url}/.well-known/oauth-protected-resource/mcp/all`)
  const { scopes_supported } = (await answer.json()) as Metadata
  const url = new URL(as.authorization_endpoint!)
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: wish.scope ?? scopes_supported.join(' '),
    code_challenge: await oauth.calculatePKCECodeChallenge(wish.verifier),
    code_challenge_method: 'S256',
    state: wish.state,
    resource: wish.resource,
  }).toString()
  return url
}

async function connect(wish: Wish) {
  const step = await authorized(wish)
  const tokens = await exchange(step)
  return { ...step, tokens }
}

type Authorized = Awaited<ReturnType<typeof authorized>>

async function exchange({ as, client, parameters, verifier, resource }: Authorized) {
  const answer = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    oauth.None(),
    parameters,
    REDIRECT,
    verifier,
    { additionalParameters: { resource }, ...insecure },
  )
  return oauth.processAuthorizationCodeResponse(as, client, answer)
}

/** `tools/call` as it goes over the wire. */
async function post(token: string | undefined, name: string, args: object = {}, path = '/mcp/all') {
  return fetch(server.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: args },
    }),
  })
}

// biome-ignore lint/suspicious/noExplicitAny: the answer's shape is what the caller goes on to check.
async function callTool(token: string, name: string, args: object = {}): Promise<any> {
  const answer = await post(token, name, args)
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  const message = JSON.parse(text.replace(/^[\s\S]*?data: /, ''))
  return message.result.structuredContent ?? message.result
}
