/**
 * Carries SMS by Twilio (twilio.com/docs/messaging/api/message-resource), and whoever speaks its API. It knows no keys:
 * what is sent twice arrives twice.
 */

import { z } from 'zod'
import type { CredentialsOf } from '../access/credentials.ts'
import type { Finding } from '../domain/messaging/findings.ts'
import type { Carrier } from './carrier.ts'
import { NotSent } from './not-sent.ts'
import { parsed, post, secondsOf } from './post.ts'

/**
 * @param url of the API, without a slash at the end
 * @param callback where it is to say what became of a message; without: where it is told to in its own settings
 */
export function twilio(
  { account_sid, auth_token, from }: CredentialsOf<'twilio'>,
  url: string,
  callback?: string,
): Carrier {
  const authorization = `Basic ${Buffer.from(`${account_sid}:${auth_token}`).toString('base64')}`
  return {
    keyHours: 0,
    async send({ to, text: body }, { signal, attempt }) {
      // A messaging service chooses among its numbers.
      const sender = from.startsWith('MG') ? 'MessagingServiceSid' : 'From'
      const { answer, text } = await post(
        `${url}/2010-04-01/Accounts/${account_sid}/Messages.json`,
        {
          headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            To: to,
            Body: body,
            [sender]: from,
            ...(callback && attempt && { StatusCallback: `${callback}?try=${attempt}` }),
          }).toString(),
        },
        { signal },
      )
      if (!answer.ok) throw refusalOf(answer, text)
      return { ref: Taken.safeParse(parsed(text)).data?.sid }
    },
  }
}

const Taken = z.object({ sid: z.string().max(64) })

/** Its own words name the number, so that only the status and the code are kept. */
function refusalOf({ status, headers }: Response, text: string): NotSent {
  const code = Failed.safeParse(parsed(text)).data?.code
  const message = `Twilio answered ${status}${code === undefined ? '' : `, code ${code}`}.`
  if (status === 429) return new NotSent('rate_limited', message, secondsOf(headers.get('retry-after')))
  // About the account, and nothing about the message: the next try may do.
  if (status === 401 || status === 403) return new NotSent('deferred', message)
  if (status >= 500) return new NotSent('unclear', message)
  return new NotSent('refused', message, undefined, code === undefined ? undefined : findingOf(code))
}

const Failed = z.object({ code: z.int() })

/** What one of its codes says of the recipient (twilio.com/docs/api/errors); undefined: nothing. */
export function findingOf(code: number): Finding | undefined {
  return findings[code]
}

const findings: Record<number, Finding> = {
  21211: 'bounced', // No number.
  21614: 'bounced', // No mobile.
  30005: 'bounced', // Nobody's.
  30006: 'bounced', // A landline.
  21610: 'opted_out', // Replied STOP.
}
