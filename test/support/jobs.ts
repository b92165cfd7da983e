/** Looks into the job queue as its owner, and waits without watching the clock. */

import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'

/** Polls until it is so; the test's own time limit is the only end to its patience. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10)
}

export interface JobRow {
  id: string
  task_identifier: string
  payload: Record<string, string>
  attempts: number
  last_error: string | null
  locked_by: string | null
  run_at: Date
}

/** Those of ours that wait, run or have failed; one that is done is gone. */
export async function jobsIn(owner: pg.Pool): Promise<JobRow[]> {
  const { rows } = await owner.query(
    `SELECT j.id, j.task_identifier, p.payload, j.attempts, j.last_error, j.locked_by, j.run_at
     FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id) ORDER BY j.id`,
  )
  return rows
}

/** Brings forward what waits for its next try. What is due already is left alone: a worker may be about to take it. */
export async function hurry(owner: pg.Pool): Promise<void> {
  const { rowCount } = await owner.query(
    `SELECT graphile_worker.reschedule_jobs(array_agg(id), run_at => now())
     FROM graphile_worker.jobs WHERE locked_by IS NULL AND run_at > now()`,
  )
  if (rowCount) await owner.query(`SELECT pg_notify('jobs:insert', '{"count": 1}')`)
}

export interface QueueCounts {
  /** Waiting or running. */
  left: number
  /** A worker could take them now. */
  free: number
  running: number
}

/**
 * Without those that are out of tries. One is so, too, that was to come again while it ran, as another took its place
 * then; where its host dies before it ends, it stays for good, and means nothing.
 */
export async function countJobs(owner: pg.Pool): Promise<QueueCounts> {
  const { rows } = await owner.query(
    `SELECT count(*)::int AS left, count(*) FILTER (WHERE locked_by IS NULL AND run_at <= now())::int AS free,
       count(*) FILTER (WHERE locked_by IS NOT NULL)::int AS running
     FROM graphile_worker.jobs WHERE locked_by IS NOT NULL OR attempts < max_attempts`,
  )
  return rows[0]
}

/** Every value in every table of the queue, as one text. */
export async function queueAsText(owner: pg.Pool): Promise<string> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'graphile_worker'::regnamespace`,
  )
  const texts = await Promise.all(
    tables.map(({ name }) =>
      owner.query(`SELECT coalesce(string_agg(t::text, ' '), '') AS text FROM ${name} t`),
    ),
  )
  return texts.map(({ rows }) => rows[0].text).join('\n')
}
