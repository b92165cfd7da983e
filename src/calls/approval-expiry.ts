/** Approvals fall due at their expiry: noted in the row when the sandbox clock or the worker passes it. */

import { and, eq, lte, min } from 'drizzle-orm'
import type { DueWork } from '../domain/due-work.ts'
import { approvals } from './tables.ts'

export const approvalExpiry: DueWork = {
  name: 'approval',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(approvals.expiresAt) })
      .from(approvals)
      .where(
        and(
          eq(approvals.workspaceId, workspace.id),
          eq(approvals.state, 'pending'),
          lte(approvals.expiresAt, until),
        ),
      )
    return row?.at ?? null
  },

  async run({ db, workspace, now, emit }) {
    const expired = await db
      .update(approvals)
      .set({ state: 'expired' })
      .where(
        and(
          eq(approvals.workspaceId, workspace.id),
          eq(approvals.state, 'pending'),
          lte(approvals.expiresAt, now),
        ),
      )
      .returning({ id: approvals.id })
    for (const { id } of expired) emit({ type: 'approval.expired', subject: { kind: 'approval', id } })
    return expired.length
  },
}
