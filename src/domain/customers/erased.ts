/** Whom an erasure forgot: known again by a salted hash alone, and only to keep a yes from coming back. */

import { createHash } from 'node:crypto'
import { and, eq, inArray } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { erasedContacts } from './tables.ts'

/** What stands in the place of a name, and of words. */
export const NOBODY = 'Erased customer'
export const GONE = '[erased]'

/** @param contact a lower-case email or E.164. The salt is the server's secret: without it the hash tells nobody. */
export function erasureHash(
  { secrets, workspace }: Pick<Context, 'secrets' | 'workspace'>,
  contact: string,
): string {
  const proof = secrets.proof('erased contact', `${workspace.id} ${contact}`)
  return createHash('sha256').update(proof).digest('hex')
}

export async function keepErasure(ctx: Context, contacts: string[]): Promise<void> {
  const { db, workspace, now } = ctx
  if (contacts.length === 0) return
  await db
    .insert(erasedContacts)
    .values(
      contacts.map(contact => ({
        workspaceId: workspace.id,
        hash: erasureHash(ctx, contact),
        erasedAt: now,
      })),
    )
    .onConflictDoNothing()
}

/** Which of these were erased. */
export async function erasedAmong(ctx: Context, contacts: string[]): Promise<Set<string>> {
  const { db, workspace } = ctx
  if (contacts.length === 0) return new Set()
  const hashes = new Map(contacts.map(contact => [erasureHash(ctx, contact), contact]))
  const rows = await db
    .select({ hash: erasedContacts.hash })
    .from(erasedContacts)
    .where(
      and(eq(erasedContacts.workspaceId, workspace.id), inArray(erasedContacts.hash, [...hashes.keys()])),
    )
  return new Set(rows.map(({ hash }) => hashes.get(hash)!))
}
