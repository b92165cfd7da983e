/** What a role may do by default, and how much of its own right a caller may hand on. */

import { type Domain, domains } from '../catalog/define.ts'
import { Refusal } from '../catalog/refusal.ts'
import { type Role, roles, type Scope } from './principal.ts'

/** Every scope there is, in the catalog's order. */
export const allScopes: readonly Scope[] = domains.flatMap(
  domain => [`${domain}:read`, `${domain}:write`] as const,
)

/** The day's work at the desk; of approvals, to withdraw what one asked for. */
const worked: readonly Domain[] = [
  'services',
  'availability',
  'bookings',
  'classes',
  'customers',
  'entitlements',
  'messaging',
  'approvals',
]

/** What that work must see but not change: staff and locations, a customer's points. */
const seen: readonly Domain[] = ['platform', 'team', 'loyalty']

const ofMember = allScopes.filter(scope => {
  const domain = domainOf(scope)
  return worked.includes(domain) || (seen.includes(domain) && reads(scope))
})

/**
 * The most that a principal of this role can do. Admin and owner differ by what a tool asks of the role (the last
 * owner, the team), not by scope. Deciding an approval is no scope at all: it takes a signed-in person.
 */
export const scopesOfRole: Readonly<Record<Role, ReadonlySet<Scope>>> = {
  member: new Set(ofMember),
  admin: new Set(allScopes),
  owner: new Set(allScopes),
}

/** What a new key may do when nothing was asked for: to read what its maker can. */
export function readingScopes(own: ReadonlySet<Scope>): Scope[] {
  return [...own].filter(reads)
}

/** The asked-for scopes, `*` spelled out as all of one's own. Nobody hands on what they lack. */
export function narrow(requested: readonly (Scope | '*')[], own: ReadonlySet<Scope>): Scope[] {
  const asked = new Set(requested.flatMap(scope => (scope === '*' ? [...own] : [scope])))
  const lacking = [...asked].filter(scope => !own.has(scope))
  if (lacking.length > 0) {
    throw new Refusal('forbidden_scope', `This cannot be granted by who lacks it: ${lacking.join(', ')}.`, {
      missing_scopes: lacking,
    })
  }
  return [...asked]
}

/** What a key still holds: what it was given, as far as its role and its member's role both go today. */
export function inForce(
  granted: readonly string[],
  keyRole: Role,
  memberRole: Role,
): { role: Role; scopes: Set<Scope> } {
  const role = weaker(keyRole, memberRole)
  return {
    role,
    scopes: new Set(granted.filter((scope): scope is Scope => scopesOfRole[role].has(scope as Scope))),
  }
}

function weaker(one: Role, other: Role): Role {
  return roles.indexOf(one) < roles.indexOf(other) ? one : other
}

function reads(scope: Scope): boolean {
  return scope.endsWith(':read')
}

function domainOf(scope: Scope): Domain {
  return scope.slice(0, scope.indexOf(':')) as Domain
}
