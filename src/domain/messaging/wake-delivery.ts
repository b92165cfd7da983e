/** Wakes a delivery when it is due. */

import { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import type { Delivery } from './tables.ts'

/** Has the worker send it: at once where it is due, else at its time, unless that lies ahead of a clock that stands. */
export async function wakeDelivery(
  { workspace, now, enqueue }: Context,
  { id, dueAt }: Pick<Delivery, 'id' | 'dueAt'>,
): Promise<void> {
  const isDue = Temporal.Instant.compare(dueAt, now) <= 0
  if (workspace.clock && !isDue) return
  await enqueue({
    task: 'deliver',
    ids: { delivery_id: id },
    runAt: workspace.clock ? undefined : dueAt,
    jobKey: id,
  })
}
