/**
 * A client that acts for a member and calls what it was not let do is told so in HTTP (RFC 6750, `insufficient_scope`):
 * it can ask its member for more, and try again. What the member's own role lacks is no use asking for, so there the
 * road refuses, as it does a key.
 */

import type { Principal, Scope } from '../../access/principal.ts'
import { scopesOfRole } from '../../access/scopes.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { messagesIn } from './endpoint.ts'

/**
 * The challenge's `scope` is what the client has and all that it lacks, for a client asks for just what stands there
 * and would otherwise lose the rest.
 * @throws Refusal `forbidden_scope`
 */
export function requireScopes(catalog: Catalog, principal: Principal, body: unknown): void {
  if (principal.kind !== 'oauth_client') return
  const { role, scopes } = principal
  const missing = [...new Set(callsIn(catalog, body))].filter(
    scope => !scopes.has(scope) && scopesOfRole[role].has(scope),
  )
  if (missing.length === 0) return
  throw new Refusal(
    'forbidden_scope',
    `This client was not let do that. It can ask its member for ${missing.join(', ')}.`,
    { insufficient_scope: true, needed_scopes: missing, scope: [...scopes, ...missing].join(' ') },
    ['get_current_context'],
  )
}

/** The scopes of the tools that a body calls, and of the tools that these call. */
function callsIn(catalog: Catalog, body: unknown): Scope[] {
  return messagesIn(body)
    .filter(({ method }) => method === 'tools/call')
    .flatMap(({ params }) => {
      const entry = catalog.get(params?.name as string)
      if (!entry || entry.tool.role === 'nobody') return []
      if (!entry.tool.forwards) return [entry.scope]
      const target = catalog.get((params?.arguments as { tool?: string } | undefined)?.tool as string)
      return target && target.tool.role !== 'nobody' ? [target.scope] : []
    })
}
