/** Writes movements into a lot's ledger, and tells the rest of the house. Callers hold the customer's lock. */

import { and, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import type { Context } from '../context.ts'
import { isExpired, type Lot, type Term } from './lots.ts'
import { recognise } from './recognise.ts'
import { type EntryKind, entitlementEntries, entitlementLots } from './tables.ts'

/** What takes a credit. */
export interface Source {
  kind: 'booking' | 'enrolment'
  id: string
}

/** A source takes a credit in turns: the next one once the last has come back. */
export interface Turn {
  source: Source
  number: number
}

export interface Movement {
  kind: EntryKind
  /** Written as null in a lot that counts none. */
  sessions: number
  turn?: Turn
  visitAt?: Temporal.Instant
  expiresAt?: Temporal.Instant
  reason?: string
  /** Default: now. */
  at?: Temporal.Instant
}

/** The event that automations and webhooks see, for each kind of entry. */
const published = {
  grant: 'entitlement.granted',
  consume: 'entitlement.consumed',
  keep: 'entitlement.kept',
  return: 'entitlement.returned',
  adjust: 'entitlement.adjusted',
  expire: 'entitlement.expired',
  extend: 'entitlement.extended',
  move: 'entitlement.moved',
} as const satisfies Record<EntryKind, `entitlement.${string}`>

type LedgerOf = Pick<Lot, 'workspaceId' | 'id' | 'customerId' | 'sessions' | 'version'>

/** In order, behind the lot's last entry. */
export async function enter(context: Context, lot: LedgerOf, movements: Movement[]): Promise<void> {
  const { db, principal, now } = context
  await db.insert(entitlementEntries).values(
    movements.map(({ kind, sessions, turn, visitAt, expiresAt, reason, at = now }, index) => ({
      workspaceId: lot.workspaceId,
      lotId: lot.id,
      number: lot.version + 1 + index,
      kind,
      sessions: lot.sessions === null ? null : sessions,
      sourceKind: turn?.source.kind,
      sourceId: turn?.source.id,
      turn: turn?.number,
      visitAt,
      expiresAt,
      reason,
      at,
      principalKind: principal.kind,
      principalId: principal.id,
    })),
  )
  for (const movement of movements) tell(context, lot, movement)
  await recognise(context, lot.id, movements.at(-1)!.at)
}

/** Ids and numbers; why somebody changed it is their words, and stays in the ledger. */
function tell({ emit, now }: Context, lot: LedgerOf, { kind, sessions, turn, at = now }: Movement): void {
  emit({
    type: published[kind],
    subject: { kind: 'lot', id: lot.id },
    data: {
      customer_id: idText('customer', lot.customerId),
      sessions: lot.sessions === null ? null : sessions,
      ...(turn && { source_id: idText(turn.source.kind, turn.source.id) }),
    },
    at,
  })
}

/** Sets when a lot is valid. */
export async function setTerm(context: Context, lot: Lot, { activatedAt, expiresAt }: Term): Promise<void> {
  await context.db
    .update(entitlementLots)
    .set({ activatedAt, expiresAt, expiryNoted: false })
    .where(and(eq(entitlementLots.workspaceId, lot.workspaceId), eq(entitlementLots.id, lot.id)))
  await recognise(context, lot.id)
}

/** Notes, as of its instant and once, that a lot is over: what was left is gone. @returns whether it was to be noted */
export async function noteExpiry(context: Context, lot: Lot): Promise<boolean> {
  if (lot.expiryNoted || !isExpired(lot, context.now)) return false
  await enter(context, lot, [{ kind: 'expire', sessions: -(lot.balance ?? 0), at: lot.expiresAt! }])
  await context.db
    .update(entitlementLots)
    .set({ expiryNoted: true })
    .where(and(eq(entitlementLots.workspaceId, lot.workspaceId), eq(entitlementLots.id, lot.id)))
  return true
}
