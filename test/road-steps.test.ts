/** What each step of the road holds by itself: a key and a question are of one tool, a rival is told at once, a preview promises nothing. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type pg from 'pg'
import { z } from 'zod'
import type { CallRequest } from '../src/calls/call.ts'
import { createCall } from '../src/calls/road.ts'
import { defineTool } from '../src/catalog/define.ts'
import { onCommit } from '../src/catalog/kinds.ts'
import type { Refusal } from '../src/catalog/refusal.ts'
import { newId } from '../src/database/columns.ts'
import { signUp } from './support/access.ts'
import { desk, keyedNote, note } from './support/notes.ts'

const letter = defineTool({ ...note, name: 'send_letter', route: 'POST /v1/letters' })
const keyedLetter = defineTool({ ...keyedNote, name: 'send_keyed_letter', route: 'POST /v1/keyed_letters' })

/** Numbered, as are its pages. */
const numbered = defineTool({
  ...note,
  name: 'send_numbered_note',
  route: 'POST /v1/numbered_notes',
  data: z.object({
    text: z.string(),
    number: onCommit(z.string().nullable()),
    pages: z.array(z.object({ number: onCommit(z.int().nullable()), text: z.string() })),
  }),
  async run(context, input) {
    await note.run(context, input)
    const { text } = input
    return { text, number: 'N-1', pages: [{ number: 7, text }] }
  },
})

/** Whoever it is about: keys of two subjects have nothing to do with each other. */
const aboutText = defineTool({
  ...keyedNote,
  name: 'send_note_about',
  route: 'POST /v1/notes_about',
  keyScope: ({ text }) => text,
})

const quiet = { text: 'Quiet', recipients: 0 }
const loud = { text: 'Loud', recipients: 3 }

test('a question is of one tool: the same words to another wait by themselves, and end none', async t => {
  const { call, decideOn } = await desk(t, [letter])
  const asNote = await call(loud)
  const asLetter = await call(loud, undefined, { tool: 'send_letter' })
  assert.equal(asLetter.status, 'needs_approval')
  assert.notEqual(asLetter.approval!.id, asNote.approval!.id)
  for (const { approval } of [asNote, asLetter])
    assert.equal((await decideOn(approval!.id, {})).state, 'executed')
})

test('a key is of one tool: used for one it is new to another, with the same words and with others', async t => {
  const { call, keyed, name } = await desk(t, [keyedLetter])
  const byLetter = (text: string, idempotency_key: string) =>
    call({ ...quiet, text, idempotency_key }, undefined, { tool: 'send_keyed_letter' })
  await keyed({ ...quiet, idempotency_key: 'one' })
  await keyed({ ...quiet, idempotency_key: 'two' })
  const [same, other] = [await byLetter('Quiet', 'one'), await byLetter('Other', 'two')]
  assert.deepEqual([same.status, same.replayed], ['done', undefined])
  assert.deepEqual([other.status, other.replayed, await name()], ['done', undefined, 'Other'])
  assert.equal((await byLetter('Quiet', 'one')).replayed, true)
})

test('while a call with the key is under way, another is told so at once and does nothing; another tool, key or business is not', async t => {
  const { call, keyed, name, house, agent } = await desk(t, [keyedLetter])
  const { caller: elsewhere } = await signUp(house.database, 'bob@example.com')
  const args = { ...quiet, idempotency_key: 'k' }
  await whileHeld(house.database.owner, `${agent.workspace.id}/send_keyed_note/k`, async () => {
    await assert.rejects(keyed(args), (refusal: Refusal) => {
      const { code, retryable, details } = refusal.toBody()
      assert.deepEqual([code, retryable, details], ['in_progress', true, { retry_after_seconds: 1 }])
      return true
    })
    assert.notEqual(await name(), 'Quiet')
    assert.equal((await call(args, undefined, { tool: 'send_keyed_letter' })).status, 'done')
    assert.equal((await keyed({ ...quiet, idempotency_key: 'l' })).status, 'done')
    const { principal, workspace } = elsewhere
    assert.equal((await call(args, principal, { tool: 'send_keyed_note', workspace })).status, 'done')
    assert.equal((await keyed({ ...args, dry_run: true })).status, 'dry_run', 'a dry run claims no key')
  })
  const later = await keyed(args)
  assert.deepEqual([later.status, later.replayed], ['done', undefined], 'the rival did nothing in the end')
})

