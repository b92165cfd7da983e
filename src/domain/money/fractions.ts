/** Exact fractions of minor units, for what must not be rounded yet; and the one way of rounding: half-up, once. */

export interface Fraction {
  /** Numerator and denominator of an amount that is not negative. */
  n: bigint
  d: bigint
}

export function fraction(n: bigint | number, d: bigint | number = 1n): Fraction {
  return { n: BigInt(n), d: BigInt(d) }
}

export function times(one: Fraction, other: Fraction): Fraction {
  return { n: one.n * other.n, d: one.d * other.d }
}

export function minus(one: Fraction, other: Fraction): Fraction {
  return { n: one.n * other.d - other.n * one.d, d: one.d * other.d }
}

export function plus(one: Fraction, other: Fraction): Fraction {
  if (one.d === other.d) return { n: one.n + other.n, d: one.d }
  return { n: one.n * other.d + other.n * one.d, d: one.d * other.d }
}

export function halfUp({ n, d }: Fraction): number {
  return Number((2n * n + d) / (2n * d))
}
