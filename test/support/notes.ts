/**
 * A desk where notes are sent: tools made for tests, on the true road and a real database, with no server and no worker
 * beside them.
 */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { principalOfMember } from '../../src/access/authenticate.ts'
import type { Principal } from '../../src/access/principal.ts'
import { decide } from '../../src/calls/decide.ts'
import type { House } from '../../src/calls/house.ts'
import { createCall } from '../../src/calls/road.ts'
import { makeCatalog } from '../../src/catalog/catalog.ts'
import { defineTool, type Tool } from '../../src/catalog/define.ts'
import { uuidOf } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import { prepareQueue } from '../../src/delivery/queue.ts'
import { say } from '../../src/http/texts/index.ts'
import { makeLog } from '../../src/log.ts'
import { secrets, signUp } from './access.ts'
import { openTestDatabase } from './database.ts'

/**
 * Leaves a mark in the workspace's name, and sends something when there is somebody to send it to: in Portugal two of
 * each, in France none; in Italy it breaks; in Spain, and of a whisper, it asks for less. It rests on the workspace's time
 * zone, and costs more for each word. Some words it does not take, and finds it out late.
 */
export const note = defineTool({
  name: 'send_note',
  title: 'Send a note',
  description: '',
  domain: 'platform',
  effect: 'write',
  role: 'admin',
  declares: ['amount', 'recipients'],
  route: 'POST /v1/notes',
  input: z.strictObject({ text: z.string(), recipients: z.int().min(0) }),
  data: z.object({ text: z.string() }),
  refusals: ['quota_exceeded'],
  review: {
    editable: ['text'],
    async versions({ db, workspace }) {
      const { rows } = await db.execute(sql`SELECT time_zone FROM workspaces WHERE id = ${workspace.id}`)
      return { zone: rows[0]!.time_zone as string }
    },
  },
  example: { input: { text: 'Hello', recipients: 0 } },
  async run({ db, workspace, declare, emit }, { text, recipients }) {
    await db.execute(sql`UPDATE workspaces SET name = ${text} WHERE id = ${workspace.id}`)
    const { rows } = await db.execute(sql`SELECT country FROM workspaces WHERE id = ${workspace.id}`)
    const { country } = rows[0]!
    const reached = country === 'PT' || text.includes('everyone') ? 2 * recipients : recipients
    const amount = { amount: 5 * text.split(' ').length, currency: 'EUR' }
    const gate = country === 'ES' || text === 'Whisper' ? 'confirm' : 'approve'
    if (recipients > 0) declare({ kind: 'send', gate, recipients: reached, amount })
    emit({ type: 'note.sent', subject: { kind: 'workspace', id: workspace.id } })
    if (text === 'Broken') throw new TypeError('A fault of the tool.')
    if (text === 'Rude') {
      await db.execute(sql`UPDATE workspaces SET time_zone = 'UTC' WHERE id = ${workspace.id}`)
      throw new Refusal('quota_exceeded', 'No rude words.')
    }
    if (country === 'IT') throw new TypeError('A fault of the tool.')
    if (country === 'FR') throw new Refusal('quota_exceeded', 'Not in France.')
    return { text }
  },
})

export const keyedNote = defineTool({
  ...note,
  name: 'send_keyed_note',
  key: true,
  route: 'POST /v1/keyed_notes',
})

/** @param more tools beside those of the notes */
export async function desk(t: TestContext, more: Tool[] = []) {
  const database = await openTestDatabase(t)
  const log = makeLog('silent')
  await prepareQueue({ database, log })
  const { caller, member_id } = await signUp(database)
  const house: House = {
    catalog: makeCatalog([note, keyedNote, ...more] as Tool[], []),
    database,
    secrets,
    dueWork: [],
    heard: new Set(),
    mail: 'none',
    letters: { language: say.locale, ...say.letters },
    publicUrl: 'http://localhost',
    log,
  }
  const road = createCall(house)
  const { principal, workspace } = caller
  const person = await database.transaction(workspace.id, { readOnly: true }, ({ db }) =>
    principalOfMember(db, workspace.id, member_id),
  )
  const call = async (
    args: Record<string, unknown>,
    by: Principal = principal,
    { tool = 'send_note', workspace: place = workspace } = {},
  ) => {
    const answer = await road({
      principal: by,
      workspace: place,
      tool,
      arguments: args,
      requestId: 'r',
      surface: 'mcp',
    })
    if (answer.refusal) throw answer.refusal
    assert.ok('status' in answer.body)
    return answer.body
  }
  const keyed = (args: Record<string, unknown>, by?: Principal) => call(args, by, { tool: 'send_keyed_note' })
  const move = (column: 'country' | 'time_zone', to: string) =>
    database.owner.query(`UPDATE workspaces SET ${column} = $1 WHERE id = $2`, [to, workspace.id])
  const decideOn = (id: string, edits: Record<string, unknown>) => {
    const decider = { principal: person!, workspace, requestId: 'r', surface: 'console' as const }
    return decide(house, decider, { approvalId: uuidOf(id), verdict: 'approve', edits })
  }
  const name = async () =>
    (await database.owner.query('SELECT name FROM workspaces WHERE id = $1', [workspace.id])).rows[0].name
  return { house, call, keyed, move, decideOn, name, agent: { principal, workspace }, person: person! }
}
