/** Descriptions as a page shows them. */

import type { Catalog } from '../../../catalog/catalog.ts'
import { vocabulary } from '../../../catalog/refusal.ts'
import { type Html, html } from '../html.ts'
import { inEnglish } from '../language.ts'

export function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text
}

/** Names of tools and errors lead to their pages. */
export function linked(catalog: Catalog, text: string): Html {
  const words = text.split(/\b([a-z]+(?:_[a-z]+)+)\b/)
  return html`${words.map((word, index) => (index % 2 === 0 ? inEnglish(word) : linkTo(catalog, word)))}`
}

function linkTo(catalog: Catalog, word: string): Html {
  if (catalog.get(word)) return html`<a href="/catalog/${word}"><code>${word}</code></a>`
  if (Object.hasOwn(vocabulary, word)) return html`<a href="/errors/${word}"><code>${word}</code></a>`
  return code(word)
}

export function code(text: string): Html {
  return html`<code>${text}</code>`
}

/**
 * A program's text: it scrolls in its own box, also by keyboard (axe: scrollable-region-focusable).
 * @param mark of a label that is in another language
 */
export function listing(label: string, text: string, mark?: Html | false): Html {
  return html`<pre tabindex="0" role="region" aria-label="${label}"${mark}><code>${text}</code></pre>`
}
