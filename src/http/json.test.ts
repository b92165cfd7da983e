import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { depthOf } from './json.ts'

test('depth is that of the parsed value, whatever brackets, quotes and backslashes its texts hold', () => {
  const text = fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', 'é', '𝄞') })
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof({ maxDepth: 6 }, text, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
  }))
  const written = fc.tuple(value, fc.constantFrom(0, 2))
  fc.assert(
    fc.property(written, ([json, indent]) => {
      assert.equal(depthOf(Buffer.from(JSON.stringify(json, null, indent))), slowDepth(json))
    }),
  )
})

function slowDepth(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  return 1 + Math.max(0, ...Object.values(value).map(slowDepth))
}

test('a megabyte of open brackets is measured, not walked', () => {
  assert.equal(depthOf(Buffer.alloc(1024 * 1024, '[')), 1024 * 1024)
})
