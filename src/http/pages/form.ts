/** What a form without a script sends, `application/x-www-form-urlencoded`; our own pages alone take it. */

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Refusal } from '../../catalog/refusal.ts'

export type Form = Record<string, string>

/** @throws Refusal `invalid_input` for what no form sends */
export function formOf(body: unknown): Form {
  const form = z.record(z.string(), z.string()).safeParse(body ?? {})
  if (form.success) return form.data
  throw new Refusal('invalid_input', 'This takes what a form sends: fields of text.')
}

export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, text, done) => done(null, fieldsOf(text as string)),
  )
}

/** Of a name that stands twice, the last. Line breaks are those of the text that was put into the form. */
function fieldsOf(text: string): Form {
  const fields = [...new URLSearchParams(text)].map(([name, value]) => [name, value.replaceAll('\r\n', '\n')])
  return Object.fromEntries(fields)
}
