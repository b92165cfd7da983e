/** Lets one call at a time decide who has an email or a phone, so that ten creating the same person make one. */

import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'

/** Of one person. */
export function lockContacts(
  ctx: Context,
  { emailKey, phoneE164 }: { emailKey?: string | null; phoneE164?: string | null },
): Promise<void> {
  return lockAllContacts(ctx, [emailKey, phoneE164])
}

/**
 * Held until COMMIT. No constraint could do this: two people may share a phone. What is read from here on sees what
 * the last holder committed, since READ COMMITTED takes a snapshot for each statement.
 */
export async function lockAllContacts(
  { db, workspace }: Context,
  contacts: (string | null | undefined)[],
): Promise<void> {
  const names = contacts
    .filter(contact => typeof contact === 'string')
    .map(contact => `${workspace.id}/customers/${contact}`)
  if (names.length === 0) return
  // In the order of the locks' own numbers: two calls that need some of the same never wait for each other.
  await db.execute(sql`
    SELECT pg_advisory_xact_lock(number) FROM (
      SELECT DISTINCT hashtextextended(name, 0) AS number FROM unnest(${sql.param(names)}::text[]) AS name ORDER BY 1
    ) AS numbers`)
}
