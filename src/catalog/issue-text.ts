/** What is wrong with a field, in our words: for agents, and for people who filled in a form. */

import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

/** For zod's `error` of a parse. undefined where the schema says it itself. */
export function issueText(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'Required.'
        : `Expected ${typeNames[issue.expected] ?? issue.expected}.`
    case 'invalid_value':
      return `Expected ${oneOf(issue.values)}.`
    case 'invalid_union':
      return Array.isArray(issue.options)
        ? `Expected ${oneOf(issue.options)}.`
        : 'Has none of the forms that it may have.'
    case 'too_big':
      return `${issue.exact ? 'Exactly' : issue.inclusive === false ? 'Less than' : 'At most'} ${measured(issue.maximum, issue.origin)}.`
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1 && !issue.exact) return 'Must not be empty.'
      return `${issue.exact ? 'Exactly' : issue.inclusive === false ? 'More than' : 'At least'} ${measured(issue.minimum, issue.origin)}.`
    case 'not_multiple_of':
      return `Expected a multiple of ${issue.divisor}.`
    case 'invalid_format':
      return `Expected ${formatNames[issue.format] ?? 'another form of text'}.`
    case 'invalid_key':
      return 'Has a name that is not allowed.'
    case 'invalid_element':
      return 'Has an item that is not allowed.'
  }
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object of named fields',
  record: 'an object of named fields',
}

const formatNames: Record<string, string> = {
  email: 'an email address',
  url: 'a URL',
  uuid: 'a UUID',
  date: 'a date, as in 2026-03-29',
  time: 'a time, as in 09:30',
  datetime: 'an instant, as in 2026-03-29T09:30:00Z',
}

const units: Record<string, [one: string, more: string]> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  map: ['entry', 'entries'],
}

function measured(most: number | bigint, origin: string): string {
  const unit = units[origin]
  return unit ? `${most} ${Number(most) === 1 ? unit[0] : unit[1]}` : String(most)
}

/** As many as are of use to read. */
const SHOWN = 20

function oneOf(values: readonly unknown[]): string {
  if (values.length === 1) return String(values[0])
  const others = values.length > SHOWN ? `, or one of ${values.length - SHOWN} others` : ''
  return `one of ${values.slice(0, SHOWN).join(', ')}${others}`
}
