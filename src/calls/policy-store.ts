/** Where a workspace's approval policy lives: one row, replaced whole, with a version. */

import { eq, sql } from 'drizzle-orm'
import { type Db, prepared } from '../database/pool.ts'
import type { PolicyRule } from './policy.ts'
import { approvalPolicies } from './tables.ts'

export async function readPolicy(db: Db, workspaceId: string): Promise<PolicyRule[]> {
  const [row] = await policyOf(db).execute({ workspaceId })
  return row?.rules ?? []
}

function policyOf(db: Db) {
  return prepared(db, 'policy_of', db =>
    db
      .select({ rules: approvalPolicies.rules })
      .from(approvalPolicies)
      .where(eq(approvalPolicies.workspaceId, sql.placeholder('workspaceId')))
      .prepare('policy_of'),
  )
}
