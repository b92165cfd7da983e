/** What a person at the console sees of open invitations, and how they take one back. To invite is a tool's: create_team_invite. */

import type { Context } from '../domain/context.ts'
import type { PendingInvite, pendingInvites, withdrawInvite } from '../domain/team/invitation.ts'
import type { AsPerson } from './as-person.ts'
import type { Decider } from './decide.ts'

export interface InviteDesk {
  pending(person: Decider): Promise<PendingInvite[]>
  /** @param id uuid. @throws Refusal `invalid_transition`, `forbidden_scope` */
  withdraw(person: Decider, id: string): Promise<void>
}

/** The domain's verbs. */
interface Verbs {
  pendingInvites: typeof pendingInvites
  withdrawInvite: typeof withdrawInvite
}

export function inviteDesk(asPerson: AsPerson, verbs: Verbs): InviteDesk {
  const does =
    <Rest extends unknown[], Result>(
      doing: string,
      work: (context: Context, ...rest: Rest) => Promise<Result>,
    ) =>
    (person: Decider, ...rest: Rest) =>
      asPerson(person, { doing, role: 'admin' }, context => work(context, ...rest))
  return {
    pending: does('read_invites', verbs.pendingInvites),
    withdraw: does('withdraw_invite', verbs.withdrawInvite),
  }
}
