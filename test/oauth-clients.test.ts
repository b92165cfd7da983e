/** OAuth with real MCP clients of both generations, each with its own idea of how to sign in. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  auth,
  Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import { auth as authV1 } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Browser } from './support/oauth.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after: work => after(work as () => void) })
const identity = { name: 'oauth-clients.test', version: '1.0.0' }

/** What a client keeps between its steps. Its user comes and goes by `sentTo`. */
class Keep implements OAuthClientProvider {
  sentTo: URL | undefined
  #client: Awaited<ReturnType<OAuthClientProvider['clientInformation']>>
  #tokens: Awaited<ReturnType<OAuthClientProvider['tokens']>>
  #verifier = ''
  readonly redirectUrl = 'http://127.0.0.1:9/callback'
  readonly clientMetadata = {
    client_name: 'An SDK',
    redirect_uris: ['http://127.0.0.1:9/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  clientInformation() {
    return this.#client
  }
  saveClientInformation(client: NonNullable<Awaited<ReturnType<OAuthClientProvider['clientInformation']>>>) {
    this.#client = client
  }
  tokens() {
    return this.#tokens
  }
  saveTokens(tokens: NonNullable<Awaited<ReturnType<OAuthClientProvider['tokens']>>>) {
    this.#tokens = tokens
  }
  redirectToAuthorization(url: URL) {
    this.sentTo = url
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier
  }
  codeVerifier() {
    return this.#verifier
  }
}

interface AnyClient {
  callTool(call: { name: string; arguments?: Record<string, unknown> }): Promise<Record<string, unknown>>
  close(): Promise<void>
}

interface Generation {
  connect(url: URL, keep: Keep): Promise<AnyClient>
  finish(url: URL, keep: Keep, redirect: URL): Promise<unknown>
  refresh(url: URL, keep: Keep): Promise<unknown>
  /** v1 tries its refresh token first, gets what it had, and gives up: its user must connect anew. */
  asksForMore: boolean
}

const generations: Record<string, Generation> = {
  'SDK v1': {
    async connect(url, keep) {
      const client = new ClientV1(identity)
      await client.connect(new TransportV1(url, { authProvider: keep as never }))
      return client as AnyClient
    },
    finish: (url, keep, redirect) =>
      new TransportV1(url, { authProvider: keep as never }).finishAuth(redirect.searchParams.get('code')!),
    refresh: (serverUrl, keep) => authV1(keep as never, { serverUrl }),
    asksForMore: false,
  },
  'SDK v2': {
    async connect(url, keep) {
      const client = new Client(identity, { versionNegotiation: { mode: 'auto' } })
      await client.connect(new StreamableHTTPClientTransport(url, { authProvider: keep }))
      return client as AnyClient
    },
    finish: (url, keep, redirect) =>
      new StreamableHTTPClientTransport(url, { authProvider: keep }).finishAuth(redirect.searchParams),
    refresh: (serverUrl, keep) => auth(keep, { serverUrl }),
    asksForMore: true,
  },
}

for (const [name, { connect, finish, refresh, asksForMore }] of Object.entries(generations)) {
  test(`${name}: connects without credentials, is sent to sign in at the first call, and calls`, async () => {
    const url = new URL('/mcp', server.url)
    const keep = new Keep()
    const anonymous = await connect(url, keep)
    await assert.rejects(anonymous.callTool({ name: 'get_current_context' }), /[Uu]nauthorized/)
    await anonymous.close()
    assert.ok(keep.sentTo, 'the client asks its user')
    assert.equal(keep.sentTo.searchParams.get('resource'), String(url))

    const browser = new Browser(server)
    const { path } = await browser.arrive(keep.sentTo)
    await browser.signUp(path, `${crypto.randomUUID()}@studio.example`)
    const redirect = await browser.consent(path, scope => !scope.startsWith('customers:'))
    await finish(url, keep, redirect)
    const client = await connect(url, keep)
    const { structuredContent } = await client.callTool({ name: 'get_current_context' })
    const { data } = structuredContent as { data: { principal: { name: string; scopes: string[] } } }
    assert.equal(data.principal.name, 'An SDK')
    assert.ok(!data.principal.scopes.some(scope => scope.startsWith('customers:')))
    await client.close()

    const before = keep.tokens()!.access_token
    await refresh(url, keep)
    assert.notEqual(keep.tokens()!.access_token, before)
    const again = await connect(url, keep)
    assert.ok(!(await again.callTool({ name: 'get_current_context' })).isError)

    keep.sentTo = undefined
    await assert.rejects(
      again.callTool({
        name: 'run_read_tool',
        arguments: { tool: 'search_customers', arguments: { query: 'ana' } },
      }),
    )
    const asked = (keep as Keep).sentTo?.searchParams.get('scope') ?? ''
    assert.equal(asked.includes('customers:read'), asksForMore, 'a step-up asks for what was missing')
    await again.close()
  })
}
