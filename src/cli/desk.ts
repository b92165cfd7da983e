/** The server that a command speaks to: its address, HTTP to it, and its catalog, from which every contract comes. */

import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, version as node, pid } from 'node:process'
import { closest } from 'fastest-levenshtein'
import type { JsonSchema } from '../catalog/json-schema.ts'
import type { RefusalBody } from '../catalog/refusal.ts'
import { cacheDirectory, type FoundKey, keyFor, readKeyring } from './keyring.ts'
import { notReached, refused, usage } from './outcome.ts'

export interface Desk {
  /** Without a slash at the end. */
  url: string
  key: FoundKey | undefined
}

/** A tool as `/catalog.json` has it. */
export interface Contract {
  name: string
  title: string
  description: string
  domain: string
  effect: 'read' | 'write' | 'destroy'
  gate: 'allow' | 'confirm' | 'approve'
  role: string
  scope: string
  /** `POST /v1/bookings/{booking_id}/cancel` */
  route: string
  input_schema: JsonSchema
}

export interface CatalogDocument {
  name: string
  version?: string
  tools: Contract[]
}

/** @param named by `--server`; else BACKDESK_URL, the server of the last login, the one of `npm start` */
export function deskAt(named: string | undefined): Desk {
  const url = addressOf(named ?? env.BACKDESK_URL ?? readKeyring().current ?? 'http://127.0.0.1:8420')
  return { url, key: keyFor(url) }
}

/** @throws Failure `usage` */
export function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash)
    throw usage(
      `Expected the address of a server, as in https://desk.example.com, and not ${JSON.stringify(text)}.`,
    )
  return url.href.replace(/\/+$/, '')
}

export interface Sent {
  method?: string
  /** With its query. */
  path: string
  headers?: Record<string, string>
  body?: unknown
  /** Sent without the key: the way in, and what is public. */
  anonymous?: boolean
}

export interface Received {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what it is, the caller says.
  body: any
}

/** @throws Failure `notReached`, or `refused` with the server's own words */
export async function send(desk: Desk, sent: Sent): Promise<Received> {
  const answer = await answerOf(desk, sent)
  const { status, headers } = answer
  if (status === 304) return { status, headers, body: undefined }
  const text = await answer.text().catch(error => {
    throw unreachable(desk, error)
  })
  const body = jsonIn(text)
  if (status < 400 && body !== undefined) return { status, headers, body }
  if (isProblem(body)) throw refused(body)
  throw notReached(`${desk.url}${sent.path.split('?')[0]} answered ${status}, and not as Backdesk does.`, {
    server: desk.url,
    status,
  })
}

async function answerOf(
  desk: Desk,
  { method = 'GET', path, headers, body, anonymous }: Sent,
): Promise<Response> {
  try {
    return await fetch(desk.url + path, {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': userAgent(),
        ...(desk.key && !anonymous && { authorization: `Bearer ${desk.key.key}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A key goes to the server it is for, and nowhere that this one points to.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
  } catch (error) {
    throw unreachable(desk, error)
  }
}

/** The server itself gives up after 30 s. */
const TIMEOUT_MS = 60_000

export function unreachable({ url }: Desk, error: unknown) {
  const { message, name, cause } = error as Error & { cause?: Error & { code?: string } }
  const reason = name === 'TimeoutError' ? 'no answer in 60 s' : (cause?.code ?? cause?.message ?? message)
  return notReached(
    `${url} cannot be reached: ${reason || message}. Is the server there? backdesk doctor looks.`,
    {
      server: url,
      reason,
    },
  )
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isProblem(body: unknown): body is RefusalBody {
  const { code, message, detail } = (body ?? {}) as Record<string, unknown>
  return typeof code === 'string' && typeof (message ?? detail) === 'string'
}

/** Of this program's package, in a checkout as in `dist`. */
export function ownVersion(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

export function userAgent(): string {
  return `backdesk-cli/${ownVersion()} node/${node.slice(1)}`
}

/** Every tool. Kept between commands and asked anew each time by its ETag: half a megabyte that seldom changes. */
export async function readCatalog(desk: Desk): Promise<CatalogDocument> {
  const kept = readKept(desk.url)
  const headers: Record<string, string> = kept ? { 'if-none-match': kept.etag } : {}
  const answer = await send(desk, { path: '/catalog.json', headers, anonymous: true })
  if (answer.status === 304 && kept) return kept.catalog
  const catalog = checkedCatalog(desk, answer.body)
  const etag = answer.headers.get('etag')
  if (etag) keep(desk.url, { etag, catalog })
  return catalog
}

/** The tools that fit words, best first, and a domain: the search of the server's own catalog page. */
export async function searchCatalog(desk: Desk, query: { q?: string; domain?: string }): Promise<Contract[]> {
  const asked = Object.entries(query).filter(([, value]) => value !== undefined)
  const path = `/catalog.json?${new URLSearchParams(asked as [string, string][])}`
  return checkedCatalog(desk, (await send(desk, { path, anonymous: true })).body).tools
}

export async function contractOf(desk: Desk, name: string): Promise<Contract> {
  const { tools } = await readCatalog(desk)
  const contract = tools.find(tool => tool.name === name)
  if (contract) return contract
  const nearest =
    tools.length > 0
      ? closest(
          name.slice(0, 64),
          tools.map(tool => tool.name),
        )
      : undefined
  throw usage(
    `There is no tool named ${JSON.stringify(name.slice(0, 64))}.${nearest ? ` Did you mean ${nearest}?` : ''}`,
    nearest ? { nearest } : {},
  )
}

/** @throws Failure `notReached`: something else answers there */
function checkedCatalog(desk: Desk, body: unknown): CatalogDocument {
  const { tools } = (body ?? {}) as CatalogDocument
  if (
    Array.isArray(tools) &&
    tools.every(({ name, route, input_schema }) => name && /^[A-Z]+ \//.test(route) && input_schema)
  )
    return body as CatalogDocument
  throw notReached(`${desk.url} answers, but it is no Backdesk server.`, { server: desk.url })
}

interface Kept {
  etag: string
  catalog: CatalogDocument
}

function keptPath(url: string): string {
  const name = createHash('sha256').update(url).digest('hex').slice(0, 16)
  return join(cacheDirectory(), `catalog-${name}.json`)
}

function readKept(url: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(keptPath(url), 'utf8')) as Kept
  } catch {
    return undefined // Not there yet, or broken: it is read anew.
  }
}

function keep(url: string, kept: Kept): void {
  try {
    mkdirSync(cacheDirectory(), { recursive: true, mode: 0o700 })
    const draft = `${keptPath(url)}.${pid}`
    writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 })
    renameSync(draft, keptPath(url))
  } catch {} // Without it the next command takes longer, and that is all.
}
