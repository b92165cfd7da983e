import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { toJsonSchema } from '../../catalog/json-schema.ts'
import { argumentsIn, type Sent } from './arguments.ts'

const schema = toJsonSchema(
  z.object({
    id: z.string(),
    limit: z.int().optional(),
    ratio: z.number().nullable().optional(),
    archived: z.boolean().optional(),
    status: z.array(z.enum(['new', 'paid'])).optional(),
    days: z.array(z.int()).optional(),
    either: z.union([z.string(), z.int()]).optional(),
    idempotency_key: z.string().optional(),
    version: z.int().optional(),
  }),
)

function read(sent: Partial<Sent>): Record<string, unknown> {
  return argumentsIn({ params: {}, query: '', body: undefined, headers: {}, ...sent }, schema)
}

test('a query is read by the schema', () => {
  assert.deepEqual(read({ query: 'limit=5&archived=true&ratio=-1.5e2&id=7&either=7' }), {
    limit: 5,
    archived: true,
    ratio: -150,
    id: '7',
    either: '7',
  })
  assert.deepEqual(read({ query: 'status=new&status=paid&days=1' }), { status: ['new', 'paid'], days: [1] })
  assert.deepEqual(read({ query: 'id=a+b%26c%3D&&' }), { id: 'a b&c=' })
})

test('what does not read as the schema has it stays a text, for the road to refuse', () => {
  for (const text of ['abc', '', '1e400', '0x10', '007', '1.', ' 1', '1_000', 'NaN', 'Infinity', 'true']) {
    assert.deepEqual(read({ query: `limit=${text}` }), { limit: text.trim() === text ? text : ' 1' })
  }
  for (const text of ['1', 'TRUE', 'yes', ''])
    assert.deepEqual(read({ query: `archived=${text}` }), { archived: text })
  assert.deepEqual(read({ query: 'limit=1&limit=2' }), { limit: ['1', '2'] })
  assert.deepEqual(read({ query: 'unknown=1' }), { unknown: '1' })
})

test('a body is left as it is', () => {
  const body = { limit: '5', archived: 1, status: 'new', nested: { limit: '5' } }
  assert.deepEqual(read({ body }), body)
  for (const list of [[], 'text', 5, true])
    assert.throws(() => read({ body: list }), { code: 'invalid_input' })
})

test('a field stands once: in the path, the query, the body or a header', () => {
  assert.deepEqual(read({ params: { id: 'a' }, body: { id: 'a' } }), { id: 'a' })
  for (const sent of [
    { params: { id: 'a' }, body: { id: 'b' } },
    { query: 'id=a', body: { id: 'b' } },
    { query: 'limit=1', body: { limit: '1' } },
    { headers: { 'idempotency-key': 'a' }, body: { idempotency_key: 'b' } },
    { headers: { 'if-match': '"1"' }, body: { version: 2 } },
  ]) {
    assert.throws(() => read(sent), { code: 'invalid_input' })
  }
})

test('Idempotency-Key and If-Match are fields, bare or quoted', () => {
  for (const key of ['abc', '"abc"']) {
    assert.deepEqual(read({ headers: { 'idempotency-key': key } }), { idempotency_key: 'abc' })
  }
  assert.deepEqual(read({ headers: { 'if-match': '"3"' } }), { version: 3 })
  for (const match of ['*', 'W/"3"', '"3", "4"', '"x"', '']) {
    assert.throws(() => read({ headers: { 'if-match': match } }), { code: 'invalid_input' })
  }
  const other = argumentsIn({ params: {}, query: '', body: {}, headers: { 'idempotency-key': 'abc' } }, {})
  assert.deepEqual(other, {}, 'a tool that takes no key is not given one')
  assert.throws(() => argumentsIn({ params: {}, query: '', body: {}, headers: { 'if-match': '"3"' } }, {}), {
    code: 'invalid_input',
  })
})

test('no query reaches a prototype, and none is decoded to what it does not say', () => {
  const args = read({ query: '__proto__=1&constructor=2&toString=3' })
  assert.deepEqual(Object.keys(args), ['__proto__', 'constructor', 'toString'])
  for (const query of ['id=%ED%A0%80', 'id=%', '%FF=1', 'id=%C3%28']) {
    assert.throws(() => read({ query }), { code: 'invalid_input' })
  }
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' })),
      fields => {
        const texts = Object.entries(fields).map(([name, text]) => [`x-${name}`, text] as [string, string])
        assert.deepEqual(read({ query: new URLSearchParams(texts).toString() }), Object.fromEntries(texts))
      },
    ),
  )
})
