/**
 * DNS rebinding: a page makes its own name resolve to 127.0.0.1 and talks to a server that trusts its machine.
 * The MCP specification (transports, 2025-11-25 and later) asks for the check of `Origin`, and on loopback the
 * check of `Host` is what stops the attack.
 */

import { validateHostHeader, validateOriginHeader } from '@modelcontextprotocol/server'
import type { FastifyInstance } from 'fastify'
import { Refusal } from '../catalog/refusal.ts'
import { comesFromPage, letPageRead } from './cross-origin.ts'
import type { Host } from './host.ts'

export function refuseRebinding(
  app: FastifyInstance,
  { publicUrl, loopback, isNamed }: Pick<Host, 'publicUrl' | 'loopback' | 'isNamed'>,
): void {
  const own = new URL(publicUrl).hostname
  const hosts = loopback ? [own, ...LOOPBACK] : [own]

  app.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.headers
    // Bound to the world, a server has more names than it knows: addresses, those of a proxy, of a health check.
    if (loopback && !validateHostHeader(host, hosts).ok) return reply.problem(foreign('Host'), 403)
    if (origin === undefined || isSameOrigin(origin, host)) return
    if (comesFromPage(request) && (await isNamed(origin))) return letPageRead(request, reply, origin)
    if (!validateOriginHeader(origin, hosts).ok) return reply.problem(foreign('Origin'), 403)
  })
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

export function isLoopbackName(hostname: string): boolean {
  return LOOPBACK.includes(hostname)
}

function isSameOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === `http://${host}` || origin === `https://${host}`
}

function foreign(header: string): Refusal {
  return new Refusal('invalid_input', `This server does not answer to that ${header}.`)
}
