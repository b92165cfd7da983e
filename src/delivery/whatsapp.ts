/**
 * Carries messages by the WhatsApp Cloud API (developers.facebook.com/docs/whatsapp/cloud-api/reference/messages), and
 * whoever speaks it. It knows no keys: what is sent twice arrives twice.
 */

import { z } from 'zod'
import type { CredentialsOf } from '../access/credentials.ts'
import type { Finding } from '../domain/messaging/findings.ts'
import type { Carrier, Mail } from './carrier.ts'
import { NotSent } from './not-sent.ts'
import { parsed, post, secondsOf } from './post.ts'

/** @param url of the API with its version, without a slash at the end */
export function whatsapp(
  { phone_number_id, access_token }: CredentialsOf<'whatsapp'>,
  url: string,
  patienceMs?: number,
): Carrier {
  return {
    keyHours: 0,
    async send(mail, { signal, attempt }) {
      const { answer, text } = await post(
        `${url}/${phone_number_id}/messages`,
        {
          headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            messaging_product: 'whatsapp',
            recipient_type: 'individual',
            to: mail.to,
            ...contentOf(mail),
            ...(attempt && { biz_opaque_callback_data: attempt }),
          }),
        },
        { signal, patienceMs },
      )
      if (!answer.ok) throw refusalOf(answer, text)
      return { ref: Taken.safeParse(parsed(text)).data?.messages[0]?.id }
    },
  }
}

const Taken = z.object({ messages: z.array(z.object({ id: z.string().max(256) })) })

function contentOf({ text, template }: Mail): object {
  if (!template) return { type: 'text', text: { body: text } }
  const { name, language, values } = template
  const parameters = values.map(value => ({ type: 'text', text: value }))
  return {
    type: 'template',
    template: {
      name,
      language: { code: language },
      ...(parameters.length > 0 && { components: [{ type: 'body', parameters }] }),
    },
  }
}

/** Its own words may name the number, so that only the code is kept. */
function refusalOf({ status, headers }: Response, text: string): NotSent {
  const code = Failed.safeParse(parsed(text)).data?.error.code
  const message = `WhatsApp answered ${status}${code === undefined ? '' : `, code ${code}`}.`
  const after = secondsOf(headers.get('retry-after'))
  if (status === 429 || isAmong(TOO_MANY, code)) return new NotSent('rate_limited', message, after)
  if (isAmong(OF_THE_ACCOUNT, code) || isAmong(DOWN, code)) return new NotSent('deferred', message, after)
  const finding = code === undefined ? undefined : findingOf(code)
  if (finding) return new NotSent('refused', message, undefined, finding)
  if (status === 401 || status === 403) return new NotSent('deferred', message)
  return new NotSent(status >= 500 ? 'unclear' : 'refused', message)
}

const Failed = z.object({ error: z.object({ code: z.int() }) })

function isAmong(codes: ReadonlySet<number>, code: number | undefined): boolean {
  return code !== undefined && codes.has(code)
}

// developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
/** Of the app, of the business account, of the number, of this pair of numbers, and as spam. */
const TOO_MANY: ReadonlySet<number> = new Set([4, 80007, 130429, 131048, 131056])
/** Its token, its rights, its bill or its number are not in order: nothing about the message, and a person sees to it. */
const OF_THE_ACCOUNT: ReadonlySet<number> = new Set([
  0, 3, 10, 190, 200, 368, 131005, 131031, 131042, 131045, 133010,
])
/** Down or in maintenance, by its own word; a template that is paused comes back by itself. */
const DOWN: ReadonlySet<number> = new Set([2, 131016, 131057, 132015, 133004])

/** What one of its codes says of the recipient; undefined: nothing. */
export function findingOf(code: number): Finding | undefined {
  return findings[code]
}

const findings: Record<number, Finding> = {
  131026: 'bounced', // No number of WhatsApp's, or one that takes nothing.
  131047: 'outside_service_window',
  132001: 'outside_service_window', // No such template in this language, or not approved.
  132016: 'outside_service_window', // Disabled for good.
  131050: 'opted_out_of_marketing',
}
