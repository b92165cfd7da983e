import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBusiness } from '../../../test/support/customers.ts'
import { type Relationship, relationsOf, setRelationships } from './relationships.ts'

async function family(t: Parameters<typeof openBusiness>[0]) {
  const business = await openBusiness(t)
  const ids: Record<string, string> = {}
  for (const name of ['mother', 'father', 'child']) ids[name] = (await business.create({ name })).id
  const set = (of: string, list: [Relationship['kind'], string][]) =>
    business.run(ctx =>
      setRelationships(
        ctx,
        ids[of]!,
        list.map(([kind, name]) => ({ kind, customerId: ids[name]! })),
      ),
    )
  const of = async (name: string) =>
    (await business.run(ctx => relationsOf(ctx, ids[name]!)))
      .map(({ relation, name }) => `${relation} ${name}`)
      .sort()
  return { ...business, ids, set, of }
}

test('household, payer and guardian show from both sides', async t => {
  const { set, of } = await family(t)
  await set('child', [
    ['household', 'mother'],
    ['payer', 'father'],
    ['guardian', 'mother'],
  ])
  assert.deepEqual(await of('child'), ['guardian mother', 'household mother', 'payer father'])
  assert.deepEqual(await of('mother'), ['guardian_of child', 'household child'])
  assert.deepEqual(await of('father'), ['pays_for child'])
})

test('the list is exact: what is left out goes, on both sides of a household', async t => {
  const { set, of } = await family(t)
  await set('child', [
    ['household', 'mother'],
    ['guardian', 'mother'],
  ])
  await set('mother', [['payer', 'father']])
  assert.deepEqual(await of('mother'), ['guardian_of child', 'payer father'])
  assert.deepEqual(await of('child'), ['guardian mother'])
  await set('child', [])
  assert.deepEqual(await of('mother'), ['payer father'])
})

test('nobody is related to themself, has two payers, or is the guardian of their guardian', async t => {
  const { set } = await family(t)
  await set('child', [['guardian', 'mother']])
  for (const wrong of [
    () => set('mother', [['household', 'mother']]),
    () =>
      set('child', [
        ['payer', 'mother'],
        ['payer', 'father'],
      ]),
    () => set('mother', [['guardian', 'child']]),
  ]) {
    await assert.rejects(wrong, { code: 'invalid_input', details: { field: 'relationships' } })
  }
})

test("another business's customer is not found", async t => {
  const { set, ids } = await family(t)
  ids.stranger = crypto.randomUUID()
  await assert.rejects(set('child', [['payer', 'stranger']]), { code: 'not_found' })
})
