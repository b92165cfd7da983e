/** Stripe on this machine: as much of its API as we speak, keys and all, and a test tells it how to behave. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import type { StripeAccess } from '../../src/delivery/payments/providers.ts'

/** `takes`: what moves money has moved it, before anything else. */
export type Conduct = 'answers' | 'cuts off' | 'takes and cuts off' | 'takes and answers 502' | 'answers 429'

type Thing = Record<string, unknown> & { id: string }

export interface StripeServer {
  account: Required<Pick<StripeAccess, 'secretKey' | 'webhookSecret' | 'url'>>
  /** How the next posts go, in order; then it answers. */
  conducts: Conduct[]
  /** What a post waits for where its conduct breaks it off, or before its answer. */
  pause: (() => Promise<unknown>) | undefined
  /** Payment intents and refunds that were really made: of requests with one key, the first. */
  intents: Thing[]
  refunds: Thing[]
  /** The key of each post, in order. */
  keys: string[]
  /** Questions are cut off too, be it to ask or to repeat. */
  deaf: boolean
  /** Requests that only asked. */
  asked: number
  /** A webhook as Stripe would send it. @param ageSeconds how long ago it was signed */
  sign(
    type: string,
    object: Thing,
    more?: { id?: string; ageSeconds?: number; secret?: string; created?: number },
  ): {
    raw: Buffer
    signature: string
  }
}

export async function startStripe(t: { after(work: () => unknown): void }): Promise<StripeServer> {
  const known = new Map<string, { status: number; body: unknown }>()
  let count = 0
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString())
    const { pathname, searchParams } = new URL(request.url!, 'http://stripe')
    if (request.headers.authorization !== `Bearer ${stripe.account.secretKey}`) return send(response, 401, {})
    if (request.method === 'GET') {
      stripe.asked++
      if (stripe.deaf) return void response.destroy()
      return send(response, 200, read(pathname, searchParams))
    }
    const key = request.headers['idempotency-key'] as string
    stripe.keys.push(key)
    // What repeats an earlier one takes no conduct that is meant for the next.
    if (stripe.deaf && known.has(key)) return void response.destroy()
    const conduct = stripe.conducts.shift() ?? 'answers'
    const pause = stripe.pause
    if (conduct === 'cuts off') {
      await pause?.()
      return void response.destroy()
    }
    if (conduct === 'answers 429') return send(response, 429, { error: { type: 'rate_limit_error' } })
    const answer = known.get(key) ?? write(pathname, form)
    known.set(key, answer)
    await pause?.()
    if (conduct === 'takes and cuts off') return void response.destroy()
    if (conduct === 'takes and answers 502') return send(response, 502, { error: { type: 'api_error' } })
    send(response, answer.status, answer.body)
  }

  function read(path: string, query: URLSearchParams): unknown {
    const [, , kind, id] = path.split('/')
    const all = kind === 'refunds' ? stripe.refunds : stripe.intents
    if (id) return all.find(thing => thing.id === id)
    const of = query.get('payment_intent')
    const data = all.filter(thing => of === null || thing.payment_intent === of)
    return { object: 'list', url: path, has_more: false, data }
  }

  function write(path: string, form: URLSearchParams): { status: number; body: unknown } {
    const [, , kind, id, doing] = path.split('/')
    const metadata = Object.fromEntries(
      [...form].flatMap(([name, value]) => {
        const [, field] = /^metadata\[(\w+)\]$/.exec(name) ?? []
        return field ? [[field, value]] : []
      }),
    )
    if (kind === 'checkout') {
      const session = {
        id: `cs_${++count}`,
        object: 'checkout.session',
        url: 'https://checkout.stripe.com/c/1',
        metadata,
      }
      return { status: 200, body: session }
    }
    if (kind === 'refunds') {
      const refund = {
        id: `re_${++count}`,
        object: 'refund',
        status: 'succeeded',
        amount: Number(form.get('amount')),
        payment_intent: form.get('payment_intent'),
        metadata,
      }
      stripe.refunds.push(refund)
      return { status: 200, body: refund }
    }
    if (doing) {
      const intent = stripe.intents.find(thing => thing.id === id)!
      intent.status = doing === 'capture' ? 'succeeded' : 'canceled'
      return { status: 200, body: { ...intent } }
    }
    const method = form.get('payment_method')
    const intent: Thing = {
      id: `pi_${++count}`,
      object: 'payment_intent',
      status: form.get('capture_method') === 'manual' ? 'requires_capture' : 'succeeded',
      amount: Number(form.get('amount')),
      currency: form.get('currency'),
      payment_method: method,
      metadata,
    }
    if (method === 'pm_poor') {
      intent.status = 'requires_payment_method'
      const error = {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        payment_intent: intent,
      }
      return { status: 402, body: { error } }
    }
    stripe.intents.push(intent)
    return { status: 200, body: intent }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stripe: StripeServer = {
    account: {
      secretKey: 'sk_test_desk0000000',
      webhookSecret: 'whsec_desk0000000000',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    },
    conducts: [],
    pause: undefined,
    intents: [],
    refunds: [],
    keys: [],
    asked: 0,
    deaf: false,
    sign(type, object, { id = `evt_${++count}`, ageSeconds = 0, secret, created } = {}) {
      const now = Math.floor(Date.now() / 1000)
      const event = { id, object: 'event', type, created: created ?? now, data: { object } }
      const payload = JSON.stringify(event)
      const signature = Stripe.webhooks.generateTestHeaderString({
        payload,
        secret: secret ?? stripe.account.webhookSecret,
        timestamp: now - ageSeconds,
      })
      return { raw: Buffer.from(payload), signature }
    },
  }
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return stripe
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
