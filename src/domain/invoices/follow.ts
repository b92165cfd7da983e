/** What rests on an invoice and moves with it: the points that it earns, and what is earned of a package that it sold. */

import type { Context } from '../context.ts'
import { recognise } from '../entitlements/recognise.ts'
import { pointsFollow } from './points.ts'
import type { Invoice } from './tables.ts'

/** @param invoice locked, as it is now @param undone what was given back is not, after all */
export async function follow(
  context: Context,
  invoice: Invoice,
  { undone = false }: { undone?: boolean } = {},
): Promise<void> {
  if (invoice.sourceKind === 'lot') await recognise(context, invoice.sourceId!)
  await pointsFollow(context, invoice, { undone })
}
