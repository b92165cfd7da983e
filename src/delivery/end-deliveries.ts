/**
 * Ends deliveries whose job has run out of tries, each time by a fault of ours, or was the last try of a host that died.
 * Nobody would take them up again: from here on they stand where a person sees them, and decides.
 */

import type { AsSystem } from '../calls/as-system.ts'
import type { Database } from '../database/pool.ts'
import { giveUp } from '../domain/messaging/dispatch.ts'
import type { Handler } from './handler.ts'

export interface Ending {
  asSystem: AsSystem
  database: Pick<Database, 'owner'>
}

export function endDeliveries({ asSystem, database: { owner } }: Ending): Handler {
  return async () => {
    const { rows } = await owner.query<DeadJob>(DEAD, [MOST_AT_ONCE])
    for (const { id, workspace_id, delivery_id, goes_on } of rows) {
      if (!goes_on) await asSystem(workspace_id, 'deliver_message', context => giveUp(context, delivery_id))
      await owner.query(REMOVE, [id])
    }
  }
}

interface DeadJob {
  id: string
  workspace_id: string
  delivery_id: string
  /** Another job has taken its place: it was to come again while this one ran. */
  goes_on: boolean
}

const MOST_AT_ONCE = 100

const DEAD = `
  WITH deliver AS (
    SELECT j.id, j.attempts >= j.max_attempts AS dead, j.locked_by, p.payload ->> 'workspace_id' AS workspace_id,
      p.payload ->> 'delivery_id' AS delivery_id
    FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id)
    WHERE j.task_identifier = 'deliver'
  )
  SELECT id, workspace_id, delivery_id,
    EXISTS (
      SELECT FROM deliver other
      WHERE other.delivery_id = deliver.delivery_id AND (NOT other.dead OR other.locked_by IS NOT NULL)
    ) AS goes_on
  FROM deliver WHERE dead AND locked_by IS NULL ORDER BY id LIMIT $1`

/** Only while it is dead: a person who has it sent again meanwhile finds the same row, and makes it a job. */
const REMOVE = `
  SELECT graphile_worker.complete_jobs(ARRAY(
    SELECT id FROM graphile_worker._private_jobs
    WHERE id = $1 AND attempts >= max_attempts AND locked_by IS NULL FOR UPDATE))`
