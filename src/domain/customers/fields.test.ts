import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBusiness } from '../../../test/support/customers.ts'
import { type FieldValues, readValues, setFieldValues } from './field-values.ts'
import { defineField, type FieldDefinition, listFields } from './fields.ts'

async function open(t: Parameters<typeof openBusiness>[0]) {
  const business = await openBusiness(t)
  const { id } = await business.create({ name: 'Ana' })
  return {
    ...business,
    define: (field: Partial<FieldDefinition> & { key: string }) =>
      business.run(ctx => defineField(ctx, { label: field.key, type: 'text', ...field })),
    set: (values: FieldValues) => business.run(ctx => setFieldValues(ctx, id, values)),
    values: async () => (await business.run(ctx => readValues(ctx, [id]))).get(id) ?? {},
    id,
  }
}

test('custom fields are typed definitions: each type takes its own values and no others', async t => {
  const { define, set, values } = await open(t)
  const good = { text: 'Any', number: 38.5, date: '2026-03-29', boolean: false, choice: 'II' } as const
  for (const type of ['text', 'number', 'date', 'boolean', 'choice'] as const) {
    await define({ key: `a_${type}`, type, ...(type === 'choice' && { choices: ['I', 'II'] }) })
    await set({ [`a_${type}`]: good[type] })
    const wrong = { text: 1, number: '38', date: '2026-02-30', boolean: 'true', choice: 'III' }[type]
    await assert.rejects(set({ [`a_${type}`]: wrong }), {
      code: 'invalid_input',
      details: { field: `a_${type}`, type },
    })
  }
  assert.deepEqual(await values(), {
    a_boolean: false,
    a_choice: 'II',
    a_date: '2026-03-29',
    a_number: 38.5,
    a_text: 'Any',
  })
})

test('a key that is not defined is refused, and nothing of the call stays', async t => {
  const { define, set, values } = await open(t)
  await define({ key: 'known' })
  await assert.rejects(set({ known: 'x', other: 'y' }), {
    code: 'invalid_input',
    details: { field: 'other' },
  })
  assert.deepEqual(await values(), {})
})

test('what is left out stays, null takes away, and the customer has a new version', async t => {
  const { define, set, values, run, id } = await open(t)
  for (const key of ['one', 'two']) await define({ key })
  await set({ one: '1', two: '2' })
  const { version } = await set({ one: null })
  assert.deepEqual([await values(), version], [{ two: '2' }, 3])
  assert.deepEqual((await run(ctx => readValues(ctx, [id]))).size, 1)
})

test('defining is an upsert by key', async t => {
  const { define, run } = await open(t)
  const first = await define({ key: 'size', type: 'text' })
  const again = await define({ key: 'size', label: 'Shoe size', type: 'number' })
  assert.deepEqual([again.id, again.label, again.type], [first.id, 'Shoe size', 'number'])
  assert.equal((await run(listFields)).length, 1)
})

test('a definition never contradicts a value that somebody has', async t => {
  const { define, set } = await open(t)
  await define({ key: 'size', type: 'number' })
  await define({ key: 'skin', type: 'choice', choices: ['I', 'II'] })
  await set({ size: 38, skin: 'I' })
  await assert.rejects(define({ key: 'size', type: 'text' }), { details: { field: 'type', customers: 1 } })
  await assert.rejects(define({ key: 'skin', type: 'choice', choices: ['II'] }), {
    details: { field: 'choices', customers: 1 },
  })
  await define({ key: 'skin', type: 'choice', choices: ['I', 'III'] })
})

test('a choice has choices, each once, and nothing else has any', async t => {
  const { define } = await open(t)
  for (const wrong of [
    { type: 'choice' as const },
    { type: 'choice' as const, choices: ['a', 'a'] },
    { type: 'text' as const, choices: ['a'] },
  ]) {
    await assert.rejects(define({ key: 'x', ...wrong }), { code: 'invalid_input' })
  }
})
