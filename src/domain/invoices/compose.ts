/** What is asked of an invoice, made into lines with their totals; the same code shows them and stores them. */

import { readSettings } from '../../access/settings.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { amountOf, type Money } from '../business/prices.ts'
import type { Context } from '../context.ts'
import {
  type Discount,
  MILLION,
  type Rounding,
  type TaxMode,
  type Totals,
  totalsOf,
} from '../money/totals.ts'
import type { Invoice, InvoiceLine } from './tables.ts'

/** One of the two. */
export interface AskedDiscount {
  /** Minor units. */
  amount?: number
  percent?: number
}

export interface NewLine {
  description: string
  quantity: number
  unit_price: Money
  discount?: AskedDiscount
  /** Of the workspace's rates; default: `standard`. */
  tax_category?: string
  /** Instead of a category. */
  tax_percent?: number
  /** Where its net goes; default: revenue. */
  account?: InvoiceLine['account']
}

export interface Composition {
  lines: NewLine[]
  discount?: AskedDiscount
  tax_mode?: TaxMode
  rounding?: Rounding
}

export type ComposedLine = Omit<InvoiceLine, 'workspaceId' | 'invoiceId'>

export interface Composed
  extends Pick<Invoice, 'taxMode' | 'rounding' | 'discount' | 'netAmount' | 'taxAmount' | 'totalAmount'> {
  lines: ComposedLine[]
  dueDays: number
}

/** The most that a document may come to: ten billion of the major unit. */
const MOST = 1_000_000_000_000

/** Writes nothing. @throws Refusal `invalid_input`, `currency_mismatch` */
export async function compose(context: Context, asked: Composition): Promise<Composed> {
  const { invoicing } = await readSettings(context)
  const taxMode = asked.tax_mode ?? invoicing.tax_mode
  const rounding = asked.rounding ?? invoicing.rounding
  const discount = discountOf(asked.discount, 'discount')
  const priced = asked.lines.map((line, index) => ({
    quantity: line.quantity,
    unitAmount: amountOf(context, line.unit_price),
    discount: discountOf(line.discount, `lines[${index}].discount`),
    taxRate: rateOf(line, invoicing.tax_rates, index),
  }))
  const listed = priced.reduce((sum, { quantity, unitAmount }) => sum + quantity * unitAmount, 0)
  if (listed > MOST)
    throw new Refusal('invalid_input', 'lines: They come to more than an invoice can.', { field: 'lines' })
  const totals: Totals = totalsOf(priced, { taxMode, rounding, discount })
  return {
    taxMode,
    rounding,
    discount,
    dueDays: invoicing.due_days,
    netAmount: totals.net,
    taxAmount: totals.tax,
    totalAmount: totals.total,
    lines: asked.lines.map((line, index) => ({
      id: newId(),
      position: index + 1,
      description: line.description,
      ...priced[index]!,
      discountAmount: totals.lines[index]!.discount,
      account: line.account ?? 'revenue',
      netAmount: totals.lines[index]!.net,
      taxAmount: totals.lines[index]!.tax,
    })),
  }
}

function discountOf(asked: AskedDiscount | undefined, field: string): Discount | null {
  if (!asked) return null
  if ((asked.amount === undefined) === (asked.percent === undefined)) {
    throw new Refusal('invalid_input', `${field}: Give an amount or a percentage.`, { field })
  }
  if (asked.amount !== undefined) return { amount: asked.amount }
  return { rate: millionths(asked.percent!) }
}

function rateOf(
  { tax_category, tax_percent }: NewLine,
  rates: Record<string, number>,
  index: number,
): number {
  const field = `lines[${index}].tax_category`
  if (tax_percent !== undefined && tax_category !== undefined) {
    throw new Refusal('invalid_input', `${field}: Give a category or a percentage.`, { field })
  }
  if (tax_percent !== undefined) return millionths(tax_percent)
  if (tax_category === undefined) return millionths(rates.standard ?? 0)
  if (Object.hasOwn(rates, tax_category)) return millionths(rates[tax_category]!)
  throw new Refusal(
    'invalid_input',
    `${field}: The workspace's invoicing.tax_rates have no such category.`,
    { field, known: Object.keys(rates) },
    ['update_workspace_settings'],
  )
}

/** Of a percentage with at most four decimals; further ones are cut. */
export function millionths(percent: number): number {
  return Math.min(Math.round(percent * (MILLION / 100)), MILLION)
}

export function percentOf(rate: number): number {
  return rate / (MILLION / 100)
}
