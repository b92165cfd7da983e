/** A request's JSON body, strictly parsed, for the few operations that are no tools. */

import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { Refusal } from '../../catalog/refusal.ts'

/** @throws Refusal `invalid_input` */
export function bodyOf<Schema extends z.ZodType>(schema: Schema, request: FastifyRequest): z.output<Schema> {
  const parsed = schema.safeParse(request.body ?? {})
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues
    .slice(0, 20)
    .map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new Refusal(
    'invalid_input',
    issues[0]!.path ? `${issues[0]!.path}: ${issues[0]!.message}` : issues[0]!.message,
    { issues },
  )
}
