import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { call, signUp } from '../../test/support/access.ts'
import { openTestDatabase } from '../../test/support/database.ts'
import type { DomainEvent } from '../domain/context.ts'
import { authenticateKey } from './authenticate.ts'
import { createKey, keyVersion, listKeys, revokeKey } from './keys.ts'
import type { Scope } from './principal.ts'
import { allScopes, scopesOfRole } from './scopes.ts'

test('a new key only reads until told otherwise', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const { key, api_key } = await call(database, { caller }, ctx => createKey(ctx, { name: 'Reports' }))
  assert.deepEqual(
    key.scopes,
    allScopes.filter(scope => scope.endsWith(':read')),
  )
  assert.deepEqual((await authenticateKey(database, api_key)).principal.scopes, new Set(key.scopes))
})

test('a key makes none stronger than itself: in scopes, in role, in time', async t => {
  const database = await openTestDatabase(t)
  const owner = await signUp(database)
  const soon = Temporal.Now.instant().add({ hours: 1 }).round('millisecond')
  const scopes: Scope[] = ['platform:write', 'bookings:read']
  const weak = await call(database, { caller: owner.caller }, ctx =>
    createKey(ctx, { name: 'Weak', role: 'admin', scopes, expires_at: soon }),
  )
  const caller = await authenticateKey(database, weak.api_key)
  const make = (asked: Partial<Parameters<typeof createKey>[1]>) =>
    call(database, { caller }, ctx => createKey(ctx, { name: 'Child', ...asked }))

  await assert.rejects(make({ scopes: ['bookings:write'] }), {
    code: 'forbidden_scope',
    details: { missing_scopes: ['bookings:write'] },
  })
  await assert.rejects(make({ role: 'owner' }), { code: 'forbidden_scope' })
  await assert.rejects(make({ expires_at: soon.add({ seconds: 1 }) }), { code: 'invalid_input' })
  const { key } = await make({ scopes: ['*'] })
  assert.deepEqual([key.role, key.scopes, String(key.expires_at)], ['admin', scopes, String(soon)])
  assert.deepEqual((await make({})).key.scopes, ['bookings:read'])
})

test('a key of a weaker role gets no scope beyond that role', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const make = (scopes: (Scope | '*')[]) =>
    call(database, { caller }, ctx => createKey(ctx, { name: 'Desk', role: 'member', scopes }))
  assert.deepEqual(new Set((await make(['*'])).key.scopes), scopesOfRole.member)
  await assert.rejects(make(['payments:read']), { code: 'forbidden_scope' })
})

test('a key expires in the future', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const expires_at = Temporal.Now.instant()
  await assert.rejects(
    call(database, { caller }, ctx => createKey(ctx, { name: 'Late', expires_at })),
    { code: 'invalid_input', details: { field: 'expires_at' } },
  )
})

test('a revoked key stays revoked: the second time changes nothing and says nothing', async t => {
  const database = await openTestDatabase(t)
  const { caller, key } = await signUp(database)
  const events: DomainEvent[] = []
  const revoke = () => call(database, { caller, events }, ctx => revokeKey(ctx, key.id))
  const first = await revoke()
  assert.ok(first.revoked_at)
  assert.equal(first.version, 2)
  assert.deepEqual(await revoke(), first)
  assert.deepEqual(events, [{ type: 'api_key.revoked', subject: { kind: 'key', id: key.id } }])
  assert.equal(await call(database, { caller }, ctx => keyVersion(ctx, key.id)), 2)
})

test('a foreign key is not found, as a random id', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const foreign = await signUp(database, 'eve@example.com')
  for (const id of [foreign.key.id, randomUUID()]) {
    await assert.rejects(
      call(database, { caller }, ctx => revokeKey(ctx, id)),
      { code: 'not_found' },
    )
    await assert.rejects(
      call(database, { caller }, ctx => keyVersion(ctx, id)),
      { code: 'not_found' },
    )
  }
  await authenticateKey(database, foreign.api_key)
})

test('keys are listed newest first, each on one page, and none with its text', async t => {
  const database = await openTestDatabase(t)
  const { caller, key } = await signUp(database)
  const made = [key.id]
  for (let n = 0; n < 4; n++) {
    const { key } = await call(database, { caller }, ctx => createKey(ctx, { name: `Key ${n}` }))
    made.unshift(key.id)
  }
  const seen: string[] = []
  for (let cursor: string | undefined, n = 0; n === 0 || cursor; n++) {
    const page = await call(database, { caller }, ctx => listKeys(ctx, { limit: 2, cursor }))
    for (const row of page.rows) assert.ok(!('api_key' in row || 'secretHash' in row))
    seen.push(...page.rows.map(row => row.id))
    cursor = page.nextCursor
  }
  assert.deepEqual([...seen].sort(), [...made].sort())
  assert.equal(seen.at(-1), key.id)
})
