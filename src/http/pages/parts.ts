/**
 * What is too long for one page, in parts. All of it can be read, however long it is, and no page is heavier than 150 kB:
 * what is long is broken into pieces, and as many as fit make a part.
 */

import { say } from '../texts/index.ts'
import { type Html, html } from './html.ts'
import { outside } from './outside.ts'

/** Bytes. Beside a part a page has its frame and, of an approval, the words that can be changed. */
const PART = 80_000
/** Of a piece at most. */
export const PIECE = 16_000

export function weightOf({ text }: Html): number {
  return Buffer.byteLength(text)
}

export interface Parting {
  /** For who reads it in parts. */
  advice?: string
  /** Of its query, where a page has two things in parts. */
  name?: string
  /** Bytes of a part. */
  most?: number
}

/** @param pieces each of 16 kB at most @param path of the page; '' where it is this one */
export function inParts(
  pieces: Html[],
  asked: string | undefined,
  path: string,
  { advice = '', name = 'part', most = PART }: Parting = {},
): Html {
  const parts = packed(pieces, most)
  if (parts.length <= 1) return html`${pieces}`
  const count = parts.length
  const part = Math.min(Math.max(Math.trunc(Number(asked)) || 1, 1), count)
  const to = (other: number, rel: 'prev' | 'next', text: string) =>
    other >= 1 &&
    other <= count &&
    html`<a class="button" href="${path}${path.includes('?') ? '&' : '?'}${name}=${other}" rel="${rel}">${text}</a>`
  return html`<p class="notice">${say.parts.of(part, count)} ${advice}</p>
${parts[part - 1]!}
<p class="actions">${to(part - 1, 'prev', say.parts.previous)}${to(part + 1, 'next', say.parts.next)}</p>`
}

/** A text as one piece, or in two halves, and so on: how heavy one is, what is in it decides. */
export function pieces(text: string, render: (part: string) => Html): Html[] {
  const whole = render(text)
  if (weightOf(whole) <= PIECE || text.length < 2) return [whole]
  const middle = text.length >> 1
  const between = isPair(text, middle) ? middle + 1 : middle
  return [...pieces(text.slice(0, between), render), ...pieces(text.slice(between), render)]
}

/**
 * As much of a text from outside as is to be seen at a glance.
 * @param most characters; fewer, where each of them weighs as much as one that has to be made visible
 */
export function beginning(text: string, most: number): Html {
  const begun = text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text
  const written = outside(begun)
  return weightOf(written) <= 4 * most || most < 2 ? written : beginning(text, most >> 1)
}

/** Whether the two halves of one character (a surrogate pair) lie on both sides. */
function isPair(text: string, at: number): boolean {
  return /[\ud800-\udbff]/.test(text[at - 1]!) && /[\udc00-\udfff]/.test(text[at]!)
}

/** Whatever follows each other, in groups of at most so many bytes, or of one. */
export function packed(all: Html[], most = PIECE): Html[][] {
  const groups: Html[][] = []
  let room = 0
  for (const one of all) {
    const weight = weightOf(one)
    if (groups.length === 0 || weight > room) {
      groups.push([])
      room = most
    }
    groups.at(-1)!.push(one)
    room -= weight
  }
  return groups
}

export function inChunks<Row>(rows: Row[], size: number): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) =>
    rows.slice(at * size, (at + 1) * size),
  )
}

/** Rows of a list in one panel, or of many in as many as it takes; of none, none. */
export function panels(rows: Html[], title?: Html): Html[] {
  return packed(rows).map(
    (some, at) =>
      html`<section class="panel">${at === 0 && title && html`<h2>${title}</h2>\n`}<ul class="rows">${some}</ul></section>
`,
  )
}
