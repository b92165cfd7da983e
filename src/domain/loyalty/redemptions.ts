/**
 * Rewards in somebody's hand. Issuing locks the points: they leave their lots, those that end soonest first. Redeeming uses
 * them up, for good. Until then cancelling, and afterwards a reversal that somebody approves, brings each back to the lot
 * that it came from, to end when it would have ended.
 */

import { and, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type Family, lockMember, lockOwner } from './accounts.ts'
import { balanceOf, credit, openBook, post, take, writeDown } from './ledger.ts'
import { programAt } from './program.ts'
import { nextState, type RedemptionEvent } from './redemption-states.ts'
import { findReward, usedOf } from './rewards.ts'
import { standingOf } from './standing.ts'
import { loyaltyEntries, loyaltyRedemptions, type Redemption, type Reward } from './tables.ts'

export interface Outcome {
  redemption: Redemption
  /** Points that came back to a lot that is over, and are gone with it. */
  gone: number
}

/**
 * @throws Refusal `not_found`; `no_entitlement` where the points do not suffice or are owed; `quota_exceeded`;
 *   `invalid_transition` where the reward is of a higher tier, or the program is paused
 */
export async function issueReward(
  context: Context,
  { customerId, rewardId }: { customerId: string; rewardId: string },
): Promise<Outcome> {
  const { db, workspace, now } = context
  await findReward(context, rewardId)
  const family = await lockMember(context, customerId)
  // After the customer, always: who waits for the last one of a reward holds nobody else's row.
  const reward = await findReward(context, rewardId, { lock: true })
  await mustBeOpen(context, family, reward)
  await mustBeLeft(context, family, reward)
  const book = await openBook(context, family)
  mustSuffice(reward, balanceOf(book, now))
  const [redemption] = await db
    .insert(loyaltyRedemptions)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      accountId: family.account.id,
      rewardId,
      state: 'issued',
      points: reward.points,
      issuedAt: now,
    })
    .returning()
  take(book, reward.points, 'lock', { redemptionId: redemption!.id }, now)
  await writeDown(context, book)
  tell(context, family, redemption!, 'loyalty.reward_issued')
  return { redemption: redemption!, gone: 0 }
}

async function mustBeOpen(context: Context, family: Family, { minTier }: Reward): Promise<void> {
  const program = await programAt(context, context.now)
  if (program?.status !== 'active')
    throw new Refusal('invalid_transition', 'The program is paused.', {}, ['get_loyalty_program'])
  if (minTier === null) return
  const standing = await standingOf(context, family)
  const names = standing?.scheme.tiers.map(({ name }) => name) ?? []
  const place = (tier: string | null | undefined) => (tier ? names.indexOf(tier) : -1)
  // A tier that the program no longer has keeps nobody out.
  if (place(minTier) < 0 || place(standing?.tier) >= place(minTier)) return
  throw new Refusal(
    'invalid_transition',
    'This reward is for members of a higher tier.',
    { min_tier: minTier, tier: standing?.tier ?? null },
    ['get_loyalty_account'],
  )
}

/** @param reward locked: who counts here sees all who were before */
async function mustBeLeft(context: Context, family: Family, reward: Reward): Promise<void> {
  const { id, quota, quotaPerCustomer } = reward
  if (quota !== null && (await count(context, id)) >= quota)
    throw exceeded('All of this reward are given out.', { quota })
  if (quotaPerCustomer !== null && (await count(context, id, family.ids)) >= quotaPerCustomer)
    throw exceeded('This customer has had as many of it as there are for one.', {
      quota_per_customer: quotaPerCustomer,
    })
}

async function count(context: Context, rewardId: string, accountIds?: string[]): Promise<number> {
  return (await usedOf(context, [rewardId], accountIds)).get(rewardId) ?? 0
}

function exceeded(message: string, details: Record<string, unknown>): Refusal {
  return new Refusal('quota_exceeded', message, details, ['list_loyalty_rewards'])
}

function mustSuffice({ points }: Reward, available: number): void {
  if (available >= points) return
  const message =
    available < 0
      ? 'More points were taken back than there were; what is earned next repays them first.'
      : 'There are not enough points for it.'
  throw new Refusal('no_entitlement', message, { points, available }, ['get_loyalty_account'])
}

/** For good. @param reference what it was used on @throws Refusal `not_found`, `invalid_transition` */
export async function redeemReward(
  context: Context,
  { id, reference = null }: { id: string; reference?: string | null },
): Promise<Outcome> {
  const { family, redemption } = await lockRedemption(context, id)
  if (!nextState(redemption.state, 'redeem')) return { redemption, gone: 0 }
  const book = await openBook(context, family)
  post(book, { kind: 'redeem', lot: null, points: 0, redemptionId: id })
  await writeDown(context, book)
  const changed = await enter(context, redemption, 'redeem', { redeemedAt: context.now, reference })
  tell(context, family, changed, 'loyalty.reward_redeemed')
  return { redemption: changed, gone: 0 }
}

