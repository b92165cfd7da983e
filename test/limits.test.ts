/** Whoever is held back is told until when: keys, tokens, and strangers at every door that sends a code. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { askingUrl, Browser, connectClient } from './support/oauth.ts'
import { startServer } from './support/server.ts'

const BURST = 12
const server = await startServer(
  { after: work => after(work as () => void) },
  { rateLimit: { perMinute: 1, burst: BURST } },
)

test('a key at REST is told what is left, and beyond it when to come back', async () => {
  const { key } = await server.signUp()
  await heldBack(() => fetch(`${server.url}/v1/context`, { headers: { authorization: `Bearer ${key}` } }))
})

test('a client’s token is told what is left, and beyond it when to come back', async () => {
  const { email } = await server.signUp()
  const { access_token } = await connectClient(server, email)
  await heldBack(() =>
    fetch(`${server.url}/mcp/all`, {
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
    }),
  )
})

async function heldBack(ask: () => Promise<Response>): Promise<void> {
  const first = await ask()
  assert.equal(first.status, 200)
  assert.equal(first.headers.get('ratelimit-policy'), `"key";q=${BURST}`)
  assert.equal(first.headers.get('ratelimit'), `"key";r=${BURST - 1}`)
  const answers = [await ask()]
  while (answers.at(-1)!.status === 200 && answers.length <= BURST + 5) answers.push(await ask())
  const refused = answers.at(-1)!
  comesBack(refused)
  // draft-ietf-httpapi-ratelimit-headers-10: of the quota nothing is left, and when some is.
  assert.equal(refused.headers.get('ratelimit-policy'), `"key";q=${BURST}`)
  assert.equal(refused.headers.get('ratelimit'), `"key";r=0;t=${refused.headers.get('retry-after')}`)
}

const business = {
  organisation_name: 'Studio Sur',
  time_zone: 'Europe/Madrid',
  currency: 'EUR',
  country: 'ES',
}

const doors: Record<string, (email: string) => Promise<Pick<Response, 'status' | 'headers'>>> = {
  'a sign-up by REST': email => posted('/v1/sign-ups', { email, ...business }),
  'a sign-in to the console': email => posted('/console/session/request', { email }),
  'a sign-in by form': email => new Browser(server).post('/console/sign-in', { email }),
  'a sign-up on a client’s way': async email => {
    const browser = new Browser(server)
    const { path } = await browser.arrive(await askingUrl(server, 'http://127.0.0.1:9/callback'))
    return browser.post(`${path}/sign-up`, { email, ...business })
  },
}

for (const [door, knock] of Object.entries(doors)) {
  test(`${door}: who asks for too many codes is told when to come back`, async () => {
    const email = `${crypto.randomUUID()}@studio.example`
    const answers = [await knock(email)]
    while (answers.at(-1)!.status !== 429 && answers.length < 20) answers.push(await knock(email))
    assert.ok(answers.length > 1, 'the first is let in')
    comesBack(answers.at(-1)!)
  })
}

function comesBack({ status, headers }: Pick<Response, 'status' | 'headers'>): void {
  assert.equal(status, 429)
  const seconds = Number(headers.get('retry-after'))
  assert.ok(Number.isInteger(seconds) && seconds > 0 && seconds <= 3600, `${headers.get('retry-after')}`)
  assert.match(headers.get('ratelimit') ?? '', new RegExp(`^"(key|flow)";r=0;t=${seconds}$`))
}

function posted(path: string, body: object): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify(body),
  })
}
