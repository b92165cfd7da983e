/**
 * Finds tools in a user's words. A word counts by its root, so that `cancelled` finds `cancellation`, and by its senses
 * (`thesaurus.ts`), so that `client` finds `customer`; it counts for more where a tool is named than where it is
 * described; small typos are forgiven.
 */

import MiniSearch from 'minisearch'
import type { Entry } from './catalog.ts'
import { senses } from './thesaurus.ts'

/** Best first. @param options.effect `write`: whatever does not only read */
export type Search = (query: string, options?: { limit?: number; effect?: 'read' | 'write' }) => Entry[]

export function makeSearch(entries: readonly Entry[]): Search {
  const index = new MiniSearch({
    fields: ['name', 'title', 'keywords', 'description', 'domain'],
    tokenize: rootsOf,
    processTerm: root => [root, ...sensesOf(root)],
    searchOptions: {
      boost: { name: 3, title: 3, keywords: 3 },
      // A word that has synonyms says little by itself: `add a client` is not about the one tool named `add_…`.
      boostTerm: term => (sensesOf(term).length > 0 ? 0.5 : 1),
      prefix: term => term.length > 3 && !isSense(term),
      fuzzy: term => term.length > 4 && !isSense(term) && 0.2,
    },
  })
  index.addAll(entries.map(({ tool }, id) => ({ id, ...documentOf(tool) })))
  const byName = new Map(entries.map(entry => [wordsOf(entry.tool.name), entry]))

  return (query, { limit = 10, effect } = {}) => {
    const named = byName.get(wordsOf(query))
    const found = index.search(query).map(hit => entries[hit.id as number]!)
    return [...new Set(named ? [named, ...found] : found)]
      .filter(({ tool }) => !effect || (effect === 'read') === (tool.effect === 'read'))
      .slice(0, limit)
  }
}

/** Who asks for a tool by its name, however written, means no other. */
function wordsOf(text: string): string {
  return (text.toLowerCase().match(/[a-z]+/g) ?? []).join(' ')
}

function documentOf({ name, title, description, domain, keywords = [] }: Entry['tool']) {
  // A tool is not to be found for another that its description names ("to end one, revoke_api_key").
  const ownDescription = description.replace(/\w+_\w+/g, '')
  return { name, title, domain, keywords: keywords.join(' '), description: ownDescription }
}

/** Two words that mean something else together are one: signing up is not signing off, and a no-show shows nothing. */
function rootsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const roots: string[] = []
  for (const next of words.filter(word => !noise.has(word)).map(root)) {
    const pair = `${roots.at(-1)}-${next}`
    if (compounds.has(pair)) roots.splice(-1, 1, pair)
    else roots.push(next)
  }
  return roots
}

/** Enough English to bring `cancel`, `canceled`, `cancelling` and `cancellations` to one root. */
function root(word: string): string {
  return word
    .replace(/ies$/, 'y')
    .replace(/(?<=..)is(?=e|ing|ation)/, 'iz')
    .replace(/(?<=...)(ations?|ions?|als?|ings?|ed|es|(?<!s)s|e)$/, '')
    .replace(/([lnpr])\1$/, '$1')
}

const noise = new Set(
  `a an and any are as at be been by can could d did do does for from had has have he her him his i if into is it its
  just like ll me more my need now of on or our please re s she should so some t than that the their them then there
  these they this to us ve want was we were will with would`.split(/\s+/),
)

/** As the thesaurus writes them, of roots: `sign-up`, `cut-off`. */
const compounds = new Set(
  senses.flatMap(words => words.match(/\w+-\w+/g) ?? []).map(pair => pair.split('-').map(root).join('-')),
)

/** Marked, so that a sense is never taken for a word, nor matched by its beginning. */
const senseIndex = new Map<string, string[]>()
for (const [number, words] of senses.entries()) {
  for (const root of new Set(rootsOf(words))) senseIndex.set(root, [...sensesOf(root), `#${number}`])
}

function sensesOf(root: string): string[] {
  return senseIndex.get(root) ?? []
}

function isSense(term: string): boolean {
  return term.startsWith('#')
}
