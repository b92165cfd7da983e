/** Shapes that the tools of loyalty share. */

import { z } from 'zod'
import { Id, Instant, idText, Money, outside, Text } from '../../src/catalog/kinds.ts'
import { amountOf, priceOf } from '../../src/domain/business/prices.ts'
import type { Context } from '../../src/domain/context.ts'
import { isValidity } from '../../src/domain/entitlements/validity.ts'
import { ownerOf } from '../../src/domain/loyalty/accounts.ts'
import type { EarnRule, Line } from '../../src/domain/loyalty/earn.ts'
import { programAt } from '../../src/domain/loyalty/program.ts'
import type { AccountView } from '../../src/domain/loyalty/read.ts'
import { leftOf, type RewardView } from '../../src/domain/loyalty/rewards.ts'
import {
  type Accrual,
  accrualStates,
  type Program,
  type Promotion,
  type Redemption,
  redemptionStates,
  rewardKinds,
  sourceKinds,
  units,
} from '../../src/domain/loyalty/tables.ts'
import { type TierScheme, tierMetrics } from '../../src/domain/loyalty/tiers.ts'

export const Points = () => z.int().min(1).max(1_000_000)
/** The bound is said where it is broken: it would cost every conversation its tokens. */
const MinorUnits = () =>
  z
    .int()
    .min(0)
    .refine(amount => amount <= 1_000_000_000_000, 'Too much.')
export const Reason = () => Text(500).describe('For the ledger.')
const Days = () =>
  z.string().refine(isValidity, 'Expected days, weeks, months or years, at most 20 years, as in P12M.')
const Category = () => Text(80)

export function schemeFrom(given: z.output<typeof TierSchemeShape> | undefined): TierScheme | null {
  if (!given) return null
  return { ...given, grace: given.grace ?? null }
}

export const EarnRuleShape = z.strictObject({
  kind: z.enum(['visit', 'spend', 'item', 'category']),
  points: Points(),
  per_amount: MinorUnits().min(1).optional().describe('Else each unit.'),
  minimum_amount: MinorUnits().default(0),
  tax: z.enum(['before_tax', 'after_tax']).default('before_tax'),
  service_ids: z.array(Id('service')).max(100).optional(),
  categories: z.array(Category()).max(100).optional(),
})

export const TierSchemeShape = z.strictObject({
  metric: z.enum(tierMetrics),
  window: Days().nullable().describe('null: for good.'),
  grace: Days().optional().describe('Kept so long.'),
  tiers: z
    .array(
      z.strictObject({
        name: Text(40),
        threshold: MinorUnits().min(1),
      }),
    )
    .min(1)
    .max(10)
    .describe('The lowest first.'),
})

export const programFields = {
  name: Text(80).describe('Of the program.'),
  unit: z.enum(units).default('points').describe('Stays once set.'),
  status: z.enum(['active', 'paused']).default('active'),
  auto_enrol: z.boolean().default(true).describe('At a purchase.'),
  expiry: Days().nullable().describe('As P12M, to that month’s end; null: never.'),
  earn_rules: z.array(EarnRuleShape).max(50).describe('The best counts.'),
  excluded_service_ids: z.array(Id('service')).max(200).optional().describe('Earn nothing.'),
  excluded_categories: z.array(Category()).max(100).optional().describe('Too.'),
  tiers: TierSchemeShape.optional().describe('Or none.'),
}

export const ProgramHead = z.object({
  version: z.int(),
  effective_from: Instant(),
})

const Rule = z.object({
  kind: z.string(),
  points: z.int(),
  per_amount: z.int().nullable(),
  minimum_amount: z.int(),
  tax: z.string(),
  service_ids: z.array(Id('service')),
  categories: z.array(z.string()),
})

/** As it was set; update_loyalty_program says what each means. */
export const ProgramShape = ProgramHead.extend({
  name: z.string(),
  unit: z.enum(units),
  status: z.enum(['active', 'paused']),
  auto_enrol: z.boolean(),
  expiry: z.string().nullable(),
  earn_rules: z.array(Rule),
  excluded_service_ids: z.array(Id('service')),
  excluded_categories: z.array(z.string()),
  tiers: z
    .object({
      metric: z.string(),
      window: z.string().nullable(),
      grace: z.string().nullable(),
      tiers: z.array(z.object({ name: z.string(), threshold: z.int() })),
    })
    .nullable(),
})

export function rulesFrom(rules: z.output<typeof EarnRuleShape>[]): EarnRule[] {
  return rules.map(
    ({ kind, points, per_amount: per = null, minimum_amount: minimum, tax, service_ids, categories }) => {
      const terms = { points, minimum, tax }
      if (kind === 'visit') return { kind, ...terms }
      // Without an amount it says nothing; the program refuses it.
      if (kind === 'spend') return { kind, ...terms, per: per as number }
      if (kind === 'item') return { kind, ...terms, itemIds: service_ids ?? [], per }
      return { kind, ...terms, categories: categories ?? [], per }
    },
  )
}

