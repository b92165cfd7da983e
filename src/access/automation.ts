/** An automation acts under its own name, with what it takes to draft a message and to ask for its sending. */

import { and, eq } from 'drizzle-orm'
import type { Db } from '../database/pool.ts'
import type { Principal, Scope } from './principal.ts'
import { type Automation, automations } from './tables.ts'

export function automationPrincipal({ id, key }: Pick<Automation, 'id' | 'key'>): Principal {
  return {
    kind: 'automation',
    id,
    name: automationName(key),
    memberId: null,
    role: 'member',
    scopes: new Set<Scope>(['messaging:read', 'messaging:write']),
    human: false,
  }
}

/** `booking_confirmation` → `Booking confirmation`. */
export function automationName(key: string): string {
  const spaced = key.replaceAll('_', ' ')
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

/** For a call that waited: null where the automation has been switched off since. */
export async function principalOfAutomation(
  db: Db,
  workspaceId: string,
  id: string,
): Promise<Principal | null> {
  const [found] = await db
    .select({ id: automations.id, key: automations.key })
    .from(automations)
    .where(
      and(eq(automations.workspaceId, workspaceId), eq(automations.id, id), eq(automations.enabled, true)),
    )
  return found ? automationPrincipal(found) : null
}
