/** A bare client, which knows the RFCs and nothing of us: it registers, is let in by a member, and keeps its tokens. */

import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { Browser } from './oauth.ts'
import type { TestServer } from './server.ts'

export const insecure = { [oauth.allowInsecureRequests]: true }
export const REDIRECT = 'http://127.0.0.1:9/callback'

export interface Metadata {
  resource: string
  authorization_servers: string[]
  scopes_supported: string[]
}

export interface Wish {
  email: string
  resource?: string
  scope?: string
  keep?: (scope: string) => boolean
}

export type BareClient = ReturnType<typeof bareClient>
export type Authorized = Awaited<ReturnType<BareClient['authorized']>>

export function bareClient(server: TestServer) {
  return {
    refused,
    dead,
    exchangeRefresh,
    expire,
    list,
    authorizationServer,
    register,
    authorized,
    authorizationUrl,
    connect,
    exchange,
    post,
    callTool,
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
}
