import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonText, outline, table, visible } from './terminal.ts'

/** What moves a cursor, ends a line, or turns the direction of writing. */
const ACTS = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\x1b[2J',
      '\x1b]52;c;aGk=\x07',
      '\x9b',
      '\r',
      '\n',
      '\x7f',
      '\u202e',
      '\u2028',
      '\ud800',
      'a',
    ),
    fc.string({ unit: 'binary', maxLength: 2 }),
  ),
})

test('no character of a text acts on the terminal, and none is lost', () => {
  fc.assert(
    fc.property(hostile, text => {
      assert.doesNotMatch(visible(text), ACTS)
      for (const line of outline({ [text]: text, list: [text, { text }] })) assert.doesNotMatch(line, ACTS)
    }),
  )
  assert.equal(visible('Ana\x1b[31m\u202e\n'), String.raw`Ana\x1b[31m\u{202e}\n`)
  assert.equal(visible('Núria 👩‍🚀 日本 می‌خواهم'), 'Núria 👩‍🚀 日本 می‌خواهم')
})

test('JSON is as safe to look at, and says the same', () => {
  fc.assert(
    fc.property(fc.dictionary(hostile, hostile), value => {
      const text = jsonText(value)
      assert.doesNotMatch(text.replaceAll('\n', ''), ACTS)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('an outline shows what lies where, and a text cannot pass for a field', () => {
  assert.deepEqual(
    outline({
      name: 'Ana\nstate: paid',
      price: { amount: 1 },
      tags: ['a', 'b'],
      rows: [{ id: 1, ok: true }],
      none: [],
    }),
    [
      'name: Ana',
      '  | state: paid',
      'price:',
      '  amount: 1',
      'tags: a, b',
      'rows:',
      '  - id: 1',
      '    ok: true',
      'none: (none)',
    ],
  )
  assert.deepEqual(outline([]), ['(none)'])
  assert.deepEqual(
    table([
      ['a', 'b'],
      ['long', 'c'],
    ]),
    ['a     b', 'long  c'],
  )
})
