/** A write: one row, and all that Backdesk promises around it. */

import { openBare } from './rig/bare.ts'
import { compare } from './rig/load.ts'
import { mcp, post } from './rig/requests.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

export async function measure(stage: Stage): Promise<Table> {
  const { key, server } = stage
  await using bare = await openBare(stage)
  const input = { name: 'Front desk', idempotency_key: '[<id>]' }
  const call = { name: 'create_api_key', arguments: input }
  const compared = await compare([
    { name: 'bare Fastify route, `pg`', url: `${bare.url}/api-keys`, ...post({ name: 'Front desk' }) },
    { name: 'Backdesk, REST', url: `${server.url}/v1/api-keys`, ...post(input, key) },
    { name: 'Backdesk, MCP 2026-07-28', url: `${server.url}/mcp`, ...mcp('tools/call', call, key) },
  ])
  return {
    title: 'A write',
    about: `\`create_api_key\`, each call with an idempotency key of its own, 10 connections. The bare route inserts the
row. Backdesk also does what it does for a read, claims and keeps the idempotency key, reads the approval policy, and
writes the audit, the event and the answer to replay, all in the transaction of the row.`,
    ...compared,
  }
}
