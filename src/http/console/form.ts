/** What a form without a script sends, `application/x-www-form-urlencoded`; the console's pages alone take it. */

import type { FastifyInstance } from 'fastify'

export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, text, done) => done(null, fieldsOf(text as string)),
  )
}

/** Of a name that stands twice, the last. Line breaks are those of the text that was put into the form. */
function fieldsOf(text: string): Record<string, string> {
  const fields = [...new URLSearchParams(text)].map(([name, value]) => [name, value.replaceAll('\r\n', '\n')])
  return Object.fromEntries(fields)
}
