/**
 * The MCP URLs as resources of OAuth (RFC 8707, RFC 9728). A resource is the URL as its user typed it, to the letter:
 * a client compares, and a token for one URL opens no other.
 */

import type { FastifyRequest } from 'fastify'
import type { Scope } from '../../access/principal.ts'
import { allScopes } from '../../access/scopes.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { viewAt } from '../mcp/views.ts'
import { isLoopbackName } from '../rebinding.ts'

export interface Origin {
  publicUrl: string
  loopback: boolean
}

/** The resource that a request is for. On a developer's machine `localhost` is as good a name as 127.0.0.1. */
export function resourceOf(origin: Origin, host: string | undefined, path: string): string {
  const typed = URL.parse(`http://${host}`)
  const isTyped = typed && origin.loopback && isLoopbackName(typed.hostname) && isLocal(origin)
  return `${isTyped ? typed.origin : origin.publicUrl}${path}`
}

/** RFC 9728, section 3.1: between the host and the path of the resource. */
export const RESOURCE_METADATA = '/.well-known/oauth-protected-resource'

/** Where the metadata of the resource are that a request was for. */
export function metadataUrl(
  origin: Origin,
  { headers, url }: Pick<FastifyRequest, 'headers' | 'url'>,
): string {
  const [path = ''] = url.split('?')
  return new URL(RESOURCE_METADATA + path, resourceOf(origin, headers.host, path)).href
}

/** What can be asked for at a resource; null where it is none of ours. */
export function scopesAt(catalog: Catalog, origin: Origin, resource: string): Scope[] | null {
  const path = pathOf(origin, resource)
  return path === null ? null : scopesOfView(catalog, path)
}

function pathOf(origin: Origin, resource: string): string | null {
  const url = URL.parse(resource)
  if (!url || url.search || url.hash || url.username) return null
  const path = resource.slice(url.origin.length)
  return resourceOf(origin, url.host, path) === resource ? path : null
}

/** The scopes of the tools that can be called there; null where there is no MCP. */
export function scopesOfView(catalog: Catalog, path: string): Scope[] | null {
  if (path !== '/mcp' && !path.startsWith('/mcp/')) return null
  try {
    const view = viewAt(catalog, path)
    const offered = new Set(
      catalog.entries
        .filter(entry => entry.tool.role !== 'nobody' && view.offers(entry))
        .map(({ scope }) => scope),
    )
    return allScopes.filter(scope => offered.has(scope))
  } catch {
    return null
  }
}

function isLocal({ publicUrl }: Origin): boolean {
  return isLoopbackName(new URL(publicUrl).hostname)
}
