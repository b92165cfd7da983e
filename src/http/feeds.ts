/** `/feeds/<token>.ics`: a person's bookings, for their calendar to subscribe to. */

import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../catalog/refusal.ts'
import type { Host } from './host.ts'

type Route = { Params: { file: string } }

export function registerFeeds(app: FastifyInstance, { calendarFeed }: Host): void {
  app.get<Route>('/feeds/:file', async (request, reply) => {
    reply.header('x-robots-tag', 'noindex')
    const [, token] = /^([\w-]+)\.ics$/.exec(request.params.file) ?? []
    const text = token ? await calendarFeed(token) : null
    // A URL that was replaced and one that never was answer alike.
    if (text === null) return reply.problem(new Refusal('not_found', 'There is no such calendar.'))
    const etag = `"${createHash('sha256').update(text).digest('base64url')}"`
    reply.headers({ etag, 'cache-control': 'private, max-age=300' })
    if (isFresh(request.headers['if-none-match'], etag)) return reply.code(304).send()
    return reply.type('text/calendar; charset=utf-8').send(text)
  })
}

/** RFC 9110, section 13.1.2: any of a list, weak or strong, or `*`. */
function isFresh(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map(tag => tag.trim().replace(/^W\//, '')) ?? []
  return tags.includes(etag) || tags.includes('*')
}
