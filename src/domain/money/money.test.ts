import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Parts, pieceOf, split } from './split.ts'
import { type Discount, decimalsOf, type PricedLine, type Terms, totalsOf } from './totals.ts'

/** A slow, obvious rational number: reduced at every step. */
class Q {
  readonly n: bigint
  readonly d: bigint
  constructor(n: bigint | number, d: bigint | number = 1n) {
    const [top, bottom] = [BigInt(n), BigInt(d)]
    const divisor = gcd(top < 0n ? -top : top, bottom) || 1n
    this.n = top / divisor
    this.d = bottom / divisor
  }
  add(other: Q): Q {
    return new Q(this.n * other.d + other.n * this.d, this.d * other.d)
  }
  sub(other: Q): Q {
    return this.add(new Q(-other.n, other.d))
  }
  mul(other: Q): Q {
    return new Q(this.n * other.n, this.d * other.d)
  }
  div(other: Q): Q {
    return new Q(this.n * other.d, this.d * other.n)
  }
  less(other: Q): boolean {
    return this.n * other.d < other.n * this.d
  }
  /** The nearest integer, and of two the greater; found by trying. */
  round(): number {
    let whole = Number(this.n / this.d)
    while (!this.less(new Q(whole).add(new Q(1, 2)))) whole++
    return whole
  }
}

function gcd(one: bigint, other: bigint): bigint {
  return other === 0n ? one : gcd(other, one % other)
}

/** 0, 2 and 3 decimals: what is usual to charge, in minor units. */
const currencies = [
  { currency: 'JPY', decimals: 0, most: 200_000 },
  { currency: 'EUR', decimals: 2, most: 2_000_000 },
  { currency: 'KWD', decimals: 3, most: 9_999_999 },
]

test('JPY has no decimals, KWD three', () => {
  for (const { currency, decimals } of currencies) assert.equal(decimalsOf(currency), decimals)
})

const discount = (most: number): fc.Arbitrary<Discount | null> =>
  fc.oneof(
    fc.constant(null),
    fc.record({ amount: fc.integer({ min: 0, max: most }) }),
    fc.record({ rate: fc.integer({ min: 0, max: 1_000_000 }) }),
  )
const lineOf = (most: number): fc.Arbitrary<PricedLine> =>
  fc.record({
    quantity: fc.integer({ min: 1, max: 12 }),
    unitAmount: fc.integer({ min: 0, max: most }),
    discount: discount(most),
    taxRate: fc.constantFrom(0, 55_000, 70_000, 100_000, 190_000, 210_000, 81_250, 1_000_000),
  })
const terms = (most: number): fc.Arbitrary<Terms> =>
  fc.record({
    taxMode: fc.constantFrom('inclusive', 'exclusive'),
    rounding: fc.constantFrom('line', 'invoice'),
    discount: discount(most),
  })

for (const { currency, most } of currencies) {
  test(`totals are what exact arithmetic says, rounded half-up once, in ${currency}`, () => {
    const documents = fc.tuple(fc.array(lineOf(most), { minLength: 1, maxLength: 8 }), terms(most))
    fc.assert(
      fc.property(documents, ([lines, how]) => {
        const totals = totalsOf(lines, how)
        const prices = pricesOf(lines, how)
        const rate = (index: number) => new Q(lines[index]!.taxRate, 1_000_000)
        const exact = prices.map((price, index) => {
          const tax =
            how.taxMode === 'inclusive'
              ? price.mul(rate(index)).div(new Q(1).add(rate(index)))
              : price.mul(rate(index))
          return { price, tax }
        })
        assert.equal(totals.net + totals.tax, totals.total)
        for (const field of ['net', 'tax', 'discount'] as const) {
          const sum = totals.lines.reduce((sum, line) => sum + line[field], 0)
          assert.equal(sum, totals[field], `the lines' ${field} sums to the total shown`)
          assert.ok(
            totals.lines.every(line => line[field] >= 0),
            'nothing goes below 0',
          )
        }
        const shown = (index: number) => {
          const { net, tax } = totals.lines[index]!
          return { price: how.taxMode === 'inclusive' ? net + tax : net, tax }
        }
        for (const field of ['price', 'tax'] as const) {
          if (how.rounding === 'line') {
            for (const [index, values] of exact.entries())
              assert.equal(shown(index)[field], values[field].round(), field)
            continue
          }
          for (const taxRate of new Set(lines.map(line => line.taxRate))) {
            const places = lines.flatMap((line, index) => (line.taxRate === taxRate ? [index] : []))
            const whole = places.reduce((sum, index) => sum.add(exact[index]![field]), new Q(0))
            assert.equal(
              places.reduce((sum, index) => sum + shown(index)[field], 0),
              whole.round(),
            )
            for (const index of places) {
              const off = new Q(shown(index)[field]).sub(exact[index]![field])
              assert.ok(off.less(new Q(1)) && new Q(-1).less(off), 'a line is within one of its exact share')
            }
          }
        }
      }),
      { numRuns: 400 },
    )
  })

  test(`what is split sums to the minor unit, as largest remainder says, in ${currency}`, () => {
    const weights = fc.array(fc.integer({ min: 0, max: most }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: most }), weights, (total, weights) => {
        assert.deepEqual(split(total, weights), splitSlowly(total, weights))
      }),
      { numRuns: 400 },
    )
  })

  test(`the refunds of a line sum to its net and its tax, in ${currency}`, () => {
    const amounts = fc.integer({ min: 0, max: most })
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 9 })
    fc.assert(
      fc.property(amounts, amounts, cuts, fc.boolean(), (net, tax, cuts, undoes) => {
        const line = { net, tax }
        const taken: Parts = { net: 0, tax: 0 }
        const taking: Parts[] = []
        const take = (amount: number) => {
          const piece = pieceOf(line, taken, amount)
          assert.equal(piece.net + piece.tax, amount)
          assert.ok(piece.net >= 0 && piece.tax >= 0)
          taken.net += piece.net
          taken.tax += piece.tax
          taking.push(piece)
        }
        const left = () => net + tax - taken.net - taken.tax
        for (const cut of cuts) take(Math.floor(left() * cut))
        if (undoes && taking[0]) {
          // The first one failed, and its money is refunded after all.
          taken.net -= taking[0].net
          taken.tax -= taking[0].tax
        }
        take(left())
        assert.deepEqual(taken, line)
      }),
      { numRuns: 400 },
    )
  })
}

