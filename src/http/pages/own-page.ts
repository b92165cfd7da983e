/** Whether a form was sent from a page of ours. */

import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'

/** @throws Refusal `forbidden_scope` */
export function mustBeOurPage(request: FastifyRequest, host: Host): void {
  if (isOurPage(request, host)) return
  throw new Refusal('forbidden_scope', 'The console takes this from its own pages alone.', {
    needed_origin: host.publicUrl,
  })
}

/**
 * CSRF: browsers say with every request where it comes from (Fetch Metadata, and `Origin` on what is no GET). What
 * says nothing is no browser, and no browser's cookie.
 */
export function isOurPage({ headers, method }: FastifyRequest, host: Host): boolean {
  if (method === 'GET') return true
  const site = headers['sec-fetch-site']
  if (site !== undefined) return ['same-origin', 'none'].includes(site as string)
  return !isForeign(headers.origin, host, headers.host)
}

function isForeign(origin: string | undefined, { publicUrl }: Host, hostHeader: string | undefined): boolean {
  if (origin === undefined) return false
  return origin !== new URL(publicUrl).origin && origin !== `http://${hostHeader}`
}
