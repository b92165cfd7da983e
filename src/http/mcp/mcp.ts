/** The catalog over MCP. */

import { ProtocolError, ProtocolErrorCode, Server, type Tool } from '@modelcontextprotocol/server'
import { closest } from 'fastest-levenshtein'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import manifest from '../../../package.json' with { type: 'json' }
import type { Answer } from '../../calls/call.ts'
import type { Catalog, Entry } from '../../catalog/catalog.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { callerOf, clientName, rateHeaders } from '../credentials.ts'
import type { Caller, Host } from '../host.ts'
import { metadataUrl, resourceOf } from '../oauth/resources.ts'
import { answerIn, canAsk, declined, questionFor, withToken } from './elicit.ts'
import { messagesIn, mountMcp } from './endpoint.ts'
import { instructions } from './instructions.ts'
import { resultOf } from './result.ts'
import { requireScopes } from './step-up.ts'
import { type View, viewAt } from './views.ts'

interface Session {
  view: View
  caller: Caller
  requestId: string
  userAgent: string | undefined
}

export function registerMcp(app: FastifyInstance, host: Host): void {
  mountMcp<Session>(app, {
    paths: ['/mcp', '/mcp/*'],
    admit: (request, reply) => admit(host, request, reply),
    serve: session => serverFor(host, session),
  })
}

async function admit(host: Host, request: FastifyRequest, reply: FastifyReply): Promise<Session> {
  const path = request.url.split('?')[0]!
  const view = viewAt(host.catalog, path)
  request.resourceMetadata = metadataUrl(host, request)
  const resource = resourceOf(host, request.headers.host, path)
  let caller = await callerOf(host, request, resource)
  const calls = callsIn(request.body)
  if (caller.principal.kind === 'anonymous') requireCredentials(host.catalog, calls)
  requireScopes(host.catalog, caller.principal, request.body)
  // A batch (2025-03-26 has them) costs what its calls would cost one by one.
  for (const _ of calls.slice(1)) caller = await callerOf(host, request, resource)
  reply.headers(rateHeaders(caller))
  return { view, caller, requestId: request.id, userAgent: request.headers['user-agent'] }
}

/** Names of the tools that a body calls. */
function callsIn(body: unknown): unknown[] {
  return messagesIn(body)
    .filter(({ method }) => method === 'tools/call')
    .map(({ params }) => params?.name)
}

/** Without credentials any tool but the ways in is HTTP 401, by which a connector learns that it must sign in. */
function requireCredentials(catalog: Catalog, calls: unknown[]): void {
  for (const name of calls) {
    const entry = catalog.get(name as string)
    if (entry && entry.tool.role !== 'nobody') {
      throw new Refusal('unauthenticated', `${entry.tool.name} needs an API key.`, {}, [
        'register_organisation_request',
      ])
    }
  }
}

function serverFor(host: Host, session: Session): Server {
  const server = new Server(identity, options)
  server.setRequestHandler('tools/list', ({ params }) => {
    if (params?.cursor !== undefined) throw invalidParams('The list has one page.')
    return { tools: session.view.list(session.caller.principal) as Tool[] }
  })
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    // Since 2026-07-28 each request names its client; before, only `initialize` did, which is a request of its own.
    const client = clientName(server.getClientVersion()?.name, session.userAgent)
    const answered = answerIn(mcpReq)
    if (answered === 'no') return resultOf({ refusal: declined(params.name) })
    const args = answered ? withToken(host.catalog, params, answered.token) : params.arguments
    const answer = await callTool(host, session, params.name, args, client)
    return (!answered && canAsk(mcpReq) && questionFor(answer)) || resultOf(answer)
  })
  return server
}

const identity = { name: 'backdesk', title: 'Backdesk', version: manifest.version }

const options = {
  capabilities: { tools: {} },
  instructions,
  // A list is one caller's; it changes when a key's scopes do, and that is another key. The rest is everybody's.
  cacheHints: {
    'tools/list': { ttlMs: 300_000, cacheScope: 'private' },
    'server/discover': { ttlMs: 3_600_000, cacheScope: 'public' },
  },
} as const

async function callTool(
  { catalog, call }: Host,
  { view, caller, requestId }: Session,
  name: string,
  args: unknown,
  client: string | undefined,
): Promise<Answer> {
  const entry = catalog.get(name)
  if (!entry) throw invalidParams(noSuchTool(catalog, name))
  if (!view.offers(entry)) throw invalidParams(notHere(entry))
  const { principal, workspace } = caller
  return call({ principal, workspace, tool: name, arguments: args, requestId, surface: 'mcp', client })
}

/** Not knowing a tool is an error of the protocol, not of a tool (MCP, tools: error handling). */
function invalidParams(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message)
}

function noSuchTool({ entries }: Catalog, name: string): string {
  const names = entries.map(({ tool }) => tool.name)
  return `Unknown tool. Did you mean ${closest(name.slice(0, 64), names)}? search_tools finds others.`
}

function notHere({ tool }: Entry): string {
  const { name, domain, effect } = tool
  return `This URL does not offer ${name}: it belongs to the toolset ${domain}${effect === 'read' ? '' : ' and writes'}.`
}
