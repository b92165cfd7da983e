/** Shapes that the approvals' tools share. */

import { z } from 'zod'
import type { PolicyRule } from '../../src/calls/policy.ts'
import type { Approval } from '../../src/calls/tables.ts'
import { gates } from '../../src/catalog/define.ts'
import { ClosingTime, Currency, Id, Instant, Text, WallTime } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { principalIdText } from '../platform/shapes.ts'

export const ApprovalState = z.enum([
  'pending',
  'executed',
  'failed',
  'rejected',
  'withdrawn',
  'expired',
  'stale',
])

export const ApprovalSummary = z.object({
  id: Id('approval'),
  tool: z.string(),
  state: ApprovalState,
  asked_by: z.string().describe('The key or member that asked.'),
  on_behalf_of: Id('member').nullable(),
  asked_at: Instant(),
  expires_at: Instant(),
  decided_by: Id('member').nullable(),
  decided_at: Instant().nullable(),
  edited: z.boolean().describe('The reviewer changed it before approving.'),
  error_code: z.string().nullable(),
})

export const Rule = z.strictObject({
  tool: Text(64),
  gate: z.enum(gates),
  amount_over: z
    .strictObject({ amount: z.int().min(0).describe('Minor units.'), currency: Currency() })
    .optional()
    .describe('Only for calls that move more.'),
  recipients_over: z
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('Only for calls that reach more people.'),
  template: z
    .string()
    .max(120)
    .regex(/^[a-z0-9_]+@[1-9]\d*$/, 'Expected a key and a version: booking_confirmation@2.')
    .optional()
    .describe('Only for messages from this transactional template, unedited: booking_confirmation@2.'),
  hours: z
    .strictObject({ from: WallTime(), to: ClosingTime() })
    .refine(({ from, to }) => from !== to, 'Expected two times that differ.')
    .optional()
    .describe("Only for calls made between these, on the workspace's clock; may span midnight."),
  reviewers: z.enum(['admin', 'owner']).default('admin').describe('Least role that decides.'),
  expires_after_minutes: z.int().min(5).max(43_200).default(4_320).describe('How long it waits.'),
})

/** Rules as they are read: what each field says stands where they are set. */
export const RulesShown = z.array(z.record(z.string(), z.unknown()))

export function rulesShown(rules: PolicyRule[]) {
  return rules.map(rule => ({ ...rule }))
}

export function summaryOf(approval: Approval) {
  return {
    ...wire(approval),
    asked_by: principalIdText({ kind: approval.askedByKind, id: approval.askedBy })!,
    on_behalf_of: approval.memberId,
  }
}
