/** Mails an invitation, as `mail-code.ts` does a code: the same mail under the same key, however often it is tried. */

import { type InviteMaker, inviteMailOf } from '../domain/team/invites.ts'
import type { Carrier } from './carrier.ts'
import { type Handler, JobFailed } from './handler.ts'
import type { Post } from './mail-code.ts'
import { NotSent } from './not-sent.ts'

export function mailInvite({
  database,
  carrier,
  log,
  ...maker
}: Post & InviteMaker & { carrier: Carrier }): Handler {
  return async ({ workspaceId, ids, signal }) => {
    const inviteId = ids.invite_id!
    const mail = await database.transaction(workspaceId, {}, ({ db }) =>
      inviteMailOf(db, maker, workspaceId, inviteId),
    )
    if (!mail) return
    try {
      await carrier.send(mail, { key: `invite-${inviteId}`, signal })
    } catch (error) {
      if (!(error instanceof NotSent)) throw error
      if (error.outcome !== 'refused') throw new JobFailed(error.message)
      log.warn({ invite: inviteId, answer: error.message }, 'an invitation was refused for good')
    }
  }
}
