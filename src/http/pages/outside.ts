/** Text from outside stays text: escaped, isolated in its direction, and with what cannot be seen made visible. */

import { say } from '../texts/index.ts'
import { type Html, html } from './html.ts'

/** What somebody outside wrote: `bdi`, for a right-to-left name must not turn around the sentence it stands in. */
export function outside(written: string): Html {
  return html`<bdi>${legible(written)}</bdi>`
}

/** What stands alone on its line needs no isolation. */
export function legible(written: string): Html {
  return html`${written.split(UNSEEN).map((part, at) => (at % 2 === 0 ? part : visible(part)))}`
}

/**
 * Characters that hide or reorder what is read: zero-width ones, directional overrides and isolates, and the tags
 * of plane 14, which carry messages to programs alone. Joiners and marks stay: emoji and Persian need them.
 */
const UNSEEN = /([\u200b\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}])/u

function visible(character: string): Html {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
  return html`<span class="unseen" title="${say.words.unseen}">U+${code}</span>`
}
