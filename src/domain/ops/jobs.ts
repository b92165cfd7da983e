/** Long work that a caller started, with its progress. What carries it is the queue; what is known of it is here. */

import { and, eq } from 'drizzle-orm'
import { notFound } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type JobRow, jobs } from './tables.ts'

/** @param kind also the task that the worker does, with `job_id` @param total in whatever is counted */
export async function startJob(ctx: Context, kind: string, total: number): Promise<JobRow> {
  const { db, workspace, now, enqueue } = ctx
  const [job] = await db
    .insert(jobs)
    .values({ workspaceId: workspace.id, id: newId(), kind, state: 'queued', total, createdAt: now })
    .returning()
  await enqueue({ task: kind, ids: { job_id: job!.id } })
  return job!
}

/** @throws Refusal `not_found` */
export async function findJob({ db, workspace }: Context, id: string): Promise<JobRow> {
  const [job] = await db
    .select()
    .from(jobs)
    .where(and(eq(jobs.workspaceId, workspace.id), eq(jobs.id, id)))
  if (!job) throw notFound('job')
  return job
}

/** Locked, so that two workers do not do the same part; null: there is no such job, or it is over. */
export async function lockJob({ db, workspace }: Context, id: string): Promise<JobRow | null> {
  const [job] = await db
    .select()
    .from(jobs)
    .where(and(eq(jobs.workspaceId, workspace.id), eq(jobs.id, id)))
    .for('update')
  return job && job.finishedAt === null ? job : null
}

/** How far it is; over, where that is all of it. */
export async function noteProgress(
  { db, workspace, now }: Context,
  job: JobRow,
  { done, result }: Pick<JobRow, 'done' | 'result'>,
): Promise<void> {
  const over = done >= job.total
  await db
    .update(jobs)
    .set({ done, result, state: over ? 'done' : 'running', finishedAt: over ? now : null })
    .where(and(eq(jobs.workspaceId, workspace.id), eq(jobs.id, job.id)))
}
