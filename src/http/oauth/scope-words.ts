/** What a scope lets a client do, in words for the person who grants it. */

import type { Scope } from '../../access/principal.ts'
import type { Domain } from '../../catalog/define.ts'

/** `bookings:write` → `Change bookings and the waiting list`. */
export function scopeWords(scope: Scope): string {
  const { domain, reads } = partsOf(scope)
  return `${reads ? 'See' : 'Change'} ${things[domain]}`
}

/** Of several scopes, a line for each thing: `See and change bookings`, `See invoices`. */
export function scopeLines(scopes: readonly Scope[]): string[] {
  const both = (scope: Scope) => scopes.includes(`${partsOf(scope).domain}:read`) && !partsOf(scope).reads
  return scopes
    .filter(scope => !(partsOf(scope).reads && scopes.includes(`${partsOf(scope).domain}:write`)))
    .map(scope => (both(scope) ? `See and change ${things[partsOf(scope).domain]}` : scopeWords(scope)))
}

export function partsOf(scope: Scope): { domain: Domain; reads: boolean } {
  const [domain, half] = scope.split(':')
  return { domain: domain as Domain, reads: half === 'read' }
}

export const things: Readonly<Record<Domain, string>> = {
  platform: 'the workspace and its settings',
  team: 'the team, locations and API keys',
  services: 'services and their prices',
  availability: 'opening hours, rotas and free times',
  bookings: 'bookings',
  classes: 'classes and who is enrolled',
  entitlements: 'packages and the visits left on them',
  customers: 'customers and how to reach them',
  loyalty: 'points and rewards',
  invoices: 'invoices',
  payments: 'payments and refunds',
  subscriptions: 'memberships and subscriptions',
  commerce: 'products, orders and gift cards',
  messaging: 'messages to customers',
  approvals: 'what waits for a person to decide',
  campaigns: 'campaigns',
  content: 'texts and pictures',
  reports: 'reports',
  ops: 'the running of the workspace',
}
