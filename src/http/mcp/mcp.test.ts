import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { startServer } from '../../../test/support/server.ts'
import { stack } from '../../../test/support/stack.ts'
import { vocabulary } from '../../catalog/refusal.ts'
import { instructions } from './instructions.ts'

const server = await startServer({ after: work => after(work as () => void) })
const { key } = await server.signUp()

test('nobody sees the ways in; any other call is HTTP 401 with a challenge, alone or in a batch', async () => {
  const { message } = await post('/mcp', list, { key: null })
  const names = message.result.tools.map(({ name }: { name: string }) => name)
  const waysIn = server.house.catalog.entries
    .filter(({ tool }) => tool.role === 'nobody')
    .map(({ tool }) => tool.name)
  assert.ok(waysIn.includes('register_organisation_request') && waysIn.includes('accept_team_invite_verify'))
  assert.deepEqual(names.toSorted(), [...waysIn, 'get_current_context'].toSorted())

  for (const body of [call('get_current_context'), call('run_write_tool'), [list, call('list_api_keys')]]) {
    const { status, headers, message } = await post('/mcp', body, { key: null })
    assert.equal(status, 401)
    assert.match(
      headers.get('www-authenticate')!,
      /^Bearer realm="Backdesk", resource_metadata="[^"]+\/\.well-known\/oauth-protected-resource\/[^"]+"$/,
    )
    assert.equal(message.error.data.code, 'unauthenticated')
  }
})

test('a bad credential is 401 whatever is asked', async () => {
  const wrong = [`${key.slice(0, -1)}_`, 'nonsense', 'x'.repeat(5000)]
  const headers = [...wrong.map(token => `Bearer ${token}`), 'Basic YTpi', 'Bearer', 'Bearer a b', key]
  for (const authorization of headers) {
    for (const body of [list, call('get_current_context'), call('register_organisation_request')]) {
      const answer = await post('/mcp', body, { key: null, headers: { authorization } })
      assert.equal(answer.status, 401, authorization)
      assert.match(
        answer.headers.get('www-authenticate')!,
        /resource_metadata="[^"]+\/oauth-protected-resource\/mcp", error="invalid_token"$/,
      )
    }
  }
})

test('an answer is data and the same as text; a refusal is text and _meta, never structuredContent', async () => {
  const { message } = await post('/mcp', call('list_api_keys', { limit: 1 }))
  const { structuredContent, content, isError } = message.result
  assert.equal(isError, undefined)
  assert.equal(structuredContent.data.length, 1)
  assert.deepEqual(content, [{ type: 'text', text: JSON.stringify(structuredContent) }])

  const refused = (await post('/mcp', call('list_api_keys', { limit: 0 }))).message.result
  assert.equal(refused.isError, true)
  assert.equal(refused.structuredContent, undefined)
  const error = JSON.parse(refused.content[0].text)
  assert.deepEqual(Object.keys(error), ['code', 'message', 'retryable', 'details', 'next_tools'])
  assert.deepEqual(refused._meta['dev.backdesk/error'], error)
})

test('an unknown tool is -32602 with the nearest name, and so is one that the URL does not offer', async () => {
  const unknown = (await post('/mcp', call('lst_api_keyz'))).message.error
  assert.equal(unknown.code, -32602)
  assert.match(unknown.message, /Did you mean list_api_keys\?/)
  const writes = (await post('/mcp/readonly', call('create_api_key'))).message.error
  assert.deepEqual([writes.code, writes.message.includes('writes')], [-32602, true])
  assert.equal((await post('/mcp/x/approvals', call('list_api_keys'))).message.error.code, -32602)
  assert.equal(
    (await post('/mcp', call('list_api_keys'))).message.result.isError,
    undefined,
    'not everyday, and yet',
  )
})

test('a URL that is no view is 404 and names the toolsets', async () => {
  const { status, message } = await post('/mcp/x/costumers', list)
  assert.equal(status, 404)
  assert.match(message.error.message, /customers/)
  assert.ok(message.error.data.details.toolsets.includes('bookings'))
})

test('an answered key is told its limit; beyond it is 429 with Retry-After, and a batch counts call by call', async t => {
  const first = await post('/mcp', call('get_current_context'), { key: (await server.signUp()).key })
  assert.equal(first.headers.get('ratelimit-policy'), '"key";q=300')
  assert.match(first.headers.get('ratelimit')!, /^"key";r=299$/)

  // A bucket that fills by one call in ten minutes: what is left does not depend on how long the calls take.
  const slow = await startServer(stack(t), { rateLimit: { perMinute: 0.1, burst: 60 } })
  const { key } = await slow.signUp('Busy Studio')
  const send = (body: unknown) => post('/mcp', body, { key, url: slow.url })
  const context = call('get_current_context')
  assert.match((await send(context)).headers.get('ratelimit')!, /r=59$/)
  const batch = Array.from({ length: 50 }, (_, n) => ({ ...context, id: n + 1 }))
  assert.match((await send(batch)).headers.get('ratelimit')!, /r=9$/, 'a batch of 50 costs 50')

  const answers = await Promise.all(Array.from({ length: 20 }, () => send(context)))
  const refused = answers.filter(answer => answer.status === 429)
  assert.equal(refused.length, 11)
  for (const { headers, message } of refused) {
    assert.match(headers.get('retry-after')!, /^\d+$/)
    assert.equal(message.error.data.code, 'rate_limited')
  }
})

