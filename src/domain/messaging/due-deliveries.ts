/**
 * The messages of a sandbox, sent at their instant as its clock passes it: they leave no further than the database.
 * Elsewhere each delivery has a job of its own (see `wake-delivery.ts`), for a provider is no part of a walk.
 */

import { and, asc, eq, lte, min } from 'drizzle-orm'
import type { DueWork } from '../due-work.ts'
import { beginAttempt, settle } from './dispatch.ts'
import { deliveries } from './tables.ts'

export const dueDeliveries: DueWork = {
  name: 'delivery',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(deliveries.dueAt) })
      .from(deliveries)
      .where(and(eq(deliveries.workspaceId, workspace.id), inSandbox, lte(deliveries.dueAt, until)))
    return row?.at ?? null
  },

  async run(context) {
    const { db, workspace, now } = context
    const due = await db
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(and(eq(deliveries.workspaceId, workspace.id), inSandbox, lte(deliveries.dueAt, now)))
      .orderBy(asc(deliveries.dueAt), asc(deliveries.id))
    for (const { id } of due) {
      const attempt = await beginAttempt(context, id, forEver)
      if (attempt) await settle(context, attempt.delivery, { kind: 'sent' }, forEver)
    }
    return due.length
  },
}

const inSandbox = and(eq(deliveries.state, 'queued'), eq(deliveries.provider, 'sandbox'))

const forEver = () => Number.POSITIVE_INFINITY
