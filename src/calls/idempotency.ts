/**
 * Step 4. One key, one effect. The lock is tried, never waited for: a rival in flight answers `in_progress` at
 * once (a claim by INSERT makes rivals wait 0.7 s). A key is consumed by a call that took effect or waits for
 * approval; a refused one consumes nothing.
 */

import { and, eq, sql } from 'drizzle-orm'
import { Refusal } from '../catalog/refusal.ts'
import { type Db, prepared } from '../database/pool.ts'
import { preparedInsert } from '../database/transaction.ts'
import { idempotencyKeys } from './tables.ts'

export interface Claim {
  workspaceId: string
  tool: string
  key: string
  hash: string
}

/** Where the key was used before with the same arguments; null: it is this call's now, until COMMIT. */
export interface Earlier {
  auditId: string
  approvalId: string | null
}

/** @throws Refusal `in_progress` or `idempotency_key_reused` */
export async function claim(db: Db, { workspaceId, tool, key, hash }: Claim): Promise<Earlier | null> {
  // Both leave together; the second statement's snapshot is taken after the lock, so it sees a rival's commit.
  const [[lock], [earlier]] = await Promise.all([
    lockKey(db).execute({ name: `${workspaceId}/${tool}/${key}` }),
    useOfKey(db).execute({ workspaceId, tool, key }),
  ])
  if (!lock?.got) {
    throw new Refusal(
      'in_progress',
      'A call with this idempotency key is under way; ask again with the same key.',
      {
        retry_after_seconds: 1,
      },
    )
  }
  if (earlier && earlier.hash !== hash) {
    throw new Refusal(
      'idempotency_key_reused',
      'This idempotency key was used with other arguments. Take a new key for a new effect.',
    )
  }
  return earlier ?? null
}

function lockKey(db: Db) {
  return prepared(db, 'lock_key', db =>
    db
      .select({
        got: sql<boolean>`pg_try_advisory_xact_lock(hashtextextended(${sql.placeholder('name')}, 0))`,
      })
      .from(sql`(VALUES (0)) AS once`) // Drizzle selects from something.
      .prepare('lock_key'),
  )
}

function useOfKey(db: Db) {
  return prepared(db, 'use_of_key', db =>
    db
      .select({
        hash: idempotencyKeys.argumentsHash,
        auditId: idempotencyKeys.auditId,
        approvalId: idempotencyKeys.approvalId,
      })
      .from(idempotencyKeys)
      .where(
        and(
          eq(idempotencyKeys.workspaceId, sql.placeholder('workspaceId')),
          eq(idempotencyKeys.tool, sql.placeholder('tool')),
          eq(idempotencyKeys.key, sql.placeholder('key')),
        ),
      )
      .prepare('use_of_key'),
  )
}

/** Part of step 7: from COMMIT on, the key answers with this call's answer. */
export async function consume(
  db: Db,
  { workspaceId, tool, key, hash }: Claim,
  { auditId, approvalId }: Earlier,
): Promise<void> {
  await insertKey(db, { workspaceId, tool, key, argumentsHash: hash, auditId, approvalId })
}

const insertKey = preparedInsert(idempotencyKeys, ['createdAt'])
