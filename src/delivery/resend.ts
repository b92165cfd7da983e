/** Carries mail by Resend's HTTP API (resend.com/docs/api-reference/emails/send-email), and whoever speaks it. */

import { z } from 'zod'
import type { Carrier, Mail } from './carrier.ts'
import { NotSent } from './not-sent.ts'
import { parsed, post, secondsOf } from './post.ts'

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
      const { answer, text } = await post(
        `${url}/emails`,
        {
          headers: {
            authorization: `Bearer ${apiKey}`,
            'content-type': 'application/json',
            'idempotency-key': key,
          },
          body: JSON.stringify(bodyOf(mail, from)),
        },
        { signal, patienceMs },
      )
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
