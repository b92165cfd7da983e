import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SQL, sql } from 'drizzle-orm'
import { call, signUp } from '../../test/support/access.ts'
import { openTestDatabase } from '../../test/support/database.ts'
import type { Refusal } from '../catalog/refusal.ts'
import { constraintOf } from '../database/errors.ts'
import { type Database, openPools } from '../database/pool.ts'
import { newKey } from './api-key.ts'
import { authenticateKey, principalOfKey, principalOfMember, unauthenticated } from './authenticate.ts'
import { createKey, revokeKey } from './keys.ts'
import { allScopes, scopesOfRole } from './scopes.ts'

const refused = { name: 'Refusal', code: 'unauthenticated' }

test('a key is its member in its workspace, and not a person', async t => {
  const database = await openTestDatabase(t)
  const { caller, workspace, member_id, key } = await signUp(database)
  assert.deepEqual(caller.workspace, workspace)
  assert.deepEqual(caller.principal, {
    kind: 'api_key',
    id: key.id,
    name: 'Sign-up key',
    memberId: member_id,
    role: 'owner',
    scopes: new Set(allScopes),
    human: false,
  })
  assert.deepEqual(caller.rate, { limit: 300, remaining: 299, retryAfterSeconds: 0 })
})

test('a key revoked on one host is refused on every other at its next call', async t => {
  const database = await openTestDatabase(t)
  const elsewhere = openPools(database)
  t.after(() => elsewhere.close())
  const { caller, api_key, key } = await signUp(database)
  await authenticateKey(elsewhere, api_key)
  await call(database, { caller }, ctx => revokeKey(ctx, key.id))
  await assert.rejects(authenticateKey(elsewhere, api_key), refused)
})

test('a key ends at its time, neither before nor after', async t => {
  const database = await openTestDatabase(t)
  const { workspace, api_key } = await signUp(database)
  await run(
    database,
    workspace.id,
    sql`UPDATE api_keys SET expires_at = clock_timestamp() + interval '1 minute'`,
  )
  await authenticateKey(database, api_key)
  await run(database, workspace.id, sql`UPDATE api_keys SET expires_at = clock_timestamp()`)
  await assert.rejects(authenticateKey(database, api_key), refused)
})

test('a key is refused while its member is deactivated', async t => {
  const database = await openTestDatabase(t)
  const { workspace, api_key, member_id, key } = await signUp(database)
  await run(database, workspace.id, sql`UPDATE members SET status = 'deactivated'`)
  await assert.rejects(authenticateKey(database, api_key), refused)
  await database.transaction(workspace.id, {}, async ({ db }) => {
    assert.equal(await principalOfKey(db, workspace.id, key.id), null)
    assert.equal(await principalOfMember(db, workspace.id, member_id), null)
  })
})

test('mistyped, unknown, revoked, and unknown in a real workspace sound alike', async t => {
  const database = await openTestDatabase(t)
  const { caller, api_key, key, workspace } = await signUp(database)
  await call(database, { caller }, ctx => revokeKey(ctx, key.id))
  const unknown = newKey('live', '0197f4a0-0000-7000-8000-000000000000').text
  for (const token of ['', 'bd_live_x', unknown, newKey('live', workspace.id).text, api_key]) {
    await assert.rejects(authenticateKey(database, token), (refusal: Refusal) => {
      assert.deepEqual(refusal.toBody(), unauthenticated().toBody())
      return true
    })
  }
})

test('what is no key is refused without the database, and a forged key leaves nothing in it', async t => {
  const untouched = { transaction: () => assert.fail('touched') } as unknown as Database
  await assert.rejects(authenticateKey(untouched, 'bd_live_x'), refused)
  const database = await openTestDatabase(t)
  await assert.rejects(
    authenticateKey(database, newKey('live', '0197f4a0-0000-7000-8000-000000000000').text),
    refused,
  )
  const { rows } = await database.owner.query('SELECT FROM rate_buckets')
  assert.equal(rows.length, 0)
})

test('a key over its limit is refused, and another key of the workspace is not', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const [busy, other] = await call(database, { caller }, async ctx => [
    await createKey(ctx, { name: 'Busy' }),
    await createKey(ctx, { name: 'Other' }),
  ])
  const limit = { perMinute: 1, burst: 1 }
  await authenticateKey(database, busy!.api_key, limit)
  await assert.rejects(authenticateKey(database, busy!.api_key, limit), { code: 'rate_limited' })
  await authenticateKey(database, other!.api_key, limit)
})

test('the last use is noted to the minute, without a write for each call', async t => {
  const database = await openTestDatabase(t)
  const { workspace, api_key } = await signUp(database)
  const lastUse = async () =>
    (await run(database, workspace.id, sql`SELECT last_used_at::text FROM api_keys`))[0]?.last_used_at
  const first = await lastUse()
  assert.ok(first)
  await authenticateKey(database, api_key)
  assert.equal(await lastUse(), first)
  await run(
    database,
    workspace.id,
    sql`UPDATE api_keys SET last_used_at = last_used_at - interval '61 seconds'`,
  )
  await authenticateKey(database, api_key)
  assert.ok(String(await lastUse()) >= String(first))
})

test('a key weakens with its member, at once', async t => {
  const database = await openTestDatabase(t)
  const { workspace, api_key, key } = await signUp(database)
  await run(database, workspace.id, sql`UPDATE members SET role = 'member'`)
  const { principal } = await authenticateKey(database, api_key)
  assert.equal(principal.role, 'member')
  assert.deepEqual(principal.scopes, scopesOfRole.member)
  const later = await database.transaction(workspace.id, {}, ({ db }) =>
    principalOfKey(db, workspace.id, key.id),
  )
  assert.deepEqual(later, principal)
})

test('a key belongs to a member of its own workspace', async t => {
  const database = await openTestDatabase(t)
  const { workspace } = await signUp(database)
  const foreign = await signUp(database, 'eve@example.com')
  const move = sql`UPDATE api_keys SET member_id = ${foreign.member_id}`
  await assert.rejects(
    run(database, workspace.id, move),
    error => constraintOf(error) === 'api_keys_workspace_id_member_id_fkey',
  )
})

/** Row-level security keeps it to the workspace. */
async function run(
  database: Database,
  workspaceId: string,
  statement: SQL,
): Promise<Record<string, unknown>[]> {
  return database.transaction(workspaceId, {}, async ({ db }) => (await db.execute(statement)).rows)
}
