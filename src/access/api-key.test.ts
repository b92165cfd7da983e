import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { keyKinds, newKey, readKey } from './api-key.ts'

const keys = fc.record({ kind: fc.constantFrom(...keyKinds), workspaceId: fc.uuid() })
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

test('a key says its kind and workspace, and what is stored is the SHA-256 of its text', () => {
  fc.assert(
    fc.property(keys, ({ kind, workspaceId }) => {
      const key = newKey(kind, workspaceId)
      assert.deepEqual(readKey(key.text), { kind, workspaceId, hash: key.hash })
      assert.deepEqual(key.hash, createHash('sha256').update(key.text).digest())
      assert.equal(key.hint, key.text.slice(-4))
    }),
  )
})

test('one wrong character, wherever it is, makes it no key', () => {
  const { text } = newKey('live', '0197f4a0-0000-7000-8000-000000000000')
  for (let at = 0; at < text.length; at++) {
    for (const digit of `${DIGITS}_- `) {
      if (digit === text[at]) continue
      const mistyped = text.slice(0, at) + digit + text.slice(at + 1)
      assert.equal(readKey(mistyped), null, mistyped)
    }
  }
})

test('two characters in each other’s place make it no key', () => {
  fc.assert(
    fc.property(keys, fc.nat(70), ({ kind, workspaceId }, at) => {
      const { text } = newKey(kind, workspaceId)
      const swapped = text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2)
      if (swapped !== text) assert.equal(readKey(swapped), null)
    }),
  )
})

test('a text that is shorter, longer or anything else is no key', () => {
  const { text } = newKey('test', '0197f4a0-0000-7000-8000-000000000000')
  for (const other of [text.slice(1), text.slice(0, -1), `${text}0`, `${text}\n`, ` ${text}`, '']) {
    assert.equal(readKey(other), null)
  }
  fc.assert(fc.property(fc.string(), other => readKey(other) === null))
})

test('a workspace number beyond every uuid is no key, though its checksum holds', () => {
  const body = `bd_live_${'z'.repeat(22)}${'0'.repeat(43)}`
  let [sum, rest] = ['', crc32(body)]
  for (; sum.length < 6; rest = Math.floor(rest / 62)) sum = DIGITS[rest % 62] + sum
  assert.equal(readKey(body + sum), null)
})

test('no two keys are alike', () => {
  const texts = Array.from(
    { length: 1000 },
    () => newKey('live', '0197f4a0-0000-7000-8000-000000000000').text,
  )
  assert.equal(new Set(texts).size, 1000)
})
