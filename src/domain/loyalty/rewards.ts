/** Rewards: what points buy, and how many of them there are. */

import { and, asc, count, eq, gt, inArray, sql } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { programAt } from './program.ts'
import { loyaltyRedemptions, loyaltyRewards, type Reward } from './tables.ts'

/** A reward with how many of it are out: issued or redeemed. */
export type RewardView = Reward & { used: number }

/** How many more there are of it; null: as many as are asked for. */
export function leftOf({ quota, used }: Pick<RewardView, 'quota' | 'used'>): number | null {
  return quota === null ? null : Math.max(0, quota - used)
}

export interface RewardFilter {
  status: Reward['status']
  limit: number
  cursor?: string
}

/** In the order in which they were made. */
export async function listRewards(context: Context, filter: RewardFilter): Promise<Page<RewardView[]>> {
  const { db, workspace } = context
  const after = readCursor(filter.cursor)
  const rows = await db
    .select()
    .from(loyaltyRewards)
    .where(
      and(
        eq(loyaltyRewards.workspaceId, workspace.id),
        eq(loyaltyRewards.status, filter.status),
        after ? gt(loyaltyRewards.id, after) : undefined,
      ),
    )
    .orderBy(asc(loyaltyRewards.id))
    .limit(filter.limit + 1)
  const page = pageOf(rows, filter.limit)
  const used = await usedOf(
    context,
    page.rows.map(({ id }) => id),
  )
  return new Page(
    page.rows.map(row => ({ ...row, used: used.get(row.id) ?? 0 })),
    page.nextCursor,
  )
}

export type RewardFields = Omit<Reward, 'workspaceId' | 'id' | 'version' | 'createdAt'>

/**
 * In full, by its code. What is issued keeps the points that it took.
 * @throws Refusal `invalid_input` where what it gives does not fit its kind, or the program has no such tier
 */
export async function setReward(
  context: Context,
  fields: RewardFields,
): Promise<RewardView & { created: boolean }> {
  const { db, workspace, now, emit } = context
  mustFit(fields)
  await mustBeTier(context, fields)
  const { code: _, ...changed } = fields
  const [reward] = await db
    .insert(loyaltyRewards)
    .values({ workspaceId: workspace.id, id: newId(), ...fields, createdAt: now })
    .onConflictDoUpdate({
      target: [loyaltyRewards.workspaceId, loyaltyRewards.code],
      set: { ...changed, version: sql`${loyaltyRewards.version} + 1` },
    })
    .returning()
  emit({
    type: 'loyalty.reward_set',
    subject: { kind: 'reward', id: reward!.id },
    data: { version: reward!.version },
  })
  const used = await usedOf(context, [reward!.id])
  return { ...reward!, used: used.get(reward!.id) ?? 0, created: reward!.version === 1 }
}

/** For a decision that rests on its terms as they are now; 0 where none has this code yet. */
export async function rewardVersion({ db, workspace }: Context, code: string): Promise<number> {
  const [reward] = await db
    .select({ version: loyaltyRewards.version })
    .from(loyaltyRewards)
    .where(and(eq(loyaltyRewards.workspaceId, workspace.id), eq(loyaltyRewards.code, code)))
  return reward?.version ?? 0
}

function mustFit({ kind, discountAmount, discountPercent, itemId }: RewardFields): void {
  const fits = {
    discount_amount: discountAmount !== null && discountPercent === null && itemId === null,
    discount_percent: discountPercent !== null && discountAmount === null && itemId === null,
    free_item: discountAmount === null && discountPercent === null,
  }
  if (!fits[kind])
    throw new Refusal('invalid_input', 'kind: Give what this kind takes off or gives, and nothing else.', {
      field: 'kind',
    })
}

/** A slip in its name would open it to everybody. */
async function mustBeTier(context: Context, { minTier }: RewardFields): Promise<void> {
  if (minTier === null) return
  const tiers = (await programAt(context, context.now))?.tiers?.tiers.map(({ name }) => name) ?? []
  if (!tiers.includes(minTier))
    throw new Refusal('invalid_input', 'min_tier: The program has no such tier.', {
      field: 'min_tier',
      tiers,
    })
}

/** @throws Refusal `not_found`, also of what is archived */
export async function findReward(
  { db, workspace }: Context,
  id: string,
  { lock = false } = {},
): Promise<Reward> {
  const query = db
    .select()
    .from(loyaltyRewards)
    .where(and(eq(loyaltyRewards.workspaceId, workspace.id), eq(loyaltyRewards.id, id)))
  const [reward] = lock ? await query.for('update') : await query
  if (reward?.status !== 'active') throw notFound('reward', ['list_loyalty_rewards'])
  return reward
}

/** Of those ids, how many are issued or redeemed; by these accounts, or by all. */
export async function usedOf(
  { db, workspace }: Context,
  rewardIds: string[],
  accountIds?: string[],
): Promise<Map<string, number>> {
  if (rewardIds.length === 0) return new Map()
  const rows = await db
    .select({ id: loyaltyRedemptions.rewardId, used: count() })
    .from(loyaltyRedemptions)
    .where(
      and(
        eq(loyaltyRedemptions.workspaceId, workspace.id),
        inArray(loyaltyRedemptions.rewardId, rewardIds),
        inArray(loyaltyRedemptions.state, ['issued', 'redeemed']),
        accountIds && inArray(loyaltyRedemptions.accountId, accountIds),
      ),
    )
    .groupBy(loyaltyRedemptions.rewardId)
  return new Map(rows.map(({ id, used }) => [id, used]))
}
