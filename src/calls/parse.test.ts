import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { makeCatalog } from '../catalog/catalog.ts'
import { defineTool } from '../catalog/define.ts'
import { Refusal } from '../catalog/refusal.ts'
import { hashOf, parseArguments } from './parse.ts'

const contract = {
  name: 'paint_wall',
  title: 'Paint a wall',
  description: '',
  domain: 'platform',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/walls',
  data: z.object({}),
  example: { input: { colour: 'red' } },
  run: async () => ({}),
} as const
const tool = defineTool({
  ...contract,
  input: z.strictObject({ colour: z.string(), coats: z.int().default(2) }),
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

test('what is wrong with a field is said in our words, and never in those of a library', () => {
  const odd = defineTool({
    ...contract,
    input: z.strictObject({
      colour: z.string().min(1).max(3),
      code: z.string().min(4).optional(),
      coats: z.int().positive().max(5).multipleOf(2).optional(),
      finish: z.enum(['matt', 'gloss']).optional(),
      kind: z.literal('wall').optional(),
      day: z.iso.date().optional(),
      mail: z.email().optional(),
      walls: z.array(z.string()).max(1).optional(),
      either: z.union([z.number(), z.boolean()]).optional(),
      by: z
        .discriminatedUnion('how', [
          z.strictObject({ how: z.literal('brush') }),
          z.strictObject({ how: z.literal('roll') }),
        ])
        .optional(),
      owner: z
        .string()
        .regex(/^owner-/, 'Begins with owner-.')
        .optional(),
    }),
  })
  const of = (given: object): string => {
    const entry = makeCatalog([odd], []).get('paint_wall')!
    return textOf(() => parseArguments(entry, { colour: 'red', ...key, ...given }))
  }
  const said: [object, string][] = [
    [{ colour: undefined }, 'colour: Required.'],
    [{ idempotency_key: undefined }, 'idempotency_key: Required.'],
    [{ colour: 1 }, 'colour: Expected text.'],
    [{ colour: '' }, 'colour: Must not be empty.'],
    [{ colour: 'green' }, 'colour: At most 3 characters.'],
    [{ code: 'abc' }, 'code: At least 4 characters.'],
    [{ coats: 'two' }, 'coats: Expected a number.'],
    [{ coats: 1.5 }, 'coats: Expected a whole number.'],
    [{ coats: 0 }, 'coats: More than 0.'],
    [{ coats: 6 }, 'coats: At most 5.'],
    [{ coats: 3 }, 'coats: Expected a multiple of 2.'],
    [{ finish: 'satin' }, 'finish: Expected one of matt, gloss.'],
    [{ kind: 'door' }, 'kind: Expected wall.'],
    [{ day: '2026-02-30' }, 'day: Expected a date, as in 2026-03-29.'],
    [{ mail: 'nobody' }, 'mail: Expected an email address.'],
    [{ walls: ['a', 'b'] }, 'walls: At most 1 item.'],
    [{ either: 'x' }, 'either: Has none of the forms that it may have.'],
    [{ by: { how: 'spray' } }, 'by.how: Expected one of brush, roll.'],
    [{ owner: 'me' }, 'owner: Begins with owner-.'],
  ]
  assert.deepEqual(
    said.map(([given]) => of(given)),
    said.map(([, text]) => text),
  )
})

function textOf(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    if (error instanceof Refusal) return error.message
    throw error
  }
  return 'no refusal'
}
