/** Who may read a note about a customer. */

import { hasRole, type Principal } from './principal.ts'

/**
 * What is for the team, everybody; what is private or clinical, whoever wrote it, and admins and owners. What an
 * automation or a customer's own page reads is none of these.
 */
export function mayReadNote(
  principal: Pick<Principal, 'kind' | 'memberId' | 'role'>,
  note: { visibility: 'team' | 'private' | 'clinical'; memberId: string | null },
): boolean {
  if (['customer', 'publishable_key', 'anonymous'].includes(principal.kind)) return false
  if (note.visibility === 'team') return true
  return isAuthor(principal, note) || hasRole(principal.role, 'admin')
}

function isAuthor({ memberId }: Pick<Principal, 'memberId'>, note: { memberId: string | null }): boolean {
  return memberId !== null && memberId === note.memberId
}
