/**
 * The gate decides by what a call really does, found out in its savepoint; and what a reviewer may edit. No tool of
 * today has such effects, so these tools are made here, on the true road and a real database.
 */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { principalOfMember } from '../src/access/authenticate.ts'
import type { Principal } from '../src/access/principal.ts'
import { decide } from '../src/calls/decide.ts'
import type { House } from '../src/calls/house.ts'
import { createCall } from '../src/calls/road.ts'
import { makeCatalog } from '../src/catalog/catalog.ts'
import { defineTool } from '../src/catalog/define.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import { Refusal } from '../src/catalog/refusal.ts'
import { prepareQueue } from '../src/delivery/queue.ts'
import { makeLog } from '../src/log.ts'
import { secrets, signUp } from './support/access.ts'
import { openTestDatabase } from './support/database.ts'

/** Leaves a mark in the workspace's name, and sends something when there is somebody to send it to: in Portugal two of each, in France none; in Italy it breaks. */
const note = defineTool({
  name: 'send_note',
  title: 'Send a note',
  description: '',
  domain: 'platform',
  effect: 'write',
  role: 'admin',
  route: 'POST /v1/notes',
  input: z.strictObject({ text: z.string(), recipients: z.int().min(0) }),
  data: z.object({ text: z.string() }),
  refusals: ['quota_exceeded'],
  review: { editable: ['text'] },
  example: { input: { text: 'Hello', recipients: 0 } },
  async run({ db, workspace, declare, emit }, { text, recipients }) {
    await db.execute(sql`UPDATE workspaces SET name = ${text} WHERE id = ${workspace.id}`)
    const { rows } = await db.execute(sql`SELECT country FROM workspaces WHERE id = ${workspace.id}`)
    const { country } = rows[0]!
    const reached = country === 'PT' ? 2 * recipients : recipients
    if (recipients > 0) declare({ kind: 'send', gate: 'approve', recipients: reached })
    emit({ type: 'note.sent', subject: { kind: 'workspace', id: workspace.id } })
    if (country === 'IT') throw new TypeError('A fault of the tool.')
    if (country === 'FR') throw new Refusal('quota_exceeded', 'Not in France.')
    return { text }
  },
})

test('a call is gated by what it would do: the same tool runs at once, or waits', async t => {
  const { call, name } = await desk(t)
  assert.equal((await call({ text: 'Quiet', recipients: 0 })).status, 'done')
  const held = await call({ text: 'Loud', recipients: 3 })
  assert.equal(held.status, 'needs_approval')
  assert.equal(await name(), 'Quiet', 'what the gate held back was rolled back')
})

test('held back, a call leaves no event; run, it leaves one', async t => {
  const { call, house } = await desk(t)
  const events = async () =>
    (await house.database.owner.query(`SELECT FROM events WHERE type = 'note.sent'`)).rowCount
  await call({ text: 'Loud', recipients: 3 })
  assert.equal(await events(), 0)
  await call({ text: 'Quiet', recipients: 0 })
  assert.equal(await events(), 1)
})

test('a reviewer edits what the tool lets them; the asker’s words stay beside it', async t => {
  const { call, decideOn, name, house } = await desk(t)
  const held = await call({ text: 'Helo', recipients: 3 })
  await assert.rejects(decideOn(held.approval!.id, { recipients: 500 }), { code: 'invalid_input' })
  const decided = await decideOn(held.approval!.id, { text: 'Hello' })
  assert.equal(decided.state, 'executed')
  assert.equal(await name(), 'Hello')
  const { rows } = await house.database.owner.query(
    `SELECT edited, a.arguments_hash = e.arguments_hash AS hash_is_of_the_edit, d.arguments, d.original_arguments
     FROM approvals a JOIN approval_details d ON d.approval_id = a.id JOIN audit_events e ON e.id = a.result_audit_id`,
  )
  assert.deepEqual(rows, [
    {
      edited: true,
      hash_is_of_the_edit: true,
      arguments: '{"text":"Hello","recipients":3}',
      original_arguments: '{"text":"Helo","recipients":3}',
    },
  ])
})

test('a key never counts as the person who decides, even in the same hands', async t => {
  const { call, house, agent } = await desk(t)
  const held = await call({ text: 'Loud', recipients: 1 })
  const decision = { approvalId: uuidOf(held.approval!.id), verdict: 'approve' as const }
  await assert.rejects(decide(house, { ...agent, requestId: 'r', surface: 'console' }, decision), {
    code: 'forbidden_scope',
    details: { needed_principal: 'person' },
  })
})

