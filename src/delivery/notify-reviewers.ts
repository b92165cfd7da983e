/** Mails reviewers that something waits for them. A mail that is lost costs nothing: the queue shows the same. */

import { createHash } from 'node:crypto'
import type { Temporal } from 'temporal-polyfill'
import type { Notice } from '../calls/notices.ts'
import { enqueue } from '../database/jobs.ts'
import type { Database, Db } from '../database/pool.ts'
import type { Carrier } from './carrier.ts'
import { type Handler, JobFailed } from './handler.ts'
import { letterOf } from './letter.ts'
import { NotSent } from './not-sent.ts'

/** The approvals' half of it (src/calls/notices.ts), handed in by `main`. */
export interface Notices {
  /** Notes whom to tell. @returns seconds until the next may be told; 0: they are noted */
  note(db: Db, workspaceId: string): Promise<number>
  queued(db: Db, workspaceId: string): Promise<Notice[]>
  text(workspaceId: string, notice: Notice): Promise<{ subject: string; text: string }>
  told(db: Db, workspaceId: string, notice: Notice, state: 'sent' | 'failed'): Promise<void>
}

export interface Notifying {
  database: Database
  notices: Notices
  /** BCP 47: of what they say. */
  language: string
  /** Absent on a developer's machine, whose mailbox shows what is noted. */
  carrier: Carrier | undefined
  now(): Temporal.Instant
}

export function notifyReviewers({ database, notices, language, carrier, now }: Notifying): Handler {
  return async ({ workspaceId, signal }) => {
    await database.transaction(workspaceId, {}, async ({ db }) => {
      const seconds = await notices.note(db, workspaceId)
      if (seconds === 0) return
      // Under a key of its own, so that what is asked meanwhile does not put it off.
      await enqueue(db, { task: 'notify_reviewers', runAt: now().add({ seconds }), jobKey: 'later' })
    })
    const queued = await database.transaction(workspaceId, { readOnly: true }, ({ db }) =>
      notices.queued(db, workspaceId),
    )
    for (const notice of queued) {
      const state = await send(notice)
      await database.transaction(workspaceId, {}, ({ db }) => notices.told(db, workspaceId, notice, state))
    }

    async function send(notice: Notice): Promise<'sent' | 'failed'> {
      if (!carrier) return 'sent'
      const { subject, text: body } = await notices.text(workspaceId, notice)
      const letter = letterOf({ language, subject, body })
      try {
        await carrier.send({ to: notice.email, ...letter }, { key: keyOf(notice), signal })
        return 'sent'
      } catch (error) {
        if (!(error instanceof NotSent)) throw error
        if (error.outcome === 'refused') return 'failed'
        throw new JobFailed(error.message)
      }
    }
  }
}

function keyOf({ memberId, waits }: { memberId: string; waits: { approvalId: string }[] }): string {
  const ids = [memberId, ...waits.map(({ approvalId }) => approvalId)]
  return createHash('sha256').update(`notice ${ids.join()}`).digest('hex').slice(0, 32)
}
