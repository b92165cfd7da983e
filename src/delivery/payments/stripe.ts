/** Stripe, by its own library (docs.stripe.com/api). It answers a repeated key as before for 24 hours, and can be asked. */

import Stripe from 'stripe'
import { idText, uuidOf } from '../../catalog/kinds.ts'
import type { PaymentReport, RefundReport } from '../../domain/payments/reports.ts'
import { type Doing, declineReason, NotTaken, type PaymentOrder, type PaymentProvider } from './provider.ts'

export interface StripeAccount {
  secretKey: string
  /** Another than api.stripe.com, without a trailing slash. */
  url?: string
  /** For one answer; default: 30 s. */
  patienceMs?: number
}

export function stripeProvider({ secretKey, url, patienceMs = 30_000 }: StripeAccount): PaymentProvider {
  const stripe = new Stripe(secretKey, {
    // A retry is the worker's, which writes down that it has one.
    maxNetworkRetries: 0,
    timeout: patienceMs,
    telemetry: false,
    ...(url && hostOf(url)),
  })
  const acts: Record<Doing, (order: PaymentOrder, key: string) => Promise<PaymentReport>> = {
    charge: async (order, key) =>
      intentReport(await stripe.paymentIntents.create(chargeOf(order), { idempotencyKey: key })),
    checkout: async (order, key) => {
      const session = await stripe.checkout.sessions.create(sessionOf(order), { idempotencyKey: key })
      return { kind: 'requires_action', ref: session.id, url: session.url ?? undefined }
    },
    capture: async (order, key) =>
      intentReport(await stripe.paymentIntents.capture(order.ref!, {}, { idempotencyKey: key })),
    release: async (order, key) => {
      if (order.ref!.startsWith('cs_')) {
        await stripe.checkout.sessions.expire(order.ref!, {}, { idempotencyKey: key })
        return { kind: 'cancelled' }
      }
      return intentReport(await stripe.paymentIntents.cancel(order.ref!, {}, { idempotencyKey: key }))
    },
  }

  return {
    async act(doing, order, { key }) {
      try {
        return await acts[doing](order, key)
      } catch (error) {
        return declined(error)
      }
    },

    async find(doing, order, { signal }) {
      if (doing === 'checkout') return null // Another page under the same key moves nothing.
      if (doing === 'capture' || doing === 'release') {
        const found = await heard(stripe.paymentIntents.retrieve(order.ref!))
        const settled = doing === 'capture' ? found.status === 'succeeded' : found.status === 'canceled'
        return settled ? intentReport(found) : null
      }
      const from = Math.floor(order.since.epochMilliseconds / 1000) - CLOCKS_DIFFER
      const own = idText('payment', order.paymentId)
      const made = await oneOf(
        stripe.paymentIntents.list({ created: { gte: from }, limit: 100 }),
        intent => intent.metadata[PAYMENT] === own,
        signal,
      )
      return made && intentReport(made)
    },

    async refund(order, { key }) {
      try {
        const { refundId, paymentRef, amount, currency } = order
        const asked = {
          payment_intent: paymentRef,
          amount: unitsOf(amount, currency),
          metadata: { [REFUND]: idText('refund', refundId) },
        }
        return refundReport(await stripe.refunds.create(asked, { idempotencyKey: key }))
      } catch (error) {
        const report = declined(error)
        return report.kind === 'failed' ? report : { kind: 'failed', reason: 'refused' }
      }
    },

    async findRefund({ refundId, paymentRef }, { signal }) {
      const own = idText('refund', refundId)
      const made = await oneOf(
        stripe.refunds.list({ payment_intent: paymentRef, limit: 100 }),
        refund => refund.metadata?.[REFUND] === own,
        signal,
      )
      return made && refundReport(made)
    },
  } satisfies PaymentProvider
}

const PAYMENT = 'backdesk_payment'
const REFUND = 'backdesk_refund'
/** Seconds by which their clock may be behind ours. */
const CLOCKS_DIFFER = 600

function hostOf(url: string): Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'> {
  const { hostname, port, protocol } = new URL(url)
  return { host: hostname, port: port || undefined, protocol: protocol === 'http:' ? 'http' : 'https' }
}

function chargeOf(order: PaymentOrder): Stripe.PaymentIntentCreateParams {
  const { amount, currency, method, capture, description } = order
  return {
    amount: unitsOf(amount, currency),
    currency: currency.toLowerCase(),
    payment_method: method!.ref,
    ...(method!.ownerRef && { customer: method!.ownerRef }),
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    confirm: true,
    off_session: true,
    capture_method: capture ? 'automatic' : 'manual',
    description,
    metadata: { [PAYMENT]: idText('payment', order.paymentId) },
  }
}

