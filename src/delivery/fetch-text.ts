/**
 * Fetches a text from a URL that somebody gave us. What the name stands for is looked up once, checked, and connected
 * to: no address of a private network is reached (server-side request forgery), not by a redirect either.
 */

import { lookup as resolve } from 'node:dns'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export type FetchProblem = 'unreachable' | 'address_refused' | 'answered_no' | 'too_large'

export class NotFetched extends Error {
  override readonly name = 'NotFetched'
  readonly problem: FetchProblem
  constructor(problem: FetchProblem) {
    super(`Not fetched: ${problem}.`)
    this.problem = problem
  }
}

export interface FetchOptions {
  /** Addresses of private networks, and http: on a developer's own machine. */
  privateToo: boolean
  signal: AbortSignal
}

const MOST_REDIRECTS = 3
const MOST_BYTES = 5 * 1024 * 1024
const PATIENCE_MS = 20_000

/** @throws NotFetched */
export async function fetchText(url: URL, { privateToo, signal }: FetchOptions): Promise<string> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  let at = url
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await get(at, privateToo, patience)
    const { statusCode = 0, headers } = answer
    if (statusCode === 200) return await textOf(answer)
    answer.destroy()
    if (statusCode < 300 || statusCode > 399 || !headers.location || !URL.canParse(headers.location, at.href))
      break
    at = new URL(headers.location, at)
  }
  throw new NotFetched('answered_no')
}

function get(url: URL, privateToo: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:'
  if (!secure && !(privateToo && url.protocol === 'http:')) throw new NotFetched('address_refused')
  // A literal address is not looked up.
  const literal = url.hostname.replace(/^\[|\]$/g, '')
  if (!privateToo && isIP(literal) && isPrivate(literal)) throw new NotFetched('address_refused')
  return new Promise((resolve, reject) => {
    const request = (secure ? requestHttps : requestHttp)(
      url,
      {
        signal,
        lookup: privateToo ? undefined : publicOnly,
        headers: { accept: 'text/calendar, text/plain;q=0.5', 'user-agent': 'Backdesk' },
        agent: false,
      },
      resolve,
    )
    request.on('error', error => reject(asNotFetched(error)))
    request.end()
  })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of answer) {
      bytes += chunk.length
      if (bytes > MOST_BYTES) throw new NotFetched('too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    throw asNotFetched(error)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function asNotFetched(error: unknown): NotFetched {
  return error instanceof NotFetched ? error : new NotFetched('unreachable')
}

const publicOnly: LookupFunction = (hostname, options, done) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    if (error) return done(error, [])
    const reachable = found.filter(({ address }) => !isPrivate(address))
    if (reachable.length === 0) return done(new NotFetched('address_refused'), [])
    if (options.all) done(null, reachable)
    else done(null, reachable[0]!.address, reachable[0]!.family)
  })
}

/** IANA's special-purpose registries: what is nobody's on the open internet. IPv4 inside of IPv6 is known for what it is. */
export function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  const plain = mapped ?? address
  return special.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
}

const special = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 96], // Unspecified, loopback, and IPv4 in the form of old.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  special.addSubnet(network, prefix, 'ipv6')
