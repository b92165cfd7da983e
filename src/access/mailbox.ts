/** The developer mailbox: what is mailed, or would be, newest first. A code is derived as it is read; no row holds it. */

import { desc, eq } from 'drizzle-orm'
import { idText } from '../catalog/kinds.ts'
import type { Database } from '../database/pool.ts'
import { codeLetter } from './code-letter.ts'
import type { Letters } from './letters.ts'
import { mailOf } from './one-time-codes.ts'
import { FRONT_DESK } from './principal.ts'
import type { Secrets } from './secrets.ts'
import { oneTimeCodes } from './tables.ts'

const MOST = 100

export function listMail({
  database,
  secrets,
  letters,
}: {
  database: Database
  secrets: Secrets
  letters: Letters
}) {
  return database.transaction(FRONT_DESK.id, { readOnly: true }, async ({ db }) => {
    const requests = await db
      .select({ id: oneTimeCodes.id, createdAt: oneTimeCodes.createdAt })
      .from(oneTimeCodes)
      .where(eq(oneTimeCodes.workspaceId, FRONT_DESK.id))
      .orderBy(desc(oneTimeCodes.id))
      .limit(MOST)
    const mails = await Promise.all(
      requests.map(async ({ id, createdAt }) => {
        const mail = await mailOf(db, secrets, id)
        if (!mail) return null
        const { subject, text } = codeLetter(letters, mail)
        return {
          id: idText('request', id),
          channel: mail.channel,
          to: mail.to,
          subject,
          text,
          created_at: createdAt.toString(),
        }
      }),
    )
    return mails.filter(mail => mail !== null)
  })
}