test('in 2026-07-28 a list says how long it may be kept, and whose it is', async () => {
  const listed = (await post('/mcp', modern(list))).message.result
  assert.deepEqual([listed.ttlMs, listed.cacheScope, listed.nextCursor], [300_000, 'private', undefined])
  const discovered = (await post('/mcp', modern({ ...list, method: 'server/discover' }))).message.result
  assert.deepEqual([discovered.ttlMs, discovered.cacheScope], [3_600_000, 'public'])
  assert.equal(discovered.instructions, instructions)
  assert.ok(Buffer.byteLength(instructions) <= 2048)
})

test('the audit knows the client by the name it gives itself, cut and cleaned', async () => {
  const name = `\ud800Desk\u0000${'x'.repeat(500)}`
  await post(
    '/mcp',
    modern(call('create_api_key', { name: 'A', idempotency_key: crypto.randomUUID() }), name),
  )
  await post('/mcp', call('create_api_key', { name: 'B', idempotency_key: crypto.randomUUID() }), {
    headers: { 'user-agent': 'agent/1.0' },
  })
  const { message } = await post('/mcp', call('list_audit_events', { tool: 'create_api_key', limit: 2 }))
  const [byAgent, byDesk] = message.result.structuredContent.data.map(
    ({ client }: { client: string }) => client,
  )
  assert.equal(byAgent, 'agent/1.0')
  assert.equal(byDesk, `\ufffdDesk ${'x'.repeat(194)}`)
})

test('bad input of any kind is an error of the protocol or of the vocabulary, never internal', async () => {
  const texts = ['\ud800', '\udc00x', 'a\u0000b', '\u0001', '𝄞'.repeat(70_000), '__proto__', "'; --"]
  const numbers = [-0, -1, 1e308, 2 ** 53, 1.5, Number.MIN_VALUE]
  const wild = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...numbers), fc.jsonValue({ maxDepth: 4 }))
  const params = fc.oneof(
    fc.record({
      name: fc.constantFrom('create_api_key', 'revoke_api_key', 'list_audit_events', 'run_write_tool'),
      arguments: wild,
    }),
    fc.record({
      name: fc.constantFrom('list_api_keys', 'describe_tool', 'search_tools', 'run_read_tool'),
      arguments: fc.dictionary(
        fc.constantFrom('name', 'arguments', 'limit', 'cursor', 'query', 'tool', '__proto__'),
        wild,
      ),
    }),
    fc.record({ name: wild, arguments: wild }),
    wild,
  )
  const method = fc.constantFrom(
    'tools/call',
    'tools/call',
    'tools/list',
    'initialize',
    'ping',
    'server/discover',
    'x/y',
  )
  const message = fc.record({
    jsonrpc: fc.constant('2.0'),
    id: fc.constantFrom(1, 'a', null, 1.5),
    method,
    params,
  })
  // A key has 300 calls at once, and all of these are to be looked at.
  const keys = [key, (await server.signUp()).key]
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.oneof(message, message, fc.array(message, { maxLength: 3 }), wild), async body => {
      const { status, messages } = await post('/mcp', body, { key: keys[runs++ % keys.length] })
      assert.ok(status < 500, JSON.stringify(messages))
      for (const { error, result } of messages) {
        const refusal = result?._meta?.['dev.backdesk/error'] ?? error?.data
        assert.notEqual(error?.code, -32603, error?.message)
        assert.ok(
          !refusal?.code ||
            (refusal.code in vocabulary && !['internal', 'rate_limited'].includes(refusal.code)),
          JSON.stringify(refusal),
        )
      }
    }),
    { numRuns: 300 },
  )
})

const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' }

function call(name: string, args?: Record<string, unknown>) {
  return { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }
}

/** The same message as the newest revision has it. */
function modern(message: { method: string; params?: object }, clientName = 'test') {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: clientName, version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return { ...message, params: { ...message.params, _meta } }
}

interface Posted {
  status: number
  headers: Headers
  /** A batch has several. */
  // biome-ignore lint/suspicious/noExplicitAny: the answer's shape is what the tests go on to check.
  messages: any[]
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  message: any
}

async function post(
  path: string,
  body: unknown,
  given: { key?: string | null; headers?: Record<string, string>; url?: string } = {},
): Promise<Posted> {
  const { method, params } = (body ?? {}) as { method?: string; params?: { name?: string; _meta?: object } }
  const bearer = given.key === undefined ? key : given.key
  const answer = await fetch((given.url ?? server.url) + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(params?._meta && { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method! }),
      ...(params?._meta && params.name && { 'mcp-name': params.name }),
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...given.headers,
    },
    body: JSON.stringify(body),
  })
  const text = await answer.text()
  const messages = (text.match(/^(data: )?[[{].*$/gm) ?? []).flatMap(line =>
    JSON.parse(line.replace(/^data: /, '')),
  )
  return { status: answer.status, headers: answer.headers, messages, message: messages[0] }
}
