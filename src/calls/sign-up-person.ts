/** A person signs a business up on a page, on the way to connecting a client: the workspace, its owner, their session. */

import { codeRefused, spendTry } from '../access/one-time-codes.ts'
import { ANONYMOUS, FRONT_DESK } from '../access/principal.ts'
import { openSession, type SignIn } from '../access/sessions.ts'
import { foundWorkspace } from '../access/sign-up.ts'
import { newId } from '../database/columns.ts'
import type { House } from './house.ts'
import { recordOwn } from './record.ts'
import { contextOf } from './run.ts'

/** @throws Refusal `invalid_input`, the same for every reason */
export async function signUpPerson(
  house: House,
  guess: { request_id: string; code: string; user_agent?: string },
): Promise<SignIn> {
  const auditId = newId()
  const signIn = await house.database.transaction(FRONT_DESK.id, {}, async tx => {
    await spendTry(tx.db, guess.request_id)
    const { context, trace } = contextOf(house, tx, {
      principal: ANONYMOUS,
      workspace: FRONT_DESK,
      surface: 'page',
      tool: 'sign_up',
      arguments: {},
      requestId: auditId,
    })
    const founded = await foundWorkspace(context, guess)
    if (!founded) return null // Not thrown: the try is to be committed.
    const { workspace, email } = founded
    await recordOwn(
      tx.db,
      { workspaceId: workspace.id, auditId, doing: 'sign_up', at: context.now },
      trace.events,
    )
    tx.enterWorkspace(FRONT_DESK.id)
    return openSession(tx.db, email, { workspace_id: workspace.id, user_agent: guess.user_agent })
  })
  if (!signIn) throw codeRefused()
  return signIn
}
