/**
 * A made-up language, to be imported before the server: Greek letters in the place of the Latin ones of each English
 * text, spoken by a server that is started afterwards. A Latin letter on its pages is then of somebody's name, of a tool,
 * or of a word that stands where no translator finds it.
 *
 * It is made from the sources of `texts/`, so that what is put into a sentence stays as it is, and so do tags and entities.
 */

import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/** `Save` → `Ταψε` */
export function madeUp(text: string): string {
  return text.replace(/[A-Za-z]/g, letter => {
    const greek = GREEK[(letter.charCodeAt(0) & 31) - 1]!
    return letter < 'a' ? greek.toUpperCase() : greek
  })
}

/** One for each of a to z. */
const GREEK = 'αβγδεζηθικλμνξοπρστυφχψωϊϋ'

process.env.BACKDESK_LANGUAGE = 'el'

registerHooks({
  resolve(specifier, { parentURL, ...context }, next) {
    const found = next(specifier, { parentURL, ...context })
    const isText = /\/(en|en-[a-z]+|paper-words)\.ts$/.test(found.url)
    return isText && parentURL?.endsWith(MARK) ? { ...found, url: found.url + MARK } : found
  },
  load(url, context, next) {
    if (url.endsWith('/texts/languages.ts')) return { ...next(url, context), source: withGreek(url) }
    if (!url.endsWith(MARK)) return next(url, context)
    const plain = url.slice(0, -MARK.length)
    return { ...next(plain, context), source: greekSource(readFileSync(fileURLToPath(plain), 'utf8')) }
  },
})

const MARK = '?made-up'

/** What the English texts take from elsewhere, another language says itself. */
function withGreek(url: string): string {
  return `${readFileSync(fileURLToPath(url), 'utf8')}
import { madeUp } from '${import.meta.url}'
import { say as greek } from './en.ts${MARK}'
const { title } = greek.errors
greek.errors.title = code => madeUp(title(code))
greek.named = name => (name === 'location_id' ? null : madeUp(name))
greek.things = Object.fromEntries(Object.entries(greek.things).map(([kind, name]) => [kind, madeUp(name)]))
languages.el = greek
`
}

/** The source of texts with its words in Greek: strings and templates, but no names, paths, comparisons and options. */
function greekSource(source: string): string {
  let made = ''
  let at = 0
  const take = (length: number) => {
    made += source.slice(at, at + length)
    at += length
  }
  const readString = () => {
    const whole = /'(?:[^'\\\n]|\\.)*'/y
    whole.lastIndex = at
    const { length } = whole.exec(source)![0]
    const before = source.slice(0, at)
    const isName =
      source[at + length] === ':' || /(from|[!=]==|\[|\blook:|Format\(|Format\([^)]*type:) ?$/.test(before)
    const text = source.slice(at, at + length)
    made += /\blocale: $/.test(before) ? "'el'" : isName ? text : greekText(text)
    at += length
  }
  const readTemplate = (isHtml: boolean) => {
    take(1)
    let text = ''
    const flush = () => {
      made += isHtml
        ? text.replace(/(<[^>]*>|&\w+;)|[^<&]+/g, (all, kept) => kept ?? greekText(all))
        : greekText(text)
      text = ''
    }
    while (source[at] !== '`') {
      if (source.startsWith('${', at)) {
        flush()
        take(2)
        readCode('}')
      } else text += source[at++]
    }
    flush()
    take(1)
  }
  const readCode = (end: string) => {
    for (let depth = 0; at < source.length; ) {
      const character = source[at]!
      if (depth === 0 && character === end) return take(1)
      if (source.startsWith('/*', at)) take(source.indexOf('*/', at) + 2 - at)
      else if (source.startsWith('//', at)) take(source.indexOf('\n', at) - at)
      else if (character === "'") readString()
      else if (character === '`') readTemplate(made.endsWith('html'))
      else {
        if (character === '{') depth++
        if (character === '}') depth--
        take(1)
      }
    }
  }
  readCode('')
  return made
}

/** Escapes stay. */
function greekText(text: string): string {
  return text.replace(/\\.|[A-Za-z]+/g, part => (part.startsWith('\\') ? part : madeUp(part)))
}
