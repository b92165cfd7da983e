/** What the house does by itself in a workspace, with no call behind it: it notes that a hold has lapsed, it drafts. */

import { eq } from 'drizzle-orm'
import type { Principal } from '../access/principal.ts'
import { allScopes } from '../access/scopes.ts'
import { workspaceColumns, workspaces } from '../access/tables.ts'
import { newId } from '../database/columns.ts'
import type { Context } from '../domain/context.ts'
import { withRetries } from './failures.ts'
import type { House } from './house.ts'
import { recordOwn } from './record.ts'
import { contextOf } from './run.ts'

const SYSTEM: Principal = {
  kind: 'system',
  id: null,
  name: 'Backdesk',
  memberId: null,
  role: 'owner',
  scopes: new Set(allScopes),
  human: false,
}

/**
 * Runs `work` in one transaction, and records the events it emits, with one row in the audit where there are any.
 * @param doing what the audit names it by
 */
export type AsSystem = <Result>(
  workspaceId: string,
  doing: string,
  work: (context: Context) => Promise<Result>,
) => Promise<Result>

export function asSystem(house: House): AsSystem {
  return (workspaceId, doing, work) =>
    withRetries(() =>
      house.database.transaction(workspaceId, {}, async tx => {
        const [workspace] = await tx.db
          .select(workspaceColumns)
          .from(workspaces)
          .where(eq(workspaces.id, workspaceId))
        const auditId = newId()
        const { context, trace } = contextOf(house, tx, {
          principal: SYSTEM,
          workspace: workspace!,
          surface: 'system',
          tool: doing,
          arguments: {},
          requestId: auditId,
        })
        const result = await work(context)
        await recordOwn(tx.db, { workspaceId, auditId, doing, at: context.now }, trace.events)
        return result
      }),
    )
}
