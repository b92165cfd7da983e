import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { call, signUp } from '../../test/support/access.ts'
import { openTestDatabase } from '../../test/support/database.ts'
import { newId } from '../database/columns.ts'
import { authenticateKey, principalOfPerson } from './authenticate.ts'
import { createKey } from './keys.ts'
import { readSettings, updateSettings } from './settings.ts'
import { accounts, members } from './tables.ts'
import { createSandbox, workspacesOf } from './workspaces.ts'

test('a sandbox has the settings and the active team of its twin, and a test key as strong as its asker', async t => {
  const database = await openTestDatabase(t)
  const owner = await signUp(database)
  await call(database, owner, async ctx => {
    await updateSettings(ctx, { version: 1, week_starts: 'sun' })
    const [ben, cleo] = [newId(), newId()]
    await ctx.db.insert(accounts).values([
      { id: ben, email: 'ben@example.com' },
      { id: cleo, email: 'cleo@example.com' },
    ])
    const workspaceId = ctx.workspace.id
    await ctx.db.insert(members).values([
      { workspaceId, id: newId(), accountId: ben, role: 'admin', name: 'Ben' },
      { workspaceId, id: newId(), accountId: cleo, role: 'admin', name: 'Cleo', status: 'deactivated' },
    ])
  })
  const asker = await call(database, owner, ctx =>
    createKey(ctx, { name: 'Agent', role: 'admin', scopes: ['platform:write', 'bookings:read'] }),
  )
  const caller = await authenticateKey(database, asker.api_key)

  const sandbox = await call(database, { caller }, async ctx => {
    const made = await createSandbox(ctx, {})
    await readSettings(ctx) // The call is back in its own workspace.
    return made
  })
  assert.match(sandbox.api_key, /^bd_test_/)
  assert.deepEqual(sandbox.workspace, {
    ...owner.workspace,
    id: sandbox.workspace.id,
    name: 'Studio Nord (sandbox)',
    kind: 'sandbox',
  })
  const twin = await authenticateKey(database, sandbox.api_key)
  assert.deepEqual(twin.principal.scopes, caller.principal.scopes)
  assert.equal(twin.principal.role, 'admin')
  await call(database, { caller: twin }, async ctx => {
    assert.equal((await readSettings(ctx)).week_starts, 'sun')
    const { rows } = await ctx.db.execute(
      sql`SELECT name, role, id = ${twin.principal.memberId} AS asker FROM members ORDER BY name`,
    )
    assert.deepEqual(rows, [
      { name: 'Ada', role: 'owner', asker: true },
      { name: 'Ben', role: 'admin', asker: false },
    ])
  })
})

test('a sandbox asked for inside a sandbox stands beside it, a twin of the same live workspace', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const { api_key } = await call(database, { caller }, ctx => createSandbox(ctx, { name: 'Trial' }))
  const inside = await authenticateKey(database, api_key)
  const { workspace } = await call(database, { caller: inside }, ctx => createSandbox(ctx, {}))
  const { rows } = await database.owner.query('SELECT kind, parent_id FROM workspaces WHERE id = $1', [
    workspace.id,
  ])
  assert.deepEqual(rows, [{ kind: 'sandbox', parent_id: caller.workspace.id }])
})

test('a key reaches the workspace it is bound to; a person, each where they are an active member', async t => {
  const database = await openTestDatabase(t)
  const first = await signUp(database)
  const second = await signUp(database)
  const left = await signUp(database)
  await signUp(database, 'eve@example.com')
  await database.transaction(left.workspace.id, {}, ({ db }) =>
    db.execute("UPDATE members SET status = 'deactivated'"),
  )

  const ofKey = await call(database, first, workspacesOf)
  assert.deepEqual(
    ofKey.map(({ workspace_id, current }) => [workspace_id, current]),
    [[first.workspace.id, true]],
  )

  const principal = principalOfPerson({ id: second.member_id, name: 'Ada', role: 'owner' })
  const ofPerson = await call(database, { caller: { principal, workspace: second.workspace } }, workspacesOf)
  assert.deepEqual(
    ofPerson.map(({ workspace_id, current }) => [workspace_id, current]),
    [
      [first.workspace.id, false],
      [second.workspace.id, true],
    ],
  )
})
