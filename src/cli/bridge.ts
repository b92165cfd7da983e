/**
 * `backdesk mcp`: for clients that start a program and cannot do HTTP. What comes in on stdin goes to the server's
 * MCP URL as it is, and what it answers goes out on stdout as it is; logs go to stderr. Only the headers that
 * streamable HTTP asks for are added, read from the message: so both eras pass, and those to come.
 */

import { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Desk, unreachable, userAgent } from './desk.ts'
import { keyFor } from './keyring.ts'
import { type Exit, exits } from './outcome.ts'
import { note, visible } from './terminal.ts'

/** @param view what stands after `/mcp`: `all`, `x/bookings`, `readonly` */
export async function bridge(desk: Desk, view: string | undefined): Promise<Exit> {
  const url = `${desk.url}/mcp${view ? `/${view.replace(/^\/+/, '')}` : ''}`
  const running = new Map<string, AbortController>()
  const work = new Set<Promise<void>>()
  const era: Era = {}
  // Who started this has gone: there is nobody left to answer.
  stdout.on('error', () => process.exit(exits.done))
  note(`backdesk mcp: stdio to ${url}${desk.key ? '' : ', without a key'}`)

  for await (const line of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue
    const done = forward(desk, url, line, era, running).finally(() => work.delete(done))
    work.add(done)
  }
  // Its input has ended: what runs may still answer, a stream that never ends may not keep it.
  await Promise.race([Promise.all(work), sleep(GRACE_MS, undefined, { ref: false })])
  for (const abort of running.values()) abort.abort()
  await Promise.all(work)
  return exits.done
}

const GRACE_MS = 10_000

/** What `initialize` agreed on, which later requests of the 2025 era repeat in a header. */
interface Era {
  version?: string
}

interface Message {
  id?: unknown
  method?: unknown
  params?: Record<string, unknown> & { _meta?: Record<string, unknown> }
}

async function forward(
  desk: Desk,
  url: string,
  line: string,
  era: Era,
  running: Map<string, AbortController>,
): Promise<void> {
  const messages = messagesIn(line)
  if (!messages) return write(errorFor(null, -32700, 'What came in is not JSON.'))
  const asked = messages.filter(({ id, method }) => id !== undefined && typeof method === 'string')
  const [first] = messages
  const abort = new AbortController()
  for (const { id } of asked) running.set(JSON.stringify(id), abort)
  // Over HTTP a call is cancelled by hanging up.
  for (const { method, params } of messages)
    if (method === 'notifications/cancelled') running.get(JSON.stringify(params?.requestId))?.abort()
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headersFor(desk, messages, era) },
      body: line,
      redirect: 'error',
      signal: abort.signal,
    })
    const passed = await passOn(answer, text => {
      if (first?.method === 'initialize') noteVersion(era, text)
      write(text)
    })
    if (passed === 0 && asked.length > 0)
      for (const { id } of asked) write(errorFor(id, -32000, `The server answered ${answer.status}.`))
  } catch (error) {
    if (abort.signal.aborted) return
    const { message, body } = unreachable(desk, error)
    note(`backdesk mcp: ${visible(message)}`)
    for (const { id } of asked) write(errorFor(id, -32000, message, body))
  } finally {
    for (const { id } of asked) running.delete(JSON.stringify(id))
  }
}

/** One message, or the batch that 2025-03-26 knows. */
function messagesIn(line: string): Message[] | undefined {
  try {
    return [JSON.parse(line)].flat().filter(message => message !== null && typeof message === 'object')
  } catch {
    return undefined
  }
}

/** The key is looked up each time: a sign-up or a login takes hold while the bridge runs. */
function headersFor(desk: Desk, messages: Message[], era: Era): Record<string, string> {
  const key = keyFor(desk.url)?.key
  const [message] = messages
  const { method, params } = message ?? {}
  const stated = params?._meta?.['io.modelcontextprotocol/protocolVersion']
  const isModern = typeof stated === 'string'
  const version = isModern ? stated : method === 'initialize' ? undefined : era.version
  const name = params?.name ?? params?.uri
  return {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    'user-agent': userAgent(),
    ...(key && { authorization: `Bearer ${key}` }),
    ...(version && { 'mcp-protocol-version': headerText(version) }),
    // SEP-2243, since 2026-07-28.
    ...(isModern && typeof method === 'string' && { 'mcp-method': headerText(method) }),
    ...(isModern &&
      typeof name === 'string' &&
      named.has(String(method)) && { 'mcp-name': headerText(name) }),
  }
}

const named = new Set(['tools/call', 'prompts/get', 'resources/read'])

/** What a header cannot hold goes in base64, marked as SEP-2243 has it. */
function headerText(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text)
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}

/** @returns how many messages the answer held: a body of JSON is one, a stream has one in each event */
async function passOn(answer: Response, pass: (text: string) => void): Promise<number> {
  const type = answer.headers.get('content-type') ?? ''
  let passed = 0
  if (type.startsWith('text/event-stream') && answer.body) {
    for await (const data of eventsIn(answer.body)) {
      pass(data)
      passed++
    }
    return passed
  }
  const text = await answer.text()
  if (!type.includes('json') || !messagesIn(text)) return 0
  pass(text)
  return 1
}

/** The data of each event (WHATWG HTML, section 9.2.6); empty ones only keep the line open. */
async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let data: string[] = []
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()!
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
      else if (line === '' && data.length > 0) {
        const text = data.join('\n')
        data = []
        if (text.trim() !== '') yield text
      }
    }
  }
}

/** `initialize` says which version holds from now on. */
function noteVersion(era: Era, text: string): void {
  const version = (messagesIn(text)?.[0] as { result?: { protocolVersion?: unknown } })?.result
    ?.protocolVersion
  if (typeof version === 'string') era.version = version
}

function errorFor(id: unknown, code: number, message: string, data?: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, ...(data !== undefined && { data }) } })
}

/** A message is one line; a line break in JSON stands between its parts alone. */
function write(text: string): void {
  stdout.write(`${text.replace(/[\r\n]+/g, ' ')}\n`)
}
