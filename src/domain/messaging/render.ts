/**
 * Templates into text. A template is split once, at its placeholders, and values are put between the pieces: what a
 * value says is never read as a template, whatever it looks like.
 */

import { Temporal } from 'temporal-polyfill'
import { Money } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { moneyText } from '../money/text.ts'
import type { TemplateVariable } from './tables.ts'

export interface TemplateText {
  subject: string | null
  body: string
  variables: TemplateVariable[]
}

export interface Rendered {
  subject: string | null
  body: string
  /** What fills the placeholders of the body, each once, in their order. */
  values: string[]
}

export interface Locale {
  /** BCP 47 */
  language: string
  /** IANA; instants are shown on its clock. */
  zone: string
  /** Whether a value stands on one line, without two spaces in a row: WhatsApp takes no other into a template. */
  flat?: boolean
}

const PLACEHOLDER = /\{\{\s*([a-z][a-z0-9_]{0,59})\s*\}\}/

/** The names in a text, each once, in their order. @throws Refusal `invalid_input` at braces that are no placeholder */
export function placeholdersIn(text: string, field: string): string[] {
  const pieces = text.split(PLACEHOLDER)
  const stray = pieces.find((piece, index) => index % 2 === 0 && /\{\{|\}\}/.test(piece))
  if (stray !== undefined) {
    throw new Refusal(
      'invalid_input',
      `${field}: Two braces are for placeholders, as in {{customer_name}}: small letters, digits and underscores, no logic.`,
      { field },
    )
  }
  return [...new Set(pieces.filter((_, index) => index % 2 === 1))]
}

/** The text with a number in each placeholder, by its first place: `{{1}}`. */
export function numbered(text: string): string {
  const names = placeholdersIn(text, 'body')
  return text
    .split(PLACEHOLDER)
    .map((piece, index) => (index % 2 === 0 ? piece : `{{${names.indexOf(piece) + 1}}}`))
    .join('')
}

/**
 * @param values by name. `date` and `time` take a `Temporal.Instant`, its text, or a wall date or time; `money` takes
 *   minor units and a currency
 * @throws Refusal `invalid_input`, naming the variable that is missing, of a wrong type or not the template's
 */
export function render(template: TemplateText, values: Record<string, unknown>, locale: Locale): Rendered {
  const { subject, body, variables } = template
  const foreign = Object.keys(values).find(given => !variables.some(({ name }) => name === given))
  if (foreign !== undefined) {
    throw new Refusal('invalid_input', 'variables: The template has no variable of this name.', {
      field: foreign.slice(0, 60),
      variables: variables.map(({ name }) => name),
    })
  }
  const texts = new Map(variables.map(variable => [variable.name, written(variable, values, locale)]))
  const fill = (text: string) =>
    text
      .split(PLACEHOLDER)
      .map((piece, index) => (index % 2 === 0 ? piece : (texts.get(piece) ?? '')))
      .join('')
  // A line break in a subject would begin another header.
  return {
    subject: subject === null ? null : oneLine(fill(subject)),
    body: fill(body),
    values: placeholdersIn(body, 'body').map(name => texts.get(name) ?? ''),
  }
}

function written({ name, type }: TemplateVariable, values: Record<string, unknown>, locale: Locale): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined || value === null) throw wrong(name, type, `Missing; ${expected[type]}`)
  const text = formats[type](value, locale)
  if (text === null) throw wrong(name, type, expected[type])
  return locale.flat ? text.replace(/\s+/g, ' ').trim() : text
}

function wrong(name: string, type: TemplateVariable['type'], why: string): Refusal {
  return new Refusal('invalid_input', `variables.${name}: ${why}`, { field: `variables.${name}`, type }, [
    'list_message_templates',
  ])
}

const expected: Record<TemplateVariable['type'], string> = {
  text: 'expected a text.',
  name: 'expected a text.',
  date: 'expected a date or an instant, as in 2026-03-29 or 2026-03-29T09:30:00+02:00.',
  time: 'expected a time or an instant, as in 09:30 or 2026-03-29T09:30:00+02:00.',
  money: 'expected minor units and a currency, as in { "amount": 3500, "currency": "EUR" }.',
  number: 'expected a number.',
  link: 'expected an address that begins with https:// or http://.',
}

/** null: not of this type. */
const formats: Record<TemplateVariable['type'], (value: unknown, locale: Locale) => string | null> = {
  text: value => (isText(value) ? manyLines(value) : null),
  name: value => (isText(value) ? oneLine(value) : null),
  date: (value, { language, zone }) => {
    const style = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
    const wall = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T12:00:00Z` : null
    const instant = wall === null ? instantOf(value) : instantOf(wall)
    return instant && clock(language, { ...style, timeZone: wall === null ? zone : 'UTC' }, instant)
  },
  time: (value, { language, zone }) => {
    const wall =
      typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? `2000-01-01T${value}Z` : null
    const instant = wall === null ? instantOf(value) : instantOf(wall)
    return instant && clock(language, { timeStyle: 'short', timeZone: wall === null ? zone : 'UTC' }, instant)
  },
  money: (value, { language }) => {
    const money = Money().safeParse(value)
    if (!money.success) return null
    return plainSpaces(moneyText(money.data, language))
  },
  number: (value, { language }) =>
    typeof value === 'number' && Number.isFinite(value)
      ? plainSpaces(new Intl.NumberFormat(locales(language)).format(value))
      : null,
  link: value => {
    if (!isText(value) || !/^https?:\/\//i.test(value) || !URL.canParse(value)) return null
    return new URL(value).href
  },
}

/** What fits, and what PostgreSQL and UTF-8 have. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_VALUE && value.isWellFormed()
}

const LONGEST_VALUE = 2000

function instantOf(value: unknown): Temporal.Instant | null {
  if (value instanceof Temporal.Instant) return value
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value)) return null
  try {
    return Temporal.Instant.from(value)
  } catch {
    return null // A date that is none, as 2026-02-30.
  }
}

function clock(language: string, style: Intl.DateTimeFormatOptions, instant: Temporal.Instant): string {
  return plainSpaces(new Intl.DateTimeFormat(locales(language), style).format(instant.epochMilliseconds))
}

/** A language that Intl does not know is written as English, and not as the server happens to speak. */
function locales(language: string): string[] {
  return [language, 'en']
}

/** GSM-7 has no narrow and no hard space: one of them makes an SMS cost twice as much. */
function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ')
}

/** Every control character and line separator is a space: nothing of it is left to begin a line, or a header. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}

function manyLines(text: string): string {
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .split('\n')
    .map(oneLine)
    .join('\n')
}
