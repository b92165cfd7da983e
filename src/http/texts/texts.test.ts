/** What people read stands in `texts/`: another language is another file there, and no page knows. */

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const rooms = join(import.meta.dirname, '..')
const sources = [
  ...['console', 'invoices', 'pages', 'pay', 'self-service'].map(room => `${room}/**/*.{ts,js}`),
  'oauth/{consent,consent-pages,scope-words}.ts',
]
/** Of these the reason why what they say is no page's. */
const others = [
  { path: 'console/device.ts', why: 'names of browsers are the same in every language' },
  { path: 'pages/catalog/documents.ts', why: 'programs read them' },
]
const files = globSync(sources, { cwd: rooms }).filter(
  file => !/\.test(ing)?\.ts$/.test(file) && !others.some(({ path }) => path === file),
)

test('every page is looked at', () => {
  for (const { path } of others) assert.ok(globSync(path, { cwd: rooms }).length === 1, path)
  for (const file of globSync('**/*.{ts,js}', { cwd: rooms })) {
    const source = readFileSync(join(rooms, file), 'utf8')
    if (/from '[^']*\/html\.ts'/.test(source) && !file.startsWith('texts/') && !file.includes('.test'))
      assert.ok(files.includes(file), `${file} makes HTML and is not looked at`)
  }
})

/** One test of all of them: of some eighty that end in the same moment, a run that is made to exit reports only the first. */
test('no page has words or a language of its own', () => {
  const found = files.map(file => [file, flawsIn(file)] as const).filter(([, flaws]) => flaws.length > 0)
  assert.deepEqual(Object.fromEntries(found), {})
})

function flawsIn(file: string): string[] {
  const source = readFileSync(join(rooms, file), 'utf8')
  const rules: [RegExp, string][] = [
    [/['"]en(-\w+)?['"]/, 'the language is `say.locale`'],
    [/moneyText.*money\/text\.ts/, 'amounts are written by pages/language.ts'],
  ]
  return [
    ...wordsIn(source),
    ...(/texts\/en/.test(source) ? ['a page takes its texts from texts/index.ts'] : []),
    ...rules.filter(([rule]) => file !== 'pages/language.ts' && rule.test(source)).map(([, flaw]) => flaw),
  ]
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
    .replace(/new Error\([^\n]*|error_description: '[^']*'|\w\['\w+'\]/g, '')
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
  return [...found, ...sentences]
    .map(text => text.trim())
    .filter(
      text => /\p{L}{2}/u.test(text) && !isHeader(text) && !isSelector(text) && !asTheyAre.includes(text),
    )
}

/** `Content-Type` */
function isHeader(text: string): boolean {
  return /^([A-Z][a-z]+-)*[A-Z][a-z]+$/.test(text) && (text.includes('-') || text === 'Authorization')
}

/** `.pick input:checked` */
function isSelector(text: string): boolean {
  return /^[.#[]\w/.test(text)
}

/** Names, and what is typed. */
const asTheyAre = ['Claude Code', 'Cursor', 'VS Code', 'npm ci && npm run build && npm link']

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
