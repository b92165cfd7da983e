/** A call as MCP, REST and the command line write it, ready to be copied. */

import type { Entry } from '../../../catalog/catalog.ts'
import type { Tool } from '../../../catalog/define.ts'
import { routeOf } from '../../rest/route.ts'
import { type Arguments, SAMPLE_KEY } from './sample.ts'

/** The message that a client sends to the MCP URL. */
export function mcpCall({ tool }: Entry, input: Arguments): string {
  const args = tool.key ? { ...input, idempotency_key: SAMPLE_KEY } : input
  const params = { name: tool.name, arguments: args }
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }, null, 2)
}

export function curl({ tool }: Entry, input: Arguments, publicUrl: string): string {
  const { method, url, headers, body } = restCall(tool, input)
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} ${quoted(publicUrl + url)}`,
    ...(tool.role === 'nobody' ? [] : ['-H "Authorization: Bearer $BACKDESK_KEY"']),
    ...Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`),
    ...(body ? [`-d ${quoted(JSON.stringify(body, null, 2).replaceAll('\n', '\n  '))}`] : []),
  ].join(' \\\n  ')
}

/** The request of a call, apart from its credentials: what stands in the path, what in the query, what in the body. */
export function restCall(tool: Tool, input: Arguments) {
  const { method, path, pathFields, hasQuery } = routeOf(tool)
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(input[name])))
  const rest = Object.entries(input).filter(([name]) => !pathFields.includes(name))
  const query = new URLSearchParams(
    hasQuery
      ? rest.flatMap(([name, value]) => [value].flat().map(item => [name, String(item)] as [string, string]))
      : [],
  )
  const body = hasQuery || rest.length === 0 ? undefined : Object.fromEntries(rest)
  return {
    method,
    url: filled + (query.size > 0 ? `?${query}` : ''),
    headers: {
      ...(body && { 'Content-Type': 'application/json' }),
      ...(tool.key && { 'Idempotency-Key': SAMPLE_KEY }),
    },
    body,
  }
}

/** The command makes the key by itself, and asks before it confirms. */
export function command({ tool }: Entry, input: Arguments): string {
  const start = `backdesk tools call ${tool.name}`
  if (Object.keys(input).length === 0) return start
  return `${start} --arguments ${quoted(JSON.stringify(input, null, 2))}`
}

/** For a POSIX shell, in which nothing in single quotes means anything but their end. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
