/** Gift cards: sold, active once they are paid, spent in parts, with a ledger of their own. What is left is its sum. */

import { and, asc, count, eq, sum } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { amountOf, type Money } from '../business/prices.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { lastFourOf, makeCode, proofOfCode } from './codes.ts'
import { type GiftCard, type GiftCardEntry, giftCardEntries, giftCards } from './tables.ts'

export interface GiftCardView extends GiftCard {
  /** Minor units that are left to spend now. */
  balance: number
  expired: boolean
}

/** Pending: worth nothing before it is paid. @returns with its code, which nobody sees again @throws Refusal `not_found`, `currency_mismatch`, `invalid_input` */
export async function issueGiftCard(
  context: Context,
  wish: { customer_id: string; value: Money; expires_at?: Temporal.Instant },
): Promise<{ card: GiftCardView; code: string }> {
  const { db, workspace, now, emit } = context
  const amount = amountOf(context, wish.value)
  if (amount === 0) throw new Refusal('invalid_input', 'value: A gift card is worth something.')
  const customer = await getCustomer(context, wish.customer_id)
  if (customer.status !== 'active') throw notFound('customer', ['search_customers'])
  const code = makeCode()
  const [card] = await db
    .insert(giftCards)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId: customer.id,
      state: 'pending',
      codeProof: proofOfCode(context, code),
      last4: lastFourOf(code),
      amount,
      currency: workspace.currency,
      expiresAt: wish.expires_at,
      createdAt: now,
    })
    .returning()
  emit({
    type: 'gift_card.issued',
    subject: { kind: 'giftcard', id: card!.id },
    data: { customer_id: idText('customer', customer.id), amount, currency: workspace.currency },
  })
  return { card: await viewOf(context, card!), code }
}

/** The row, locked until the transaction ends. @throws Refusal `not_found` */
export async function lockGiftCard(context: Context, id: string): Promise<GiftCardView> {
  return locked(context, eq(giftCards.id, id))
}

/** By what is written on it. @throws Refusal `not_found` */
export async function lockByCode(context: Context, code: string): Promise<GiftCardView> {
  return locked(context, eq(giftCards.codeProof, proofOfCode(context, code)))
}

async function locked(context: Context, which: ReturnType<typeof eq>): Promise<GiftCardView> {
  const { db, workspace } = context
  const query = db
    .select()
    .from(giftCards)
    .where(and(eq(giftCards.workspaceId, workspace.id), which))
  const [card] = await (context.readOnly ? query : query.for('update'))
  if (!card) throw notFound('gift card')
  return viewOf(context, card)
}

/** By its id or its code, with its ledger, oldest first. @throws Refusal `not_found` */
export async function readGiftCard(
  context: Context,
  which: { id?: string; code?: string },
): Promise<GiftCardView & { entries: GiftCardEntry[] }> {
  const { db, workspace } = context
  const condition =
    which.id !== undefined
      ? eq(giftCards.id, which.id)
      : eq(giftCards.codeProof, proofOfCode(context, which.code ?? ''))
  const [card] = await db
    .select()
    .from(giftCards)
    .where(and(eq(giftCards.workspaceId, workspace.id), condition))
  if (!card) throw notFound('gift card')
  const entries = await db
    .select()
    .from(giftCardEntries)
    .where(and(eq(giftCardEntries.workspaceId, workspace.id), eq(giftCardEntries.giftCardId, card.id)))
    .orderBy(asc(giftCardEntries.number))
  return { ...(await viewOf(context, card)), entries }
}

/** It is paid. @param card locked */
export async function activate(context: Context, card: GiftCard, paymentId: string): Promise<void> {
  const { db, workspace, now, emit } = context
  await db
    .update(giftCards)
    .set({ state: 'active', activatedAt: now })
    .where(and(eq(giftCards.workspaceId, workspace.id), eq(giftCards.id, card.id)))
  await enter(context, card, { kind: 'activate', amount: card.amount, sourceId: paymentId })
  emit({ type: 'gift_card.activated', subject: { kind: 'giftcard', id: card.id } })
}

