/** Promotions: for a while, purchases earn more. One applies to each purchase: of several, the most recent. */

import { and, count, desc, eq, gt, gte, inArray, isNull, lte, ne, or, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { startOfLastDays } from './points-expiry.ts'
import { loyaltyAccruals, loyaltyPromotions, type Promotion } from './tables.ts'

export interface Purchase {
  /** Of its customer; none: as of one who has bought nothing yet. */
  accountIds: string[]
  at: Temporal.Instant
  /** Of its location: a limit counts the days there. */
  zone: string
}

/** The most recent of those that are on at that instant and that the customer has not used up. */
export async function promotionFor(context: Context, purchase: Purchase): Promise<Promotion | null> {
  for (const promotion of await promotionsOn(context, purchase.at))
    if (await isLeft(context, promotion, purchase)) return promotion
  return null
}

const MOST_AT_ONCE = 50

/** The most recent first. */
async function promotionsOn({ db, workspace }: Context, at: Temporal.Instant): Promise<Promotion[]> {
  return db
    .select()
    .from(loyaltyPromotions)
    .where(
      and(
        eq(loyaltyPromotions.workspaceId, workspace.id),
        eq(loyaltyPromotions.status, 'active'),
        lte(loyaltyPromotions.startsAt, at),
        or(isNull(loyaltyPromotions.endsAt), gt(loyaltyPromotions.endsAt, at)),
      ),
    )
    .orderBy(desc(loyaltyPromotions.createdAt), desc(loyaltyPromotions.id))
    .limit(MOST_AT_ONCE)
}

/** A purchase that was taken back whole has not used it. */
async function isLeft(
  { db, workspace }: Context,
  { id, limitTimes, limitDays }: Promotion,
  { accountIds, at, zone }: Purchase,
): Promise<boolean> {
  if (limitTimes === null || accountIds.length === 0) return true
  const [row] = await db
    .select({ used: count() })
    .from(loyaltyAccruals)
    .where(
      and(
        eq(loyaltyAccruals.workspaceId, workspace.id),
        inArray(loyaltyAccruals.accountId, accountIds),
        eq(loyaltyAccruals.promotionId, id),
        inArray(loyaltyAccruals.state, ['pending', 'earned']),
        limitDays === null
          ? undefined
          : gte(loyaltyAccruals.happenedAt, startOfLastDays(at, limitDays, zone)),
      ),
    )
  return row!.used < limitTimes
}

export type PromotionFields = Pick<
  Promotion,
  'code' | 'name' | 'percent' | 'addition' | 'startsAt' | 'endsAt' | 'limitTimes' | 'limitDays' | 'status'
>

/**
 * In full, by its code. What was earned under it keeps its terms of that day.
 * @throws Refusal `invalid_input` where it is both or neither, ends before it begins, or counts days of no limit
 */
export async function setPromotion(
  context: Context,
  fields: PromotionFields,
): Promise<Promotion & { created: boolean }> {
  const { db, workspace, now, emit } = context
  mustBeWhole(fields)
  const { code: _, ...changed } = fields
  const [promotion] = await db
    .insert(loyaltyPromotions)
    .values({ workspaceId: workspace.id, id: newId(), ...fields, createdAt: now })
    .onConflictDoUpdate({
      target: [loyaltyPromotions.workspaceId, loyaltyPromotions.code],
      set: { ...changed, version: sql`${loyaltyPromotions.version} + 1` },
    })
    .returning()
  emit({
    type: 'loyalty.promotion_set',
    subject: { kind: 'promotion', id: promotion!.id },
    data: { version: promotion!.version },
  })
  return { ...promotion!, created: promotion!.version === 1 }
}

/** For a decision that rests on its terms as they are now; 0 where none has this code yet. */
export async function promotionVersion({ db, workspace }: Context, code: string): Promise<number> {
  const [promotion] = await db
    .select({ version: loyaltyPromotions.version })
    .from(loyaltyPromotions)
    .where(and(eq(loyaltyPromotions.workspaceId, workspace.id), eq(loyaltyPromotions.code, code)))
  return promotion?.version ?? 0
}

function mustBeWhole({ percent, addition, startsAt, endsAt, limitTimes, limitDays }: PromotionFields): void {
  if ((percent === null) === (addition === null)) throw invalid('percent', 'Give either percent or addition.')
  if (endsAt && endsAt.epochMilliseconds <= startsAt.epochMilliseconds)
    throw invalid('ends_at', 'It must end after it begins.')
  if (limitTimes === null && limitDays !== null) throw invalid('limit_times', 'Say how often in those days.')
}

function invalid(field: string, message: string): Refusal {
  return new Refusal('invalid_input', `${field}: ${message}`, { field })
}

/** Those that are on or to come, the most recent first. */
export async function listPromotions({ db, workspace, now }: Context): Promise<Promotion[]> {
  return db
    .select()
    .from(loyaltyPromotions)
    .where(
      and(
        eq(loyaltyPromotions.workspaceId, workspace.id),
        ne(loyaltyPromotions.status, 'archived'),
        or(isNull(loyaltyPromotions.endsAt), gt(loyaltyPromotions.endsAt, now)),
      ),
    )
    .orderBy(desc(loyaltyPromotions.createdAt), desc(loyaltyPromotions.id))
    .limit(MOST_AT_ONCE)
}
