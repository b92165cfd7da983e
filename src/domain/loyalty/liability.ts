/** What the business owes its members in points, and how much of what it gave out never comes back: for reports. */

import { and, eq, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import type { Context } from '../context.ts'
import { loyaltyEntries, loyaltyLots, loyaltyRedemptions } from './tables.ts'

export interface Liability {
  /** In lots that are not over. */
  outstanding: number
  /** In rewards that are issued and not redeemed. */
  locked: number
  /** Taken back after they had been spent: what members earn next repays them. */
  owed: number
  /** Of what is outstanding, what ends by `horizon` if nobody spends it. */
  expiring: number
  /** Ever. */
  earned: number
  redeemed: number
  expired: number
  /** Of the points that are used up one way or the other, how many ended unused; null: none are. */
  breakage: number | null
}

/** As of now, whether or not anybody has noted what is over. Numbers of points. */
export async function liabilityAt(
  { db, workspace, now }: Context,
  horizon: Temporal.Instant,
): Promise<Liability> {
  const over = sql`${loyaltyLots.expiresAt} <= ${now.toString()}::timestamptz`
  const soon = sql`${loyaltyLots.expiresAt} <= ${horizon.toString()}::timestamptz`
  const points = loyaltyEntries.points
  const sumWhere = (condition: ReturnType<typeof sql>) =>
    sql<number>`coalesce(sum(${points}) FILTER (WHERE ${condition}), 0)::float8`
  const inLot = sql`${loyaltyEntries.lotId} IS NOT NULL`
  const [[sums], [used]] = await Promise.all([
    db
      .select({
        outstanding: sumWhere(sql`${inLot} AND (${over}) IS NOT TRUE`),
        expiring: sumWhere(sql`${inLot} AND (${over}) IS NOT TRUE AND ${soon}`),
        unnoted: sumWhere(sql`${inLot} AND ${over}`),
        owed: sumWhere(sql`NOT (${inLot})`),
        earned: sumWhere(sql`${loyaltyEntries.kind} IN ('earn', 'revise', 'adjust')`),
        expired: sumWhere(sql`${loyaltyEntries.kind} = 'expire'`),
      })
      .from(loyaltyEntries)
      .leftJoin(
        loyaltyLots,
        and(
          eq(loyaltyLots.workspaceId, loyaltyEntries.workspaceId),
          eq(loyaltyLots.id, loyaltyEntries.lotId),
        ),
      )
      .where(eq(loyaltyEntries.workspaceId, workspace.id)),
    db
      .select({
        locked: sql<number>`coalesce(sum(${loyaltyRedemptions.points}) FILTER (WHERE ${loyaltyRedemptions.state} = 'issued'), 0)::float8`,
        redeemed: sql<number>`coalesce(sum(${loyaltyRedemptions.points}) FILTER (WHERE ${loyaltyRedemptions.state} = 'redeemed'), 0)::float8`,
      })
      .from(loyaltyRedemptions)
      .where(eq(loyaltyRedemptions.workspaceId, workspace.id)),
  ])
  const { outstanding, expiring, unnoted, owed, earned } = sums!
  const expired = unnoted - sums!.expired
  const { locked, redeemed } = used!
  const gone = expired + redeemed
  return {
    outstanding,
    locked,
    owed: 0 - owed,
    expiring,
    earned,
    redeemed,
    expired,
    breakage: gone === 0 ? null : expired / gone,
  }
}