function sessionOf(order: PaymentOrder): Stripe.Checkout.SessionCreateParams {
  const { amount, currency, capture, description, keepMethod, returnUrl } = order
  const metadata = { [PAYMENT]: idText('payment', order.paymentId) }
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: currency.toLowerCase(),
          unit_amount: unitsOf(amount, currency),
          product_data: { name: description },
        },
      },
    ],
    client_reference_id: metadata[PAYMENT],
    metadata,
    ...(keepMethod && { customer_creation: 'always' as const }),
    payment_intent_data: {
      metadata,
      capture_method: capture ? 'automatic' : 'manual',
      ...(keepMethod && { setup_future_usage: 'off_session' as const }),
    },
    success_url: returnUrl,
    cancel_url: returnUrl,
  }
}

export function intentReport(intent: Stripe.PaymentIntent): PaymentReport {
  const ref = intent.id
  switch (intent.status) {
    case 'succeeded':
      return { kind: 'succeeded', ref, kept: keptOf(intent) }
    case 'requires_capture':
      return { kind: 'authorized', ref }
    case 'requires_action':
      return { kind: 'requires_action', ref, url: intent.next_action?.redirect_to_url?.url ?? undefined }
    case 'canceled':
      return { kind: 'cancelled', ref }
    case 'requires_payment_method':
    case 'requires_confirmation': {
      const error = intent.last_payment_error
      return { kind: 'failed', ref, reason: declineReason(error?.decline_code ?? error?.code) }
    }
    default:
      return { kind: 'processing', ref }
  }
}

/** The card of a payment during which the customer agreed that it is kept. */
function keptOf({ setup_future_usage, payment_method, customer }: Stripe.PaymentIntent) {
  if (setup_future_usage !== 'off_session' || !payment_method) return undefined
  const card = typeof payment_method === 'string' ? undefined : payment_method.card
  return {
    ref: typeof payment_method === 'string' ? payment_method : payment_method.id,
    ownerRef: typeof customer === 'string' ? customer : (customer?.id ?? null),
    brand: card?.brand ?? null,
    last4: card?.last4 ?? null,
  }
}

export function refundReport({ id: ref, status }: Stripe.Refund): RefundReport {
  if (status === 'succeeded') return { kind: 'succeeded', ref }
  if (status === 'failed' || status === 'canceled') return { kind: 'failed', ref, reason: 'refused' }
  return { kind: 'pending', ref }
}

/** Their no is a report; that they did not say is thrown. @throws NotTaken */
function declined(error: unknown): PaymentReport & { kind: 'failed' } {
  if (error instanceof Stripe.errors.StripeCardError) {
    const reason = declineReason(error.decline_code ?? error.code)
    return { kind: 'failed', reason, ref: error.payment_intent?.id }
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError)
    return { kind: 'failed', reason: error.code === 'resource_missing' ? 'method_gone' : 'refused' }
  throw notTaken(error)
}

function notTaken(error: unknown): unknown {
  const { errors } = Stripe
  if (error instanceof errors.StripeRateLimitError)
    return new NotTaken('later', 'Stripe asks us to slow down.')
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError)
    return new NotTaken('later', 'Stripe does not accept our key.')
  if (error instanceof errors.StripeConnectionError) {
    const { code } = (error.detail ?? {}) as { code?: string }
    if (code && NO_CONNECTION.has(code)) return new NotTaken('later', `Stripe: ${code}.`)
    return new NotTaken('unclear', 'Stripe has not answered.')
  }
  // 5xx, and 409 where the same key is still at work.
  if (error instanceof errors.StripeError)
    return new NotTaken('unclear', `Stripe answered ${error.statusCode}.`)
  return error
}

/** Only where no connection came about is it sure that the provider has nothing. */
const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])

/** A question that failed has moved nothing, and leaves what it asked about unclear. */
async function heard<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    const thrown = notTaken(error)
    throw thrown instanceof NotTaken ? new NotTaken('unclear', thrown.message, thrown.afterSeconds) : thrown
  }
}

async function oneOf<T>(
  list: AsyncIterable<T>,
  isIt: (item: T) => boolean,
  signal: AbortSignal,
): Promise<T | null> {
  return heard(
    (async () => {
      for await (const item of list) {
        if (signal.aborted) throw new NotTaken('unclear', 'The server is stopping.')
        if (isIt(item)) return item
      }
      return null
    })(),
  )
}

/** Two currencies without decimals are written with two there (docs.stripe.com/currencies#special-cases). */
function unitsOf(amount: number, currency: string): number {
  return WITH_ZEROS.has(currency) ? amount * 100 : amount
}

export function amountOfUnits(units: number, currency: string): number {
  return WITH_ZEROS.has(currency.toUpperCase()) ? Math.round(units / 100) : units
}

const WITH_ZEROS = new Set(['ISK', 'UGX'])

/** Our id that came back in the metadata; null where it is none. */
export function ownId(metadata: Record<string, string> | null | undefined, kind: 'payment' | 'refund') {
  const text = metadata?.[kind === 'payment' ? PAYMENT : REFUND]
  if (!text?.startsWith(`${kind}_`)) return null
  try {
    return uuidOf(text)
  } catch {
    return null
  }
}
