/**
 * Sends a one-time code. Where the connection breaks before the server has answered it is sent again: it is the same
 * code under the same Message-ID or key, and whoever never got theirs could not come in.
 */

import { createHash } from 'node:crypto'
import type { Logger } from 'pino'
import { codeLetter } from '../access/code-letter.ts'
import type { Letters } from '../access/letters.ts'
import { mailOf } from '../access/one-time-codes.ts'
import type { Secrets } from '../access/secrets.ts'
import type { Database } from '../database/pool.ts'
import type { FindCarriers } from './carrier.ts'
import { type Handler, JobFailed } from './handler.ts'
import { NotSent } from './not-sent.ts'

export interface Post {
  database: Database
  secrets: Secrets
  letters: Letters
  log: Logger
}

/** Tries end by themselves: ten minutes on, the code is live no more, and nothing is sent. */
export function mailCode({
  database,
  secrets,
  letters,
  carriers,
  log,
}: Post & { carriers: FindCarriers }): Handler {
  return async ({ workspaceId, ids, signal }) => {
    const requestId = ids.request_id!
    const mail = await database.transaction(workspaceId, { readOnly: true }, ({ db }) =>
      mailOf(db, secrets, requestId),
    )
    if (!mail) return
    const known = await carriers(mail.workspaceId ?? workspaceId)
    const carrier = mail.provider ? known[mail.provider] : (known.smtp ?? known.resend)
    if (!carrier) throw new JobFailed('Nothing carries it any more.')
    try {
      await carrier.send({ to: mail.to, ...codeLetter(letters, mail) }, { key: nameOf(requestId), signal })
    } catch (error) {
      if (!(error instanceof NotSent)) throw error
      if (error.outcome !== 'refused') throw new JobFailed(error.message)
      log.warn({ request: requestId, answer: error.message }, 'a code was refused for good')
    }
  }
}

/** Not the request id itself: with it, who sees the mail would hold all that a sign-up takes. */
function nameOf(requestId: string): string {
  return createHash('sha256').update(`mail of ${requestId}`).digest('hex').slice(0, 32)
}
