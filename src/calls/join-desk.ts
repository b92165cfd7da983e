/**
 * Joining a team at the page that an invitation's link opens. No key is made: whoever has proved the address is a
 * member, and signed in to the console there. It stands in that workspace's audit under their own name.
 */

import { principalOfPerson } from '../access/authenticate.ts'
import { type CodeRequest, codeRefused, spendTry } from '../access/one-time-codes.ts'
import { ANONYMOUS, FRONT_DESK } from '../access/principal.ts'
import { accountOfSession, moveSession, openSession, type SignIn } from '../access/sessions.ts'
import { notFound } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import type { Db } from '../database/pool.ts'
import type { Context } from '../domain/context.ts'
import type { Invitation, readInvitation } from '../domain/team/invitation.ts'
import type { readInviteToken } from '../domain/team/invites.ts'
import type { Guess, joinAs, joinByCode, NewMember, requestJoin } from '../domain/team/join.ts'
import { asSystem } from './as-system.ts'
import { withRetries } from './failures.ts'
import type { House } from './house.ts'
import { recordOwn } from './record.ts'
import { contextOf, nowIn } from './run.ts'

export interface JoinDesk {
  /** What the link leads to. It changes nothing. @throws Refusal `rate_limited` */
  read(token: string): Promise<Invitation>
  /** Mails a code to the invited address. @throws Refusal `invalid_input` where it is open no more; `rate_limited`, `provider_error` */
  requestCode(token: string): Promise<CodeRequest>
  /** @throws Refusal `invalid_input`, the same for every reason */
  joinByCode(token: string, guess: Guess & { user_agent?: string }): Promise<SignIn>
  /**
   * For who is signed in with the invited address; the session goes on in the workspace.
   * @throws Refusal `unauthenticated`; `forbidden_scope` of another address; `not_found` where it is open no more
   */
  joinAs(token: string, session: string): Promise<void>
}

/** The domain's verbs. */
interface Verbs {
  readInviteToken: typeof readInviteToken
  readInvitation: typeof readInvitation
  requestJoin: typeof requestJoin
  joinByCode: typeof joinByCode
  joinAs: typeof joinAs
}

export function joinDesk(house: House, verbs: Verbs): JoinDesk {
  const inviteAt = (token: string) => verbs.readInviteToken(house.secrets, token)
  return {
    async read(token) {
      const at = inviteAt(token)
      if (!at) return 'gone'
      return asSystem(house)(at.workspaceId, 'read_invite', context =>
        verbs.readInvitation(context, at.inviteId),
      )
    },

    requestCode: token => atFrontDesk(house, ({ context }) => verbs.requestJoin(context, token)),

    async joinByCode(token, { user_agent, ...guess }) {
      const signIn = await atFrontDesk(house, async ({ context, db, welcome }) => {
        await spendTry(db, guess.request_id)
        const at = inviteAt(token)
        const joined = at && (await verbs.joinByCode(context, guess, at.inviteId))
        if (!joined) return null // Not thrown: the try is to be committed.
        await welcome(joined)
        return openSession(db, joined.email, { workspace_id: joined.workspace.id, user_agent })
      })
      if (!signIn) throw codeRefused()
      return signIn
    },

    joinAs: (token, session) =>
      atFrontDesk(house, async ({ context, db, welcome }) => {
        const account = await accountOfSession(db, session)
        const at = inviteAt(token)
        if (!at) throw notFound('invite')
        const joined = await verbs.joinAs(context, at, account)
        if (joined) await welcome(joined)
        else await context.enterWorkspace(FRONT_DESK.id)
        // Of two presses at once the second finds a member, and nobody else gets in.
        await moveSession(db, session, at.workspaceId)
      }),
  }
}

interface AtFrontDesk {
  context: Context
  db: Db
  /** Writes it to the audit of the workspace that was joined, and comes back. */
  welcome(member: NewMember): Promise<void>
}

function atFrontDesk<Result>(house: House, work: (at: AtFrontDesk) => Promise<Result>): Promise<Result> {
  return withRetries(() =>
    house.database.transaction(FRONT_DESK.id, {}, async tx => {
      const auditId = newId()
      const request = { surface: 'console', tool: 'join_team', arguments: {}, requestId: auditId } as const
      const nobody = { ...request, principal: ANONYMOUS, workspace: FRONT_DESK }
      const { context, trace } = contextOf(house, tx, nobody)
      const welcome = async ({ member_id: id, name, role, workspace }: NewMember) => {
        const by = { ...request, workspace, principal: principalOfPerson({ id, name, role }) }
        const row = { workspaceId: workspace.id, auditId, doing: request.tool, at: nowIn(workspace), by }
        await recordOwn(tx.db, row, trace.events)
        tx.enterWorkspace(FRONT_DESK.id)
      }
      return work({ context, db: tx.db, welcome })
    }),
  )
}
