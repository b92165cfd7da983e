/** JSON from outside: UTF-8, no prototype keys, and not nested so deeply that a walk over it would overflow the stack. */

import { isUtf8 } from 'node:buffer'
import { errorCodes, type FastifyInstance } from 'fastify'
import { Refusal } from '../catalog/refusal.ts'

export function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    // Decoding would put U+FFFD in place of what is no UTF-8, and a name in Latin-1 would be stored broken.
    if (!isUtf8(bytes)) return done(new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY())
    if (depthOf(bytes) > MAX_DEPTH) {
      return done(new Refusal('invalid_input', `The body is nested more than ${MAX_DEPTH} levels deep.`))
    }
    return parse(request, bytes.toString(), done)
  })
}

/** The deepest tool input has 8 levels. JSON.stringify overflows at about 5,000. */
const MAX_DEPTH = 64

/** How deeply the brackets outside of strings nest; bytes suffice, since UTF-8 has no ASCII inside a character. */
export function depthOf(json: Uint8Array): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) deepest = Math.max(deepest, ++depth)
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
  }
  return deepest
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
