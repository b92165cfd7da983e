/** A business that takes money, with a worker that a test moves by hand: job by job, and cut off where it says. */

import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { newId } from '../../src/database/columns.ts'
import { providerWebhooks } from '../../src/delivery/payments/webhooks.ts'
import { prepareQueue } from '../../src/delivery/queue.ts'
import { creditOf } from '../../src/domain/payments/credit.ts'
import { getPayment } from '../../src/domain/payments/read.ts'
import type { SandboxCard } from '../../src/domain/payments/sandbox-cards.ts'
import { putCardOnFile } from '../../src/domain/payments/sandbox-script.ts'
import { chargeSavedMethod } from '../../src/domain/payments/start.ts'
import { paymentMethods } from '../../src/domain/payments/tables.ts'
import { MONDAY } from './entitlements.ts'
import { type Books, openBooks } from './money.ts'
import { cashier } from './pay-host.ts'
import type { StripeServer } from './stripe.ts'

export async function openTill(
  t: Pick<TestContext, 'after'>,
  { stripe, connections = 10 }: { stripe?: StripeServer; connections?: number } = {},
) {
  const books = await openBooks(t, { connections })
  const { database } = books
  await prepareQueue({ database, log: pino({ level: 'silent' }) })
  const { handlers, ...parts } = cashier(database, stripe?.account ?? null)
  const workspaceId = books.caller.workspace.id
  const at: Books['at'] = (work, now = MONDAY) =>
    books.at(
      context =>
        work({
          ...context,
          mail: 'developer_mailbox',
          stripe: stripe !== undefined,
          publicUrl: 'https://desk.example',
        }),
      now,
    )
  return {
    ...books,
    at,
    workspaceId,
    webhook: providerWebhooks(parts),
    /** What a worker does with a job, once. */
    pay: (paymentId: string) =>
      handlers.pay({ workspaceId, ids: { payment_id: paymentId }, signal: new AbortController().signal }),
    payBack: (refundId: string) =>
      handlers.refund({ workspaceId, ids: { refund_id: refundId }, signal: new AbortController().signal }),
    card: (card: SandboxCard = 'success', mandate = true) =>
      at(context => putCardOnFile(context, { customerId: books.ana, card, mandate })),
    /** A card that Stripe keeps. */
    async stripeCard(ref = 'pm_good'): Promise<{ id: string }> {
      const id = newId()
      await at(({ db, workspace, now }) =>
        db.insert(paymentMethods).values({
          workspaceId: workspace.id,
          id,
          customerId: books.ana,
          provider: 'stripe',
          providerRef: ref,
          ownerRef: 'cus_ana',
          mandateAt: now,
          createdAt: now,
        }),
      )
      return { id }
    },
    charge: (invoiceId: string, methodId: string, more: { amount?: number; capture?: boolean } = {}) =>
      at(context =>
        chargeSavedMethod(context, { purpose: 'invoice', subjectId: invoiceId, methodId, ...more }),
      ),
    payment: (id: string) => at(context => getPayment(context, id)),
    credit: () => at(context => creditOf(context, books.ana)),
  }
}

export type Till = Awaited<ReturnType<typeof openTill>>
