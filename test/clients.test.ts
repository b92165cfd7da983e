/** Real MCP clients of both generations, at each form of URL: what they list, call, and are refused. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { startServer } from './support/server.ts'

const server = await startServer({ after: work => after(work as () => void) })
const { key } = await server.signUp()

/** What the tests need of a client, whichever it is. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>
  callTool(call: { name: string; arguments?: Record<string, unknown> }): Promise<Record<string, unknown>>
  getInstructions(): string | undefined
  close(): Promise<void>
}

type Connect = (path: string, key?: string) => Promise<AnyClient>

const identity = { name: 'clients.test', version: '1.0.0' }

const clients: Record<string, Connect> = {
  'SDK v1': async (path, key) => {
    const client = new ClientV1(identity)
    await client.connect(new TransportV1(urlOf(path), options(key)))
    return client as AnyClient
  },
  'SDK v2, legacy': (path, key) => connectV2(path, key, 'legacy'),
  'SDK v2, auto': (path, key) => connectV2(path, key, 'auto'),
  'SDK v2, pinned to 2026-07-28': (path, key) => connectV2(path, key, { pin: '2026-07-28' }),
}

async function connectV2(path: string, key: string | undefined, mode: 'legacy' | 'auto' | { pin: string }) {
  const client = new Client(identity, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(urlOf(path), options(key)))
  return client as AnyClient
}

function urlOf(path: string): URL {
  return new URL(path, server.url)
}

function options(key: string | undefined) {
  return key === undefined ? {} : { requestInit: { headers: { authorization: `Bearer ${key}` } } }
}

for (const [name, connect] of Object.entries(clients)) {
  test(`${name}: lists what each URL offers`, async () => {
    const lists = await Promise.all(
      ['/mcp', '/mcp/all', '/mcp/readonly', '/mcp/x/approvals', '/mcp/x/approvals,platform/readonly'].map(
        async path => namesAt(await connect(path, key)),
      ),
    )
    const [everyday, all, readonly, toolset, toolsets] = lists as [
      string[],
      string[],
      string[],
      string[],
      string[],
    ]
    const { entries } = server.house.catalog
    assert.deepEqual(
      all,
      entries.filter(({ tool }) => !tool.by).map(({ tool }) => tool.name),
    )
    assert.ok(everyday.includes('search_tools') && everyday.length < all.length)
    assert.ok(!readonly.includes('run_write_tool') && readonly.includes('run_read_tool'))
    assert.ok(toolset.includes('list_approvals') && !toolset.includes('list_api_keys'))
    assert.ok(toolsets.includes('list_api_keys') && !toolsets.includes('create_api_key'))
  })

  test(`${name}: calls a tool, whose answer matches its output schema`, async () => {
    const client = await connect('/mcp/all', key)
    assert.match(client.getInstructions()!, /idempotency_key/)
    await client.listTools() // From now on the client holds answers against their schemas.
    const { structuredContent, content, isError } = await client.callTool({ name: 'get_current_context' })
    assert.ok(!isError)
    assert.deepEqual(JSON.parse((content as { text: string }[])[0]!.text), structuredContent)
    const made = await client.callTool({
      name: 'create_api_key',
      arguments: { name, idempotency_key: crypto.randomUUID() },
    })
    assert.equal((made.structuredContent as { status: string }).status, 'done')
    await client.close()
  })

  test(`${name}: is told what is wrong with a call, and does not choke on it`, async () => {
    const client = await connect('/mcp/all', key)
    await client.listTools()
    const refused = await client.callTool({ name: 'list_api_keys', arguments: { limit: 0 } })
    assert.equal(refused.isError, true)
    assert.equal(JSON.parse((refused.content as { text: string }[])[0]!.text).code, 'invalid_input')
    await assert.rejects(client.callTool({ name: 'list_api_kez' }), /Did you mean list_api_keys\?/)
    await client.close()
  })

  test(`${name}: signs up without credentials, and is refused the rest with 401`, async () => {
    const client = await connect('/mcp')
    const { tools } = await client.listTools()
    const open = server.house.catalog.entries.filter(
      ({ tool }) => tool.role === 'nobody' || tool.name === 'get_current_context',
    )
    assert.deepEqual(
      tools.map(({ name }) => name),
      open.map(({ tool }) => tool.name),
    )
    const asked = await client.callTool({
      name: 'register_organisation_request',
      arguments: {
        email: `${crypto.randomUUID()}@studio.example`,
        organisation_name: name,
        time_zone: 'Europe/Madrid',
        currency: 'EUR',
        country: 'ES',
        idempotency_key: crypto.randomUUID(),
      },
    })
    assert.ok(!asked.isError, JSON.stringify(asked))
    await assert.rejects(client.callTool({ name: 'get_current_context' }), isUnauthorized)
    await client.close()
    await assert.rejects(connect('/mcp', 'bd_live_nonsense'), isUnauthorized)
  })
}

async function namesAt(client: AnyClient): Promise<string[]> {
  const { tools } = await client.listTools()
  await client.close()
  return tools.map(({ name }) => name)
}

/** Each SDK has an error of its own for it; all carry the status, or its name. */
function isUnauthorized(error: Error & { code?: unknown; status?: unknown }): boolean {
  return (
    error.status === 401 ||
    error.code === 401 ||
    /401|unauthori[sz]ed|API key|open nothing/i.test(error.message)
  )
}