/** @param card locked @throws Refusal `invalid_transition` of one that is not active or has expired, `amount_exceeds_due` over what is left */
export async function spendFrom(
  context: Context,
  card: GiftCardView,
  { amount, paymentId }: { amount: number; paymentId: string },
): Promise<void> {
  if (card.state !== 'active' || card.expired) {
    throw new Refusal(
      'invalid_transition',
      card.expired
        ? 'This gift card has expired.'
        : card.state === 'pending'
          ? 'This gift card is not paid yet.'
          : 'This gift card was cancelled.',
      { state: card.expired ? 'expired' : card.state },
      ['get_gift_card_balance'],
    )
  }
  if (amount > card.balance) {
    throw new Refusal(
      'no_entitlement',
      'There is less left on this gift card.',
      { balance: card.balance, amount },
      ['get_gift_card_balance'],
    )
  }
  await enter(context, card, { kind: 'redeem', amount: -amount, sourceId: paymentId })
  tell(context, card, 'gift_card.redeemed', amount)
}

/** What a payment with it gave back. @param card locked */
export async function restoreTo(
  context: Context,
  card: GiftCard,
  { amount, refundId }: { amount: number; refundId: string },
): Promise<void> {
  await enter(context, card, { kind: 'restore', amount, sourceId: refundId })
  tell(context, card, 'gift_card.restored', amount)
}

/** Its price went back to its buyer, and so its worth; once nothing is left, it is cancelled. @param card locked */
export async function takeBack(
  context: Context,
  card: GiftCardView,
  { amount, refundId }: { amount: number; refundId: string },
): Promise<void> {
  const { db, workspace, emit } = context
  await enter(context, card, { kind: 'refund', amount: -amount, sourceId: refundId })
  if (card.balance > amount) return
  await db
    .update(giftCards)
    .set({ state: 'cancelled' })
    .where(and(eq(giftCards.workspaceId, workspace.id), eq(giftCards.id, card.id)))
  emit({ type: 'gift_card.cancelled', subject: { kind: 'giftcard', id: card.id } })
}

/** That refund failed: it is worth as much again. @param card locked */
export async function undoTakeBack(
  context: Context,
  card: GiftCard,
  { amount, refundId }: { amount: number; refundId: string },
): Promise<void> {
  const { db, workspace } = context
  await enter(context, card, { kind: 'unrefund', amount, sourceId: refundId })
  await db
    .update(giftCards)
    .set({ state: 'active' })
    .where(and(eq(giftCards.workspaceId, workspace.id), eq(giftCards.id, card.id)))
}

async function enter(
  { db, workspace, now }: Context,
  { id }: GiftCard,
  entry: Pick<GiftCardEntry, 'kind' | 'amount' | 'sourceId'>,
): Promise<void> {
  const [row] = await db
    .select({ entries: count() })
    .from(giftCardEntries)
    .where(and(eq(giftCardEntries.workspaceId, workspace.id), eq(giftCardEntries.giftCardId, id)))
  await db
    .insert(giftCardEntries)
    .values({ workspaceId: workspace.id, giftCardId: id, number: row!.entries + 1, ...entry, at: now })
}

async function viewOf(context: Context, card: GiftCard): Promise<GiftCardView> {
  const { db, workspace, now } = context
  const [row] = await db
    .select({ balance: sum(giftCardEntries.amount).mapWith(Number) })
    .from(giftCardEntries)
    .where(and(eq(giftCardEntries.workspaceId, workspace.id), eq(giftCardEntries.giftCardId, card.id)))
  const expired = card.expiresAt !== null && card.expiresAt.epochMilliseconds <= now.epochMilliseconds
  return { ...card, balance: row?.balance ?? 0, expired }
}

function tell(
  { emit }: Context,
  { id, currency }: GiftCard,
  type: `gift_card.${string}`,
  amount: number,
): void {
  emit({ type, subject: { kind: 'giftcard', id }, data: { amount, currency } })
}
