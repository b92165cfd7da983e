import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fold } from './fold.ts'

test('case, accents, spaces and what came along with a paste make no difference', () => {
  for (const [one, other] of [
    ['  José   GARCÍA ', 'jose garcia'],
    ['Søren Ærø', 'soren aero'],
    ['Łukasz Đorđević', 'lukasz dordevic'],
    ['STRAẞE', 'strasse'],
    ['Nguyễn Thị Hạnh', 'nguyen thi hanh'],
    ['İbrahim Işık', 'ibrahim isik'],
    ['Νίκος', 'ΝΙΚΟΣ'],
    ['Алёна', 'АЛЕНА'],
    ['O’Brien', "o'brien"],
    ['Anne–Marie', 'anne-marie'],
    ['Ana\u200b\u00a0\u202aLee', 'ana lee'],
    ['Ｋａｔｅ', 'kate'],
    ['Jose\u0301', 'José'],
  ] as const) {
    assert.equal(fold(one), fold(other))
  }
})

test('other scripts keep what tells their words apart', () => {
  for (const name of ['田中太郎', 'がく', '김민준', 'हिन्दी', 'สมชาย'])
    assert.equal(fold(name), name.normalize('NFKC'))
  assert.notEqual(fold('かく'), fold('がく'))
})

test('folding twice is folding once, and case is gone whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const folded = fold(text)
      assert.equal(fold(folded), folded)
      assert.ok(folded.isWellFormed())
      assert.doesNotMatch(folded, /^\s|\s$|\s\s/)
    }),
    { numRuns: 5_000 },
  )
})
