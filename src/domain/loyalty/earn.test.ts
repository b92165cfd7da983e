import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { line, perEuro } from '../../../test/support/loyalty.ts'
import {
  type Activity,
  type EarnRule,
  type Excluded,
  earnedBy,
  type Line,
  type PromotionTerms,
} from './earn.ts'

const nothing: Excluded = { itemIds: [], categories: [] }
const perTen: EarnRule = { kind: 'spend', points: 1, per: 1000, minimum: 0, tax: 'before_tax' }
const visit: EarnRule = { kind: 'visit', points: 15, minimum: 0, tax: 'before_tax' }
const item: EarnRule = {
  kind: 'item',
  itemIds: ['wax'],
  points: 20,
  per: null,
  minimum: 0,
  tax: 'before_tax',
}
const hair: EarnRule = {
  kind: 'category',
  categories: ['Hair'],
  points: 2,
  per: 100,
  minimum: 0,
  tax: 'after_tax',
}

const points = (rules: EarnRule[], activity: Partial<Activity>, excluded = nothing) =>
  earnedBy(rules, excluded, { visit: false, lines: [], ...activity }).points

test('a rule earns by visit, by spend, by item or by category', () => {
  assert.equal(points([visit], { visit: true, lines: [line(0)] }), 15)
  assert.equal(points([visit], { lines: [line(900)] }), 0, 'an order is no visit')
  assert.equal(points([perEuro], { lines: [line(900), line(150)] }), 10)
  assert.equal(points([item], { lines: [line(900, { itemId: 'wax', quantity: 3 }), line(900)] }), 60)
  assert.equal(points([hair], { lines: [line(1000, { category: ' hair', tax: 190 }), line(900)] }), 22)
})

test('several rules that match earn what the best one earns, not their sum', () => {
  const lines = [line(1200, { itemId: 'wax', category: 'hair' })]
  const earned = earnedBy([perEuro, item, hair, visit], nothing, { visit: true, lines })
  assert.deepEqual(earned, { points: 24, base: 24, rule: 2 })
})

test('spend counts before or after tax, as the rule says', () => {
  const lines = [line(1000, { tax: 190 })]
  assert.equal(points([perEuro], { lines }), 10)
  assert.equal(points([{ ...perEuro, tax: 'after_tax' }], { lines }), 11)
})

test('what is excluded earns nothing and counts towards nothing', () => {
  const lines = [line(1000, { itemId: 'voucher' }), line(2000, { category: 'Tips' }), line(500)]
  const excluded = { itemIds: ['voucher'], categories: ['tips'] }
  assert.equal(points([perEuro], { lines }, excluded), 5)
  assert.equal(points([{ ...perEuro, minimum: 600 }], { lines }, excluded), 0)
  assert.equal(points([visit], { visit: true, lines: lines.slice(0, 2) }, excluded), 0)
})

test('below its floor a rule earns nothing, and at it all; what is left over is rounded down', () => {
  const rule = { ...perEuro, minimum: 1000 }
  assert.equal(points([rule], { lines: [line(999)] }), 0)
  assert.equal(points([rule], { lines: [line(1000)] }), 10)
  assert.equal(points([perEuro], { lines: [line(199)] }), 1)
  assert.equal(points([{ ...perTen, points: 5 }], { lines: [line(1999)] }), 5)
})

test('a promotion multiplies or adds, rounds down, and needs something to promote', () => {
  const of = (promotion: PromotionTerms, net: number) =>
    earnedBy([perEuro], nothing, { visit: false, lines: [line(net)] }, promotion).points
  assert.equal(of({ percent: 200, addition: null }, 1500), 30)
  assert.equal(of({ percent: 115, addition: null }, 2000), 23, 'exactly, where fractions of two are not')
  assert.equal(of({ percent: 150, addition: null }, 300), 4)
  assert.equal(of({ percent: null, addition: 50 }, 300), 53)
  assert.equal(of({ percent: null, addition: 50 }, 99), 0)
})

const someLine: fc.Arbitrary<Line> = fc.record({
  category: fc.constantFrom(null, 'a', 'b'),
  itemId: fc.constantFrom(null, 'x', 'y'),
  net: fc.integer({ min: 0, max: 500 }),
  tax: fc.integer({ min: 0, max: 90 }),
  quantity: fc.integer({ min: 1, max: 4 }),
})
const terms = {
  points: fc.integer({ min: 1, max: 9 }),
  minimum: fc.constantFrom(0, 0, 150, 400),
  tax: fc.constantFrom('before_tax' as const, 'after_tax' as const),
}
const per = fc.constantFrom(null, 7, 100)
const someRule: fc.Arbitrary<EarnRule> = fc.oneof(
  fc.record({ kind: fc.constant('visit' as const), ...terms }),
  fc.record({ kind: fc.constant('spend' as const), ...terms, per: fc.constantFrom(7, 100) }),
  fc.record({ kind: fc.constant('item' as const), ...terms, per, itemIds: fc.subarray(['x', 'y']) }),
  fc.record({ kind: fc.constant('category' as const), ...terms, per, categories: fc.subarray(['a', 'b']) }),
)

test('points are as who counts them one by one finds', () => {
  const excluded = fc.record({ itemIds: fc.subarray(['x', 'y']), categories: fc.subarray(['a', 'b']) })
  const promotion = fc.option(
    fc.oneof(
      fc.record({ percent: fc.integer({ min: 101, max: 400 }), addition: fc.constant(null) }),
      fc.record({ percent: fc.constant(null), addition: fc.integer({ min: 1, max: 30 }) }),
    ),
  )
  fc.assert(
    fc.property(
      fc.array(someRule, { maxLength: 5 }),
      excluded,
      fc.boolean(),
      fc.array(someLine, { maxLength: 5 }),
      promotion,
      (rules, excluded, visit, lines, promotion) => {
        const found = earnedBy(rules, excluded, { visit, lines }, promotion)
        assert.equal(found.points, slowly(rules, excluded, visit, lines, promotion))
      },
    ),
    { numRuns: 1000 },
  )
})

/** Coin by coin: each full step is taken off what is left. */
function slowly(
  rules: EarnRule[],
  excluded: Excluded,
  visit: boolean,
  all: Line[],
  promotion: PromotionTerms | null,
): number {
  const each = [0]
  for (const rule of rules) {
    let purse = 0
    let units = 0
    let lines = 0
    for (const one of all) {
      if (one.itemId && excluded.itemIds.includes(one.itemId)) continue
      if (one.category && excluded.categories.includes(one.category)) continue
      if (rule.kind !== 'visit' && one.net === 0 && one.tax === 0) continue
      if (rule.kind === 'item' && !(one.itemId && rule.itemIds.includes(one.itemId))) continue
      if (rule.kind === 'category' && !(one.category && rule.categories.includes(one.category))) continue
      purse += one.net
      if (rule.tax === 'after_tax') purse += one.tax
      units += one.quantity
      lines++
    }
    if (lines === 0 || purse < rule.minimum) continue
    let earned = 0
    if (rule.kind === 'visit') earned = visit ? rule.points : 0
    else if (rule.per === null) for (let unit = 0; unit < units; unit++) earned += rule.points
    else for (; purse >= rule.per; purse -= rule.per) earned += rule.points
    each.push(earned)
  }
  const best = each.sort((one, other) => other - one)[0]!
  if (best === 0 || promotion === null) return best
  if (promotion.addition !== null) return best + promotion.addition
  let hundredths = 0
  for (let point = 0; point < best; point++) hundredths += promotion.percent!
  return (hundredths - (hundredths % 100)) / 100
}
