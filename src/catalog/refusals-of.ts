/** Every refusal a tool can answer: those of its own rules, and those that any call of its sort can meet. */

import type { Tool } from './define.ts'
import type { RefusalCode } from './refusal.ts'

export function refusalsOf(tool: Tool): RefusalCode[] {
  const codes: RefusalCode[] = ['invalid_input', 'rate_limited', 'internal']
  if (tool.role !== 'nobody') codes.push('unauthenticated', 'forbidden_scope')
  if (tool.key) codes.push('in_progress', 'idempotency_key_reused')
  if (tool.gate) codes.push('confirmation_invalid', 'approval_stale', 'approval_expired')
  return [...new Set([...codes, ...(tool.refusals ?? [])])]
}
