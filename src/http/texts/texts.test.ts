/** What people read in the console stands in `texts/`: another language is another file there, and no page knows. */

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const pages = join(import.meta.dirname, '../console')
/** `device.ts` knows browsers by their names, which are the same in every language. */
const files = globSync('*.ts', { cwd: pages }).filter(
  file => !/\.test(ing)?\.ts$/.test(file) && file !== 'device.ts',
)

for (const file of files) {
  test(`${file} has no words of its own`, () => {
    assert.deepEqual(wordsIn(readFileSync(join(pages, file), 'utf8')), [])
  })
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: These are sources.
test('words are found wherever a page can have them, and nothing else is taken for one', () => {
  const own =
    "html`<p title=\"A tip\">Two ${html`<b>words</b>`} &amp; <code>key</code></p>`\nbadge('Waiting', 'asks')"
  assert.deepEqual(wordsIn(own), ['A tip', 'Two', 'words', 'Waiting'])
  const none =
    '// Not this.\nthrow new Refusal(\'not_found\', \'No such page.\')\nhtml`<a class="x" href="/y">${say.z}</a>`'
  assert.deepEqual(wordsIn(none), [])
})
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: These are sources.

/** In the source of a page: the text of its templates, of attributes that are read out, and strings that begin a sentence. */
function wordsIn(source: string): string[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/ \/\/ [A-Z].*$/gm, '')
    // The words of a refusal are the vocabulary's, the same on every surface.
    .replace(/(new Refusal|notFound)\([\s\S]*?\)\n|(new Refusal|notFound)\([^\n]*/g, '')
  const { templates, rest } = split(code)
  const found = templates
    .filter(text => !isPartOfMarkup(text))
    .flatMap(text => [
      ...[...text.matchAll(/ (?:aria-label|title|alt|placeholder|data-[\w-]+)="([^"]*)"/g)].map(
        ([, value]) => value!,
      ),
      ...text.replace(/<code>[^<]*<\/code>/g, '').split(/<[^>]*>|\0|&\w+;/),
    ])
  const strings = [...rest.matchAll(/(?<![\w$])'((?:[^'\\\n]|\\.)*)'/g)].map(([, value]) => value!)
  const sentences = strings.filter(value => /^\p{Lu}\p{Ll}/u.test(value) || /\p{L} \p{L}/u.test(value))
  return [...found, ...sentences].map(text => text.trim()).filter(text => /\p{L}{2}/u.test(text))
}

/** ` required`, ` class="…"`, `?day=…`: put into a tag or an address. */
function isPartOfMarkup(text: string): boolean {
  return /^(\?\w+=| [a-z-]+(="|$))/.test(text)
}

/** The literal text of each `html` template, its expressions as NUL, which are taken apart like the rest. */
function split(code: string): { templates: string[]; rest: string } {
  const templates: string[] = []
  let rest = ''
  let at = 0
  const readTemplate = (): string => {
    let text = ''
    while (code[at] !== '`') {
      if (code[at] === '\\') at++
      if (code.startsWith('${', at)) {
        at += 2
        text += '\0'
        readCode('}')
      } else text += code[at++]
    }
    at++
    return text
  }
  const readCode = (end: string): void => {
    let depth = 0
    while (at < code.length && !(depth === 0 && code[at] === end)) {
      if (code[at] === '`') {
        const isHtml = code.slice(0, at).endsWith('html')
        at++
        const place = templates.length
        templates.push('')
        const text = readTemplate()
        templates[place] = isHtml ? text : ''
        continue
      }
      if (code[at] === '{') depth++
      if (code[at] === '}') depth--
      rest += code[at++]
    }
    at++
  }
  readCode('')
  return { templates, rest }
}
