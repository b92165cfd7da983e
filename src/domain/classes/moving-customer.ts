/**
 * The classes of a customer who is merged. Who is enrolled in one twice keeps the survivor's place; the other goes, its
 * credit comes back, and what it cost is flagged. A past class that both have been to stays where it is: it is history.
 */

import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Context } from '../context.ts'
import type { Mover } from '../customers/moving.ts'
import { cancel } from './cancel-enrolment.ts'
import { enterState } from './entries.ts'
import { settle } from './line.ts'
import { lockSession } from './sessions.ts'
import { live } from './states.ts'
import { classEnrolments, type Enrolment, waitlistEntries } from './tables.ts'

export const moveClasses: Mover = async (ctx, from, to, commit) => {
  const twice = await enrolledTwice(ctx, from, to)
  const given = twice.filter(
    ({ state, startsAt }) => state === 'enrolled' && startsAt.epochMilliseconds > ctx.now.epochMilliseconds,
  )
  const kept = new Set(twice.map(({ id }) => id))
  const [enrolments, entries] = await Promise.all([enrolmentsOf(ctx, from), entriesOf(ctx, from)])
  const moving = enrolments.filter(({ id }) => !kept.has(id))
  const waits = new Set([
    ...(await entriesOf(ctx, to)).map(({ sessionId }) => sessionId),
    ...(await enrolmentsOf(ctx, to))
      .filter(({ state }) => state !== 'cancelled')
      .map(({ sessionId }) => sessionId),
  ])
  const leaving = entries.filter(({ sessionId }) => sessionId !== null && waits.has(sessionId))
  if (commit) {
    for (const enrolment of given) {
      const session = await lockSession(ctx, enrolment.sessionId)
      await cancel(ctx, enrolment, 'business')
      await settle(ctx, session)
    }
    for (const entry of leaving) await enterState(ctx, entry, 'leave')
    await reassign(ctx, moving.map(({ id }) => id).concat(given.map(({ id }) => id)), to)
    await ctx.db
      .update(waitlistEntries)
      .set({ customerId: to, version: sql`${waitlistEntries.version} + 1`, updatedAt: ctx.now })
      .where(and(eq(waitlistEntries.workspaceId, ctx.workspace.id), eq(waitlistEntries.customerId, from)))
  }
  return {
    counts: { classes: moving.length, waitlist_entries: entries.length - leaving.length },
    refunds: given.map(({ id, sessionId, paidWith, priceAmount }) => ({
      enrolment_id: id,
      session_id: sessionId,
      paid_with: paidWith,
      amount: priceAmount,
    })),
  }
}

/** Those of `from` in sessions where `to` is enrolled too. */
export async function enrolledTwice(
  { db, workspace }: Context,
  from: string,
  to: string,
): Promise<Enrolment[]> {
  const others = alias(classEnrolments, 'others')
  const rows = await db
    .select({ enrolment: classEnrolments })
    .from(classEnrolments)
    .innerJoin(
      others,
      and(
        eq(others.workspaceId, classEnrolments.workspaceId),
        eq(others.sessionId, classEnrolments.sessionId),
        eq(others.customerId, to),
        ne(others.state, 'cancelled'),
      ),
    )
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.customerId, from),
        ne(classEnrolments.state, 'cancelled'),
      ),
    )
    .orderBy(classEnrolments.sessionId)
  return rows.map(({ enrolment }) => enrolment)
}

function enrolmentsOf({ db, workspace }: Context, customerId: string): Promise<Enrolment[]> {
  return db
    .select()
    .from(classEnrolments)
    .where(and(eq(classEnrolments.workspaceId, workspace.id), eq(classEnrolments.customerId, customerId)))
}

/** Still waiting. */
function entriesOf({ db, workspace }: Context, customerId: string) {
  return db
    .select()
    .from(waitlistEntries)
    .where(
      and(
        eq(waitlistEntries.workspaceId, workspace.id),
        eq(waitlistEntries.customerId, customerId),
        inArray(waitlistEntries.state, [...live]),
      ),
    )
}

async function reassign({ db, workspace, now }: Context, ids: string[], to: string): Promise<void> {
  if (ids.length === 0) return
  await db
    .update(classEnrolments)
    .set({ customerId: to, version: sql`${classEnrolments.version} + 1`, updatedAt: now })
    .where(and(eq(classEnrolments.workspaceId, workspace.id), inArray(classEnrolments.id, ids)))
}
