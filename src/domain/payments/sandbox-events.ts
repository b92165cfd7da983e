/** What the sandbox's provider says by itself, when its time has come in the workspace: a dispute, a refund that came back. */

import { and, asc, eq, lte, min } from 'drizzle-orm'
import type { DueWork } from '../due-work.ts'
import { realNow } from './attempt.ts'
import { hear } from './hear.ts'
import type { ProviderEvent } from './reports.ts'
import { sandboxEvents } from './tables.ts'

export const sandboxProviderEvents: DueWork = {
  name: 'provider_event',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(sandboxEvents.dueAt) })
      .from(sandboxEvents)
      .where(
        and(
          eq(sandboxEvents.workspaceId, workspace.id),
          eq(sandboxEvents.told, false),
          lte(sandboxEvents.dueAt, until),
        ),
      )
    return row?.at ?? null
  },

  async run(context) {
    const { db, workspace, now } = context
    const due = await db
      .select()
      .from(sandboxEvents)
      .where(
        and(
          eq(sandboxEvents.workspaceId, workspace.id),
          eq(sandboxEvents.told, false),
          lte(sandboxEvents.dueAt, now),
        ),
      )
      .orderBy(asc(sandboxEvents.dueAt), asc(sandboxEvents.id))
      .for('update')
    for (const { id, kind, ref, ownId, amount, dueAt } of due) {
      const event: ProviderEvent =
        kind === 'dispute'
          ? {
              id: `evt_${id}`,
              at: realNow(),
              kind,
              ref: `dp_${id}`,
              paymentRef: ref,
              amount,
              reason: 'fraudulent',
              state: 'needs_response',
              respondBy: dueAt.add({ hours: 7 * 24 }),
            }
          : {
              id: `evt_${id}`,
              at: realNow(),
              kind: 'refund',
              refundId: ownId,
              ref,
              report: { kind: 'failed', reason: 'refused' },
            }
      await hear(context, 'sandbox', event)
      await db
        .update(sandboxEvents)
        .set({ told: true })
        .where(and(eq(sandboxEvents.workspaceId, workspace.id), eq(sandboxEvents.id, id)))
    }
    return due.length
  },
}
