/** Whose authority a call that waited would run under, as it is at this moment. */

import { principalOfKey, principalOfMember } from '../access/authenticate.ts'
import { principalOfAutomation } from '../access/automation.ts'
import { principalOfConnection } from '../access/oauth/connections.ts'
import type { Principal, Workspace } from '../access/principal.ts'
import { Refusal } from '../catalog/refusal.ts'
import type { Db } from '../database/pool.ts'
import type { Approval } from './tables.ts'

const authorities = {
  api_key: principalOfKey,
  oauth_client: principalOfConnection,
  member: principalOfMember,
  automation: principalOfAutomation,
} satisfies Record<Approval['askedByKind'], unknown>

/** null: the key or the client was revoked, the member has left, the automation was switched off. */
export function authorityOf(
  db: Db,
  { workspaceId, askedByKind, askedBy }: Approval,
): Promise<Principal | null> {
  return authorities[askedByKind](db, workspaceId, askedBy)
}

/** Whoever waited for a lock may have lost their role meanwhile. @throws Refusal `forbidden_scope` of who has left */
export async function personNow(
  db: Db,
  { principal, workspace }: { principal: Principal; workspace: Workspace },
): Promise<Principal> {
  const person = await principalOfMember(db, workspace.id, principal.id!)
  if (person) return person
  throw new Refusal('forbidden_scope', 'You are no longer a member here.', { needed_principal: 'member' })
}
