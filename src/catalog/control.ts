/**
 * Control fields steer a call and say nothing of its subject: they are taken off before the arguments are
 * parsed and hashed, so that a retry and its first try have the same hash.
 */

import { z } from 'zod'
import type { Tool } from './define.ts'
import { Text } from './kinds.ts'

const idempotencyKey = Text(255).describe('A fresh UUID per intended effect; reuse it when you retry.')
const dryRun = z.boolean().optional().describe('Preview: run it, show the result, change nothing.')
const confirmToken = Text(2048).optional().describe('From the preview; executes what it showed.')

export const controlNames = ['idempotency_key', 'dry_run', 'confirm_token'] as const

/** The control fields a tool takes, as zod fields beside its own. */
export function controlFields(tool: Tool): Record<string, z.ZodType> {
  if (tool.effect === 'read') return {}
  if (tool.forwards) return {}
  const fields: Record<string, z.ZodType> = {}
  if (tool.key) fields.idempotency_key = idempotencyKey
  if (tool.role === 'nobody') return fields
  return { ...fields, dry_run: dryRun, confirm_token: confirmToken }
}