export function headOf(program: Program): z.output<typeof ProgramHead> {
  return {
    version: program.version,
    effective_from: program.effectiveFrom,
  }
}

export function programOf(program: Program): z.output<typeof ProgramShape> {
  return {
    ...headOf(program),
    name: program.name,
    unit: program.unit,
    status: program.status,
    auto_enrol: program.autoEnrol,
    expiry: program.expiry,
    earn_rules: program.earnRules.map(rule => ({
      kind: rule.kind,
      points: rule.points,
      per_amount: rule.kind === 'visit' ? null : rule.per,
      minimum_amount: rule.minimum,
      tax: rule.tax,
      service_ids: rule.kind === 'item' ? rule.itemIds : [],
      categories: rule.kind === 'category' ? rule.categories : [],
    })),
    excluded_service_ids: program.excluded.itemIds,
    excluded_categories: program.excluded.categories,
    tiers: program.tiers,
  }
}

export const LineShape = z.strictObject({
  service_id: Id('service').optional(),
  category: Category().optional().describe('Where it has one.'),
  net: Money().describe('Of all units, before tax.'),
  tax: Money().optional(),
  quantity: z.int().min(1).max(10_000).default(1),
})

export const Lines = () => z.array(LineShape).max(200)

/** @throws Refusal `currency_mismatch` */
export function linesFrom(context: Context, lines: z.output<typeof LineShape>[]): Line[] {
  return lines.map(({ service_id, category, net, tax, quantity }) => ({
    itemId: service_id ?? null,
    category: category ?? null,
    net: amountOf(context, net),
    tax: tax ? amountOf(context, tax) : 0,
    quantity,
  }))
}

export const AccrualShape = z.object({
  id: Id('accrual'),
  customer_id: Id('customer'),
  source_kind: z.enum(sourceKinds),
  source_id: z.string().describe('Or a receipt’s number.'),
  state: z.enum(accrualStates).describe('pending: not paid yet. reverted: the visit was undone.'),
  points: z.int(),
  promotion_id: Id('promotion').nullable(),
  happened_at: Instant(),
  earned_at: Instant().nullable(),
  version: z.int(),
})

export async function accrualOf(context: Context, accrual: Accrual): Promise<z.output<typeof AccrualShape>> {
  return {
    id: accrual.id,
    customer_id: await ownerOf(context, accrual.accountId),
    source_kind: accrual.sourceKind,
    source_id: sourceText(accrual.sourceKind, accrual.sourceId),
    state: accrual.state,
    points: accrual.points,
    promotion_id: accrual.promotionId,
    happened_at: accrual.happenedAt,
    earned_at: accrual.earnedAt,
    version: accrual.version,
  }
}

/** Bookings and classes by their ids; the rest as whoever keeps it calls it. */
export function sourceText(kind: Accrual['sourceKind'], id: string): string {
  return kind === 'booking' || kind === 'enrolment' ? idText(kind, id) : id
}

export const AccountShape = z.object({
  id: Id('loyalty'),
  customer_id: Id('customer'),
  unit: z.enum(units),
  available: z.int().describe('Below 0: owed.'),
  pending: z.int().describe('Not paid yet.'),
  locked: z.int(),
  lots: z.array(z.object({ points: z.int(), expires_at: Instant().nullable() })).describe('By end.'),
  issued: z.array(z.object({ redemption_id: Id('redemption'), reward_id: Id('reward'), points: z.int() })),
  tier: z
    .object({
      name: z.string().nullable(),
      progress: z.int(),
      metric: z.enum(tierMetrics),
      next: z.string().nullable(),
      missing: z.int(),
      downgrade_at: Instant().nullable(),
      set_until: Instant().nullable().describe('By hand.'),
    })
    .nullable(),
})

const LOTS_SHOWN = 20

export async function accountOf(context: Context, view: AccountView): Promise<z.output<typeof AccountShape>> {
  const { account, standing } = view
  return {
    id: account.id,
    customer_id: account.customerId,
    unit: (await programAt(context, context.now))?.unit ?? 'points',
    available: view.available,
    pending: view.pending,
    locked: view.locked,
    lots: view.lots
      .slice(0, LOTS_SHOWN)
      .map(({ balance, expiresAt }) => ({ points: balance, expires_at: expiresAt })),
    issued: view.issued.map(({ id, rewardId, points }) => ({
      redemption_id: id,
      reward_id: rewardId,
      points,
    })),
    tier: standing && {
      name: standing.tier,
      progress: standing.progress,
      metric: standing.scheme.metric,
      next: standing.next?.tier ?? null,
      missing: standing.next?.missing ?? 0,
      downgrade_at: standing.downgradeAt,
      set_until: standing.override?.until ?? null,
    },
  }
}

