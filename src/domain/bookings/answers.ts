/** Answers to an intake form: each of its question's type, all that is required, nothing that was not asked. */

import { closest } from 'fastest-levenshtein'
import { z } from 'zod'
import { LocalDate, Text } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { FieldType, FormField } from '../business/intake-forms.ts'

export type Answer = string | string[] | boolean | number
/** By the questions' keys. */
export type Answers = Record<string, Answer>

/** As they came: null and an empty text are no answer. */
export type GivenAnswers = Record<string, Answer | null>

/** @throws Refusal `invalid_input` with every issue */
export function checkAnswers(fields: FormField[], given: GivenAnswers): Answers {
  const issues: Issue[] = Object.keys(given)
    .filter(key => !fields.some(field => field.key === key))
    .map(key => ({ path: `answers.${key}`, message: unknownQuestion(key, fields) }))
  const answers: Answers = {}
  for (const field of fields) {
    const checked = checkAnswer(field, Object.hasOwn(given, field.key) ? given[field.key] : null)
    if ('message' in checked) issues.push({ path: `answers.${field.key}`, message: checked.message })
    else if (checked.answer !== null) answers[field.key] = checked.answer
  }
  const [first] = issues
  if (!first) return answers
  throw new Refusal('invalid_input', `${first.path}: ${first.message}`, { issues: issues.slice(0, 20) }, [
    'get_booking',
  ])
}

interface Issue {
  path: string
  message: string
}

function unknownQuestion(key: string, fields: FormField[]): string {
  const nearest = closest(
    key,
    fields.map(field => field.key),
  )
  return `The form asks no such question.${nearest ? ` The nearest is ${nearest}.` : ''}`
}

type Checked = { answer: Answer | null } | { message: string }

function checkAnswer({ type, options = [], required }: FormField, given: Answer | null | undefined): Checked {
  if (isNoAnswer(given)) return required ? { message: 'This must be answered.' } : { answer: null }
  const schema: z.ZodType<Answer> = schemas[type](options)
  const parsed = schema.safeParse(given)
  return parsed.success ? { answer: parsed.data } : { message: parsed.error.issues[0]!.message }
}

function isNoAnswer(given: Answer | null | undefined): given is null | undefined | '' | never[] {
  if (given === null || given === undefined) return true
  if (typeof given === 'string') return given.trim() === ''
  return Array.isArray(given) && given.length === 0
}

const schemas: Record<FieldType, (options: string[]) => z.ZodType<Answer>> = {
  text: () => of(Text(500), 'Expected a text of at most 500 characters.'),
  long_text: () => of(Text(5000), 'Expected a text of at most 5000 characters.'),
  choice: options => z.enum(options, `Expected one of: ${options.join(', ')}.`),
  multi_choice: options =>
    z
      .array(z.enum(options, `Expected only of: ${options.join(', ')}.`), 'Expected a list of options.')
      .refine(chosen => new Set(chosen).size === chosen.length, 'Names an option twice.'),
  yes_no: () => z.boolean('Expected true or false.'),
  date: () => z.string('Expected a date, as in 2026-03-29.').pipe(LocalDate()).transform(String),
  number: () => z.number('Expected a number.'),
}

/** What is no text says what was expected; a flaw within a text says itself. */
function of(schema: z.ZodString, expected: string): z.ZodType<string> {
  return z.string(expected).pipe(schema)
}
