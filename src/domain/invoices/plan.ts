/** A payment plan: a deposit and instalments that sum to the invoice, to the minor unit. */

import { and, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { amountOf, type Money, priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import { split } from '../money/split.ts'
import { lockInvoice, sumsOf, todayOf, update } from './read.ts'
import { type Instalment, impossible } from './states.ts'
import { invoiceInstalments } from './tables.ts'

/** Those without an amount share what the others leave. */
export interface AskedInstalment {
  amount?: Money
  due_date: Temporal.PlainDate
}

/** In place of any earlier plan. @returns all of the invoice's, what was paid before the plan first @throws Refusal `not_found`, `invalid_transition`, `invalid_input` */
export async function planPayments(
  context: Context,
  invoiceId: string,
  asked: AskedInstalment[],
): Promise<Instalment[]> {
  const { db, workspace } = context
  const invoice = await lockInvoice(context, invoiceId)
  if (invoice.status !== 'open') {
    throw impossible(invoice.status, 'plan', 'Only what is open is paid by a plan.')
  }
  const { total, due } = await sumsOf(context, invoice)
  const today = todayOf(context, invoice)
  mustBeInOrder(asked, today)
  const amounts = amountsOf(context, due, asked)
  const settled = total - due
  const instalments = [
    ...(settled > 0 ? [{ amount: settled, dueDate: today }] : []),
    ...asked.map(({ due_date: dueDate }, index) => ({ amount: amounts[index]!, dueDate })),
  ]
  const own = and(
    eq(invoiceInstalments.workspaceId, workspace.id),
    eq(invoiceInstalments.invoiceId, invoiceId),
  )
  await db.delete(invoiceInstalments).where(own)
  await db.insert(invoiceInstalments).values(
    instalments.map((instalment, index) => ({
      workspaceId: workspace.id,
      invoiceId,
      number: index + 1,
      ...instalment,
    })),
  )
  await update(context, invoice, { dueDate: asked.at(-1)!.due_date })
  context.emit({ type: 'invoice.planned', subject: { kind: 'invoice', id: invoiceId } })
  return instalments
}

function amountsOf(context: Context, due: number, asked: AskedInstalment[]): number[] {
  const given = asked.map(({ amount }) => (amount ? amountOf(context, amount) : null))
  const rest = due - given.reduce<number>((sum, amount) => sum + (amount ?? 0), 0)
  const open = given.filter(amount => amount === null).length
  const shares = open > 0 && rest > 0 ? split(rest, Array(open).fill(1)) : []
  const amounts = given.map(amount => amount ?? shares.shift() ?? 0)
  if (amounts.reduce((sum, amount) => sum + amount, 0) === due && amounts.every(amount => amount > 0))
    return amounts
  throw new Refusal(
    'invalid_input',
    'instalments: They must sum to what is due, each more than nothing.',
    { field: 'instalments', due: priceOf(context, due) },
    ['get_invoice'],
  )
}

function mustBeInOrder(asked: AskedInstalment[], today: Temporal.PlainDate): void {
  for (const [index, { due_date }] of asked.entries()) {
    const before = index === 0 ? today.subtract({ days: 1 }) : asked[index - 1]!.due_date
    if (Temporal.PlainDate.compare(before, due_date) < 0) continue
    throw new Refusal(
      'invalid_input',
      `instalments[${index}].due_date: Each is due after the one before, the first today or later.`,
      { field: `instalments[${index}].due_date` },
    )
  }
}
