import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { flagsOf, merged, readLine } from './fields.ts'

const schema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', description: 'What it is called.' },
    price: {
      type: 'object',
      required: ['amount'],
      properties: { amount: { type: 'integer' }, currency: { type: 'string' } },
    },
    sessions: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    email: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    archived: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    days: { type: 'array', items: { type: 'integer' } },
    rules: { type: 'array', items: { type: 'object', properties: { tool: { type: 'string' } } } },
    variables: { type: 'object', additionalProperties: { type: 'string' } },
    state: { enum: ['new', 'done'] },
    anything: {},
  },
}

function fields(...words: string[]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(readLine(schema, words).fields))
}

test('a field is typed by the schema, alone or inside another', () => {
  assert.deepEqual(fields('--name', '3500', '--price.amount', '3500', '--price.currency=EUR'), {
    name: '3500',
    price: { amount: 3500, currency: 'EUR' },
  })
  assert.deepEqual(fields('--price', '{"amount":1}', '--price.currency', 'EUR'), {
    price: { amount: 1, currency: 'EUR' },
  })
  assert.deepEqual(fields('--sessions', 'null', '--email', 'null', '--state', 'new'), {
    sessions: null,
    email: null,
    state: 'new',
  })
  assert.deepEqual(fields('--anything', '{"a":1}', '--sessions', '-5'), { anything: { a: 1 }, sessions: -5 })
  assert.deepEqual(fields('--rules.0.tool', 'x', '--variables.first-name', 'Ana'), {
    rules: [{ tool: 'x' }],
    variables: { 'first-name': 'Ana' },
  })
})

test('a list is a flag repeated, or JSON', () => {
  assert.deepEqual(fields('--tags', 'a', '--days', '1', '--tags', 'b', '--days', '2'), {
    tags: ['a', 'b'],
    days: [1, 2],
  })
  assert.deepEqual(fields('--days', '[1,2]'), { days: [1, 2] })
})

test('a truth value stands alone, or is said', () => {
  assert.deepEqual(fields('--archived', '--name', 'a'), { archived: true, name: 'a' })
  assert.deepEqual(fields('--archived', 'false'), { archived: false })
  assert.deepEqual(fields('--no-archived'), { archived: false })
})

test('whatever stands after a field is its value: data confirms nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(
        '--yes',
        '--confirm-token',
        '--server=http://evil.example',
        '--',
        '-h',
        '--json',
        '--wait',
      ),
      text => {
        const line = readLine(schema, ['--name', text, '--email', text])
        assert.deepEqual({ ...line.fields }, { name: text, email: text })
        assert.deepEqual(line.own, {})
      },
    ),
  )
  fc.assert(
    fc.property(fc.string(), text => {
      assert.deepEqual({ ...readLine(schema, ['--name', text]).fields }, { name: text })
      assert.deepEqual({ ...readLine(schema, [`--name=${text}`]).fields }, { name: text })
    }),
  )
})

test('own words are read wherever they stand', () => {
  const line = readLine(schema, ['booking_1', '--yes', '--name', 'a', '--dry-run', '--arguments', '-', '-h'])
  assert.deepEqual(line.own, { yes: true, 'dry-run': true, arguments: '-', help: true })
  assert.deepEqual(line.positionals, ['booking_1'])
})

test('what fits nothing is named, with the nearest', () => {
  const wrong: [string[], RegExp][] = [
    [['--nam', 'a'], /Unknown field --nam\. Did you mean --name\?/],
    [['--price.amout', '1'], /Did you mean --price\.amount\?/],
    [['--dryrun'], /Did you mean --dry-run\?/],
    [['--price.amount', '3.5'], /expected integer/],
    [['--price', '[1]'], /expected a JSON object/],
    [['--days', 'x'], /expected integer/],
    [['--archived=yes'], /expected boolean/],
    [['--name'], /takes a value/],
    [['--yes=1'], /takes no value/],
    [['--server', 'http://x'], /before the command/],
    [['--__proto__.x', '1'], /Unknown field/],
    [['--constructor', '1'], /Unknown field/],
  ]
  for (const [words, message] of wrong) assert.throws(() => readLine(schema, words), message, words.join(' '))
})

test('no field reaches a prototype', () => {
  const line = readLine(schema, ['--variables.__proto__', 'x', '--variables.constructor', 'y'])
  assert.deepEqual(Object.keys(line.fields.variables as object), ['__proto__', 'constructor'])
  assert.equal(({} as { x?: unknown }).x, undefined)
})

test('fields go over whole arguments, an object into an object', () => {
  assert.deepEqual(merged({ a: { b: 1, c: 2 }, d: [1] }, { a: { b: 3 }, d: [2] }), {
    a: { b: 3, c: 2 },
    d: [2],
  })
})

test('every field of a schema can be seen', () => {
  const flags = flagsOf(schema)
  assert.ok(
    flags.some(({ name, type, required }) => name === 'price.amount' && type === 'integer' && required),
  )
  assert.deepEqual(flags[0], {
    name: 'name',
    type: 'string',
    required: true,
    description: 'What it is called.',
  })
})
