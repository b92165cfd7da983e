/** The gate decides by what a call really does, found out in its savepoint; and what a reviewer may edit. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from '../src/calls/decide.ts'
import { defineTool } from '../src/catalog/define.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import type { Refusal } from '../src/catalog/refusal.ts'
import { newId } from '../src/database/columns.ts'
import cancelApprovalRequest from '../tools/approvals/cancel-approval-request.ts'
import { signUp } from './support/access.ts'
import { desk, note } from './support/notes.ts'

/** Does what it does not say. */
const slyNote = defineTool({ ...note, name: 'send_sly_note', declares: [], route: 'POST /v1/sly_notes' })

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
  for (const recipients of [500, 3])
    await assert.rejects(decideOn(held.approval!.id, { text: 'Hello', recipients }), {
      code: 'invalid_input',
      details: { field: 'recipients', editable: ['text'] },
    })
  const decided = await decideOn(held.approval!.id, { text: 'Hello' })
  assert.equal(decided.state, 'executed')
  assert.equal(await name(), 'Hello')
  const { rows } = await house.database.owner.query(
    `SELECT edited, a.arguments_hash = e.arguments_hash AS hash_is_of_the_edit,
       a.arguments_hash <> q.arguments_hash AS hash_is_new, d.arguments, d.original_arguments
     FROM approvals a JOIN approval_details d ON d.approval_id = a.id JOIN audit_events e ON e.id = a.result_audit_id
     JOIN audit_events q ON q.id = a.audit_id`,
  )
  assert.deepEqual(rows, [
    {
      edited: true,
      hash_is_of_the_edit: true,
      hash_is_new: true,
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

test('what it would ask for is decided on too: if that is another gate by then it is over, but for an edit’s own words it is not', async t => {
  const { call, decideOn, move, name } = await desk(t)
  const held = await call(loud)
  await move('country', 'ES')
  assert.equal((await decideOn(held.approval!.id, {})).refusal?.code, 'approval_stale')
  await move('country', 'DE')
  const again = await call(loud)
  assert.equal((await decideOn(again.approval!.id, { text: 'Whisper' })).state, 'executed')
  assert.equal(await name(), 'Whisper')
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
  const { call, house, person, agent } = await desk(t)
  const held = await call({ text: 'Loud', recipients: 3 })
  await house.database.owner.query(`UPDATE members SET role = 'member'`)
  const decider = {
    principal: person,
    workspace: agent.workspace,
    requestId: 'r',
    surface: 'console' as const,
  }
  for (const verdict of ['approve', 'reject'] as const)
    await assert.rejects(decide(house, decider, { approvalId: uuidOf(held.approval!.id), verdict }), {
      code: 'forbidden_scope',
      details: { needed_role: 'admin' },
    })
  const { rows } = await house.database.owner.query('SELECT state FROM approvals')
  assert.deepEqual(rows, [{ state: 'pending' }])
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

const loud = { text: 'Loud', recipients: 3 }

test('a token lets through the call that was shown, for who was shown it, and no other', async t => {
  const { call, house, person, agent, name } = await desk(t)
  const { caller: elsewhere } = await signUp(house.database, 'bob@example.com')
  const { confirm_token } = await call(loud, person)
  const args = { ...loud, confirm_token }
  const invalid = { code: 'confirmation_invalid', nextTools: ['send_note'] }
  await assert.rejects(call({ ...args, text: 'Proud' }, person), invalid)
  await assert.rejects(call(args, { ...person, id: newId() }), invalid, 'another person')
  await assert.rejects(call(args, { ...person, kind: 'oauth_client' }), invalid, 'a client of theirs')
  await assert.rejects(call(args, agent.principal), invalid, 'a key')
  await assert.rejects(call(args, person, { workspace: elsewhere.workspace }), invalid, 'another business')
  const other = call({ ...args, idempotency_key: 'k' }, person, { tool: 'send_keyed_note' })
  await assert.rejects(other, { code: 'confirmation_invalid' }, 'another tool')
  assert.notEqual(await name(), 'Loud')
  assert.equal((await call(args, person)).status, 'done')
})

test('a token is good for fifteen minutes, and no longer', async t => {
  const { call, person } = await desk(t)
  t.mock.timers.enable({ apis: ['Date'], now: Math.ceil(Date.now() / 1000) * 1000 })
  const [one, other] = [await call(loud, person), await call(loud, person)]
  t.mock.timers.tick(15 * 60_000 - 1)
  assert.equal((await call({ ...loud, confirm_token: one.confirm_token }, person)).status, 'done')
  t.mock.timers.tick(1)
  const late = call({ ...loud, confirm_token: other.confirm_token }, person)
  await assert.rejects(late, { code: 'confirmation_invalid' })
})

test('a token is for what would have come of it: of more people, more money or what has changed it is asked anew', async t => {
  const { call, move, person, name } = await desk(t)
  for (const [column, to] of [
    ['country', 'PT'],
    ['time_zone', 'Europe/Lisbon'],
  ] as const) {
    const { confirm_token } = await call(loud, person)
    await move(column, to)
    await assert.rejects(call({ ...loud, confirm_token }, person), { code: 'confirmation_invalid' }, to)
    assert.notEqual(await name(), 'Loud')
  }
  const { confirm_token } = await call(loud, person)
  assert.equal((await call({ ...loud, confirm_token }, person)).status, 'done', 'shown as it is now')
})

test('a token acts once, under whichever key, and is not used up by what came to nothing', async t => {
  const { keyed, move, name, house, person } = await desk(t)
  const first = await keyed({ ...loud, idempotency_key: 'shown' }, person)
  const again = (key: string) =>
    keyed({ ...loud, idempotency_key: key, confirm_token: first.confirm_token }, person)
  await move('country', 'FR')
  await assert.rejects(again('one'), { code: 'quota_exceeded' })
  await move('country', 'DE')
  const rivals = await Promise.allSettled(['one', 'two', 'three'].map(again))
  const ran = rivals.filter(({ status }) => status === 'fulfilled')
  assert.equal(ran.length, 1)
  await house.database.owner.query(`UPDATE workspaces SET name = 'Before'`)
  await assert.rejects(again('four'), { code: 'confirmation_invalid' })
  assert.equal(await name(), 'Before')
})

test('who was shown it twice may do it twice: a token is used up by itself alone', async t => {
  const { call, person } = await desk(t)
  const tokens = [await call(loud, person), await call(loud, person)].map(
    ({ confirm_token }) => confirm_token,
  )
  for (const confirm_token of tokens)
    assert.equal((await call({ ...loud, confirm_token }, person)).status, 'done')
  for (const confirm_token of tokens)
    await assert.rejects(call({ ...loud, confirm_token }, person), { code: 'confirmation_invalid' })
})

test('a dry run leaves nothing, uses no key and finds none, and leaves alone what waits', async t => {
  const { keyed, call, name, house, decideOn } = await desk(t)
  const left = async () => {
    const { rows } = await house.database.owner.query(
      `SELECT (SELECT count(*) FROM approvals)::int AS approvals, (SELECT count(*) FROM events)::int AS events,
        (SELECT count(*) FROM idempotency_keys)::int AS keys, (SELECT max(expires_at) FROM approvals) AS until`,
    )
    return { ...rows[0], name: await name() }
  }
  const args = { text: 'Quiet', recipients: 0, idempotency_key: 'quiet' }
  const before = await left()
  assert.equal((await keyed({ ...args, dry_run: true })).status, 'dry_run')
  assert.deepEqual(await left(), before)
  assert.equal((await keyed(args)).replayed, undefined)
  const tried = await keyed({ ...args, text: 'Other', dry_run: true })
  assert.deepEqual([tried.status, tried.data], ['dry_run', { text: 'Other' }], 'though its key is used')

  const held = await call(loud)
  const waiting = await left()
  const preview = await call({ ...loud, dry_run: true })
  assert.deepEqual(
    [preview.status, preview.approval, preview.confirm_token],
    ['dry_run', undefined, undefined],
  )
  assert.deepEqual(await left(), waiting)
  assert.equal((await decideOn(held.approval!.id, {})).state, 'executed')
})

test('a call that was refused has used no key: mended, it goes through under the same', async t => {
  const { keyed, move } = await desk(t)
  await move('country', 'FR')
  const args = { text: 'Quiet', recipients: 0, idempotency_key: 'k' }
  await assert.rejects(keyed(args), { code: 'quota_exceeded' })
  await assert.rejects(keyed({ ...args, recipients: -1 }), { code: 'invalid_input' })
  await move('country', 'DE')
  const mended = await keyed({ ...args, text: 'Quieter' })
  assert.deepEqual([mended.status, mended.replayed], ['done', undefined])
})

test('repeated under its key, a call that came to nothing says so each time: no second approval, and nothing runs', async t => {
  const { keyed, move, name, house, decideOn, person, agent } = await desk(t)
  const { owner } = house.database
  const decider = {
    principal: person,
    workspace: agent.workspace,
    requestId: 'r',
    surface: 'console' as const,
  }
  const ends: Record<string, [end: (id: string) => Promise<unknown>, code: string, words: RegExp]> = {
    failed: [
      async id => {
        await move('country', 'FR')
        await decide(house, decider, { approvalId: uuidOf(id), verdict: 'approve', note: 'Fine by me.' })
        await move('country', 'DE')
      },
      'quota_exceeded',
      /^Not in France\. This stays so/,
    ],
    stale: [
      async id => {
        await move('time_zone', 'Europe/Lisbon')
        await decideOn(id, {})
      },
      'approval_stale',
      /changed/,
    ],
    expired: [
      id => owner.query('UPDATE approvals SET expires_at = asked_at WHERE id = $1', [uuidOf(id)]),
      'approval_expired',
      /^Nobody decided/,
    ],
    rejected: [
      id => decide(house, decider, { approvalId: uuidOf(id), verdict: 'reject', note: 'Too loud.' }),
      'forbidden_scope',
      /rejected.*Too loud\./,
    ],
    withdrawn: [
      id => owner.query(`UPDATE approvals SET state = 'withdrawn' WHERE id = $1`, [uuidOf(id)]),
      'forbidden_scope',
      /withdrawn/,
    ],
  }
  for (const [state, [end, code, words]] of Object.entries(ends)) {
    const args = { ...loud, idempotency_key: state }
    const { id } = (await keyed(args)).approval!
    await end(id)
    await owner.query(`UPDATE workspaces SET name = 'Before'`)
    for (const _ of [1, 2])
      await assert.rejects(keyed(args), (refusal: Refusal) => {
        assert.deepEqual([refusal.code, refusal.details.approval, refusal.details.state], [code, id, state])
        assert.match(refusal.message, words)
        assert.match(refusal.message, /take a new idempotency key\.$/)
        return true
      })
    assert.equal(await name(), 'Before', state)
  }
  const { rows } = await owner.query('SELECT count(*)::int AS asked FROM approvals')
  assert.equal(rows[0].asked, Object.keys(ends).length)
})

test('an edit changes words: not whom they reach, nor what they move; else it is refused, and the call still waits', async t => {
  const { call, decideOn, name, house } = await desk(t)
  const { owner } = house.database
  const held = await call(loud)
  await owner.query(`UPDATE workspaces SET name = 'Before'`)
  const refusals: [text: string, code: string, words: RegExp][] = [
    ['everyone', 'invalid_input', /^An edit changes words\. With these it would reach others/],
    ['So loud', 'invalid_input', /^An edit changes words/],
    ['Rude', 'quota_exceeded', /^No rude words\.$/],
    ['Broken', 'internal', /nothing has changed/],
  ]
  const rows = async () =>
    (
      await owner.query(
        `SELECT a.state, a.edited, a.decided_by, d.original_arguments, d.answer,
           (SELECT count(*)::int FROM audit_events) AS audited, (SELECT count(*)::int FROM events) AS events
         FROM approvals a JOIN approval_details d ON d.approval_id = a.id`,
      )
    ).rows
  const before = await rows()
  for (const [text, code, words] of refusals) {
    await assert.rejects(decideOn(held.approval!.id, { text }), (refusal: Refusal) => {
      assert.equal(refusal.code, code, text)
      assert.match(refusal.message, words)
      return true
    })
    assert.deepEqual([await rows(), await name()], [before, 'Before'], text)
  }
  assert.equal(before[0].state, 'pending')
  const decided = await decideOn(held.approval!.id, { text: 'Softer' })
  assert.deepEqual([decided.state, await name()], ['executed', 'Softer'])
})

test('an edit mends nothing that has changed: of other people, other rows or a refusal it is over, as without it', async t => {
  const { call, decideOn, move, name, house } = await desk(t)
  const edited = async (text: string, column: 'country' | 'time_zone', to: string) => {
    const held = await call(loud)
    await move(column, to)
    await house.database.owner.query(`UPDATE workspaces SET name = 'Before'`)
    const { state, refusal } = await decideOn(held.approval!.id, { text })
    await move('country', 'DE')
    return [state, refusal?.code, await name()]
  }
  assert.deepEqual(await edited('everyone', 'country', 'PT'), ['stale', 'approval_stale', 'Before'])
  assert.deepEqual(await edited('Softer', 'country', 'PT'), ['stale', 'approval_stale', 'Before'])
  assert.deepEqual(await edited('Softer', 'time_zone', 'Europe/Lisbon'), [
    'stale',
    'approval_stale',
    'Before',
  ])
  assert.deepEqual(await edited('Softer', 'country', 'FR'), ['failed', 'quota_exceeded', 'Before'])
  assert.deepEqual(await edited('Softer', 'country', 'IT'), ['failed', 'internal', 'Before'])
})

test('a tool that does what it never said, so that no rule could be made for it, does nothing', async t => {
  const { call, name } = await desk(t, [slyNote])
  await assert.rejects(call(loud, undefined, { tool: 'send_sly_note' }), { code: 'internal' })
  assert.notEqual(await name(), 'Loud')
})

test('asked again when it would reach others, it is another question, and the one before is over', async t => {
  const { call, move, decideOn, house } = await desk(t)
  const before = await call(loud)
  await move('country', 'PT')
  const again = await call(loud)
  assert.notEqual(again.approval!.id, before.approval!.id)
  const { rows } = await house.database.owner.query('SELECT state, error_code FROM approvals ORDER BY id')
  assert.deepEqual(rows, [
    { state: 'stale', error_code: 'approval_stale' },
    { state: 'pending', error_code: null },
  ])
  await assert.rejects(decideOn(before.approval!.id, {}), { code: 'invalid_transition' })
  assert.equal((await decideOn(again.approval!.id, {})).state, 'executed')
})

test('the same words from two askers are two questions, and from one they are one', async t => {
  const { call, agent } = await desk(t)
  const [one, same, other] = [
    await call(loud),
    await call(loud),
    await call(loud, { ...agent.principal, id: newId() }),
  ]
  assert.equal(one.approval!.id, same.approval!.id)
  assert.notEqual(one.approval!.id, other.approval!.id)
  const others = await call({ ...loud, text: 'Soft' })
  assert.notEqual(others.approval!.id, one.approval!.id, 'other words are another')
})

test('asked anew after it was rejected, it is one question again, however often it is asked', async t => {
  const { call, house } = await desk(t)
  const rejected = await call(loud)
  await house.database.owner.query(`UPDATE approvals SET state = 'rejected'`)
  const [anew, again] = [await call(loud), await call(loud)]
  assert.notEqual(anew.approval!.id, rejected.approval!.id)
  assert.equal(again.approval!.id, anew.approval!.id)
})

test('what an automation asked it takes back, and no other does, though neither acts for a member', async t => {
  const { call, agent, house } = await desk(t, [cancelApprovalRequest])
  const automation = (id: string) => ({ ...agent.principal, kind: 'automation' as const, id, memberId: null })
  const [one, other] = [automation(newId()), automation(newId())]
  const { id: approval_id } = (await call(loud, one)).approval!
  const withdraw = (by: typeof one) => call({ approval_id }, by, { tool: 'cancel_approval_request' })
  await assert.rejects(withdraw(other), { code: 'forbidden_scope' })
  const state = async () => (await house.database.owner.query('SELECT state FROM approvals')).rows
  assert.deepEqual(await state(), [{ state: 'pending' }])
  assert.equal((await withdraw(one)).status, 'done')
  assert.deepEqual(await state(), [{ state: 'withdrawn' }])
})

test('a customer and a page wait for nobody’s approval: what the business wants to decide, they are told to ask it for', async t => {
  const { call, agent, house, name } = await desk(t)
  for (const kind of ['customer', 'publishable_key'] as const) {
    const visitor = { ...agent.principal, kind, memberId: null }
    assert.equal((await call({ ...loud, recipients: 0, text: kind }, visitor)).status, 'done')
    await assert.rejects(call(loud, visitor), {
      code: 'forbidden_scope',
      message: 'The business decides on this itself; ask it.',
      details: { needed_principal: 'member' },
    })
    assert.equal(await name(), kind)
  }
  const { rowCount } = await house.database.owner.query('SELECT FROM approvals')
  assert.equal(rowCount, 0)
})

test('a retry of what was approved as it was asked says nothing of a change', async t => {
  const { keyed, decideOn } = await desk(t)
  const args = { ...loud, idempotency_key: 'k' }
  const { approval } = await keyed(args)
  await decideOn(approval!.id, {})
  const { status, data, warnings, replayed } = await keyed(args)
  assert.deepEqual([status, data, warnings, replayed], ['done', { text: 'Loud' }, undefined, true])
})
