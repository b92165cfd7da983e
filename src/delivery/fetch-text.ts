/**
 * Fetches a text from a URL that somebody gave us, and from where that leads on: each step is held to what is outside of
 * our own network.
 */

import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { InsideAddress, lookupOutside, mustBeOutside } from '../access/outside.ts'

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
    const answer = await get(at, privateToo, patience).catch(error => Promise.reject(asNotFetched(error)))
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
  return new Promise((resolve, reject) => {
    if (!privateToo) mustBeOutside(url.hostname)
    const request = (secure ? requestHttps : requestHttp)(
      url,
      {
        signal,
        lookup: privateToo ? undefined : lookupOutside,
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
  if (error instanceof InsideAddress) return new NotFetched('address_refused')
  return error instanceof NotFetched ? error : new NotFetched('unreachable')
}
