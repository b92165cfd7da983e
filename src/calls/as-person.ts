/**
 * What a signed-in person does that is no tool: deciding about a message that may have gone, storing a provider's
 * password. No key gets here. It is written to the audit under the person's name, as any call is.
 */

import { hasRole, type Role } from '../access/principal.ts'
import { mustBeSignedIn } from '../access/sessions.ts'
import { Refusal } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import type { Context } from '../domain/context.ts'
import type { Decider } from './decide.ts'
import { refusalFor, withRetries } from './failures.ts'
import type { House } from './house.ts'
import { recordOwn } from './record.ts'
import { contextOf } from './run.ts'

export type AsPerson = <Result>(
  person: Decider,
  act: { doing: string; role: Role },
  work: (context: Context) => Promise<Result>,
) => Promise<Result>

/** @throws Refusal `forbidden_scope`, `unauthenticated`, and what `work` throws */
export function asPerson(house: House): AsPerson {
  return async (person, { doing, role }, work) => {
    const { principal, workspace } = person
    if (!principal.human || !hasRole(principal.role, role)) {
      throw new Refusal(
        'forbidden_scope',
        `Only a signed-in person does this, of the role ${role} or above.`,
        {
          needed_role: role,
          needed_principal: 'person',
        },
      )
    }
    const request = { ...person, tool: doing, arguments: {} }
    try {
      return await withRetries(() =>
        house.database.transaction(workspace.id, {}, async tx => {
          const auditId = newId()
          const { context, trace } = contextOf(house, tx, request)
          const result = await work(context)
          const row = { workspaceId: workspace.id, auditId, doing, at: context.now, by: request }
          await recordOwn(tx.db, row, trace.events)
          await mustBeSignedIn(tx.db, principal)
          return result
        }),
      )
    } catch (error) {
      throw refusalFor(error, request, house.log)
    }
  }
}
