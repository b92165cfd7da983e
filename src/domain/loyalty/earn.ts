/** What a purchase earns: functions of plain data. Amounts are minor units, points whole; what is left over is lost. */

/** One thing that was bought. What was paid with a pass, or cost nothing, has neither net nor tax. */
export interface Line {
  /** As the catalog of the business has it: of a service, its category. */
  category: string | null
  /** The service or product, by its uuid. */
  itemId: string | null
  /** Of all units together. */
  net: number
  tax: number
  quantity: number
}

export interface Activity {
  /** Somebody came: a booking or a class. */
  visit: boolean
  lines: Line[]
}

interface RuleTerms {
  points: number
  /** Of what the rule counts; below it, it earns nothing. */
  minimum: number
  tax: 'before_tax' | 'after_tax'
}

/** `per` null: for each unit. Otherwise for each full `per` of what they cost. */
export type EarnRule = RuleTerms &
  (
    | { kind: 'visit' }
    | { kind: 'spend'; per: number }
    | { kind: 'item'; itemIds: string[]; per: number | null }
    | { kind: 'category'; categories: string[]; per: number | null }
  )

/** Earns nothing, and counts towards nothing. */
export interface Excluded {
  itemIds: string[]
  categories: string[]
}

/** Of the one promotion that applies: percent of what the rule earns, or points on top. */
export interface PromotionTerms {
  percent: number | null
  addition: number | null
}

export interface Earned {
  points: number
  /** By the best rule alone. */
  base: number
  /** The best rule's place in the program; null: none matches. */
  rule: number | null
}

/** More is a slip of whoever set the rules; it must fit the ledger. */
export const MOST_POINTS = 1_000_000_000

/**
 * Of several rules that match, the best one counts, not their sum; of two as good, the first. A promotion needs something
 * to promote: where no rule earns, neither does it.
 */
export function earnedBy(
  rules: EarnRule[],
  excluded: Excluded,
  activity: Activity,
  promotion: PromotionTerms | null = null,
): Earned {
  const counted = countedLines(activity.lines, excluded)
  let best: Earned = { points: 0, base: 0, rule: null }
  for (const [rule, terms] of rules.entries()) {
    const base = Math.min(MOST_POINTS, byRule(terms, { ...activity, lines: counted }))
    if (base > best.base) best = { points: promoted(base, promotion), base, rule }
  }
  return best
}

function promoted(base: number, promotion: PromotionTerms | null): number {
  if (!promotion) return base
  const { percent, addition } = promotion
  return Math.min(MOST_POINTS, Math.floor((base * (percent ?? 100)) / 100) + (addition ?? 0))
}

export function countedLines(lines: Line[], { itemIds, categories }: Excluded): Line[] {
  return lines.filter(
    ({ itemId, category }) =>
      !(itemId !== null && itemIds.includes(itemId)) &&
      !(category !== null && categories.some(name => sameCategory(name, category))),
  )
}

function byRule(rule: EarnRule, { visit, lines }: Activity): number {
  const matching = linesOf(rule, lines)
  const amount = matching.reduce((sum, { net, tax }) => sum + net + (rule.tax === 'after_tax' ? tax : 0), 0)
  if (matching.length === 0 || amount < rule.minimum) return 0
  if (rule.kind === 'visit') return visit ? rule.points : 0
  if (rule.per !== null) return Math.floor(amount / rule.per) * rule.points
  return matching.reduce((sum, { quantity }) => sum + quantity, 0) * rule.points
}

/** A visit counts whatever it cost; what was bought for nothing, or with a pass, is no purchase. */
function linesOf(rule: EarnRule, lines: Line[]): Line[] {
  if (rule.kind === 'visit') return lines
  const paid = lines.filter(({ net, tax }) => net + tax > 0)
  if (rule.kind === 'spend') return paid
  if (rule.kind === 'item')
    return paid.filter(({ itemId }) => itemId !== null && rule.itemIds.includes(itemId))
  return paid.filter(
    ({ category }) => category !== null && rule.categories.some(name => sameCategory(name, category)),
  )
}

/** Somebody types them each time. */
function sameCategory(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase()
}

/** What tiers count of a purchase: what it came to after tax, and whether somebody came. */
export function countedOf(activity: Activity, excluded: Excluded): { spendAmount: number; visits: 0 | 1 } {
  const lines = countedLines(activity.lines, excluded)
  return {
    spendAmount: lines.reduce((sum, { net, tax }) => sum + net + tax, 0),
    visits: activity.visit && lines.length > 0 ? 1 : 0,
  }
}
