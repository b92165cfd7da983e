/** A mail provider on this machine that speaks Resend's HTTP API, keys and all, and that a test tells how to behave. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What takes a mail does so before anything else. */
export type Conduct =
  | 'takes'
  | 'takes and cuts off'
  | 'takes and is silent'
  | 'takes and answers 502'
  | 'cuts off'
  | 'is silent'
  | 'answers 429'
  | 'answers 503'
  | 'answers 422'

export interface Arrived {
  id: string
  from: string
  to: string[]
  subject: string
  text: string
  html: string
  headers: Record<string, string>
  attachments?: { filename: string; content_type: string; content: string }[]
}

export interface MailProvider {
  /** For RESEND_URL. */
  url: string
  conduct: Conduct
  /** What goes on to recipients: of requests with one key, the first. */
  arrived: Arrived[]
  /** The key of each request, in order. */
  keys: string[]
  /** How long it thinks before it takes a mail, and again before it says so. */
  pause: () => number
}

const KEY = 're_test'
const PATIENCE_SECONDS = 7200

/** What it knows of a key. */
interface Known {
  body: string
  id?: string
}

export async function startMailProvider(t: Pick<TestContext, 'after'>): Promise<MailProvider> {
  const known = new Map<string, Known>()
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await request.toArray()).toString()
    const key = request.headers['idempotency-key'] as string
    if (request.method !== 'POST' || request.url !== '/emails') return answer(response, 404, 'not_found')
    if (request.headers.authorization !== `Bearer ${KEY}`) return answer(response, 403, 'invalid_api_key')
    provider.keys.push(key)
    const { conduct } = provider
    if (conduct === 'cuts off') return void response.destroy()
    if (conduct === 'is silent') return
    if (conduct === 'answers 503') return answer(response, 503, 'application_error')
    if (conduct === 'answers 422') return answer(response, 422, 'validation_error')
    if (conduct === 'answers 429') {
      response.setHeader('retry-after', PATIENCE_SECONDS)
      return answer(response, 429, 'rate_limit_exceeded')
    }
    const before = known.get(key)
    if (before && before.body !== body) return answer(response, 409, 'invalid_idempotent_request')
    if (before && !before.id) return answer(response, 409, 'concurrent_idempotent_requests')
    const id = before?.id ?? (await take(key, body))
    if (conduct === 'takes and cuts off') return void response.destroy()
    if (conduct === 'takes and is silent') return
    if (conduct === 'takes and answers 502') return answer(response, 502, 'bad_gateway')
    await rest()
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ id }))
  }

  async function take(key: string, body: string): Promise<string> {
    const entry: Known = { body }
    known.set(key, entry)
    await rest()
    const id = crypto.randomUUID()
    provider.arrived.push({ id, ...JSON.parse(body) })
    entry.id = id
    return id
  }

  async function rest(): Promise<void> {
    const pause = provider.pause()
    if (pause > 0) await new Promise(resolve => setTimeout(resolve, pause))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const provider: MailProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    conduct: 'takes',
    arrived: [],
    keys: [],
    pause: () => 0,
  }
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return provider
}

/** For `startServer` and RESEND_API_KEY. */
export function resendOf({ url }: MailProvider, patienceMs?: number) {
  return { resend: { key: KEY, url, from: 'Backdesk <no-reply@desk.example>', patienceMs } }
}

function answer(response: ServerResponse, statusCode: number, name: string): void {
  response
    .writeHead(statusCode, { 'content-type': 'application/json' })
    .end(JSON.stringify({ statusCode, name, message: `of ada@studio.example: ${name}` }))
}
