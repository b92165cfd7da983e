/** What each list costs a conversation before its first word. */

import { encode } from 'gpt-tokenizer'
import { openBare } from './rig/bare.ts'
import { openNaive } from './rig/naive.ts'
import { mcp } from './rig/requests.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

export async function measure(stage: Stage): Promise<Table> {
  const { server, key } = stage
  await using bare = await openBare(stage)
  await using naive = await openNaive(stage, bare)
  const toolsets = [...new Set(server.house.catalog.entries.map(entry => entry.tool.domain))]
  const paths = ['/mcp', '/mcp/readonly', '/mcp/all', ...toolsets.map(toolset => `/mcp/x/${toolset}`)]
  const rows = []
  for (const path of paths) rows.push([`\`${path}\``, ...costOf(await toolsAt(server.url + path, key))])
  rows.push(['SDK `McpServer`, all tools', ...costOf(await toolsAt(naive.url))])
  return {
    title: 'Tokens of each list',
    about: 'As an owner sees them, counted over the JSON of `tools` with `o200k_base` (gpt-tokenizer).',
    columns: ['list', 'tools', 'tokens', 'tokens a tool'],
    rows,
  }
}

async function toolsAt(url: string, key?: string): Promise<object[]> {
  const answer = await fetch(url, mcp('tools/list', {}, key))
  const { result } = (await answer.json()) as { result: { tools: object[] } }
  return result.tools
}

function costOf(tools: object[]): number[] {
  const tokens = encode(JSON.stringify(tools)).length
  return [tools.length, tokens, Math.round(tokens / tools.length)]
}
