import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { makeCatalog } from '../catalog/catalog.ts'
import { defineTool } from '../catalog/define.ts'
import { Refusal } from '../catalog/refusal.ts'
import { hashOf, parseArguments } from './parse.ts'

const tool = defineTool({
  name: 'paint_wall',
  title: 'Paint a wall',
  description: '',
  domain: 'platform',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/walls',
  input: z.strictObject({ colour: z.string(), coats: z.int().default(2) }),
  data: z.object({}),
  example: { input: { colour: 'red' } },
  run: async () => ({}),
})
const entry = makeCatalog([tool], []).get('paint_wall')!
const key = { idempotency_key: 'k' }

test('control fields are outside of the arguments and of their hash', () => {
  const plain = parseArguments(entry, { colour: 'red', ...key })
  const preview = parseArguments(entry, { dry_run: true, colour: 'red', idempotency_key: 'other' })
  assert.equal(plain.hash, preview.hash)
  assert.deepEqual(plain.written, { colour: 'red' })
  assert.deepEqual(plain.input, { colour: 'red', coats: 2 })
  assert.deepEqual(preview.control, { dry_run: true, idempotency_key: 'other' })
})

test('a hash does not depend on the order of fields, and on everything else', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other)
      assert.equal(hashOf({ a: one, b: other }), hashOf({ b: other, a: one }))
      if (!same && hashOf(one) === hashOf(other)) assert.deepEqual(sorted(one), sorted(other))
    }),
  )
})

test('what the database gives back has the hash of what it was given', () => {
  const effect = { kind: 'send', template: undefined, amount: { amount: 1, currency: undefined } }
  assert.equal(hashOf(effect), hashOf(JSON.parse(JSON.stringify(effect))))
})

test('an unknown field is named with its nearest, and every issue is told', () => {
  assert.throws(
    () => parseArguments(entry, { color: 'red', coats: 1.5, ...key }),
    (refusal: Refusal) => {
      const { issues } = refusal.details as { issues: { path: string; message: string }[] }
      assert.equal(refusal.code, 'invalid_input')
      assert.ok(issues.some(({ message }) => message === 'Unknown field "color". Did you mean colour?'))
      assert.deepEqual(issues.map(({ path }) => path).sort(), ['', 'coats', 'colour'])
      return true
    },
  )
})

test('arguments are an object, or nothing', () => {
  for (const args of ['text', 7, [], true]) assert.throws(() => parseArguments(entry, args), Refusal)
})

function sorted(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
