/**
 * What people call the things that a call names by id: a customer by name, a booking by what it is of and when.
 * Plain SQL, since these rows belong to the domain, which this room does not know.
 */

import { type SQL, sql } from 'drizzle-orm'
import { type IdKind, idText, uuidOf } from '../catalog/kinds.ts'
import type { Db } from '../database/pool.ts'

/** All of it text from outside. */
export interface Named {
  name: string
  /** Of a booking or a place in a class: with whom, whose it is, and when it begins. */
  staff?: string | null
  customer?: string | null
  at?: { epochMilliseconds: number } | null
}

/** By prefixed id. */
export type Names = ReadonlyMap<string, Named>

/** More things than a person reads through on one page. */
export const MOST_NAMES = 1000

/** The names of what stands by its id anywhere in these values. An id that is nobody's is missing. */
export async function namesIn(db: Db, workspaceId: string, values: unknown[]): Promise<Names> {
  const found = [...new Set(values.flatMap(idsIn))].slice(0, MOST_NAMES)
  const queries = Object.entries(sources).flatMap(([kind, source]) => {
    const ids = found.filter(id => id.startsWith(`${kind}_`)).map(uuidOf)
    return ids.length > 0 ? [source(workspaceId, sql`IN ${ids}`)] : []
  })
  if (queries.length === 0) return new Map()
  const { rows } = await db.execute<Row>(sql.join(queries, sql` UNION ALL `))
  return new Map(
    rows.map(({ kind, id, name, staff, customer, at }) => [
      idText(kind, id),
      { name, staff, customer, at: at === null ? null : { epochMilliseconds: at } },
    ]),
  )
}

interface Row extends Record<string, unknown> {
  kind: IdKind
  id: string
  name: string
  staff: string | null
  customer: string | null
  at: number | null
}

const ID = /^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$/

/** Every prefixed id that stands anywhere in a value. */
export function idsIn(value: unknown): string[] {
  if (typeof value === 'string') return ID.test(value) ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(idsIn)
}

const sources = {
  customer: named('customer', sql`customers`),
  service: named('service', sql`services`),
  staff: named('staff', sql`staff`),
  location: named('location', sql`locations`),
  resource: named('resource', sql`resources`),
  member: named('member', sql`members`),
  key: named('key', sql`api_keys`),
  booking: (workspaceId, which) => sql`
    SELECT 'booking' AS kind, b.id, s.name, p.name AS staff, c.name AS customer,
      (extract(epoch FROM b.starts_at) * 1000)::float8 AS at
    FROM bookings b
    JOIN services s ON s.workspace_id = b.workspace_id AND s.id = b.service_id
    JOIN staff p ON p.workspace_id = b.workspace_id AND p.id = b.staff_id
    LEFT JOIN customers c ON c.workspace_id = b.workspace_id AND c.id = b.customer_id
    WHERE b.workspace_id = ${workspaceId} AND b.id ${which}`,
  enrolment: classPlaces('enrolment', sql`class_enrolments`),
  waitlist: classPlaces('waitlist', sql`waitlist_entries`),
} satisfies Partial<Record<IdKind, Source>>

type Source = (workspaceId: string, which: SQL) => SQL

/** A class, or the service of which somebody waits for a slot. */
function classPlaces(kind: IdKind, table: SQL): Source {
  const service = kind === 'waitlist' ? sql`coalesce(c.service_id, w.service_id)` : sql`c.service_id`
  return (workspaceId, which) => sql`
    SELECT ${kind} AS kind, w.id, s.name, p.name AS staff, u.name AS customer,
      (extract(epoch FROM c.starts_at) * 1000)::float8 AS at
    FROM ${table} w
    LEFT JOIN class_sessions c ON c.workspace_id = w.workspace_id AND c.id = w.session_id
    JOIN services s ON s.workspace_id = w.workspace_id AND s.id = ${service}
    LEFT JOIN staff p ON p.workspace_id = c.workspace_id AND p.id = c.staff_id
    JOIN customers u ON u.workspace_id = w.workspace_id AND u.id = w.customer_id
    WHERE w.workspace_id = ${workspaceId} AND w.id ${which}`
}

function named(kind: IdKind, table: SQL): Source {
  return (workspaceId, which) => sql`
    SELECT ${kind} AS kind, id, name, NULL::text AS staff, NULL::text AS customer, NULL::float8 AS at
    FROM ${table} WHERE workspace_id = ${workspaceId} AND id ${which}`
}
