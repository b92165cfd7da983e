import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../catalog/refusal.ts'
import type { FieldType, FormField } from '../business/intake-forms.ts'
import { type Answer, checkAnswers } from './answers.ts'

const question = (type: FieldType, extra: Partial<FormField> = {}): FormField => ({
  key: 'q',
  label: 'Question?',
  type,
  required: false,
  ...(type.endsWith('choice') && { options: ['Dry', 'Oily'] }),
  ...extra,
})

/** Of each type: what it takes, and what it does not, with what it says then. */
const examples: Record<FieldType, { takes: Answer[]; refuses: [unknown, RegExp][] }> = {
  text: {
    takes: ['Ana', '取消预约'],
    refuses: [
      ['x'.repeat(501), /500/],
      ['a\u0000b', /control/],
      [7, /Expected a text/],
      [['a'], /Expected a text/],
    ],
  },
  long_text: { takes: ['x'.repeat(5000)], refuses: [['x'.repeat(5001), /5000/]] },
  choice: {
    takes: ['Dry'],
    refuses: [
      ['dry', /Expected one of: Dry, Oily/],
      [['Dry'], /Expected one of/],
    ],
  },
  multi_choice: {
    takes: [['Oily', 'Dry']],
    refuses: [
      [['Dry', 'Dry'], /twice/],
      [['Dry', 'Wet'], /Expected only of: Dry, Oily/],
      ['Dry', /Expected a list/],
    ],
  },
  yes_no: {
    takes: [true, false],
    refuses: [
      ['yes', /true or false/],
      [1, /true or false/],
    ],
  },
  date: {
    takes: ['2024-02-29'],
    refuses: [
      ['2023-02-29', /Expected a date/],
      ['29.02.2024', /Expected a date/],
      [20240229, /Expected a date/],
    ],
  },
  number: {
    takes: [0, -1.5],
    refuses: [
      ['7', /Expected a number/],
      [true, /Expected a number/],
    ],
  },
}

for (const [type, { takes, refuses }] of Object.entries(examples) as [
  FieldType,
  (typeof examples)[FieldType],
][]) {
  test(`${type} takes answers of its type, and says what it expected of others`, () => {
    for (const answer of takes)
      assert.deepEqual(checkAnswers([question(type)], { q: answer }), { q: answer }, String(answer))
    for (const [answer, expected] of refuses)
      assert.match(flawsOf([question(type)], { q: answer as Answer })[0]!, expected, String(answer))
  })
}

test('what is required must be answered; a no and a zero are answers, an empty text is none', () => {
  const must = (type: FieldType) => [question(type, { required: true })]
  const nothings: Record<string, Answer | null>[] = [{}, { q: null }, { q: ' ' }, { q: [] }]
  for (const nothing of nothings) assert.match(flawsOf(must('text'), nothing)[0]!, /must be answered/)
  assert.deepEqual(checkAnswers(must('yes_no'), { q: false }), { q: false })
  assert.deepEqual(checkAnswers(must('number'), { q: 0 }), { q: 0 })
  assert.deepEqual(checkAnswers([question('text')], { q: '' }), {})
})

test('what was not asked is refused with the nearest question; every flaw is told at once', () => {
  const fields = [
    question('yes_no', { key: 'allergies', required: true }),
    question('number', { key: 'age' }),
  ]
  assert.deepEqual(flawsOf(fields, { alergies: true, age: 'old' }), [
    'answers.alergies: The form asks no such question. The nearest is allergies.',
    'answers.allergies: This must be answered.',
    'answers.age: Expected a number.',
  ])
  assert.equal(flawsOf(fields, { allergies: true, ['__proto__']: 'x' }).length, 1)
  assert.match(
    flawsOf([question('text', { key: 'constructor', required: true })], {})[0]!,
    /must be answered/,
  )
})

function flawsOf(fields: FormField[], given: Record<string, Answer | null>): string[] {
  try {
    checkAnswers(fields, given)
  } catch (error) {
    assert.ok(error instanceof Refusal && error.code === 'invalid_input')
    const { issues } = error.details as { issues: { path: string; message: string }[] }
    assert.equal(error.message, `${issues[0]!.path}: ${issues[0]!.message}`)
    return issues.map(({ path, message }) => `${path}: ${message}`)
  }
  throw new assert.AssertionError({ message: 'nothing was refused' })
}
