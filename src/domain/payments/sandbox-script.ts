/** What a tester tells the sandbox's provider: how the next charges and refunds go; and a test card on file. */

import { and, asc, eq, isNull } from 'drizzle-orm'
import { notFound } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { getCustomer } from '../customers/get.ts'
import { type ChargeOutcome, type RefundOutcome, type SandboxCard, sandboxCards } from './sandbox-cards.ts'
import { type PaymentMethod, paymentMethods, sandboxScripts } from './tables.ts'

export interface Script {
  charges?: ChargeOutcome[]
  refunds?: RefundOutcome[]
}

/** In place of what was scripted before and not used. */
export async function scriptProvider(context: Context, script: Script): Promise<void> {
  const { db, workspace } = context
  for (const [kind, outcomes] of [
    ['charge', script.charges],
    ['refund', script.refunds],
  ] as const) {
    if (!outcomes) continue
    await db
      .delete(sandboxScripts)
      .where(
        and(
          eq(sandboxScripts.workspaceId, workspace.id),
          eq(sandboxScripts.kind, kind),
          isNull(sandboxScripts.usedAt),
        ),
      )
    for (const outcome of outcomes)
      await db.insert(sandboxScripts).values({ workspaceId: workspace.id, id: newId(), kind, outcome })
  }
}

/** What is still to come. */
export async function scriptLeft({ db, workspace }: Context): Promise<Required<Script>> {
  const rows = await db
    .select()
    .from(sandboxScripts)
    .where(and(eq(sandboxScripts.workspaceId, workspace.id), isNull(sandboxScripts.usedAt)))
    .orderBy(asc(sandboxScripts.id))
  const of = (wanted: 'charge' | 'refund') =>
    rows.filter(({ kind }) => kind === wanted).map(({ outcome }) => outcome)
  return { charges: of('charge') as ChargeOutcome[], refunds: of('refund') as RefundOutcome[] }
}

/** As if its customer had paid with it once, and agreed that it is kept. Twice is once. */
export async function putCardOnFile(
  context: Context,
  { customerId, card, mandate }: { customerId: string; card: SandboxCard; mandate: boolean },
): Promise<PaymentMethod> {
  const { db, workspace, now } = context
  const customer = await getCustomer(context, customerId)
  if (customer.status !== 'active') throw notFound('customer', ['search_customers'])
  const mandateAt = mandate ? now : null
  const [method] = await db
    .insert(paymentMethods)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId: customer.id,
      provider: 'sandbox',
      providerRef: card,
      brand: 'sandbox',
      last4: sandboxCards[card].last4,
      mandateAt,
      createdAt: now,
    })
    .onConflictDoUpdate({
      target: [
        paymentMethods.workspaceId,
        paymentMethods.provider,
        paymentMethods.providerRef,
        paymentMethods.customerId,
      ],
      set: { mandateAt, removedAt: null },
    })
    .returning()
  return method!
}
