/** A page on which a customer pays one thing by card. Its token is signed, ends by itself, and says only which link it is. */

import { and, desc, eq, inArray } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { type RateLimit, spend } from '../../access/rate-limit.ts'
import { type LinkClaims, linkToken } from '../../access/signed-link.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { change, realNow, tellOf, wakePayment } from './attempt.ts'
import { lockDebt } from './debts.ts'
import { underWay } from './payment-states.ts'
import { providerOf } from './provider-of.ts'
import { amountToPay, type Owed } from './start.ts'
import { type Payment, type PaymentLink, type Purpose, paymentLinks, payments } from './tables.ts'

export const PAYMENT_LINK = 'payment link'

export interface LinkWish extends Owed {
  /** Default: 30 days. */
  validDays?: number
  capture?: boolean
}

export interface Link {
  link: PaymentLink
  url: string
  amount: number
  currency: string
}

/** @throws Refusal `not_found`, `amount_exceeds_due` where nothing is left to pay, `provider_error` */
export async function createPaymentLink(context: Context, wish: LinkWish): Promise<Link> {
  const { db, workspace, now } = context
  await providerOf(context)
  const debt = await lockDebt(context, wish.purpose, wish.subjectId)
  const amount = await amountToPay(context, wish, debt, undefined)
  const seconds = Math.ceil(Date.now() / 1000) + (wish.validDays ?? 30) * 24 * 3600
  const [link] = await db
    .insert(paymentLinks)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId: debt.customerId,
      purpose: wish.purpose,
      subjectId: wish.subjectId,
      capture: wish.capture ?? true,
      expiresAt: Temporal.Instant.fromEpochMilliseconds(seconds * 1000),
      createdAt: now,
    })
    .returning()
  return { link: link!, url: linkUrl(context, link!), amount, currency: debt.currency }
}

export function linkUrl(
  { secrets, publicUrl }: Context,
  { workspaceId, id: subjectId, expiresAt }: PaymentLink,
): string {
  const claims = { workspaceId, subjectId, number: expiresAt.epochMilliseconds / 1000 }
  return `${publicUrl}/pay/${linkToken(secrets, PAYMENT_LINK, claims)}`
}

/** What a page of a link shows. */
export interface PayVisit {
  business: string
  purpose: Purpose
  /** Of the invoice that it is for. */
  number: string | null
  provider: 'sandbox' | 'stripe'
  currency: string
  /** What is left to pay; 0: nothing. */
  due: number
  state: 'open' | 'expired' | 'under_way' | 'paid' | 'closed'
  /** The last try on this page. */
  last: Pick<Payment, 'state' | 'actionUrl' | 'reason' | 'amount'> | null
}

/** 60 views and presses in a minute: a page that looks whether it was paid needs a few. */
const pace: RateLimit = { perMinute: 60, burst: 60 }

/** null: it is nobody's. @throws Refusal `rate_limited` */
export async function visitLink(
  context: Context,
  { subjectId, number }: LinkClaims,
): Promise<PayVisit | null> {
  const { db, workspace } = context
  await spend(db, workspace.id, `link:${subjectId}`, pace)
  const link = await findLink(context, subjectId)
  if (!link) return null
  const debt = await lockDebt(context, link.purpose, link.subjectId)
  const [last = null] = await db
    .select()
    .from(payments)
    .where(and(eq(payments.workspaceId, workspace.id), eq(payments.linkId, link.id)))
    .orderBy(desc(payments.id))
    .limit(1)
  const expired = number * 1000 <= Date.now()
  const pending = last && underWay.includes(last.state)
  const state =
    last?.state === 'succeeded'
      ? 'paid'
      : pending
        ? 'under_way'
        : expired
          ? 'expired'
          : debt.due > 0
            ? 'open'
            : debt.gone
              ? 'closed'
              : 'paid'
  return {
    business: workspace.name,
    purpose: link.purpose,
    number: debt.number,
    provider: await providerOf(context),
    currency: debt.currency,
    due: pending ? last.amount : debt.due,
    state,
    last,
  }
}

export interface Press {
  keepCard: boolean
  /** The test card that was chosen, in the sandbox. */
  card?: string
}

/** The customer pays. Pressed twice, it is one payment. @throws Refusal `hold_expired` of a link that has ended, `amount_exceeds_due` */
export async function payByLink(
  context: Context,
  { subjectId, number }: LinkClaims,
  { keepCard, card }: Press,
): Promise<Payment | null> {
  const { db, workspace, now } = context
  await spend(db, workspace.id, `link:${subjectId}`, pace)
  const link = await findLink(context, subjectId)
  if (!link) return null
  const debt = await lockDebt(context, link.purpose, link.subjectId)
  const [open] = await db
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        eq(payments.linkId, link.id),
        inArray(payments.state, [...underWay]),
      ),
    )
    .limit(1)
  if (open) return open
  if (number * 1000 <= Date.now())
    throw new Refusal('hold_expired', 'This link has ended; the business can send another.')
  const amount = await amountToPay(context, link, debt, undefined)
  const provider = await providerOf(context)
  const [payment] = await db
    .insert(payments)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId: link.customerId,
      purpose: link.purpose,
      subjectId: link.subjectId,
      tender: 'card',
      provider,
      linkId: link.id,
      state: 'processing',
      amount,
      currency: debt.currency,
      capture: link.capture,
      keepMethod: keepCard,
      doing: 'checkout',
      reference: provider === 'sandbox' ? card : null,
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  tellOf(context, payment!, 'payment.started')
  await wakePayment(context, payment!.id)
  return payment!
}

/** The customer has shown who they are, or has given up; in the sandbox, whose page is ours. */
export async function answerChallenge(
  context: Context,
  { subjectId }: LinkClaims,
  yes: boolean,
): Promise<Payment | null> {
  const { db, workspace } = context
  const link = await findLink(context, subjectId)
  if (!link) return null
  await lockDebt(context, link.purpose, link.subjectId)
  const [open] = await db
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.workspaceId, workspace.id),
        eq(payments.linkId, link.id),
        eq(payments.state, 'requires_action'),
        eq(payments.provider, 'sandbox'),
      ),
    )
    .for('update')
  if (!open) return null
  const proceeding = await change(context, open, {
    state: 'processing',
    doing: 'checkout',
    reference: yes ? 'authenticated' : 'gave_up',
    attemptedAt: realNow(),
  })
  await wakePayment(context, open.id)
  return proceeding
}

async function findLink({ db, workspace }: Context, id: string): Promise<PaymentLink | null> {
  const [link] = await db
    .select()
    .from(paymentLinks)
    .where(and(eq(paymentLinks.workspaceId, workspace.id), eq(paymentLinks.id, id)))
  return link ?? null
}
