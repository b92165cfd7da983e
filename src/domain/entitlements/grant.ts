/** A new lot for a customer: sold to them, or granted anew. */

import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { wakeAt } from '../due-work.ts'
import { enter, type Turn } from './ledger.ts'
import type { Lot } from './lots.ts'
import { entitlementLots } from './tables.ts'
import { expiryOf } from './validity.ts'

/** What is granted, on terms that no later change of the package touches. */
export type Granted = Pick<
  Lot,
  | 'customerId'
  | 'packageId'
  | 'source'
  | 'name'
  | 'sessions'
  | 'validity'
  | 'activation'
  | 'serviceIds'
  | 'timeZone'
  | 'priceAmount'
>

/** @param turn whose credit is granted anew @returns the lot's id */
export async function grant(context: Context, granted: Granted, turn?: Turn): Promise<string> {
  const { db, workspace, now } = context
  const { customerId, packageId, source, name, sessions, validity, activation, serviceIds } = granted
  const activatedAt = activation === 'on_purchase' ? now : null
  const expiresAt = activatedAt && expiryOf(activatedAt, validity, granted.timeZone)
  const [lot] = await db
    .insert(entitlementLots)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId,
      packageId,
      source,
      name,
      sessions,
      validity,
      activation,
      serviceIds,
      timeZone: granted.timeZone,
      priceAmount: granted.priceAmount,
      grantedAt: now,
      activatedAt,
      expiresAt,
    })
    .returning()
  await enter(context, { ...lot!, version: 0 }, [{ kind: 'grant', sessions: sessions ?? 0, turn }])
  if (expiresAt) await wakeAt(context, expiresAt)
  return lot!.id
}
