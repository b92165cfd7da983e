import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, done } from '../../../test/support/caller.ts'
import { openPost } from '../../../test/support/messages.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after })

test('an address is one however it is written, and stands on the list once', async () => {
  const post = await openPost(server)
  const add = (channel: string, address: string, scope = 'all') =>
    done(post, 'add_suppression', { channel, address, scope })
  const email = await add('email', 'Ana@Example.com')
  assert.deepEqual([email.address, email.reason, email.lifted_at], ['ana@example.com', 'manual', null])
  assert.equal((await add('email', ' ANA@example.com')).id, email.id)
  const phone = await add('sms', '612 345 678')
  assert.equal(phone.address, '+34612345678')
  const again = await Promise.all([1, 2, 3].map(() => add('sms', '+34 612 345 678', 'marketing')))
  assert.equal(new Set(again.map(({ id }) => id)).size, 1)
  assert.notEqual(again[0].id, phone.id)
  const listed = await done(post, 'list_suppressions')
  assert.deepEqual(
    listed.map(({ id }: Body) => id),
    [again[0].id, phone.id, email.id],
  )
  assert.equal((await done(post, 'list_suppressions', { channel: 'sms', address: '612345678' })).length, 2)
  const { body } = await post.call('list_suppressions', { address: '612345678' })
  assert.deepEqual([body.code, body.details], ['invalid_input', { field: 'channel' }])
  const events = await post.rows(
    `SELECT data FROM events WHERE workspace_id = $1 AND type = 'suppression.added'`,
  )
  assert.equal(events.length, 3)
  assert.doesNotMatch(JSON.stringify(events), /example|612/)
})

test('an impossible number is on no list', async () => {
  const post = await openPost(server)
  const { isError, body } = await post.call('add_suppression', { channel: 'sms', address: '12' })
  assert.deepEqual([isError, body.code], [true, 'invalid_input'])
  assert.equal(
    (await post.call('add_suppression', { channel: 'email', address: '12' })).body.code,
    'invalid_input',
  )
})
