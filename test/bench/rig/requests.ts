/** Requests as clients send them: MCP in its newest form and in the one before it, and REST. */

import type { Target } from './load.ts'

type Request = Omit<Target, 'name' | 'url'>

/** One POST of the revision 2026-07-28, which says of itself what earlier ones had said in a handshake. */
export function mcp(
  method: string,
  params: { name?: string; arguments?: object } = {},
  key?: string,
): Request {
  const { name } = params
  const routing = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(name && { 'mcp-name': name }),
  }
  const request = olderMcp(method, { ...params, _meta } as typeof params, key)
  return { ...request, headers: { ...request.headers, ...routing } }
}

const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** One POST of the 2025 revisions, without a session. */
export function olderMcp(
  method: string,
  params: { name?: string; arguments?: object } = {},
  key?: string,
): Request {
  const headers = { ...json, accept: 'application/json, text/event-stream', ...bearer(key) }
  return { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) }
}

export function get(key?: string): Request {
  return { method: 'GET', headers: bearer(key) }
}

export function post(body: object, key?: string): Request {
  return { method: 'POST', headers: { ...json, ...bearer(key) }, body: JSON.stringify(body) }
}

const json = { 'content-type': 'application/json' }

function bearer(key: string | undefined): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {}
}
