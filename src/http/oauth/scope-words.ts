/** What a scope lets a client do, in words for the person who grants it. */

import type { Scope } from '../../access/principal.ts'
import type { Domain } from '../../catalog/define.ts'
import { say } from '../texts/index.ts'

/** `bookings:write` → `Change bookings`. */
export function scopeWords(scope: Scope): string {
  const { domain, reads } = partsOf(scope)
  return (reads ? say.scopes.toSee : say.scopes.toChange)(say.scopes.things[domain])
}

/** Of several scopes, a line for each thing: `See and change bookings`, `See invoices`. */
export function scopeLines(scopes: readonly Scope[]): string[] {
  const both = (scope: Scope) => scopes.includes(`${partsOf(scope).domain}:read`) && !partsOf(scope).reads
  return scopes
    .filter(scope => !(partsOf(scope).reads && scopes.includes(`${partsOf(scope).domain}:write`)))
    .map(scope =>
      both(scope) ? say.scopes.toSeeAndChange(say.scopes.things[partsOf(scope).domain]) : scopeWords(scope),
    )
}

export function partsOf(scope: Scope): { domain: Domain; reads: boolean } {
  const [domain, half] = scope.split(':')
  return { domain: domain as Domain, reads: half === 'read' }
}