/** Once, before it is redeemed. @throws Refusal `not_found`, `invalid_transition` */
export async function cancelReward(context: Context, id: string): Promise<Outcome> {
  const { family, redemption } = await lockRedemption(context, id)
  if (!nextState(redemption.state, 'cancel')) return { redemption, gone: 0 }
  const gone = await giveBack(context, family, id, 'unlock')
  const changed = await enter(context, redemption, 'cancel', { endedAt: context.now })
  tell(context, family, changed, 'loyalty.reward_cancelled')
  return { redemption: changed, gone }
}

/** Undoes what was redeemed. @throws Refusal `not_found`, `invalid_transition` */
export async function reverseRedemption(
  context: Context,
  { id, reason }: { id: string; reason: string },
): Promise<Outcome> {
  const { family, redemption } = await lockRedemption(context, id)
  if (!nextState(redemption.state, 'reverse')) return { redemption, gone: 0 }
  const gone = await giveBack(context, family, id, 'return')
  const changed = await enter(context, redemption, 'reverse', { endedAt: context.now, reason })
  tell(context, family, changed, 'loyalty.reward_reversed')
  return { redemption: changed, gone }
}

/** Each to the lot that it came from. @returns how many of them are gone, since their lot is over */
async function giveBack(
  context: Context,
  family: Family,
  redemptionId: string,
  kind: 'unlock' | 'return',
): Promise<number> {
  const { db, workspace } = context
  const taken = await db
    .select({ lotId: loyaltyEntries.lotId, points: sql<number>`(-sum(${loyaltyEntries.points}))::float8` })
    .from(loyaltyEntries)
    .where(
      and(
        eq(loyaltyEntries.workspaceId, workspace.id),
        eq(loyaltyEntries.redemptionId, redemptionId),
        isNotNull(loyaltyEntries.lotId),
      ),
    )
    .groupBy(loyaltyEntries.lotId)
    .orderBy(loyaltyEntries.lotId)
  const book = await openBook(
    context,
    family,
    taken.map(({ lotId }) => lotId!),
  )
  let gone = 0
  for (const { lotId, points } of taken) {
    const lot = book.lots.find(({ id }) => id === lotId)!
    const before = lot.lost
    await credit(context, book, { kind, lot, points, redemptionId })
    gone += lot.lost - before
  }
  await writeDown(context, book)
  return gone
}

async function enter(
  { db }: Context,
  redemption: Redemption,
  event: RedemptionEvent,
  change: Partial<Redemption>,
): Promise<Redemption> {
  const [changed] = await db
    .update(loyaltyRedemptions)
    .set({ ...change, state: nextState(redemption.state, event)!, version: redemption.version + 1 })
    .where(
      and(
        eq(loyaltyRedemptions.workspaceId, redemption.workspaceId),
        eq(loyaltyRedemptions.id, redemption.id),
      ),
    )
    .returning()
  return changed!
}

/** @throws Refusal `not_found` */
async function lockRedemption(
  context: Context,
  id: string,
): Promise<{ family: Family; redemption: Redemption }> {
  const family = await lockOwner(context, (await findRedemption(context, id)).accountId)
  return { family, redemption: await findRedemption(context, id) }
}

/** @throws Refusal `not_found` */
export async function findRedemption({ db, workspace }: Context, id: string): Promise<Redemption> {
  const [redemption] = await db
    .select()
    .from(loyaltyRedemptions)
    .where(and(eq(loyaltyRedemptions.workspaceId, workspace.id), eq(loyaltyRedemptions.id, id)))
  if (!redemption) throw notFound('redemption', ['get_loyalty_account'])
  return redemption
}

const MOST_SHOWN = 50

/** What a member has in hand, the newest first. */
export async function issuedTo(
  { db, workspace }: Context,
  { ids }: Pick<Family, 'ids'>,
): Promise<Redemption[]> {
  return db
    .select()
    .from(loyaltyRedemptions)
    .where(
      and(
        eq(loyaltyRedemptions.workspaceId, workspace.id),
        inArray(loyaltyRedemptions.accountId, ids),
        eq(loyaltyRedemptions.state, 'issued'),
      ),
    )
    .orderBy(desc(loyaltyRedemptions.id))
    .limit(MOST_SHOWN)
}

function tell(
  { emit, now }: Context,
  { account }: Family,
  { id, points, rewardId }: Redemption,
  type: `loyalty.reward_${string}`,
): void {
  emit({
    type,
    subject: { kind: 'redemption', id },
    data: {
      customer_id: idText('customer', account.customerId),
      reward_id: idText('reward', rewardId),
      points,
    },
    at: now,
  })
}
