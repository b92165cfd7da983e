import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { done } from '../../../test/support/caller.ts'
import { openPost, type Post } from '../../../test/support/messages.ts'
import { startServer } from '../../../test/support/server.ts'
import { uuidOf } from '../../catalog/kinds.ts'

const server = await startServer({ after })
const TOMORROW = '2030-01-08T09:00:00.000Z'

async function cancel(post: Post, message_id: string) {
  const first = await post.call('cancel_message', { message_id })
  if (first.body.status !== 'needs_confirmation') return first
  return post.call('cancel_message', { message_id, confirm_token: first.body.confirm_token })
}

test('a draft is dropped, and dropped again is as it was', async () => {
  const post = await openPost(server)
  const { id } = await post.draft()
  for (const { body } of [await cancel(post, id), await cancel(post, id)]) {
    assert.deepEqual([body.status, body.data.status, body.data.version], ['done', 'cancelled', 2])
  }
  const events = await post.rows(
    `SELECT subject_id FROM events WHERE workspace_id = $1 AND type = 'message.cancelled'`,
  )
  assert.deepEqual(events, [{ subject_id: uuidOf(id) }])
})

test('what waits for its time is taken back with its delivery, and the clock passes it by', async () => {
  const post = await openPost(server)
  await post.allowSending()
  const { id } = await post.draft()
  await post.call('send_message', { message_id: id, at: TOMORROW })
  assert.equal((await cancel(post, id)).body.data.status, 'cancelled')
  await done(post, 'set_sandbox_clock', { to: '2030-01-09T00:00:00Z' })
  const states = await post.rows('SELECT state FROM deliveries WHERE workspace_id = $1')
  assert.deepEqual(states, [{ state: 'cancelled' }])
})

test('what is on its way, or may be, is not taken back', async () => {
  const post = await openPost(server)
  await post.allowSending()
  const { id } = await post.draft()
  await post.call('send_message', { message_id: id, at: TOMORROW })
  for (const state of ['sending', 'sent', 'failed', 'unknown']) {
    await post.rows('UPDATE deliveries SET state = $2 WHERE workspace_id = $1', state)
    const { isError, body } = await cancel(post, id)
    assert.deepEqual([isError, body.code, body.details], [true, 'invalid_transition', { status: state }])
  }
})

test('a yes to taking it back is to what it was then', async () => {
  const post = await openPost(server)
  await post.allowSending()
  const { id: message_id } = await post.draft()
  const { confirm_token } = (await post.call('cancel_message', { message_id })).body
  await post.call('send_message', { message_id, at: TOMORROW })
  const { body } = await post.call('cancel_message', { message_id, confirm_token })
  assert.equal(body.code, 'confirmation_invalid')
})
