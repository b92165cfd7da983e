/** A client that registers nowhere: its id is the URL of its own description (client-id metadata documents). */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, globalAgent } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { callTool } from './support/caller.ts'
import { makeCertificate } from './support/certificate.ts'
import { askingUrl, Browser } from './support/oauth.ts'
import { startServer } from './support/server.ts'

const redirect = 'http://127.0.0.1:9/callback'
const certificate = makeCertificate()
globalAgent.options.ca = certificate.cert
after(() => {
  delete globalAgent.options.ca
})

/** The client's own site, at a loopback address: what a developer's machine has, and nobody else's server reaches. */
async function startClient(t: TestContext, more: Record<string, unknown> = {}) {
  const asked: string[] = []
  const site = createServer(certificate, (request, response) => {
    asked.push(request.url!)
    const document = {
      client_id: id,
      client_name: 'Documented client',
      redirect_uris: [redirect],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...more,
    }
    if (request.url === '/moved.json') response.writeHead(302, { location: '/client.json' }).end()
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  })
  site.listen(0, '127.0.0.1')
  await once(site, 'listening')
  t.after(() => site.close())
  const origin = `https://localhost:${(site.address() as AddressInfo).port}`
  const id = `${origin}/client.json`
  return { id, origin, asked }
}

test('it is let in by its document, end to end, and the member reads its name', async t => {
  const server = await startServer(t, { reachesInside: true })
  const { id: client_id } = await startClient(t)
  const { email } = await server.signUp()
  const browser = new Browser(server)
  const { path } = await browser.arrive(await askingUrl(server, redirect, { client_id }))
  await browser.signIn(path, email)
  assert.match((await browser.get(path)).text, /Documented client/)
  const code = (await browser.consent(path)).searchParams.get('code')!
  const answer = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id,
      code,
      redirect_uri: redirect,
      code_verifier: 'v'.repeat(43),
      resource: `${server.url}/mcp`,
    }),
  })
  const { access_token } = (await answer.json()) as { access_token: string }
  assert.ok(access_token)
  const called = await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${access_token}`,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'get_current_context', arguments: {} },
    }),
  })
  assert.match(await called.text(), /Documented client/)
  assert.equal((await callTool({ url: server.url, key: access_token }, 'list_services')).status, 401)
})

test('a document that names another client, or another redirect, or leads elsewhere, lets nobody in', async t => {
  const server = await startServer(t, { reachesInside: true })
  const browser = new Browser(server)
  const ask = async (client_id: string, to = redirect) =>
    (await browser.get(await askingUrl(server, to, { client_id, redirect_uri: to }))).status
  const other = await startClient(t, { client_id: 'https://claude.example/client.json' })
  assert.equal(await ask(other.id), 400)
  const own = await startClient(t)
  assert.equal(await ask(own.id, 'http://127.0.0.1:9/elsewhere'), 400)
  assert.equal(await ask(`${own.origin}/moved.json`), 400)
  assert.deepEqual(own.asked.filter(path => path === '/client.json').length, 1, 'no redirect is followed')
})

test('in production no document is fetched from inside the network, not even asked for', async t => {
  const server = await startServer(t, { reachesInside: false })
  const { id, asked } = await startClient(t)
  const browser = new Browser(server)
  for (const client_id of [
    id,
    id.replace('localhost', '127.0.0.1'),
    id.replace('localhost', '[::ffff:7f00:1]'),
  ]) {
    const { status } = await browser.get(await askingUrl(server, redirect, { client_id }))
    assert.equal(status, 400, client_id)
  }
  assert.deepEqual(asked, [])
})
