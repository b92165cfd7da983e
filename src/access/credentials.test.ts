import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { signUp } from '../../test/support/access.ts'
import { openTestDatabase } from '../../test/support/database.ts'
import type { Database, Db } from '../database/pool.ts'
import {
  credentialState,
  listCredentials,
  noteHealth,
  readCredentials,
  removeCredentials,
  saveCredentials,
} from './credentials.ts'
import { makeSecrets } from './secrets.ts'

const stripe = {
  secret_key: 'sk_test_51H8abcdefGHIJKL4242',
  publishable_key: 'pk_test_51H8abcdefGHIJKL0000',
  webhook_secret: 'whsec_abcdefghijklmn7777',
}

test('no row holds the secret; what a page may show of it stands beside', async t => {
  const { inside, secrets, save } = await store(t)
  await save(stripe)
  assert.deepEqual(await inside(db => readCredentials(db, secrets, here.id, 'stripe')), stripe)
  const { rows } = await inside(db =>
    db.execute(sql`SELECT to_json(c)::text AS row, encode(box, 'escape') AS box FROM provider_credentials c`),
  )
  const written = JSON.stringify(rows)
  for (const hidden of [stripe.secret_key, stripe.webhook_secret]) {
    assert.ok(!written.includes(hidden))
    assert.ok(!written.includes(Buffer.from(hidden).toString('hex')))
  }
  const [state] = await inside(db => listCredentials(db, here.id))
  assert.deepEqual(state!.hints, {
    secret_key: '…4242',
    publishable_key: stripe.publishable_key,
    webhook_secret: '…7777',
  })
})

test('a box put into another workspace or under another provider opens nothing, nor does a changed one', async t => {
  const { inside, secrets, save, database } = await store(t)
  const other = await signUp(database, 'bea@example.com')
  await save(stripe)
  const read = (workspaceId: string, provider: 'stripe' | 'twilio') =>
    database.transaction(workspaceId, {}, ({ db }) => readCredentials(db, secrets, workspaceId, provider))
  await database.owner.query(
    `INSERT INTO provider_credentials SELECT $1, provider, key_id, box, hints, health, problem, checked_at, version,
       updated_by, updated_at FROM provider_credentials`,
    [other.caller.workspace.id],
  )
  assert.equal(await read(other.caller.workspace.id, 'stripe'), null)
  await database.owner.query(`UPDATE provider_credentials SET provider = 'twilio' WHERE workspace_id = $1`, [
    here.id,
  ])
  assert.equal(await read(here.id, 'twilio'), null)
  await save(stripe)
  await database.owner.query(
    `UPDATE provider_credentials SET box = set_byte(box, 30, get_byte(box, 30) # 1) WHERE provider = 'stripe'`,
  )
  assert.equal(await inside(db => readCredentials(db, secrets, here.id, 'stripe')), null)
})

test('the same fields are never the same box', () => {
  const secrets = makeSecrets(randomBytes(32))
  const boxes = Array.from({ length: 50 }, () => secrets.seal('a', 'text').box.toString('hex'))
  assert.equal(new Set(boxes).size, 50)
})

test('a new server secret opens what the one before it sealed, and a check seals it anew', async t => {
  const [older, newer] = [randomBytes(32), randomBytes(32)]
  const { inside, save } = await store(t, makeSecrets(older))
  await save(stripe)
  const both = makeSecrets(newer, older)
  const read = (secrets: ReturnType<typeof makeSecrets>) =>
    inside(db => readCredentials(db, secrets, here.id, 'stripe'))
  assert.deepEqual(await read(both), stripe)
  assert.equal(await read(makeSecrets(newer)), null, 'without the older there is no reading it')
  const { version } = (await inside(db => credentialState(db, here.id, 'stripe')))!
  await inside(db => noteHealth(db, both, { workspaceId: here.id, provider: 'stripe', version }, null))
  assert.deepEqual(await read(makeSecrets(newer)), stripe)
})

test('a check speaks of the version that it looked at, and new fields are unchecked', async t => {
  const { inside, secrets, save } = await store(t)
  await save(stripe)
  const about = { workspaceId: here.id, provider: 'stripe' as const, version: 1 }
  await inside(db => noteHealth(db, secrets, about, 'refused'))
  const state = () => inside(db => credentialState(db, here.id, 'stripe'))
  assert.deepEqual([(await state())!.health, (await state())!.problem], ['failing', 'refused'])
  await save({ ...stripe, secret_key: 'sk_test_51H8abcdefGHIJKL5555' })
  assert.deepEqual([(await state())!.health, (await state())!.problem], ['unchecked', null])
  await inside(db => noteHealth(db, secrets, about, null))
  assert.equal((await state())!.health, 'unchecked', 'the answer was about the fields before')
})

test('what is removed is gone, and removing it twice says so', async t => {
  const { inside, secrets, save } = await store(t)
  await save(stripe)
  assert.equal(await inside(db => removeCredentials(db, here.id, 'stripe')), true)
  assert.equal(await inside(db => removeCredentials(db, here.id, 'stripe')), false)
  assert.equal(await inside(db => readCredentials(db, secrets, here.id, 'stripe')), null)
})

const here = { id: '', by: '' }

async function store(t: Parameters<typeof openTestDatabase>[0], secrets = makeSecrets(randomBytes(32))) {
  const database: Database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  here.id = caller.workspace.id
  here.by = caller.principal.memberId!
  const inside = <T>(work: (db: Db) => Promise<T>) => database.transaction(here.id, {}, ({ db }) => work(db))
  const where = { workspaceId: here.id, provider: 'stripe' as const, by: here.by }
  const save = (fields: typeof stripe) =>
    inside(db => saveCredentials(db, secrets, { ...where, now: Temporal.Now.instant() }, fields))
  return { database, inside, secrets, save }
}