export const PromotionShape = z.object({
  id: Id('promotion'),
  code: z.string(),
  name: z.string(),
  percent: z.int().nullable(),
  addition: z.int().nullable(),
  starts_at: Instant(),
  ends_at: Instant().nullable(),
  limit_times: z.int().nullable(),
  limit_days: z.int().nullable(),
  status: z.enum(['active', 'archived']),
  version: z.int(),
})

export function promotionOf(promotion: Promotion): z.output<typeof PromotionShape> {
  return {
    id: promotion.id,
    code: promotion.code,
    name: promotion.name,
    percent: promotion.percent,
    addition: promotion.addition,
    starts_at: promotion.startsAt,
    ends_at: promotion.endsAt,
    limit_times: promotion.limitTimes,
    limit_days: promotion.limitDays,
    status: promotion.status,
    version: promotion.version,
  }
}

/** What a person can say over a phone. */
export const Code = () =>
  Text(40)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'Expected letters, digits, - and _.')
    .describe('Its name for good; one with it is replaced.')

export const RewardShape = z.object({
  id: Id('reward'),
  code: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  points: z.int(),
  kind: z.enum(rewardKinds),
  discount: Money().nullable(),
  percent: z.int().nullable(),
  service_id: Id('service').nullable(),
  min_tier: z.string().nullable(),
  quota: z.int().nullable(),
  left: z.int().nullable().describe('Of the quota; null: without end.'),
  quota_per_customer: z.int().nullable(),
  status: z.enum(['active', 'archived']),
  version: z.int(),
})

export function rewardOf(context: Context, reward: RewardView): z.output<typeof RewardShape> {
  return {
    id: reward.id,
    code: reward.code,
    name: reward.name,
    description: reward.description,
    points: reward.points,
    kind: reward.kind,
    discount: reward.discountAmount === null ? null : priceOf(context, reward.discountAmount),
    percent: reward.discountPercent,
    service_id: reward.itemId,
    min_tier: reward.minTier,
    quota: reward.quota,
    left: leftOf(reward),
    quota_per_customer: reward.quotaPerCustomer,
    status: reward.status,
    version: reward.version,
  }
}

export const RedemptionShape = z.object({
  id: Id('redemption'),
  customer_id: Id('customer'),
  reward_id: Id('reward'),
  state: z.enum(redemptionStates),
  points: z.int(),
  issued_at: Instant(),
  redeemed_at: Instant().nullable(),
  ended_at: Instant().nullable(),
  reference: outside(z.string().nullable()),
  version: z.int(),
})

export async function redemptionOf(
  context: Context,
  redemption: Redemption,
): Promise<z.output<typeof RedemptionShape>> {
  return {
    id: redemption.id,
    customer_id: await ownerOf(context, redemption.accountId),
    reward_id: redemption.rewardId,
    state: redemption.state,
    points: redemption.points,
    issued_at: redemption.issuedAt,
    redeemed_at: redemption.redeemedAt,
    ended_at: redemption.endedAt,
    reference: redemption.reference,
    version: redemption.version,
  }
}

export const redemptionVersion = (id: string, { version }: Redemption) => ({ [id]: version })

/** What came back, and what did not. */
export const returnFields = { gone: z.int().describe('Points whose own expiry has come; not given back.') }

/** What the examples need first: a program, a member, something to redeem, and points for it. */
export const givenProgram = {
  program: {
    tool: 'update_loyalty_program',
    input: {
      version: 0,
      name: 'Club',
      expiry: 'P12M',
      earn_rules: [{ kind: 'spend', points: 1, per_amount: 100 }],
      tiers: { metric: 'points', window: 'P12M', tiers: [{ name: 'Gold', threshold: 500 }] },
    },
  },
}

export const givenMember = {
  ...givenProgram,
  customer: { tool: 'create_customer', input: { name: 'Ana Ruiz', phone: '+34 612 345 678' } },
  member: { tool: 'enrol_loyalty_member', input: { customer_id: '$customer.id' } },
}

export const givenPurchase = {
  ...givenMember,
  accrual: {
    tool: 'accrue_loyalty_points',
    input: {
      receipt: '2026-0117',
      customer_id: '$customer.id',
      lines: [{ net: { amount: 20_000, currency: 'EUR' } }],
    },
  },
}

export const givenReward = {
  reward: {
    tool: 'upsert_loyalty_reward',
    input: { code: 'TEN-OFF', name: 'Ten off', points: 100, kind: 'discount_percent', percent: 10 },
  },
}

export const givenIssued = {
  ...givenPurchase,
  ...givenReward,
  issued: {
    tool: 'issue_loyalty_reward',
    input: { customer_id: '$customer.id', reward_id: '$reward.id' },
  },
}

export const givenRedeemed = {
  ...givenIssued,
  redeemed: { tool: 'redeem_loyalty_reward', input: { redemption_id: '$issued.id' } },
}
