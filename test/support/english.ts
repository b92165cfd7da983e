/** The Latin words that somebody reads on a page, or hears: not of code, of what came from outside, nor marked as English. */

import assert from 'node:assert/strict'

/** Each with the element that it stands in. @param known names that are the same in every language */
export function englishIn(page: string, known: string[] = []): string[] {
  return spokenIn(page)
    .filter(({ text }) => isEnglish(text, known))
    .map(({ where, text }) => `${where}: ${text.trim()}`)
}

function isEnglish(text: string, known: string[]): boolean {
  const rest = known.reduce((left, name) => left.replaceAll(name, ''), text.replace(/&#?\w+;/g, ' '))
  return /\p{Script=Latin}{2}/u.test(rest)
}

interface Spoken {
  where: string
  text: string
}

/** Text and attributes that are read out, of elements that say something in the page's language. */
function spokenIn(page: string): Spoken[] {
  const found: Spoken[] = []
  const open: { name: string; isSilent: boolean }[] = [{ name: '', isSilent: false }]
  for (const [, closed, name, attributes = '', text] of page.matchAll(PART)) {
    const within = open.at(-1)!
    if (closed) open.pop()
    else if (text !== undefined && !within.isSilent) found.push({ where: within.name, text })
    else if (name !== undefined) {
      const isSilent =
        within.isSilent || SILENT.has(name) || (name !== 'html' && attributes.includes(' lang="en"'))
      if (!isSilent || name === 'textarea')
        for (const [, attribute, value] of attributes.matchAll(READ_OUT))
          found.push({ where: `${name} ${attribute}`, text: value! })
      if (!VOID.has(name)) open.push({ name, isSilent })
    }
  }
  assert.equal(open.length, 1, 'each element is closed')
  // The window's title repeats the page's, and cannot be marked in part.
  const title = /<h1[^>]*>(.*?)<\/h1>/s.exec(page)?.[1]?.replace(/<[^>]*>/g, '') ?? ''
  return found.map(({ where, text }) => ({ where, text: where === 'title' ? text.replace(title, '') : text }))
}

/** An end, a beginning with its attributes, or a text. */
const PART = /<(?:(\/)|!doctype[^>]*|([a-z][a-z0-9]*))((?:[^>"]|"[^"]*")*)>|([^<]+)/g
const READ_OUT = / (aria-label|title|alt|placeholder|data-own|data-calm|data-lost|data-changed)="([^"]*)"/g
const VOID = new Set(['meta', 'link', 'input', 'br', 'hr', 'img', 'path', 'circle'])
/** What came from outside stands in `bdi`; what is typed is nobody's text. */
const SILENT = new Set(['script', 'style', 'code', 'pre', 'bdi', 'textarea'])
