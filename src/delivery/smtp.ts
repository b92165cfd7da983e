/** Carries mail by SMTP, to the server that SMTP_URL names. It knows no keys: what is sent twice arrives twice. */

import { Readable } from 'node:stream'
import { createTransport, type SMTPTransportOptions } from 'nodemailer'
import { connectOutside } from '../access/outside.ts'
import type { Carrier } from './carrier.ts'
import { NotSent } from './not-sent.ts'

export interface SmtpConfig {
  /** smtp:// or smtps://, with user and password where the server asks for them. */
  url: string
  /** `Backdesk <no-reply@example.com>` */
  from: string
}

/** @param mayBeInside of the server's own mail, which may go by a relay beside it; and on a developer's machine */
export function smtp({ url, from }: SmtpConfig, mayBeInside = true): Carrier {
  const domain = /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'
  return {
    keyHours: 0,
    async send({ headers, attachments = [], ...mail }, { key, signal }) {
      let offered = false
      const transport = createTransport({ url, ...LIMITS, ...(!mayBeInside && { getSocket: socketOutside }) })
      // nodemailer reports a broken connection alike at every stage (`command: 'CONN'`), but reads the mail only once
      // the server has answered DATA with 354.
      transport.use('stream', ({ message }, done) => {
        message.processFunc(text =>
          Readable.from(
            (async function* () {
              offered = true
              yield* text as Readable
            })(),
            { objectMode: false },
          ),
        )
        done()
      })
      try {
        const { messageId } = await transport.sendMail({
          ...mail,
          from,
          messageId: `<${key}@${domain}>`,
          headers: { ...AUTOMATIC, ...headers },
          attachments: attachments.map(({ name, mediaType, content }) => ({
            filename: name,
            contentType: mediaType,
            content,
          })),
          signal,
        })
        return { ref: messageId }
      } catch (error) {
        throw notSent(error as SmtpError, offered)
      }
    },
  }
}

interface SmtpError {
  responseCode?: number
  /** nodemailer's: EENVELOPE and EMESSAGE are about this mail, whether the server said so or nodemailer saw it. */
  code?: string
}

/** The server's own words may repeat the address, so that only its number is kept. */
function notSent({ responseCode, code }: SmtpError, offered: boolean): NotSent {
  const aboutTheMail = code === 'EENVELOPE' || code === 'EMESSAGE' || offered
  const answer = `The mail server has not taken it: ${responseCode ?? code ?? 'for no known reason'}.`
  // RFC 5321, section 4.2.1. A 5xx to a greeting or a password says nothing about the mail: the next try may do.
  if (responseCode && responseCode >= 500 && aboutTheMail) return new NotSent('refused', answer)
  if (responseCode) return new NotSent('deferred', answer)
  if (offered) return new NotSent('unclear', `The mail server has not answered: ${code}.`)
  return new NotSent(aboutTheMail ? 'refused' : 'unreachable', answer)
}

/** No vacation notice is sent back (RFC 3834). */
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated' }

/** For nodemailer: a socket that is connected, and checked before it was. It speaks TLS over it where the URL says so. */
export const socketOutside: NonNullable<SMTPTransportOptions['getSocket']> = (
  { host = '', port, secure },
  done,
) => {
  connectOutside(host, Number(port) || (secure ? 465 : 587), LIMITS.connectionTimeout).then(
    connection => done(null, { connection }),
    error => done(error),
  )
}

const LIMITS = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000, // Of silence.
  disableFileAccess: true,
  disableUrlAccess: true,
}
