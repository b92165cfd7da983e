/**
 * The origins of pages (RFC 6454) that a publishable key names. A browser says truly where a page is from; whoever is no
 * browser sends what it likes, or nothing: the key is no secret, and an origin no proof of anything else.
 */

import { sql } from 'drizzle-orm'
import { Refusal } from '../catalog/refusal.ts'
import type { Db } from '../database/pool.ts'

/**
 * @param named null: a secret key, which no page is given, and so nobody asks where it comes from
 * @throws forbidden_scope
 */
export function mustBeFrom(named: readonly string[] | null, origin: string | undefined): void {
  if (!named || origin === undefined || named.includes(origin)) return
  throw new Refusal(
    'forbidden_scope',
    'This key is not for pages of that origin. Whoever made it names them.',
    {
      needed_origin: true,
    },
  )
}

/** Whether any key that is in force names it: all that can be known before a browser sends the key. */
export async function isNamed(db: Db, origin: string): Promise<boolean> {
  const { rows } = await db.execute<{ named: boolean }>(sql`SELECT origin_is_named(${origin}) AS named`)
  return rows[0]!.named
}