test('a tool whose key is of what the call is about: two subjects share no key, and one meets its own', async t => {
  const { call } = await desk(t, [aboutText])
  const about = (text: string, recipients: number, idempotency_key = 'k') =>
    call({ text, recipients, idempotency_key }, undefined, { tool: 'send_note_about' })
  assert.equal((await about('Ana', 0)).replayed, undefined)
  assert.equal((await about('Luis', 0)).replayed, undefined)
  assert.equal((await about('Ana', 0)).replayed, true)
  assert.equal((await about('Ana', 0, 'l')).replayed, undefined, 'another wish about her')
  await assert.rejects(about('Ana', 1), { code: 'idempotency_key_reused' })
})

test('customers do not know each other: none meets another’s key, nor a page’s, nor is answered another’s answer', async t => {
  const { keyed, agent } = await desk(t)
  const visitor = (kind: 'customer' | 'publishable_key', id: string) => ({ ...agent.principal, kind, id })
  const [ana, luis] = [newId(), newId()]
  const visitors = [visitor('customer', ana), visitor('customer', luis), visitor('publishable_key', ana)]
  const args = { ...quiet, idempotency_key: 'k' }
  for (const by of visitors) assert.equal((await keyed(args, by)).replayed, undefined)
  for (const by of visitors) assert.equal((await keyed(args, by)).replayed, true)
  assert.equal((await keyed(args)).replayed, undefined, 'nor is a key of the business one of theirs')
  const another = { ...agent.principal, id: newId() }
  assert.equal((await keyed(args, another)).replayed, true, 'a business’s keys are one caller')
})

test('a preview has no number yet, wherever one stands, and says when it comes; what is done has it', async t => {
  const { call, person, house, decideOn } = await desk(t, [numbered])
  const numberedNote = (args: Record<string, unknown>, by = person) =>
    call(args, by, { tool: 'send_numbered_note' })
  const bare = (text: string) => ({ text, number: null, pages: [{ number: null, text }] })
  const whole = (text: string) => ({ text, number: 'N-1', pages: [{ number: 7, text }] })
  const later = [
    'Nothing has changed yet; ids of new rows are provisional, and the number is given when it is done.',
  ]

  const tried = await numberedNote({ ...quiet, dry_run: true })
  assert.deepEqual([tried.status, tried.data, tried.warnings], ['dry_run', bare('Quiet'), later])
  const done = await numberedNote(quiet)
  assert.deepEqual([done.status, done.data, done.warnings], ['done', whole('Quiet'), undefined])

  const shown = await numberedNote(loud)
  assert.deepEqual([shown.status, shown.data, shown.warnings], ['needs_confirmation', bare('Loud'), later])
  const confirmed = await numberedNote({ ...loud, confirm_token: shown.confirm_token })
  assert.deepEqual([confirmed.data, confirmed.warnings], [whole('Loud'), undefined])

  const asked = await call(loud, undefined, { tool: 'send_numbered_note' })
  assert.deepEqual([asked.status, asked.data, asked.warnings], ['needs_approval', bare('Loud'), later])
  const { rows } = await house.database.owner.query('SELECT preview::jsonb FROM approval_details')
  assert.deepEqual(rows, [{ preview: bare('Loud') }], 'nor has what the reviewer sees')
  const { answer } = await decideOn(asked.approval!.id, {})
  assert.deepEqual([answer!.data, answer!.warnings], [whole('Loud'), undefined])
})

