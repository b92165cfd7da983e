/** One attempt at a refund, in two transactions around the provider, as a payment's (see attempt.ts). */

import type { Context } from '../context.ts'
import { pauseSeconds, realNow } from './attempt.ts'
import { cardBehind } from './refund.ts'
import { applyRefundReport, changeRefund, lockRefund } from './refund-report.ts'
import type { NoReport, RefundReport } from './reports.ts'
import type { Payment, Refund } from './tables.ts'

export interface RefundAttempt {
  refund: Refund
  /** The card payment that it goes back to. */
  card: Payment
  /** Asks first: an earlier attempt was not answered. */
  ask: boolean
}

/** null: there is nothing to do. */
export async function beginRefund(context: Context, refundId: string): Promise<RefundAttempt | null> {
  const found = await lockRefund(context, refundId)
  if (found?.refund.state !== 'pending') return null
  const card = await cardBehind(context, found.payment)
  // What the provider has taken on is told by itself.
  if (!card || found.refund.providerRef) return null
  const { inDoubt, attempts } = found.refund
  const refund = await changeRefund(context, found.refund, {
    inDoubt: true,
    attempts: attempts + 1,
    attemptedAt: found.refund.attemptedAt ?? realNow(),
  })
  return { refund, card, ask: inDoubt }
}

export async function settleRefund(
  context: Context,
  attempt: RefundAttempt,
  outcome: RefundReport | NoReport,
): Promise<void> {
  const found = await lockRefund(context, attempt.refund.id)
  if (!found) return
  const { refund, payment } = found
  if (outcome.kind !== 'unclear' && outcome.kind !== 'later') {
    await applyRefundReport(context, payment, refund, outcome)
    return
  }
  if (refund.state !== 'pending') return
  if (outcome.kind === 'later' && !attempt.ask) await changeRefund(context, refund, { inDoubt: false })
  const asked = outcome.kind === 'later' ? (outcome.afterSeconds ?? 0) : 0
  const seconds = Math.max(pauseSeconds(refund.attempts), asked)
  await context.enqueue({
    task: 'refund',
    ids: { refund_id: refund.id },
    jobKey: refund.id,
    runAt: realNow().add({ milliseconds: Math.round(seconds * 1000) }),
  })
}
