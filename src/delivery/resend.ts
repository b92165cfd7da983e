/** Carries mail by Resend's HTTP API (resend.com/docs/api-reference/emails/send-email), and whoever speaks it. */

import { z } from 'zod'
import type { Carrier, Mail } from './carrier.ts'
import { NotSent } from './not-sent.ts'

export interface ResendConfig {
  key: string
  /** Without a trailing slash. */
  url: string
  /** `Backdesk <no-reply@example.com>` */
  from: string
  /** For the whole answer; default: 30 s. */
  patienceMs?: number
}

export function resend({ key: apiKey, url, from, patienceMs = 30_000 }: ResendConfig): Carrier {
  return {
    keyHours: 23, // 24 by its documentation; an hour is for clocks that differ and tries that take long.
    async send(mail, { key, signal }) {
      const request = {
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(bodyOf(mail, from)),
        redirect: 'error',
        signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
      } as const
      const answer = await fetch(`${url}/emails`, request).catch(error => {
        throw brokenOff(error)
      })
      // The body may break off where the status did arrive.
      const text = await answer.text().catch(error => {
        throw brokenOff(error)
      })
      if (!answer.ok) throw refusalOf(answer, text)
      return { ref: Taken.safeParse(parsed(text)).data?.id }
    },
  }
}

/** The same mail makes the same body: under a key that it has seen, the provider refuses another. */
function bodyOf({ to, subject, text, html, headers, attachments = [] }: Mail, from: string) {
  const files = attachments.map(({ name, mediaType, content }) => ({
    filename: name,
    content_type: mediaType,
    content: content.toString('base64'),
  }))
  return {
    from,
    to: [to],
    subject,
    text,
    html,
    headers: { 'Auto-Submitted': 'auto-generated', ...headers },
    ...(files.length > 0 && { attachments: files }),
  }
}

const Taken = z.object({ id: z.string().max(200) })
const Problem = z.object({ name: z.string() })

function refusalOf({ status, headers }: Response, text: string): NotSent {
  const name = Problem.safeParse(parsed(text)).data?.name
  const message = `The mail provider answered ${status}.`
  if (status === 429) return new NotSent('rate_limited', message, secondsOf(headers.get('retry-after')))
  if (name === 'concurrent_idempotent_requests') return new NotSent('deferred', message)
  // A gateway's 5xx may stand before a provider that has taken it: only the key can tell.
  if (status >= 500) return new NotSent('unclear', message, secondsOf(headers.get('retry-after')))
  return new NotSent('refused', message)
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function secondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

/** Only where no connection came about is it sure that the provider has nothing. */
function brokenOff(error: unknown): NotSent {
  const { code } = ((error as Error).cause ?? {}) as { code?: string }
  if (code && NO_CONNECTION.has(code)) return new NotSent('unreachable', `The mail provider: ${code}.`)
  return new NotSent('unclear', `The mail provider has not answered: ${code ?? (error as Error).name}.`)
}

const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
