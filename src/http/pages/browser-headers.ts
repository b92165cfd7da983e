/** The headers that a browser obeys. Routes that answer HTML register this first; see `app.ts`. */

import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** @param publicUrl decides whether a browser is told to insist on TLS */
export async function setBrowserHeaders(app: FastifyInstance, publicUrl: string): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: false,
    // A browser that once saw this header refuses plain HTTP, also on localhost.
    strictTransportSecurity: publicUrl.startsWith('https:'),
  })
  // Not helmet's: it writes to the raw response, over which the policy that `app.ts` sets on the reply would win.
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('content-security-policy', policy)
    done()
  })
}

/** Nothing but our own files: no inline script or style, no frame, no other site. */
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')
