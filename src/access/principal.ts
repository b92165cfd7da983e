/** Who is calling. Made by `authenticate` from a credential, carried unchanged through the road of a call. */
import type { Temporal } from 'temporal-polyfill'

export const roles = ['member', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

/** `platform:read`, `bookings:write`, …: a tool's domain, and whether it only reads. */
export type Scope = `${string}:${'read' | 'write'}`

export type PrincipalKind =
  | 'anonymous'
  | 'api_key'
  | 'oauth_client'
  | 'member'
  | 'automation'
  | 'publishable_key'
  | 'customer'
  | 'system'

export interface Principal {
  kind: PrincipalKind
  /** The key's, connection's or member's uuid; null where nobody is known. */
  id: string | null
  /** What people read in the audit: a key's name, a client's, a person's. */
  name: string
  /** The member a key or client acts for, or the member themself. */
  memberId: string | null
  role: Role
  scopes: ReadonlySet<Scope>
  /** Only a signed-in person is: only such a principal may decide an approval. */
  human: boolean
  /** A key that was bound: to what is assigned to a person, to places. */
  bound?: { staffId?: string; locationIds?: readonly string[] }
  /** The only calls that it may make, by tool. Absent: whatever its scopes and role allow. */
  only?: Readonly<Record<string, AllowedCall>>
  /** Of a person or a customer who signed in: the session's uuid. */
  sessionId?: string
}

export interface AllowedCall {
  /** Arguments that must be there, and be these. */
  fixed: Readonly<Record<string, unknown>>
  /** Arguments that it may choose; any other is refused. */
  open: readonly string[]
  /** Fields of the answer that are the team's own: a list is shown empty, another as null. */
  blank?: readonly string[]
}

/** The workspace a call is about, as the call found it. */
export interface Workspace {
  id: string
  name: string
  kind: 'live' | 'sandbox' | 'front_desk'
  /** IANA zone that dates without a location are read in. */
  timeZone: string
  /** ISO 4217. */
  currency: string
  /** ISO 3166-1 alpha-2; the default region of phone numbers. */
  country: string
  /** A sandbox clock that was set stands still at this instant until it is moved; null: real time. */
  clock: Temporal.Instant | null
}

/** Owns what happens before there is a workspace: anonymous calls, their idempotency keys, their mail. */
export const FRONT_DESK: Workspace = {
  id: '00000000-0000-0000-0000-000000000000',
  name: 'Front desk',
  kind: 'front_desk',
  timeZone: 'UTC',
  currency: 'USD',
  country: 'US',
  clock: null,
}

export const ANONYMOUS: Principal = {
  kind: 'anonymous',
  id: null,
  name: 'nobody yet',
  memberId: null,
  role: 'member',
  scopes: new Set(),
  human: false,
}

/** Whether `role` is `atLeast` or stronger. */
export function hasRole(role: Role, atLeast: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(atLeast)
}
