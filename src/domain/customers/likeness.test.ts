import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fold } from './fold.ts'
import { ALIKE, nameLikeness } from './likeness.ts'

test('a slip or another order is alike, another person is not', () => {
  for (const [one, other] of [
    ['Jon Smith', 'John Smith'],
    ['Lucía García', 'Garcia Lucia'],
    ['Katie Brown', 'Kate Brown'],
    ['Nguyen Van An', 'Nguyễn Văn Anh'],
  ] as const) {
    assert.ok(nameLikeness(one, other) >= ALIKE, `${one} / ${other}`)
    assert.ok(nameLikeness(one, other) < 1)
  }
  for (const [one, other] of [
    ['Ana', 'Ana López'],
    ['Ana Ruiz', 'Eva Ruiz Mora'],
    ['田中太郎', '田村花子'],
    ['Lucía García', 'Pablo García'],
  ] as const) {
    assert.ok(nameLikeness(one, other) < ALIKE, `${one} / ${other}`)
  }
})

test('it is from 0 to 1, the same both ways, and 1 for the same name alone', () => {
  const name = fc.string({ unit: fc.constantFrom(...'abÁ 田ñ'), maxLength: 8 })
  fc.assert(
    fc.property(name, name, (one, other) => {
      const likeness = nameLikeness(one, other)
      assert.ok(likeness >= 0 && likeness <= 1)
      assert.equal(likeness, nameLikeness(other, one))
      assert.equal(likeness === 1, fold(one) === fold(other))
    }),
  )
})
