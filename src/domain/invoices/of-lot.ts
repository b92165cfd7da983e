/** The invoice of a package that is sold: its price is deferred until it is used. */

import { readSettings } from '../../access/settings.ts'
import { priceOf } from '../business/prices.ts'
import type { Context } from '../context.ts'
import { createDraft } from './draft.ts'
import { finalizeInvoice } from './finalize.ts'
import type { Invoice } from './tables.ts'

export type Invoicing = 'off' | 'draft' | 'open'

export interface SoldLot {
  id: string
  customerId: string
  name: string
  priceAmount: number | null
}

/** What costs nothing needs none. @param asked default: as the settings say of visits */
export async function invoiceLot(
  context: Context,
  { id, customerId, name, priceAmount }: SoldLot,
  asked?: Invoicing,
): Promise<Invoice | null> {
  const invoicing = asked ?? (await readSettings(context)).invoicing.on_completion
  if (invoicing === 'off' || !priceAmount) return null
  const unit_price = priceOf(context, priceAmount)
  const draft = await createDraft(context, {
    customer_id: customerId,
    lines: [{ description: name, quantity: 1, unit_price, account: 'deferred_revenue' }],
    source: { kind: 'lot', id, turn: 1 },
  })
  return invoicing === 'open' ? finalizeInvoice(context, draft.id) : draft
}
