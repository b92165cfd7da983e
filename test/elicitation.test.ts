/** `confirm` in place, with the real client of the second SDK: the person is asked by their own client. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after: work => after(work as () => void) })
const { key } = await server.signUp()
const agent = { url: server.url, key }

test('a client that can ask its person does: confirmed, the call runs, once', async () => {
  const { client, asked } = await connect({ action: 'accept', content: { confirm: true } })
  const made = await newKey()
  const { structuredContent } = await client.callTool({ name: 'revoke_api_key', arguments: { key_id: made } })
  assert.equal((structuredContent as Body).status, 'done')
  assert.equal(asked.length, 1)
  assert.match(asked[0]!.message, /^Revoke an API key\?[\s\S]*Front desk/, 'with the preview')
  assert.deepEqual(asked[0]!.requestedSchema.required, ['confirm'])
  assert.ok((await keyOf(made)).revoked_at)
  await client.close()
})

for (const answer of [
  { action: 'accept', content: { confirm: false } },
  { action: 'decline' },
  { action: 'cancel' },
] as const) {
  test(`answered with ${JSON.stringify(answer)}, nothing changes and the agent is told`, async () => {
    const { client } = await connect(answer)
    const made = await newKey()
    const refused = await client.callTool({ name: 'revoke_api_key', arguments: { key_id: made } })
    assert.equal(refused.isError, true)
    assert.equal(JSON.parse((refused.content as { text: string }[])[0]!.text).code, 'confirmation_invalid')
    assert.equal((await keyOf(made)).revoked_at, null)
    await client.close()
  })
}

test('through run_write_tool the question is the target’s', async () => {
  const { client, asked } = await connect({ action: 'accept', content: { confirm: true } })
  const made = await newKey()
  const args = { tool: 'revoke_api_key', arguments: { key_id: made } }
  const { structuredContent } = await client.callTool({ name: 'run_write_tool', arguments: args })
  assert.equal((structuredContent as Body).status, 'done')
  assert.match(asked[0]!.message, /^Revoke an API key\?/)
  await client.close()
})

test('a yes holds for the call that was shown: with other arguments it confirms nothing', async () => {
  const [shown, other] = [await newKey(), await newKey()]
  const first = await raw({ key_id: shown })
  assert.equal(first.resultType, 'input_required')
  const inputResponses = { confirm: { action: 'accept', content: { confirm: true } } }
  const crossed = await raw({ key_id: other }, { inputResponses, requestState: first.requestState })
  assert.equal(JSON.parse(crossed.content[0].text).code, 'confirmation_invalid')
  const forged = await raw({ key_id: shown }, { inputResponses, requestState: `${first.requestState}x` })
  assert.equal(JSON.parse(forged.content[0].text).code, 'confirmation_invalid')
  assert.equal((await keyOf(other)).revoked_at, null)
  const right = await raw({ key_id: shown }, { inputResponses, requestState: first.requestState })
  assert.equal(right.structuredContent.status, 'done')
})

test('a client that cannot ask, or of an older protocol, is handed the token as before', async () => {
  for (const [mode, capabilities] of [
    [{ pin: '2026-07-28' }, {}],
    [{ pin: '2026-07-28' }, { elicitation: { url: {} } }],
    ['legacy', { elicitation: {} }],
  ] as const) {
    const client = new Client({ name: 'test', version: '1' }, { capabilities, versionNegotiation: { mode } })
    await client.connect(transport())
    const args = { key_id: await newKey() }
    const { structuredContent } = await client.callTool({ name: 'revoke_api_key', arguments: args })
    const { status, confirm_token } = structuredContent as Body
    assert.equal(status, 'needs_confirmation')
    const again = await client.callTool({ name: 'revoke_api_key', arguments: { ...args, confirm_token } })
    assert.equal((again.structuredContent as Body).status, 'done')
    await client.close()
  }
})

interface Question {
  message: string
  requestedSchema: { required?: string[] }
}

/** A client whose person answers so. */
async function connect(answer: Body): Promise<{ client: Client; asked: Question[] }> {
  const asked: Question[] = []
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    asked.push(params as Question)
    return answer
  })
  await client.connect(transport())
  return { client, asked }
}

function transport(): StreamableHTTPClientTransport {
  const requestInit = { headers: { authorization: `Bearer ${key}` } }
  return new StreamableHTTPClientTransport(new URL('/mcp/all', server.url), { requestInit })
}

/** One request of 2026-07-28, as it travels. */
async function raw(args: Body, round: Body = {}): Promise<Body> {
  const answer = await fetch(`${server.url}/mcp/all`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${key}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'revoke_api_key',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'revoke_api_key',
        arguments: args,
        ...round,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': { elicitation: {} },
        },
      },
    }),
  })
  const text = await answer.text()
  const message = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text)
  assert.ok(message.result, text)
  return message.result
}

async function newKey(): Promise<string> {
  return (await done(agent, 'create_api_key', { name: 'Front desk', idempotency_key: fresh() })).id
}

async function keyOf(id: string): Promise<Body> {
  const { body } = await callTool(agent, 'list_api_keys', { limit: 100 })
  return body.data.find((one: Body) => one.id === id)
}
