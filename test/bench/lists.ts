/** `tools/list`, which every conversation of every agent begins with. */

import { openBare } from './rig/bare.ts'
import { compare } from './rig/load.ts'
import { openNaive } from './rig/naive.ts'
import { mcp } from './rig/requests.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

export async function measure(stage: Stage): Promise<Table> {
  const { key, server } = stage
  await using bare = await openBare(stage)
  await using naive = await openNaive(stage, bare)
  const { entries, everyday } = server.house.catalog
  const compared = await compare([
    { name: `SDK \`McpServer\`, ${entries.length} tools`, url: naive.url, ...mcp('tools/list') },
    {
      name: `\`/mcp/all\`, ${entries.length} tools`,
      url: `${server.url}/mcp/all`,
      ...mcp('tools/list', {}, key),
    },
    { name: `\`/mcp\`, ${everyday.size} tools`, url: `${server.url}/mcp`, ...mcp('tools/list', {}, key) },
  ])
  return {
    title: 'tools/list',
    about: `MCP 2026-07-28, 10 connections. Backdesk looks the key up and lists what it may call, from schemas made at
boot; the \`McpServer\` knows no key, and converts its schemas for each request.`,
    ...compared,
  }
}
