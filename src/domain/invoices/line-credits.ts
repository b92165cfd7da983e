/** What comes off the lines of an invoice: each piece takes its share of the line's net and tax, and all of them are the line. */

import { and, eq } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import { type Parts, pieceOf, split } from '../money/split.ts'
import { linesOf } from './read.ts'
import { type InvoiceLine, invoiceLineCredits } from './tables.ts'

export interface LinePiece extends Pick<InvoiceLine, 'account' | 'netAmount' | 'taxAmount'> {
  lineId: string
}

/** A line, and how much of it; without an amount, all that is left of it. Minor units, with tax. */
export interface AskedLine {
  line_id: string
  amount?: number
}

export interface Left {
  line: Pick<InvoiceLine, 'id' | 'account' | 'netAmount' | 'taxAmount'>
  taken: Parts
  /** With its tax. */
  left: number
}

/** @throws Refusal `not_found` of a line, `exceeds_creditable` */
export async function piecesOfLines(
  context: Context,
  invoiceId: string,
  asked: AskedLine[],
): Promise<LinePiece[]> {
  const lines = await leftOf(context, invoiceId)
  const sums = new Map<string, number>()
  for (const { line_id, amount } of asked) {
    const found = lines.find(({ line }) => line.id === line_id)
    if (!found) {
      throw new Refusal('not_found', 'No such invoice line in this workspace.', { kind: 'line' }, [
        'get_invoice',
      ])
    }
    sums.set(line_id, (sums.get(line_id) ?? 0) + (amount ?? found.left))
  }
  return lines.flatMap(left => {
    const amount = sums.get(left.line.id) ?? 0
    if (amount > left.left) throw exceeds(context, left.left)
    return amount === 0 ? [] : [piece(left, amount)]
  })
}

/** An amount of the whole, shared out over what is left of the lines. @throws Refusal `exceeds_creditable` */
export async function piecesOfAmount(
  context: Context,
  invoiceId: string,
  amount: number,
): Promise<LinePiece[]> {
  const lines = await leftOf(context, invoiceId)
  const whole = lines.reduce((sum, { left }) => sum + left, 0)
  if (amount > whole) throw exceeds(context, whole)
  return shareOut(lines, amount)
}

/** By what is left of each line. @param amount at most what is left of all */
export function shareOut(lines: Left[], amount: number): LinePiece[] {
  const shares = split(
    amount,
    lines.map(({ left }) => left),
  )
  return lines.flatMap((left, index) => (shares[index]! === 0 ? [] : [piece(left, shares[index]!)]))
}

/** What of the invoice is not credited or refunded yet, with its tax. */
export async function creditableOf(context: Context, invoiceId: string): Promise<number> {
  return (await leftOf(context, invoiceId)).reduce((sum, { left }) => sum + left, 0)
}

/** What remains of each line. */
export async function remainingLines(
  context: Context,
  invoiceId: string,
): Promise<(Parts & { line: InvoiceLine })[]> {
  return (await leftOf(context, invoiceId)).map(({ line, taken }) => ({
    line,
    net: line.netAmount - taken.net,
    tax: line.taxAmount - taken.tax,
  }))
}

export async function notePieces(
  { db, workspace }: Context,
  invoiceId: string,
  sourceId: string,
  pieces: LinePiece[],
): Promise<void> {
  if (pieces.length === 0) return
  await db.insert(invoiceLineCredits).values(
    pieces.map(({ lineId, netAmount, taxAmount }) => ({
      workspaceId: workspace.id,
      sourceId,
      lineId,
      invoiceId,
      netAmount,
      taxAmount,
    })),
  )
}

export async function undoPieces({ db, workspace }: Context, sourceId: string): Promise<void> {
  await db
    .update(invoiceLineCredits)
    .set({ undone: true })
    .where(and(eq(invoiceLineCredits.workspaceId, workspace.id), eq(invoiceLineCredits.sourceId, sourceId)))
}

export function sumOf(pieces: Pick<LinePiece, 'netAmount' | 'taxAmount'>[]): Parts & { total: number } {
  const net = pieces.reduce((sum, { netAmount }) => sum + netAmount, 0)
  const tax = pieces.reduce((sum, { taxAmount }) => sum + taxAmount, 0)
  return { net, tax, total: net + tax }
}

function piece({ line, taken }: Left, amount: number): LinePiece {
  const { net, tax } = pieceOf({ net: line.netAmount, tax: line.taxAmount }, taken, amount)
  return { lineId: line.id, account: line.account, netAmount: net, taxAmount: tax }
}

async function leftOf(context: Context, invoiceId: string): Promise<(Left & { line: InvoiceLine })[]> {
  const { db, workspace } = context
  const credits = await db
    .select()
    .from(invoiceLineCredits)
    .where(
      and(
        eq(invoiceLineCredits.workspaceId, workspace.id),
        eq(invoiceLineCredits.invoiceId, invoiceId),
        eq(invoiceLineCredits.undone, false),
      ),
    )
  return (await linesOf(context, invoiceId)).map(line => {
    const { net, tax, total } = sumOf(credits.filter(({ lineId }) => lineId === line.id))
    return { line, taken: { net, tax }, left: line.netAmount + line.taxAmount - total }
  })
}

function exceeds(context: Context, left: number): Refusal {
  return new Refusal(
    'exceeds_creditable',
    'Credit notes and refunds together would exceed the invoice, or the line.',
    { creditable: priceOf(context, left) },
    ['get_invoice'],
  )
}
