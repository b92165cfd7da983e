import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { startServer } from '../../../test/support/server.ts'
import { vocabulary } from '../../catalog/refusal.ts'
import { routeOf } from './route.ts'

const server = await startServer({ after: work => after(work as () => void) })
const { key } = await server.signUp()

test('a read takes its fields from the query, and only what reads as the schema has it', async () => {
  const { status, headers, body } = await send('GET', '/v1/api-keys?limit=1')
  assert.deepEqual([status, body.data.length], [200, 1])
  assert.match(headers.get('ratelimit')!, /^"key";r=\d+$/)
  assert.equal(headers.get('cache-control'), 'no-store')
  for (const query of [
    'limit=abc',
    'limit=1e400',
    'limit=',
    'limit=1&limit=2',
    'limit=1.5',
    'limit=1?2',
    'lmit=1',
    'cursor=%00',
  ]) {
    const { status, body } = await send('GET', `/v1/api-keys?${query}`)
    assert.deepEqual([status, body.code], [422, 'invalid_input'], query)
  }
  assert.match((await send('GET', '/v1/api-keys?lmit=1')).body.detail, /Did you mean limit\?/)
})

test('a write takes its key from the header, in place of the field or beside the same', async () => {
  const idempotencyKey = crypto.randomUUID()
  const headers = { 'idempotency-key': idempotencyKey }
  const first = await send('POST', '/v1/api-keys', { name: 'Till' }, headers)
  assert.deepEqual([first.status, first.body.status], [200, 'done'])
  const again = await send('POST', '/v1/api-keys', { name: 'Till', idempotency_key: idempotencyKey }, headers)
  assert.equal(again.body.replayed, true)
  const other = await send('POST', '/v1/api-keys', { name: 'Other' }, headers)
  assert.deepEqual([other.status, other.body.code], [409, 'idempotency_key_reused'])
  const none = await send('POST', '/v1/api-keys', { name: 'Till' })
  assert.deepEqual([none.status, none.body.code], [422, 'invalid_input'])
})

test('a version is an ETag, and a condition that does not hold is 412', async () => {
  const { headers, body } = await send('GET', '/v1/settings')
  assert.equal(headers.get('etag'), `"${body.data.version}"`)
  const etag = headers.get('etag')!
  const changed = await send('PATCH', '/v1/settings', { name: 'Studio Sur' }, { 'if-match': etag })
  assert.deepEqual([changed.status, changed.body.data.name], [200, 'Studio Sur'])
  assert.notEqual(changed.headers.get('etag'), etag)
  const late = await send('PATCH', '/v1/settings', { name: 'Late' }, { 'if-match': etag })
  assert.deepEqual([late.status, late.body.status, late.body.code], [412, 412, 'stale_version'])
  const inBody = await send('PATCH', '/v1/settings', { name: 'Late', version: body.data.version })
  assert.deepEqual([inBody.status, inBody.body.code], [409, 'stale_version'])
  const noVersion = await send('GET', '/v1/api-keys', undefined, { 'if-match': etag })
  assert.deepEqual([noVersion.status, noVersion.body.code], [422, 'invalid_input'])
})

test('a preview is 200 with a token; with it, the same call takes effect', async () => {
  const made = await send(
    'POST',
    '/v1/api-keys',
    { name: 'Gone' },
    { 'idempotency-key': crypto.randomUUID() },
  )
  const path = `/v1/api-keys/${made.body.data.id}/revoke`
  const preview = await send('POST', path)
  assert.deepEqual([preview.status, preview.body.status], [200, 'needs_confirmation'])
  const done = await send('POST', path, { confirm_token: preview.body.confirm_token })
  assert.deepEqual([done.status, done.body.status], [200, 'done'])
})

test('what waits for a person is 202', async () => {
  const { status, body } = await send('PUT', '/v1/approval-policy', { rules: [] })
  assert.deepEqual([status, body.status], [202, 'needs_approval'])
})

test('errors are problems with the code, and 401 says how to sign in', async () => {
  const answer = await fetch(`${server.url}/v1/api-keys`)
  const problem = (await answer.json()) as Record<string, unknown>
  assert.equal(answer.status, 401)
  assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="Backdesk"')
  assert.deepEqual(Object.keys(problem), [
    'type',
    'title',
    'status',
    'detail',
    'instance',
    'code',
    'message',
    'retryable',
    'details',
    'next_tools',
    'request_id',
  ])
  const foreign = await send('POST', `/v1/api-keys/key_${'0'.repeat(26)}/revoke`)
  assert.deepEqual([foreign.status, foreign.body.code], [404, 'not_found'])
})

test('the document of all this is served, and made once', async () => {
  const [first, second] = await Promise.all([1, 2].map(() => send('GET', '/v1/openapi.json')))
  assert.equal(first!.body.openapi, '3.1.0')
  assert.deepEqual(first!.body, second!.body)
})

test('bad input of any kind is a 4xx of the vocabulary, never internal', async () => {
  const routes = server.house.catalog.entries.map(({ tool }) => routeOf(tool))
  const texts = fc.oneof(
    fc.constantFrom(
      '\ud800',
      'a\u0000b',
      '\u0001',
      'x'.repeat(700),
      '..',
      '.',
      '%',
      '__proto__',
      '1e400',
      '-0',
      '',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  const values = fc.oneof(texts, fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(1e308, 2 ** 53, -1, 1.5))
  const names = fc.constantFrom(
    'name',
    'limit',
    'cursor',
    'version',
    'scopes',
    'from',
    'query',
    'tool',
    'arguments',
    '__proto__',
  )
  const requests = fc.record({
    route: fc.constantFrom(...routes),
    inPath: texts,
    query: fc.oneof(
      fc.constant(''),
      fc.array(fc.tuple(names, texts), { maxLength: 3 }).map(asQuery),
      texts.map(encode),
    ),
    body: fc.oneof(fc.dictionary(names, values), values),
    headers: fc.oneof(
      fc.constant({}),
      fc.constantFrom('', '"', 'é', 'x'.repeat(300)).map(key => ({ 'idempotency-key': key })),
      fc.constantFrom('*', '"0"', '"99999999999"', '1').map(match => ({ 'if-match': match })),
    ),
  })
  const keys = [key, (await server.signUp()).key, (await server.signUp()).key]
  let runs = 0
  await fc.assert(
    fc.asyncProperty(requests, async ({ route, inPath, query, body, headers }) => {
      const path = route.path.replace(/\{\w+\}/g, encode(inPath))
      const sent = route.method === 'GET' ? undefined : body
      const authorization = `Bearer ${keys[runs++ % keys.length]}`
      const answer = await send(route.method, `${path}?${query}`, sent, { ...headers, authorization })
      const shown = `${route.method} ${path}?${query} ${JSON.stringify(body)}: ${JSON.stringify(answer.body)}`
      if (answer.status < 400) return
      assert.ok(answer.status < 500 && answer.status !== 429, shown)
      assert.ok(answer.body.code in vocabulary && answer.body.code !== 'internal', shown)
    }),
    { numRuns: 400 },
  )
})

/** Percent-encoded, also where it is no Unicode: half a surrogate pair becomes its three bytes. */
function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '\u0000')).replaceAll('%00', () => '%ED%A0%80')
}

function asQuery(fields: [string, string][]): string {
  return fields.map(([name, text]) => `${encode(name)}=${encode(text)}`).join('&')
}

interface Sent {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: the answer's shape is what the tests go on to check.
  body: any
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Sent> {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}
