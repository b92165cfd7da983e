/** What a form without a script sends, `application/x-www-form-urlencoded`; our own pages alone take it. */

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

export type Form = Record<string, string>

export function formOf(body: unknown): Form {
  return z.record(z.string(), z.string()).parse(body ?? {})
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
