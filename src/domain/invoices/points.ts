/**
 * Points follow the money. What a purchase has earned is computed anew from all its invoices, whenever one of them is
 * issued, paid, credited, refunded or void: so it is the same in whatever order these come, and however often.
 */

import { and, eq, notInArray } from 'drizzle-orm'
import { lockCustomer } from '../bookings/customer.ts'
import { type Booking, bookings } from '../bookings/tables.ts'
import type { Context } from '../context.ts'
import {
  type Accrual,
  accrueFor,
  findAccrual,
  type Line,
  reverseFor,
  revertFor,
  reviseFor,
  type Source,
  settleFor,
} from '../loyalty/accrual.ts'
import { programAt } from '../loyalty/program.ts'
import { bookingHappened, lineOf } from '../loyalty/visits.ts'
import { remainingLines } from './line-credits.ts'
import { paymentsOf } from './read.ts'
import { type Invoice, invoices } from './tables.ts'

/**
 * Takes the customer's lock, which comes after the invoice's.
 * @param undone what was given back is not, after all: what that took is earned again
 */
export async function pointsFollow(
  context: Context,
  invoice: Invoice,
  { undone = false }: { undone?: boolean } = {},
): Promise<void> {
  const { customerId } = invoice
  const source = sourceOf(invoice)
  if (source.kind === 'invoice' && !(await canEarn(context, source))) return
  await lockCustomer(context, customerId)
  const { lines, paid, everPaid } = await billOf(context, source)
  const change = { source, customerId }
  if (lines.length === 0) {
    // Never paid and owed no more, it may be invoiced again, and earn then; what was refunded whole stays so.
    if (!everPaid) await revertFor(context, change)
    await reverseFor(context, change)
    return
  }
  const accrual = await happened(context, source, customerId, lines)
  if (accrual?.state === 'reversed' && !(undone && paid)) return
  // What is due again earns once it is paid again; until then, no more than was paid for.
  if (accrual?.state === 'earned' && !paid && totalOf(lines) >= totalOf(accrual.lines)) return
  await reviseFor(context, { ...change, lines })
  if (paid) await settleFor(context, { ...change, lines })
}

/** A visit earns, whatever invoices it has; an invoice that stands alone is what was bought. */
function sourceOf({ id, sourceKind, sourceId }: Invoice): Source {
  if (sourceKind === 'booking' || sourceKind === 'order') return { kind: sourceKind, id: sourceId! }
  return { kind: 'invoice', id }
}

/** Where nothing is to be earned, finalising and paying ask one row. */
async function canEarn(context: Context, source: Source): Promise<boolean> {
  if ((await programAt(context, context.now))?.status === 'active') return true
  return (await findAccrual(context, source)) !== null
}

interface Bill {
  /** What remains of all of them, at its own price. */
  lines: Line[]
  /** Nothing of it is owed. */
  paid: boolean
  everPaid: boolean
}

async function billOf(context: Context, source: Source): Promise<Bill> {
  const { db, workspace } = context
  const which =
    source.kind === 'invoice'
      ? eq(invoices.id, source.id)
      : and(eq(invoices.sourceKind, source.kind as 'booking' | 'order'), eq(invoices.sourceId, source.id))
  const rows = await db
    .select()
    .from(invoices)
    .where(and(eq(invoices.workspaceId, workspace.id), which, notInArray(invoices.status, ['draft', 'void'])))
  const item = source.kind === 'booking' ? await itemOf(context, source.id) : { category: null, itemId: null }
  const bill: Bill = { lines: [], paid: rows.every(({ status }) => status === 'paid'), everPaid: false }
  for (const { id } of rows) {
    for (const { line, net, tax } of await remainingLines(context, id)) {
      // A gift card earns where it is spent.
      if (net + tax > 0 && line.account !== 'gift_card_liability')
        bill.lines.push({ ...item, net, tax, quantity: line.quantity })
    }
    bill.everPaid ||= (await paymentsOf(context, id)).some(({ appliedAmount }) => appliedAmount > 0)
  }
  return bill
}

async function itemOf(context: Context, bookingId: string): Promise<Pick<Line, 'category' | 'itemId'>> {
  const { serviceId } = await visitOf(context, bookingId)
  const { category, itemId } = await lineOf(context, serviceId, 0, 1)
  return { category, itemId }
}

/** An invoice that stands alone has happened once it is issued; a visit, once it is completed. */
async function happened(
  context: Context,
  source: Source,
  customerId: string,
  lines: Line[],
): Promise<Accrual | null> {
  if (source.kind === 'invoice')
    return accrueFor(context, { source, customerId, lines, paid: false, at: context.now })
  if (source.kind === 'booking') {
    const booking = await visitOf(context, source.id)
    if (booking.state === 'completed') return bookingHappened(context, booking)
  }
  return findAccrual(context, source)
}

/** As it is, whoever takes the money: a member who sees only their own bookings takes that of others' as well. */
async function visitOf({ db, workspace }: Context, id: string): Promise<Booking> {
  const [booking] = await db
    .select()
    .from(bookings)
    .where(and(eq(bookings.workspaceId, workspace.id), eq(bookings.id, id)))
  return booking!
}

function totalOf(lines: Line[]): number {
  return lines.reduce((sum, { net, tax }) => sum + net + tax, 0)
}