test('ties go to the earlier line', () => {
  assert.deepEqual(split(100, [1, 1, 1]), [34, 33, 33])
  assert.deepEqual(split(2, [1, 1, 1]), [1, 1, 0])
  assert.deepEqual(split(5, [0, 0]), [5, 0])
})

test('tax inside is round(gross × r / (1 + r)); on top it is of the net that is not rounded yet', () => {
  const one = (unitAmount: number, taxRate: number, discount?: Discount) => [
    { quantity: 1, unitAmount, taxRate, discount },
  ]
  assert.deepEqual(totalsOf(one(12_100, 210_000), { taxMode: 'inclusive', rounding: 'line' }), {
    lines: [{ discount: 0, net: 10_000, tax: 2100 }],
    discount: 0,
    net: 10_000,
    tax: 2100,
    total: 12_100,
  })
  // 0.5 is 1 as net; its tax is of 0.5.
  const half = totalsOf(one(1, 900_000, { rate: 500_000 }), { taxMode: 'exclusive', rounding: 'line' })
  assert.deepEqual([half.net, half.tax], [1, 0])
})

/** Prices after every discount, exact. */
function pricesOf(lines: PricedLine[], { discount }: Terms): Q[] {
  const zero = (amount: Q) => (amount.less(new Q(0)) ? new Q(0) : amount)
  const own = lines.map(line => {
    const listed = new Q(line.quantity).mul(new Q(line.unitAmount))
    if (!line.discount) return listed
    if ('amount' in line.discount) return zero(listed.sub(new Q(line.discount.amount)))
    return listed.mul(new Q(1).sub(new Q(line.discount.rate, 1_000_000)))
  })
  if (!discount) return own
  const rounded = own.map(amount => amount.round())
  const sum = rounded.reduce((total, amount) => total + amount, 0)
  const whole =
    'amount' in discount
      ? Math.min(discount.amount, sum)
      : new Q(sum).mul(new Q(discount.rate, 1_000_000)).round()
  const shares = splitSlowly(whole, rounded)
  return own.map((amount, index) => zero(amount.sub(new Q(shares[index]!))))
}

/** Hands out what is left one by one, each to who is furthest below their share. */
function splitSlowly(total: number, weights: number[]): number[] {
  const sum = weights.reduce((sum, weight) => sum + weight, 0)
  if (sum === 0) return weights.map((_, index) => (index === 0 ? total : 0))
  const exact = weights.map(weight => new Q(total).mul(new Q(weight, sum)))
  const parts = exact.map(share => Number(share.n / share.d))
  while (parts.reduce((sum, part) => sum + part, 0) < total) {
    let neediest = 0
    for (const index of exact.keys()) {
      const behind = (at: number) => exact[at]!.sub(new Q(parts[at]!))
      if (behind(neediest).less(behind(index))) neediest = index
    }
    parts[neediest]! += 1
  }
  return parts
}