test('whoever is shown what would come of it is told that nothing has changed yet; whoever has done it is not', async t => {
  const { call, person } = await desk(t)
  const yet = ['Nothing has changed yet; ids of new rows are provisional.']
  const answers = [
    await call({ ...quiet, dry_run: true }),
    await call(loud),
    await call(loud, person),
    await call(quiet),
  ]
  assert.deepEqual(
    answers.map(({ status, warnings }) => [status, warnings]),
    [
      ['dry_run', yet],
      ['needs_approval', yet],
      ['needs_confirmation', yet],
      ['done', undefined],
    ],
  )
})

test('a refusal is in the audit once, wherever on the road it fell, with what was asked as far as it could be read', async t => {
  const { house, agent, move } = await desk(t)
  const { owner } = house.database
  const road = createCall(house)
  const refusals: [
    tool: string,
    args: unknown,
    changes: Partial<CallRequest>,
    code: string,
    read: boolean,
  ][] = [
    ['send_note', quiet, { principal: { ...agent.principal, scopes: new Set() } }, 'forbidden_scope', false],
    ['send_note', quiet, { principal: { ...agent.principal, role: 'member' } }, 'forbidden_scope', false],
    ['send_note', { ...quiet, recipients: -1 }, {}, 'invalid_input', false],
    ['send_note', { ...quiet, confirm_token: 'forged' }, {}, 'confirmation_invalid', true],
    ['send_keyed_note', { ...loud, idempotency_key: 'used' }, {}, 'idempotency_key_reused', true],
    ['send_note', { ...quiet, text: 'Rude' }, {}, 'quota_exceeded', true],
    ['send_note', { ...quiet, text: 'Broken' }, {}, 'internal', true],
  ]
  await move('country', 'DE')
  const ask = async (tool: string, args: unknown, changes: Partial<CallRequest> = {}) =>
    road({ ...agent, tool, arguments: args, requestId: 'r', surface: 'mcp', ...changes })
  await ask('send_keyed_note', { ...quiet, idempotency_key: 'used' })
  for (const [tool, args, changes, code, isRead] of refusals) {
    await owner.query('TRUNCATE audit_events, call_details')
    assert.equal((await ask(tool, args, changes)).refusal?.code, code)
    const { rows } = await owner.query(
      `SELECT a.tool, a.outcome, a.error_code, a.principal_id, a.arguments_hash IS NOT NULL AS hashed,
         d.arguments IS NOT NULL AS kept
       FROM audit_events a LEFT JOIN call_details d ON d.audit_id = a.id`,
    )
    const principal_id = agent.principal.id
    const row = { tool, outcome: 'refused', error_code: code, principal_id, hashed: isRead, kept: isRead }
    assert.deepEqual(rows, [row], code)
  }
  await owner.query('TRUNCATE audit_events, call_details')
  assert.equal((await ask('send_notes', quiet)).refusal?.code, 'not_found')
  const { rowCount } = await owner.query('SELECT FROM audit_events')
  assert.equal(rowCount, 0, 'of a tool that there is not, the log alone tells')
})

test('a tool that there is not is refused with the nearest name, which may differ at its end alone', async t => {
  const { call } = await desk(t, [letter, keyedLetter])
  for (const [wrong, nearest] of [
    ['send_keyed_nota', 'send_keyed_note'],
    ['send_keyed_lettre', 'send_keyed_letter'],
    ['', 'send_note'],
  ] as const)
    await assert.rejects(call(quiet, undefined, { tool: wrong }), {
      code: 'not_found',
      message: `There is no tool of that name. The nearest is ${nearest}.`,
      details: { kind: 'tool', nearest },
      nextTools: ['search_tools'],
    })
})

/** In the place of a call with that key that has not ended. */
async function whileHeld(owner: pg.Pool, key: string, work: () => Promise<void>): Promise<void> {
  const rival = await owner.connect()
  try {
    await rival.query('BEGIN')
    await rival.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key])
    await work()
  } finally {
    await rival.query('ROLLBACK')
    rival.release()
  }
}
