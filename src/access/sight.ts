/**
 * What a caller sees of bookings and customers. Who is bound to a person or to places, and a member of the lowest role
 * who signs in as somebody bookable, see what is assigned there and its customers; an end customer, themself alone.
 * The conditions are plain SQL, since the rows are the domain's; the road (calls/sight.ts) and its lists both use them.
 */

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../database/pool.ts'
import type { Principal } from './principal.ts'

export interface Sight {
  staffId?: string
  locationIds?: readonly string[]
  /** Those whom they put in themself are theirs to see; not a bound key's, whose member is often an owner. */
  memberId?: string
  /** An end customer, who sees nobody else. */
  customerId?: string
}

/** null: everything in the workspace. One query for the lowest role, none for the others. */
export async function sightOf(db: Db, workspaceId: string, principal: Principal): Promise<Sight | null> {
  const { kind, role, memberId, bound } = principal
  if (kind === 'customer') return { customerId: principal.id! }
  if (kind === 'publishable_key') return { customerId: NOBODY }
  if (memberId === null || role !== 'member') return bound ? { ...bound } : null
  const staffId = bound?.staffId ?? (await staffOf(db, workspaceId, memberId))
  const locationIds = bound?.locationIds
  if (bound) return { staffId, locationIds }
  return staffId ? { staffId, memberId } : null
}

/** A visitor is nobody yet, and sees nobody: the uuid that no row has (RFC 9562, section 5.9). */
const NOBODY = '00000000-0000-0000-0000-000000000000'

async function staffOf(db: Db, workspaceId: string, memberId: string): Promise<string | undefined> {
  const { rows } = await db.execute<{ id: string }>(
    sql`SELECT id FROM staff WHERE workspace_id = ${workspaceId} AND member_id = ${memberId}`,
  )
  return rows[0]?.id
}

/** @param alias of the table `bookings` in the query; undefined where everything is seen */
export function seesBooking(sight: Sight | null, alias: SQL): SQL | undefined {
  if (!sight) return undefined
  if (sight.customerId) return sql`${alias}.customer_id = ${sight.customerId}`
  return assigned(sight, alias)
}

/** A booking or a class, by whom it is with and where. */
function assigned({ staffId, locationIds }: Sight, alias: SQL): SQL {
  const byStaff = staffId ? sql`${alias}.staff_id = ${staffId}` : sql`true`
  const byPlace = locationIds ? sql`${alias}.location_id IN ${[...locationIds]}` : sql`true`
  return sql`(${byStaff} AND ${byPlace})`
}

/** @param alias of the table `customers` in the query; undefined where everybody is seen */
export function seesCustomer(sight: Sight | null, alias: SQL): SQL | undefined {
  if (!sight) return undefined
  if (sight.customerId) return sql`${alias}.id = ${sight.customerId}`
  return sql`(${sight.memberId ? sql`${alias}.created_by = ${sight.memberId} OR` : sql``}
    EXISTS (
      SELECT FROM bookings seen
      WHERE seen.workspace_id = ${alias}.workspace_id AND seen.customer_id = ${alias}.id
        AND ${assigned(sight, sql`seen`)}
    ) OR EXISTS (
      SELECT FROM class_enrolments place
      JOIN class_sessions seen ON seen.workspace_id = place.workspace_id AND seen.id = place.session_id
      WHERE place.workspace_id = ${alias}.workspace_id AND place.customer_id = ${alias}.id
        AND ${assigned(sight, sql`seen`)}
    ))`
}
