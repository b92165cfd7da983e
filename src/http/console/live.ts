/**
 * The queue's news, as server-sent events. An event says only that the queue has changed, by a mark that stands for
 * its state; the page then fetches itself. So a browser that was away asks with the last mark it knew, and misses
 * nothing.
 */

import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { personOf } from './session.ts'

export function registerLive(app: FastifyInstance, host: Host): void {
  const closing = new AbortController()
  let open = 0
  app.addHook('preClose', async () => closing.abort())

  app.get<{ Querystring: { since?: string } }>('/console/approvals/events', async (request, reply) => {
    if (open >= MOST_STREAMS) {
      throw new Refusal('rate_limited', 'Too many pages are watching. This one can be reloaded.', {
        retry_after_seconds: 30,
      })
    }
    const viewer = await personOf(host, request)
    const since = request.headers['last-event-id'] ?? request.query.since ?? ''
    const news = Readable.from(changes(() => host.approvals.news(viewer), String(since), closing.signal))
    open++
    news.once('close', () => open--)
    // A stream's connection is of no use to another request, and would hold up the server's close.
    return reply.type('text/event-stream').header('connection', 'close').send(news)
  })
}

/** Each asks the database once a second. */
const MOST_STREAMS = 100
const SECOND = 1000
/** After these a browser connects anew. */
const LIFE = 5 * 60 * SECOND
/** Proxies close what is silent for a minute. */
const HEARTBEAT = 20 * SECOND

/** Ends where the session does, within a second: the page then comes anew, and finds itself signed out. */
async function* changes(mark: () => Promise<string | null>, known: string, closing: AbortSignal) {
  yield `retry: ${2 * SECOND}\n\n`
  const end = Date.now() + LIFE
  let lastSaid = Date.now()
  while (Date.now() < end && !closing.aborted) {
    const current = await mark()
    if (current === null) return
    if (current !== known || Date.now() - lastSaid > HEARTBEAT) {
      yield current === known ? ':\n\n' : `event: change\nid: ${current}\ndata:\n\n`
      known = current
      lastSaid = Date.now()
    }
    await delay(SECOND, undefined, { signal: closing }).catch(() => {}) // The abort is what ends the wait.
  }
}
