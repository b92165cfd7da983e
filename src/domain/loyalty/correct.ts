/** What people change by hand: points, and a tier for a while. Both say why. */

import { and, eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { type Family, familyOf, lockMember } from './accounts.ts'
import { MOST_POINTS } from './earn.ts'
import { addLot, balanceOf, credit, openBook, take, writeDown } from './ledger.ts'
import { programAt } from './program.ts'
import { noteTier } from './standing.ts'
import { loyaltyAccounts } from './tables.ts'

export interface Adjustment {
  customerId: string
  /** More or fewer. */
  points: number
  reason: string
}

/**
 * What is added ends as what is earned today; what is taken is what ends soonest. Neither counts for a tier.
 * @throws Refusal `not_found`; `invalid_input` of more than there is to take
 */
export async function adjustPoints(context: Context, asked: Adjustment): Promise<Family> {
  const { customerId, points, reason } = asked
  const { now, workspace } = context
  const family = await lockMember(context, customerId)
  const book = await openBook(context, family)
  const balance = balanceOf(book, now)
  if (points < 0 && balance + points < 0)
    throw invalid('points', `Only ${Math.max(0, balance)} are there to take.`, { available: balance })
  if (balance + points > MOST_POINTS) throw invalid('points', 'That is more than an account can hold.')
  if (points > 0) {
    const expiry = (await programAt(context, now))?.expiry ?? null
    const lot = await addLot(context, book, { earnedAt: now, expiry, zone: workspace.timeZone })
    await credit(context, book, { kind: 'adjust', lot, points, reason })
  } else take(book, -points, 'adjust', { reason }, now)
  await writeDown(context, book)
  return family
}

export interface TierOverride {
  customerId: string
  /** null: what they have earned counts again. */
  tier: string | null
  until?: Temporal.Instant
  reason: string
}

/** @throws Refusal `not_found`; `invalid_input` of a tier that there is not, or an end that is past */
export async function overrideTier(context: Context, asked: TierOverride): Promise<Family> {
  const { db, workspace, now } = context
  const family = await lockMember(context, asked.customerId)
  const { tier, until } = asked
  if (tier !== null) {
    const tiers = (await programAt(context, now))?.tiers?.tiers.map(({ name }) => name) ?? []
    if (!tiers.includes(tier)) throw invalid('tier', 'The program has no such tier.', { tiers })
    if (!until || Temporal.Instant.compare(until, now) <= 0)
      throw invalid('until', 'Say until when: it must be later than now.')
  }
  const override =
    tier === null
      ? { overrideTier: null, overrideUntil: null, overrideReason: null }
      : { overrideTier: tier, overrideUntil: until!, overrideReason: asked.reason }
  await db
    .update(loyaltyAccounts)
    .set({ ...override, version: family.account.version + 1 })
    .where(and(eq(loyaltyAccounts.workspaceId, workspace.id), eq(loyaltyAccounts.id, family.account.id)))
  const changed = (await familyOf(context, family.account.customerId))!
  await noteTier(context, changed)
  context.emit({
    type: 'loyalty.tier_overridden',
    subject: { kind: 'loyalty', id: family.account.id },
    data: { tier },
  })
  return (await familyOf(context, family.account.customerId))!
}

function invalid(field: string, message: string, details: Record<string, unknown> = {}): Refusal {
  return new Refusal('invalid_input', `${field}: ${message}`, { field, ...details })
}