test('whom it would reach is what was decided on: if they are others by then, it does not run', async t => {
  const { call, decideOn, name, house } = await desk(t)
  const held = await call({ text: 'Loud', recipients: 3 })
  await house.database.owner.query(
    `UPDATE workspaces SET country = 'PT', name = 'Before' WHERE kind = 'live'`,
  )
  const { state, refusal } = await decideOn(held.approval!.id, {})
  assert.deepEqual([state, refusal?.code], ['stale', 'approval_stale'])
  assert.equal(await name(), 'Before')
})

test('a run that fails leaves the approval failed with its error, and nothing of what it had written', async t => {
  const { call, decideOn, name, house } = await desk(t)
  const { owner } = house.database
  const held = await call({ text: 'Loud', recipients: 3 })
  await owner.query(`UPDATE workspaces SET country = 'FR', name = 'Before' WHERE kind = 'live'`)
  const { state, refusal } = await decideOn(held.approval!.id, {})
  assert.deepEqual([state, refusal?.code], ['failed', 'quota_exceeded'])
  assert.equal(await name(), 'Before')
  assert.equal((await owner.query(`SELECT FROM events WHERE type = 'note.sent'`)).rowCount, 0)
  const { rows } = await owner.query('SELECT state, error_code FROM approvals')
  assert.deepEqual(rows, [{ state: 'failed', error_code: 'quota_exceeded' }])
})

test('a run that breaks leaves the approval failed too, as it would break again', async t => {
  const { call, decideOn, name, house } = await desk(t)
  const held = await call({ text: 'Loud', recipients: 3 })
  await house.database.owner.query(
    `UPDATE workspaces SET country = 'IT', name = 'Before' WHERE kind = 'live'`,
  )
  const { state, refusal } = await decideOn(held.approval!.id, {})
  assert.deepEqual([state, refusal?.code, await name()], ['failed', 'internal', 'Before'])
})

test('whose role fell while they waited to decide does not decide', async t => {
  const { call, decideOn, house } = await desk(t)
  const held = await call({ text: 'Loud', recipients: 3 })
  await house.database.owner.query(`UPDATE members SET role = 'member'`)
  await assert.rejects(decideOn(held.approval!.id, {}), { code: 'forbidden_scope' })
})

test('a person who may decide needs nobody, but sees the preview first', async t => {
  const { call, person } = await desk(t)
  const preview = await call({ text: 'By hand', recipients: 3 }, person)
  assert.equal(preview.status, 'needs_confirmation')
  const confirmed = await call(
    { text: 'By hand', recipients: 3, confirm_token: preview.confirm_token },
    person,
  )
  assert.equal(confirmed.status, 'done')
})

async function desk(t: TestContext) {
  const database = await openTestDatabase(t)
  const log = makeLog('silent')
  await prepareQueue({ database, log })
  const { caller, member_id } = await signUp(database)
  const house: House = {
    catalog: makeCatalog([note], []),
    database,
    secrets,
    dueWork: [],
    heard: new Set(),
    mail: 'none',
    publicUrl: 'http://localhost',
    log,
  }
  const road = createCall(house)
  const { principal, workspace } = caller
  const person = await database.transaction(workspace.id, { readOnly: true }, ({ db }) =>
    principalOfMember(db, workspace.id, member_id),
  )
  const call = async (args: Record<string, unknown>, by: Principal = principal) => {
    const answer = await road({
      principal: by,
      workspace,
      tool: 'send_note',
      arguments: args,
      requestId: 'r',
      surface: 'mcp',
    })
    if (answer.refusal) throw answer.refusal
    assert.ok('status' in answer.body)
    return answer.body
  }
  const decideOn = (id: string, edits: Record<string, unknown>) => {
    const decider = { principal: person!, workspace, requestId: 'r', surface: 'console' as const }
    return decide(house, decider, { approvalId: uuidOf(id), verdict: 'approve', edits })
  }
  const name = async () =>
    (await database.owner.query('SELECT name FROM workspaces WHERE id = $1', [workspace.id])).rows[0].name
  return { house, call, decideOn, name, agent: { principal, workspace }, person: person! }
}
