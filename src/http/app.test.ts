import assert from 'node:assert/strict'
import { request as rawRequest } from 'node:http'
import { after, test } from 'node:test'
import { startServer } from '../../test/support/server.ts'

const server = await startServer({ after: work => after(work as () => void) })
const { key } = await server.signUp()

const KEYS = '/v1/api-keys'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test('every answer names its request, by an id that no caller chose', async () => {
  const ids = await Promise.all(
    ['/healthz', '/nowhere', KEYS, '/mcp', '/%zz'].map(async path => {
      const answer = await get(path, { 'request-id': 'mine', 'x-request-id': 'mine' })
      return answer.headers.get('request-id')
    }),
  )
  for (const id of ids) assert.match(id!, UUID)
  assert.equal(new Set(ids).size, ids.length)
})

test('what is no route is 404, and another method than a path has is 405 with Allow', async () => {
  await expectProblem(await get('/nowhere'), 404, 'not_found')
  await expectProblem(await get('/v1/api-keys/x/y/z'), 404, 'not_found')
  const answer = await send('PUT', KEYS, '{}')
  await expectProblem(answer, 405, 'invalid_input')
  assert.deepEqual(answer.headers.get('allow')!.split(', ').sort(), ['GET', 'HEAD', 'POST'])
  const mcp = await send('PUT', '/mcp', '{}')
  assert.equal(mcp.status, 405)
  assert.match(mcp.headers.get('allow')!, /POST/)
})

test('a body that is broken is a 4xx of the vocabulary, over REST and over MCP', async () => {
  const bodies: [name: string, status: number, body: string | Buffer, type?: string][] = [
    ['broken JSON', 400, '{"name": '],
    ['nothing at all', 400, ''],
    ['Latin-1', 400, Buffer.from('{"name":"Jos\xe9"}', 'latin1')],
    ['a prototype', 400, '{"__proto__": {"name": "x"}}'],
    ['a constructor', 400, '{"constructor": {"prototype": {"name": "x"}}}'],
    ['5,000 levels', 422, `${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['over 1 MiB', 413, JSON.stringify({ name: 'x'.repeat(1024 * 1024) })],
    ['plain text', 415, '{"name": "x"}', 'text/plain'],
    ['a form', 415, 'name=x', 'application/x-www-form-urlencoded'],
  ]
  for (const [name, status, body, type] of bodies) {
    await expectProblem(
      await send('POST', KEYS, body, { 'content-type': type ?? JSON_TYPE }),
      status,
      'invalid_input',
      name,
    )
    const mcp = await send('POST', '/mcp', body, { 'content-type': type ?? JSON_TYPE })
    const { error } = (await mcp.json()) as { error: { data: { code: string } } }
    assert.deepEqual([mcp.status, error.data.code], [status, 'invalid_input'], name)
  }
})

test('a body of no content type, and none, are what they are', async () => {
  const none = await fetch(server.url + KEYS, { method: 'POST', headers: { authorization: `Bearer ${key}` } })
  await expectProblem(none, 422, 'invalid_input')
  const typed = await send('POST', KEYS, Buffer.alloc(3), { 'content-type': 'application/octet-stream' })
  await expectProblem(typed, 415, 'invalid_input')
})

test('a URL that is no percent-encoded UTF-8, or too long, is a clear 4xx', async () => {
  for (const path of ['/%ED%A0%80', `${KEYS}/%ED%A0%80/revoke`, '/v1/%C3%28', '/%', '/mcp/x/%FF']) {
    await expectProblem(await send('POST', path, '{}'), 400, 'invalid_input', path)
  }
  await expectProblem(await send('POST', `${KEYS}/%00/revoke`, '{}'), 422, 'invalid_input')
  await expectProblem(await send('POST', `${KEYS}/${'x'.repeat(600)}/revoke`, '{}'), 414, 'invalid_input')
  assert.equal((await get(`/nowhere?${'x'.repeat(20_000)}`)).status, 431)
})

test('on loopback, a foreign Host or Origin is refused before anything else (DNS rebinding)', async () => {
  for (const path of ['/mcp', KEYS, '/healthz', '/dev/mailbox', '/nowhere']) {
    assert.equal(await statusWith(path, { host: 'evil.example' }), 403, path)
    assert.equal(
      await statusWith(path, { host: 'evil.example:80', origin: 'http://evil.example:80' }),
      403,
      path,
    )
    for (const origin of ['https://evil.example', 'null', 'nonsense']) {
      assert.equal(await statusWith(path, { origin }), 403, `${path} ${origin}`)
    }
  }
  const { port } = new URL(server.url)
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
    assert.equal(await statusWith('/healthz', { host, origin: 'http://localhost:3000' }), 200)
  }
})

test('says that it lives, that its database answers, and what was called', async () => {
  assert.deepEqual(await (await get('/healthz')).json(), { status: 'ok' })
  assert.deepEqual(await (await get('/readyz')).json(), { status: 'ok' })
  await get(KEYS)
  await get(`${KEYS}?limit=0`)
  const metrics = await (await get('/metrics')).text()
  assert.match(metrics, /backdesk_calls_total\{tool="list_api_keys",outcome="done",surface="rest"\} \d/)
  assert.match(
    metrics,
    /backdesk_calls_total\{tool="list_api_keys",outcome="invalid_input",surface="rest"\} \d/,
  )
  assert.match(metrics, /backdesk_call_duration_seconds_bucket\{le="0.01",surface="rest"\}/)
  assert.doesNotMatch(metrics, /studio|bd_live/i)
})

test('a page of an error explains it', async () => {
  const { type } = (await (await get('/nowhere')).json()) as { type: string }
  const page = await get(new URL(type).pathname)
  assert.equal(page.status, 200)
  assert.match(await page.text(), /<code>not_found<\/code>, HTTP 404/)
  await expectProblem(await get('/errors/toString'), 404, 'not_found')
})

const JSON_TYPE = 'application/json'

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.url + path, { headers: { authorization: `Bearer ${key}`, ...headers } })
}

function send(
  method: string,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Response> {
  const accept = 'application/json, text/event-stream'
  const all = { authorization: `Bearer ${key}`, 'content-type': JSON_TYPE, accept, ...headers }
  return fetch(server.url + path, { method, body: body as string, headers: all })
}

async function expectProblem(answer: Response, status: number, code: string, name?: string): Promise<void> {
  const text = await answer.text()
  const problem = JSON.parse(text)
  assert.deepEqual([answer.status, problem.status, problem.code], [status, status, code], `${name}: ${text}`)
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  assert.equal(answer.headers.get('request-id'), problem.request_id)
  assert.equal(problem.detail, problem.message)
  assert.ok(problem.title && problem.type.endsWith(`/errors/${code}`))
}

/** `fetch` sends the Host and Origin that are true. */
function statusWith(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = rawRequest(server.url + path, { headers }, response => {
      response.resume()
      resolve(response.statusCode!)
    })
    request.on('error', reject)
    request.end()
  })
}
