/** Who may decide a call that waits: one rule, for the decision itself and for the page that leads to it. */

import { hasRole, type Principal, type Workspace } from '../access/principal.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { type PolicyRule, type Requirement, requirementOf } from './policy.ts'
import { clockTime } from './run.ts'
import type { Approval } from './tables.ts'

export type Reviewers = Requirement['reviewers']

/** Least role that decides it, by the policy of this moment for the hour at which it was asked. Of a tool that is gone, an admin clears away what is left. */
export function reviewersOf(
  catalog: Catalog,
  { tool: name, effects, askedAt }: Pick<Approval, 'tool' | 'effects' | 'askedAt'>,
  rules: PolicyRule[],
  workspace: Workspace,
): Reviewers {
  const tool = catalog.get(name)?.tool
  return tool ? requirementOf(tool, effects, rules, clockTime(askedAt, workspace)).reviewers : 'admin'
}

export function mayReview({ human, role }: Principal, reviewers: Reviewers): boolean {
  return human && hasRole(role, reviewers)
}
