/** Whether a form was sent from a page of ours. */

import type { FastifyRequest } from 'fastify'
import { Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'

/**
 * CSRF: browsers say with every request where it comes from (Fetch Metadata, and `Origin` on what is no GET). What
 * says nothing is no browser, and no browser's cookie.
 * @throws Refusal `forbidden_scope`
 */
export function mustBeOurPage({ headers, method }: FastifyRequest, host: Host): void {
  const site = headers['sec-fetch-site']
  const foreign =
    site !== undefined
      ? !['same-origin', 'none'].includes(site as string)
      : isForeign(headers.origin, host, headers.host)
  if (foreign && method !== 'GET') {
    throw new Refusal('forbidden_scope', 'The console takes this from its own pages alone.', {
      needed_origin: host.publicUrl,
    })
  }
}

function isForeign(origin: string | undefined, { publicUrl }: Host, hostHeader: string | undefined): boolean {
  if (origin === undefined) return false
  return origin !== new URL(publicUrl).origin && origin !== `http://${hostHeader}`
}
