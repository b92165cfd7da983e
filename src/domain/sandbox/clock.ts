/**
 * The sandbox clock. Until it is set it follows real time; from then on it stands still until it is moved, forward
 * only. Moving it walks: each row that falls due on the way runs at its own instant, in order.
 */

import { eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { workspaces } from '../../access/tables.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type Step, walk } from '../due-work.ts'

/** @throws Refusal `invalid_input` when `to` lies before the clock, or too much falls due on the way */
export async function setClock(
  context: Context,
  to: Temporal.Instant,
): Promise<{ now: Temporal.Instant; steps: Step[] }> {
  const { db, workspace, emit } = context
  const [row] = await db
    .select({ clock: workspaces.clock })
    .from(workspaces)
    .where(eq(workspaces.id, workspace.id))
    .for('no key update') // Whoever writes in the sandbox meanwhile refers to this row, and need not wait for it.
  const from = row!.clock ?? context.now
  if (Temporal.Instant.compare(to, from) < 0) {
    throw new Refusal('invalid_input', 'to: The clock moves forward only.', { now: from.toString() }, [
      'get_current_context',
    ])
  }
  // What falls due was gated when it was set up, and asks nobody outside a sandbox either.
  const steps = await walk({ ...context, declare() {} }, to)
  await db.update(workspaces).set({ clock: to }).where(eq(workspaces.id, workspace.id))
  emit({ type: 'sandbox_clock.moved', subject: { kind: 'workspace', id: workspace.id }, at: to })
  return { now: to, steps }
}
