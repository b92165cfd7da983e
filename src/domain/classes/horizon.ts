/** Keeps the sessions of each series made half a year ahead: a little more of it every week. */

import { and, asc, eq, lte, min } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { type DueWork, wakeAt } from '../due-work.ts'
import { extendAt, horizonAt, makeSessions, occurrencesOf } from './occurrences.ts'
import { templateOf, zoneOf } from './series.ts'
import { classSeries, type Series } from './tables.ts'
import { lockPeople, lockRooms } from './teaching.ts'

export const classHorizon: DueWork = {
  name: 'class_series',

  async next({ db, workspace }, until) {
    const [row] = await db
      .select({ at: min(classSeries.extendAt) })
      .from(classSeries)
      .where(and(eq(classSeries.workspaceId, workspace.id), lte(classSeries.extendAt, until)))
    return row?.at ?? null
  },

  async run(context) {
    const due = await context.db
      .select({ id: classSeries.id, staffId: classSeries.staffId, roomId: classSeries.roomId })
      .from(classSeries)
      .where(and(eq(classSeries.workspaceId, context.workspace.id), lte(classSeries.extendAt, context.now)))
      .orderBy(asc(classSeries.id))
    const staffIds = due.map(({ staffId }) => staffId)
    const people = await lockPeople(context, staffIds)
    await lockRooms(
      context,
      due.map(({ roomId }) => roomId),
    )
    const gone = new Set(people.filter(({ status }) => status !== 'active').map(({ id }) => id))
    for (const { id, staffId } of due) await extend(context, id, gone.has(staffId))
    return due.length
  },
}

/** An occurrence that finds its time taken is not made, and the house is told; nor are any of somebody who has gone. */
async function extend(context: Context, id: string, hasGone: boolean): Promise<void> {
  const series = await lockSeries(context, id)
  if (!series.extendAt) return
  const { now } = context
  const zone = await zoneOf(context, series.locationId)
  const madeUntil = horizonAt(now, zone)
  const dates = { from: series.madeUntil.add({ days: 1 }), to: madeUntil }
  const wanted = hasGone ? [] : occurrencesOf(series, zone, dates)
  const { conflicts } = await makeSessions(context, await templateOf(context, series), wanted, {
    zone,
    onConflict: 'skip',
  })
  const next = extendAt(series, madeUntil, zone, now)
  await context.db
    .update(classSeries)
    .set({ madeUntil, extendAt: next })
    .where(and(eq(classSeries.workspaceId, context.workspace.id), eq(classSeries.id, id)))
  if (next) await wakeAt(context, next)
  if (conflicts.length === 0) return
  const skipped = conflicts.map(({ kind, local }) => ({ kind, local }))
  context.emit({ type: 'class_series.skipped', subject: { kind: 'series', id }, data: { skipped } })
}

/** Locked until the transaction ends; after its people. */
export async function lockSeries({ db, workspace }: Context, id: string): Promise<Series> {
  const [series] = await db
    .select()
    .from(classSeries)
    .where(and(eq(classSeries.workspaceId, workspace.id), eq(classSeries.id, id)))
    .for('no key update')
  return series!
}
