import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call } from '../../../test/support/access.ts'
import { openBusiness } from '../../../test/support/customers.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { createNote, pinnedNotes } from './notes.ts'
import { visibilities } from './tables.ts'
import { timelineOf } from './timeline.ts'

test('private and clinical notes are read by whoever wrote them, and by admins and owners; the rest by everybody', async t => {
  const { database, caller, create } = await openBusiness(t)
  const { id: customerId } = await create({ name: 'Ana' })
  const somebody = (role: 'member' | 'admin' | 'owner', memberId: string | null) => ({
    caller: { ...caller, principal: { ...caller.principal, role, memberId } },
  })
  const author = somebody('member', newId())
  for (const visibility of visibilities) {
    await call(database, author, ctx =>
      createNote(ctx, { customerId, text: visibility, pinned: true, visibility }),
    )
  }
  const read = async (reader: ReturnType<typeof somebody>) => {
    const texts = async (work: (ctx: Context) => Promise<{ text: string | null }[]>) =>
      (await call(database, reader, work)).map(({ text }) => text).sort()
    const pinned = await texts(ctx => pinnedNotes(ctx, customerId))
    const fed = await texts(async ctx => (await timelineOf(ctx, { customerId, limit: 10 })).rows)
    assert.deepEqual(pinned, fed)
    return pinned
  }
  assert.deepEqual(await read(author), ['clinical', 'private', 'team'])
  assert.deepEqual(await read(somebody('member', newId())), ['team'])
  assert.deepEqual(await read(somebody('member', null)), ['team'])
  assert.deepEqual(await read(somebody('admin', newId())), ['clinical', 'private', 'team'])
  assert.deepEqual(await read(somebody('owner', null)), ['clinical', 'private', 'team'])
})

test('a pinned note shows with the profile, any in the timeline; its text is in no event', async t => {
  const { run, create, events } = await openBusiness(t)
  const { id: customerId } = await create({ name: 'Ana' })
  for (const pinned of [true, false]) {
    await run(ctx => createNote(ctx, { customerId, text: `secret ${pinned}`, pinned, visibility: 'team' }))
  }
  const profile = await run(ctx => pinnedNotes(ctx, customerId))
  assert.deepEqual(
    profile.map(({ text }) => text),
    ['secret true'],
  )
  assert.equal((await run(ctx => timelineOf(ctx, { customerId, limit: 10 }))).rows.length, 2)
  assert.ok(!JSON.stringify(events).includes('secret'))
})
