/**
 * The MCP transport: one HTTP request, one fresh SDK server, one HTTP answer. The SDK's handler serves 2026-07-28
 * and, stateless, the 2025 revisions. It is called in its web form and Fastify sends its `Response`, so that hooks
 * and headers hold here as everywhere; `toNodeHandler` would write past them, and serialise each body again.
 */

import {
  createMcpHandler,
  isSpecType,
  type McpHttpHandler,
  type McpServer,
  PROTOCOL_VERSION_META_KEY,
  type Server,
} from '@modelcontextprotocol/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../../catalog/refusal.ts'
import { refusalHeaders } from '../credentials.ts'
import { failureOf } from '../problem.ts'

export interface Endpoint<Session> {
  paths: string[]
  /** Who calls, and what is theirs. What it throws is answered in HTTP: 401, 404, 429. */
  admit(request: FastifyRequest, reply: FastifyReply): Promise<Session>
  /** A server for one request. It is made each time, so it must be cheap: 6 µs where the handlers are two closures. */
  serve(session: Session): Server | McpServer
}

export function mountMcp<Session>(
  app: FastifyInstance,
  { paths, admit, serve }: Endpoint<Session>,
): McpHttpHandler {
  const handler = createMcpHandler(({ authInfo }) => serve(authInfo!.extra!.session as Session), {
    onerror: error => app.log.debug({ err: error }, 'mcp'),
  })
  // Before Fastify waits for open answers: a stream of the SDK's ends only when it is told to.
  app.addHook('preClose', () => handler.close())

  for (const url of paths) {
    app.route({
      // GET and DELETE are for sessions; the SDK answers them 405.
      method: ['GET', 'POST', 'DELETE'],
      url,
      errorHandler: answerJsonRpc,
      handler: async (request, reply) => {
        refuseMalformed(request.body)
        const session = await admit(request, reply)
        const authInfo = { ...NO_TOKEN, extra: { session } }
        return reply.send(await handler.fetch(webRequest(request), { parsedBody: request.body, authInfo }))
      },
    })
  }
  return handler
}

/** The SDK passes on what it is given as the caller's, and looks at none of it. */
const NO_TOKEN = { token: '', clientId: '', scopes: [] }

/** Without the body, which is parsed already, and with a host of our own: the caller's may be no URL. */
function webRequest({ method, headers }: FastifyRequest): Request {
  return new Request('http://backdesk.internal/mcp', { method, headers: headers as Record<string, string> })
}

/** The SDK answers params of these that are wrong in form with -32603, as if the fault were its own. */
const forms = new Map<unknown, (message: Message) => boolean>([
  // 2026-07-28 knows no initialize, in whatever form; the SDK says so.
  ['initialize', message => isModern(message) || isSpecType.InitializeRequest(message)],
  ['tools/list', message => isSpecType.ListToolsRequest(message)],
])

function refuseMalformed(body: unknown): void {
  for (const message of messagesIn(body)) {
    const hasForm = forms.get(message.method)
    if (hasForm?.(message) === false) {
      throw new Refusal('invalid_input', `The params of ${message.method} are not of its form.`)
    }
  }
}

function isModern({ params }: Message): boolean {
  return params?._meta?.[PROTOCOL_VERSION_META_KEY] !== undefined
}

interface Message {
  method?: unknown
  params?: { name?: unknown; arguments?: unknown; _meta?: Record<string, unknown> }
}

/** The JSON-RPC messages in a body: one, or a batch. Their form is yet to be checked. */
export function messagesIn(body: unknown): Message[] {
  return [body].flat().filter(message => typeof message === 'object' && message !== null)
}

/** What is refused before the SDK sees it: the HTTP status, and a JSON-RPC error that carries the vocabulary's. */
function answerJsonRpc(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { refusal, status } = failureOf(error, request)
  return reply
    .code(status)
    .headers(refusalHeaders(refusal, request))
    .send({
      jsonrpc: '2.0',
      id: idOf(request.body),
      error: { code: codes[status] ?? SERVER_ERROR, message: refusal.message, data: refusal.toBody() },
    })
}

// JSON-RPC 2.0, section 5.1.
const SERVER_ERROR = -32000
const codes: Record<number, number> = { 400: -32700, 422: -32602, 500: -32603 }

function idOf(body: unknown): string | number | null {
  const id = (body as { id?: unknown } | undefined)?.id
  return typeof id === 'string' || typeof id === 'number' ? id : null
}
