import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { runsOf } from './difference.ts'

test('the runs that stay with those that are gone are the old text, with those that have come the new one', () => {
  const letter = fc
    .array(fc.constantFrom('Hello', 'Dear', 'Nadia', ' ', '\n\n', '10:00.', '👩\u200d🔬'), { maxLength: 30 })
    .map(parts => parts.join(''))
  fc.assert(
    fc.property(letter, letter, (before, after) => {
      const runs = runsOf(before, after)
      const without = (kind: string) =>
        runs
          .filter(run => run.kind !== kind)
          .map(run => run.text)
          .join('')
      assert.equal(without('come'), before)
      assert.equal(without('gone'), after)
    }),
  )
})

test('two changes far apart leave what is between them as it was', () => {
  const runs = runsOf('Hello Nadia, at ten.', 'Dear Nadia, at eleven.')
  assert.deepEqual(
    runs.map(({ kind, text }) => `${kind} ${text}`),
    ['gone Hello', 'come Dear', 'same  Nadia, at ', 'gone ten.', 'come eleven.'],
  )
})

test('texts too long to compare are one gone and one come, in no time', () => {
  const [one, other] = ['a '.repeat(5_000), 'b '.repeat(5_000)]
  assert.deepEqual(
    runsOf(one, other).map(({ kind }) => kind),
    ['gone', 'come'],
  )
})
