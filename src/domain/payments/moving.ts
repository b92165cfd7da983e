/** The payments, pages to pay on and saved cards of a customer who is merged: the survivor's from now on. */

import { and, count, eq, notExists, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Context } from '../context.ts'
import type { Mover } from '../customers/moving.ts'
import { paymentLinks, paymentMethods, payments } from './tables.ts'

export const movePayments: Mover = async (ctx, from, to, commit) => {
  const { db, workspace } = ctx
  const paid = and(eq(payments.workspaceId, workspace.id), eq(payments.customerId, from))
  const kept = and(eq(paymentMethods.workspaceId, workspace.id), eq(paymentMethods.customerId, from))
  const [[made], [methods]] = await Promise.all([
    db.select({ payments: count() }).from(payments).where(paid),
    db.select({ methods: count() }).from(paymentMethods).where(kept),
  ])
  if (commit) {
    await moveMethods(ctx, from, to)
    await db.update(payments).set({ customerId: to }).where(paid)
    await db
      .update(paymentLinks)
      .set({ customerId: to })
      .where(and(eq(paymentLinks.workspaceId, workspace.id), eq(paymentLinks.customerId, from)))
  }
  return { counts: { payments: made!.payments, payment_methods: methods!.methods } }
}

/** A card that both have is one: what was paid with the one is paid with the other, whose consent to charges stands. */
async function moveMethods({ db, workspace }: Context, from: string, to: string): Promise<void> {
  const own = alias(paymentMethods, 'own')
  const same = and(
    eq(own.workspaceId, workspace.id),
    eq(own.customerId, to),
    eq(own.provider, paymentMethods.provider),
    eq(own.providerRef, paymentMethods.providerRef),
  )
  const theirs = and(eq(paymentMethods.workspaceId, workspace.id), eq(paymentMethods.customerId, from))
  await db
    .update(paymentMethods)
    .set({ customerId: to })
    .where(and(theirs, notExists(db.select({ one: sql`1` }).from(own).where(same))))
  const twice = await db
    .select({ theirs: paymentMethods.id, own: own.id })
    .from(paymentMethods)
    .innerJoin(own, same)
    .where(theirs)
  for (const card of twice) {
    await db
      .update(payments)
      .set({ methodId: card.own })
      .where(and(eq(payments.workspaceId, workspace.id), eq(payments.methodId, card.theirs)))
    await db
      .delete(paymentMethods)
      .where(and(eq(paymentMethods.workspaceId, workspace.id), eq(paymentMethods.id, card.theirs)))
  }
}
