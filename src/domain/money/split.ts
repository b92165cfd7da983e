/** Splits that lose nothing: largest remainder, and of equal remainders the earlier. */

import { type Fraction, fraction, halfUp, plus } from './fractions.ts'

/**
 * The parts sum to `total`, each within one of its exact share. Where nothing weighs anything, the first takes it all.
 * @param total minor units, not negative
 * @param weights not negative, at least one
 */
export function split(total: number, weights: number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (whole === 0n) return weights.map((_, index) => (index === 0 ? total : 0))
  return largestRemainder(
    total,
    weights.map(weight => fraction(BigInt(total) * BigInt(weight), whole)),
  )
}

/** Rounds exact amounts so that what is shown of each sums to their sum, half-up and once. */
export function roundTogether(exact: Fraction[]): number[] {
  if (exact.length === 0) return []
  return largestRemainder(halfUp(exact.reduce(plus)), exact)
}

function largestRemainder(total: number, exact: Fraction[]): number[] {
  const parts = exact.map(({ n, d }) => Number(n / d))
  const missing = total - parts.reduce((sum, part) => sum + part, 0)
  const byRemainder = exact
    .map(({ n, d }, index) => ({ index, n: n % d, d }))
    .sort((one, other) => {
      const difference = other.n * one.d - one.n * other.d
      return difference === 0n ? one.index - other.index : difference > 0n ? 1 : -1
    })
  for (const { index } of byRemainder.slice(0, missing)) parts[index]! += 1
  return parts
}

export interface Parts {
  net: number
  tax: number
}

/**
 * What an amount takes of a line of which some was taken before: its tax by its share, half-up over all that was ever
 * taken, so that the pieces of a line sum to the line's own net and tax.
 * @param amount with its tax, at most what is left
 */
export function pieceOf(line: Parts, taken: Parts, amount: number): Parts {
  const total = line.net + line.tax
  if (total === 0) return { net: 0, tax: 0 }
  const soFar = taken.net + taken.tax + amount
  const taxSoFar = halfUp(fraction(BigInt(line.tax) * BigInt(soFar), total))
  // An amount of one may belong to the tax that was rounded the other way before: never less than nothing.
  const tax = Math.min(Math.max(taxSoFar - taken.tax, 0), amount)
  return { net: amount - tax, tax }
}
