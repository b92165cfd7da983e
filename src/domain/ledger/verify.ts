/** Recomputes the whole of a workspace's money, and names what does not hold. */

import { sql } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { rules } from './rules.ts'

export interface Finding {
  rule: string
  /** uuids, at most ten. */
  broken: string[]
}

export const verified = Object.keys(rules)

/** What does not hold; empty where all does. */
export async function verifyLedger({ db, workspace }: Pick<Context, 'db' | 'workspace'>): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [rule, query] of Object.entries(rules)) {
    const { rows } = await db.execute<{ id: string }>(
      sql.join(
        query
          .split('$1')
          .flatMap((part, index) => [...(index === 0 ? [] : [sql`${workspace.id}::uuid`]), sql.raw(part)]),
      ),
    )
    if (rows.length > 0) findings.push({ rule, broken: rows.slice(0, 10).map(({ id }) => id) })
  }
  return findings
}
