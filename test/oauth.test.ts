/** OAuth end to end with a bare client that knows the RFCs and nothing of us: codes and tokens, and what ends them. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { bareClient, insecure, type Metadata, REDIRECT } from './support/bare-client.ts'
import { Browser } from './support/oauth.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after: work => after(work as () => void) })
const {
  refused,
  dead,
  exchangeRefresh,
  expire,
  authorizationServer,
  register,
  authorized,
  authorizationUrl,
  connect,
  exchange,
  post,
  callTool,
} = bareClient(server)

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
