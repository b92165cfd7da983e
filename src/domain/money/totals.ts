/** What lines come to: discounts, tax inside or on top, rounded by line or over the whole. Exact until it is rounded once. */

import { type Fraction, fraction, halfUp, minus, times } from './fractions.ts'
import { roundTogether, split } from './split.ts'

export const taxModes = ['inclusive', 'exclusive'] as const
/** Whether prices have their tax in them. */
export type TaxMode = (typeof taxModes)[number]

export const roundings = ['line', 'invoice'] as const
/** `line`: each line is rounded. `invoice`: the sum of each rate is, and the lines are its parts. */
export type Rounding = (typeof roundings)[number]

/** One of the two: minor units, or millionths. */
export type Discount = { amount: number } | { rate: number }

export interface PricedLine {
  quantity: number
  /** Minor units. */
  unitAmount: number
  discount?: Discount | null
  /** Millionths: 210000 is 21 %. */
  taxRate: number
}

export interface Terms {
  taxMode: TaxMode
  rounding: Rounding
  /** Of the whole; shared out over the lines by what they come to. */
  discount?: Discount | null
}

export interface LineTotal {
  /** Its own and its share of the whole's, before tax is told apart. */
  discount: number
  net: number
  tax: number
}

export interface Totals {
  lines: LineTotal[]
  discount: number
  net: number
  tax: number
  total: number
}

export const MILLION = 1_000_000

export function totalsOf(lines: PricedLine[], terms: Terms): Totals {
  const listed = lines.map(({ quantity, unitAmount }) => quantity * unitAmount)
  const own = lines.map(({ discount }, index) => reduced(fraction(listed[index]!), discount))
  const shares = sharesOf(own.map(halfUp), terms.discount)
  const priced = own.map((amount, index) => notBelowZero(minus(amount, fraction(shares[index]!))))
  const taxed =
    terms.taxMode === 'inclusive' ? inclusive(lines, priced, terms) : exclusive(lines, priced, terms)
  const totals = taxed.map(({ net, tax }, index) => ({
    discount: Math.max(listed[index]! - halfUp(priced[index]!), 0),
    net,
    tax,
  }))
  const sum = (field: keyof LineTotal) => totals.reduce((sum, line) => sum + line[field], 0)
  const [net, tax] = [sum('net'), sum('tax')]
  return { lines: totals, discount: sum('discount'), net, tax, total: net + tax }
}

/** `tax = round(gross × r / (1 + r))` */
function inclusive(lines: PricedLine[], gross: Fraction[], { rounding }: Terms) {
  const tax = lines.map(({ taxRate }, index) => times(gross[index]!, fraction(taxRate, MILLION + taxRate)))
  const totals = rounded(lines, gross, rounding)
  const taxes = rounded(lines, tax, rounding)
  return totals.map((total, index) => {
    const shown = Math.min(taxes[index]!, total)
    return { net: total - shown, tax: shown }
  })
}

/** Tax of the net that is not rounded yet. */
function exclusive(lines: PricedLine[], nets: Fraction[], { rounding }: Terms) {
  const tax = lines.map(({ taxRate }, index) => times(nets[index]!, fraction(taxRate, MILLION)))
  const taxes = rounded(lines, tax, rounding)
  return rounded(lines, nets, rounding).map((net, index) => ({ net, tax: taxes[index]! }))
}

/** Over the whole it is done rate by rate, as a return of tax asks for. */
function rounded(lines: PricedLine[], exact: Fraction[], rounding: Rounding): number[] {
  if (rounding === 'line') return exact.map(halfUp)
  const result: number[] = new Array(lines.length)
  for (const rate of new Set(lines.map(({ taxRate }) => taxRate))) {
    const places = lines.flatMap(({ taxRate }, index) => (taxRate === rate ? [index] : []))
    const parts = roundTogether(places.map(index => exact[index]!))
    for (const [at, index] of places.entries()) result[index] = parts[at]!
  }
  return result
}

function reduced(amount: Fraction, discount: Discount | null | undefined): Fraction {
  if (!discount) return amount
  if ('amount' in discount) return notBelowZero(minus(amount, fraction(discount.amount)))
  return times(amount, fraction(MILLION - discount.rate, MILLION))
}

/** By what the lines come to, so that none goes below 0. */
function sharesOf(amounts: number[], discount: Discount | null | undefined): number[] {
  if (!discount) return amounts.map(() => 0)
  const sum = amounts.reduce((total, amount) => total + amount, 0)
  const whole =
    'amount' in discount
      ? Math.min(discount.amount, sum)
      : halfUp(fraction(BigInt(sum) * BigInt(discount.rate), MILLION))
  return amounts.length === 0 ? [] : split(whole, amounts)
}

function notBelowZero(amount: Fraction): Fraction {
  return amount.n < 0n ? fraction(0) : amount
}

/** Of each rate, what it was taken of and what it came to; for people and tax returns. */
export function taxesOf(lines: { taxRate: number; net: number; tax: number }[]) {
  const rates = [...new Set(lines.map(({ taxRate }) => taxRate))].sort((one, other) => one - other)
  return rates.map(rate => {
    const of = lines.filter(({ taxRate }) => taxRate === rate)
    const sum = (field: 'net' | 'tax') => of.reduce((total, line) => total + line[field], 0)
    return { rate, net: sum('net'), tax: sum('tax') }
  })
}

/** Decimals of a currency's minor unit (ISO 4217): 2 of EUR, 0 of JPY, 3 of KWD. */
export function decimalsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits!
}
