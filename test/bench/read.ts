/** A read: two queries of one row each, over each surface, and what others would have made of it. */

import { openBare } from './rig/bare.ts'
import { compare } from './rig/load.ts'
import { openNaive } from './rig/naive.ts'
import { get, mcp, olderMcp } from './rig/requests.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

export async function measure(stage: Stage): Promise<Table> {
  const { key, server } = stage
  await using bare = await openBare(stage)
  await using naive = await openNaive(stage, bare)
  const call = { name: 'get_workspace_settings', arguments: {} }
  const compared = await compare([
    { name: 'bare Fastify route, `pg`', url: `${bare.url}/settings`, ...get() },
    { name: 'Backdesk, REST', url: `${server.url}/v1/settings`, ...get(key) },
    { name: 'Backdesk, MCP 2026-07-28', url: `${server.url}/mcp`, ...mcp('tools/call', call, key) },
    { name: 'Backdesk, MCP 2025', url: `${server.url}/mcp`, ...olderMcp('tools/call', call, key) },
    { name: 'SDK `McpServer`, MCP 2026-07-28', url: naive.url, ...mcp('tools/call', call) },
  ])
  return {
    title: 'A read',
    about: `\`get_workspace_settings\`, 10 connections. The bare route and the \`McpServer\` run the same two queries and nothing
else. Backdesk also looks the key up, counts the call against its limit and keeps tenants apart: two transactions.
The \`McpServer\` registers all ${server.house.catalog.entries.length} tools for each request.`,
    ...compared,
  }
}
