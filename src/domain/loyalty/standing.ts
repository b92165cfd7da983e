/** A member's tier: derived from what they earned, whoever asks; noted, so that others hear when it changes. */

import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import type { Context } from '../context.ts'
import { wakeAt } from '../due-work.ts'
import type { Family } from './accounts.ts'
import { programAt } from './program.ts'
import { type Account, loyaltyAccounts, loyaltyAccruals } from './tables.ts'
import { type Qualifying, type Standing, standingAt, type TierMetric, type TierScheme } from './tiers.ts'

export interface MemberStanding extends Standing {
  scheme: TierScheme
  /** Set by hand, while it lasts; it goes before what was earned. */
  override: { tier: string; until: Temporal.Instant; reason: string } | null
}

/** null: the program has no tiers now. */
export async function standingOf(context: Context, family: Family): Promise<MemberStanding | null> {
  const scheme = (await programAt(context, context.now))?.tiers
  if (!scheme) return null
  const { now, workspace } = context
  const standing = standingAt(
    scheme,
    await qualifyingOf(context, family, scheme.metric),
    now,
    workspace.timeZone,
  )
  const override = overrideOf(family.account, now)
  return { ...standing, tier: override?.tier ?? standing.tier, scheme, override }
}

function overrideOf(account: Account, now: Temporal.Instant): MemberStanding['override'] {
  const { overrideTier: tier, overrideUntil: until, overrideReason: reason } = account
  if (tier === null || Temporal.Instant.compare(until!, now) <= 0) return null
  return { tier, until: until!, reason: reason! }
}

/** What a refund has taken back is no longer in it. */
async function qualifyingOf(
  { db, workspace }: Context,
  { ids }: Family,
  metric: TierMetric,
): Promise<Qualifying[]> {
  const amounts = {
    points: loyaltyAccruals.points,
    spend: loyaltyAccruals.spendAmount,
    visits: loyaltyAccruals.visits,
  }
  const rows = await db
    .select({ at: loyaltyAccruals.earnedAt, amount: amounts[metric], zone: loyaltyAccruals.timeZone })
    .from(loyaltyAccruals)
    .where(
      and(
        eq(loyaltyAccruals.workspaceId, workspace.id),
        inArray(loyaltyAccruals.accountId, ids),
        eq(loyaltyAccruals.state, 'earned'),
        gt(amounts[metric], 0),
      ),
    )
  return rows.map(({ at, ...row }) => ({ ...row, at: at! }))
}

/** Notes the tier as it is now and when time alone will change it, and tells of a change once. @param family locked */
export async function noteTier(context: Context, { account, ids }: Family): Promise<void> {
  const { db, workspace, emit, now } = context
  const standing = await standingOf(context, { account, ids })
  const tier = standing?.tier ?? null
  const changesAt = standing ? (standing.override?.until ?? standing.downgradeAt) : null
  if (tier === account.tier && same(changesAt, account.tierChangesAt)) return
  await db
    .update(loyaltyAccounts)
    .set({ tier, tierChangesAt: changesAt, version: sql`${loyaltyAccounts.version} + 1` })
    .where(and(eq(loyaltyAccounts.workspaceId, workspace.id), eq(loyaltyAccounts.id, account.id)))
  if (changesAt && !same(changesAt, account.tierChangesAt)) await wakeAt(context, changesAt)
  if (tier === account.tier) return
  emit({
    type: 'loyalty.tier_changed',
    subject: { kind: 'loyalty', id: account.id },
    data: { customer_id: idText('customer', account.customerId), tier, previous: account.tier },
    at: now,
  })
}

function same(one: Temporal.Instant | null, other: Temporal.Instant | null): boolean {
  return one === other || (one !== null && other !== null && one.equals(other))
}
