/** The catalog over REST: each tool at its own route, and their description at `/v1/openapi.json`. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ReadBody, WriteBody } from '../../calls/call.ts'
import type { Entry } from '../../catalog/catalog.ts'
import type { Refusal } from '../../catalog/refusal.ts'
import { callerOf, clientName, rateHeaders } from '../credentials.ts'
import type { Host } from '../host.ts'
import { LARGE_BODY_LIMIT } from '../problem.ts'
import { argumentsIn } from './arguments.ts'
import { openApi } from './openapi.ts'
import { routeOf } from './route.ts'

export function registerRest(app: FastifyInstance, host: Host): void {
  for (const entry of host.catalog.entries) {
    const { method, path } = routeOf(entry.tool)
    app.route({
      method,
      url: path.replace(/\{(\w+)\}/g, ':$1'),
      ...(entry.tool.largeBody && { bodyLimit: LARGE_BODY_LIMIT }),
      handler: (request, reply) => respond(host, entry, request, reply),
    })
  }

  let document: string | undefined
  app.get('/v1/openapi.json', (_request, reply) => {
    document ??= JSON.stringify(openApi(host.catalog, host.publicUrl))
    return reply.type('application/json').header('cache-control', 'public, max-age=300').send(document)
  })
}

async function respond(
  host: Host,
  entry: Entry,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = await callerOf(host, request)
  reply.headers(rateHeaders(caller))
  const { principal, workspace } = caller
  const answer = await host.call({
    principal,
    workspace,
    tool: entry.tool.name,
    arguments: argumentsIn(sentIn(request), entry.inputSchema),
    requestId: request.id,
    surface: 'rest',
    client: clientName(request.headers['user-agent']),
  })
  if (answer.refusal) return reply.problem(answer.refusal, statusOf(answer.refusal, request))
  return succeed(reply, answer.body)
}

function sentIn({ params, body, headers, url }: FastifyRequest) {
  const mark = url.indexOf('?')
  const query = mark === -1 ? '' : url.slice(mark + 1)
  return { params: params as Record<string, string>, query, body, headers }
}

/** A condition in a header that does not hold is 412 (RFC 9110, section 13.1.1); the same in the body is a conflict. */
function statusOf(refusal: Refusal, { headers }: FastifyRequest): number {
  return refusal.code === 'stale_version' && headers['if-match'] !== undefined ? 412 : refusal.status
}

function succeed(reply: FastifyReply, body: ReadBody | WriteBody): FastifyReply {
  const goesOn = 'status' in body && (body.status === 'needs_approval' || body.status === 'processing')
  const version = (body.data as { version?: unknown } | null | undefined)?.version
  if (typeof version === 'number') reply.header('etag', `"${version}"`)
  return reply.code(goesOn ? 202 : 200).send(body)
}
