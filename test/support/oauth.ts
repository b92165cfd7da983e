/** A client's user, at a browser without a script: goes where the client sends them, signs in or up, and consents. */

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { TestServer } from './server.ts'

export interface Step {
  status: number
  /** Where a redirect leads. */
  to: string | null
  text: string
  headers: Headers
}

export class Browser {
  readonly #server: TestServer
  readonly #cookies: { name: string; value: string; path: string }[] = []

  constructor(server: TestServer) {
    this.#server = server
  }

  async get(url: string): Promise<Step> {
    return this.#send(url, {})
  }

  async post(url: string, fields: Record<string, string>): Promise<Step> {
    return this.#send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: new URL(this.#server.url).origin,
      },
      body: new URLSearchParams(fields).toString(),
    })
  }

  async #send(url: string, init: { method?: string; headers?: Record<string, string>; body?: string }) {
    const target = new URL(url, this.#server.url)
    const cookie = this.#cookies
      .filter(({ path }) => target.pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
    const answer = await fetch(target, {
      ...init,
      headers: { accept: 'text/html', ...init.headers, ...(cookie && { cookie }) },
      redirect: 'manual',
    })
    for (const text of answer.headers.getSetCookie()) this.#keep(text)
    return {
      status: answer.status,
      to: answer.headers.get('location'),
      text: await answer.text(),
      headers: answer.headers,
    }
  }

  #keep(text: string): void {
    const [pair = '', ...attributes] = text.split('; ')
    const [name = ''] = pair.split('=', 1)
    const path = /^path=(.*)$/i.exec(attributes.find(one => /^path=/i.test(one)) ?? '')?.[1] ?? '/'
    const at = this.#cookies.findIndex(cookie => cookie.name === name && cookie.path === path)
    if (at >= 0) this.#cookies.splice(at, 1)
    const value = pair.slice(name.length + 1)
    if (value !== '') this.#cookies.push({ name, value, path })
  }

  /** From the client's link to the page on which this browser's person is asked. */
  async arrive(authorizationUrl: string | URL): Promise<{ path: string; page: Step }> {
    const first = await this.get(String(authorizationUrl))
    assert.equal(first.status, 303, first.text)
    const path = new URL(first.to!, this.#server.url).pathname
    return { path, page: await this.get(path) }
  }

  async signIn(path: string, email: string): Promise<void> {
    const asked = await this.post('/console/sign-in', { email, to: path })
    assert.equal(asked.status, 303, asked.text)
    const request = new URL(asked.to!, this.#server.url).searchParams.get('request')!
    const code = await codeFor(this.#server, email)
    const signedIn = await this.post('/console/sign-in/code', { request, to: path, code })
    assert.deepEqual([signedIn.status, signedIn.to], [303, path])
  }

  /** Makes a workspace on the way. */
  async signUp(path: string, email: string): Promise<void> {
    const asked = await this.post(`${path}/sign-up`, {
      email,
      organisation_name: 'Studio Sur',
      person_name: 'Inés',
      time_zone: 'Europe/Madrid',
      currency: 'EUR',
      country: 'ES',
    })
    assert.equal(asked.status, 303, asked.text)
    const request = new URL(asked.to!, this.#server.url).searchParams.get('request')!
    const code = await codeFor(this.#server, email)
    const made = await this.post(`${path}/sign-up/code`, { request, code })
    assert.deepEqual([made.status, made.to], [303, path], made.text)
  }

  /** Ticks what `keep` says and connects. Answers the client's redirect URI with what it is told. */
  async consent(path: string, keep: (scope: string) => boolean = () => true): Promise<URL> {
    const { text } = await this.get(path)
    const scopes = [...text.matchAll(/type="checkbox" name="([^"]+)"/g)].map(match => match[1]!)
    const [, workspace_id = ''] =
      /name="workspace_id" value="([^"]+)"/.exec(text.split('consent"')[1] ?? text) ?? []
    const ticks = Object.fromEntries(scopes.filter(keep).map(scope => [scope, 'on']))
    const answered = await this.post(path, { decision: 'allow', workspace_id, ...ticks })
    assert.equal(answered.status, 303, answered.text)
    const resumed = await this.get(answered.to!)
    assert.equal(resumed.status, 303, resumed.text)
    return new URL(resumed.to!)
  }
}

/** The newest code for an address. */
export async function codeFor(server: TestServer, email: string): Promise<string> {
  const mail = (await server.mailbox()).find(({ to }) => to === email)
  return /\d{6}/.exec(mail!.text)![0]
}

/** Registers a program and answers the link by which it asks for everything at `/mcp`. */
export async function askingUrl(
  server: TestServer,
  redirectUri: string,
  more: Record<string, string> = {},
): Promise<string> {
  const registered = await fetch(`${server.url}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Claude',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
  })
  const { client_id } = (await registered.json()) as { client_id?: string }
  assert.ok(client_id, `${redirectUri} is not registered`)
  const about = await fetch(`${server.url}/.well-known/oauth-protected-resource/mcp`)
  const { scopes_supported } = (await about.json()) as { scopes_supported: string[] }
  const query = new URLSearchParams({
    client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: scopes_supported.join(' '),
    code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
    code_challenge_method: 'S256',
    resource: `${server.url}/mcp`,
    ...more,
  })
  return `${server.url}/oauth/authorize?${query}`
}

export interface Connected {
  client_id: string
  access_token: string
  refresh_token: string
  /** As the redirect brought it; it has been used. */
  code: string
  verifier: string
}

/** A client of its own that a person lets in to `/mcp/all`, with what they keep of all scopes. */
export async function connectClient(
  server: TestServer,
  email: string,
  keep?: (scope: string) => boolean,
): Promise<Connected> {
  const resource = `${server.url}/mcp/all`
  const redirect_uri = 'http://127.0.0.1:9/callback'
  const known = async (path: string) => (await fetch(server.url + path)).json() as Promise<Metadata>
  const as = await known('/.well-known/oauth-authorization-server')
  const { scopes_supported } = await known('/.well-known/oauth-protected-resource/mcp/all')
  const registered = await fetch(as.registration_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Plain client',
      redirect_uris: [redirect_uri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
  })
  const { client_id } = (await registered.json()) as { client_id: string }
  const verifier = randomBytes(32).toString('base64url')
  const asked = new URLSearchParams({
    client_id,
    redirect_uri,
    response_type: 'code',
    scope: scopes_supported.join(' '),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource,
  })
  const browser = new Browser(server)
  const { path } = await browser.arrive(`${as.authorization_endpoint}?${asked}`)
  await browser.signIn(path, email)
  const code = (await browser.consent(path, keep)).searchParams.get('code')!
  const answer = await fetch(as.token_endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id,
      code,
      redirect_uri,
      code_verifier: verifier,
      resource,
    }).toString(),
  })
  const text = await answer.text()
  assert.equal(answer.status, 200, text)
  return { ...JSON.parse(text), client_id, code, verifier }
}

interface Metadata {
  authorization_endpoint: string
  token_endpoint: string
  registration_endpoint: string
  scopes_supported: string[]
}
