import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, callTool, done } from '../../../test/support/caller.ts'
import { openPost } from '../../../test/support/messages.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after })
const TOMORROW = '2030-01-08T09:00:00.000Z'

test('a message is as far as its delivery', async () => {
  const post = await openPost(server)
  await post.allowSending()
  const { id: message_id } = await post.draft()
  const status = async () => {
    const found = await done(post, 'get_message_status', { message_id })
    return [found.status, found.reason, found.attempts, found.send_at, found.carrier]
  }
  assert.deepEqual(await status(), ['draft', null, 0, null, null])
  await post.call('send_message', { message_id, at: TOMORROW })
  assert.deepEqual(await status(), ['queued', null, 0, TOMORROW, 'sandbox'])
  for (const [state, reason, attempts] of [
    ['sending', null, 1],
    ['failed', 'refused', 2],
    ['unknown', 'no_answer', 3],
    ['sent', null, 4],
    ['cancelled', null, 4],
  ]) {
    await post.rows(
      'UPDATE deliveries SET state = $2, reason = $3, attempts = $4 WHERE workspace_id = $1',
      state,
      reason,
      attempts,
    )
    assert.deepEqual(await status(), [state, reason, attempts, TOMORROW, 'sandbox'])
    const listed = await done(post, 'list_messages', { status: state })
    assert.deepEqual(
      listed.map(({ id }: Body) => id),
      [message_id],
    )
  }
})

test('the list is newest first, of one customer, in one state, page by page', async () => {
  const post = await openPost(server)
  const customer_id = await post.customer()
  const mine: string[] = []
  for (let n = 0; n < 3; n++) mine.unshift((await post.draft({ customer_id })).id)
  const other = await post.draft()
  const idsOf = async (input: Record<string, unknown>) =>
    (await done(post, 'list_messages', input)).map(({ id }: Body) => id)
  assert.deepEqual(await idsOf({}), [other.id, ...mine])
  assert.deepEqual(await idsOf({ customer_id }), mine)
  assert.deepEqual(await idsOf({ customer_id, status: 'sent' }), [])
  const first = (await callTool(post, 'list_messages', { limit: 3, status: 'draft' })).body
  assert.deepEqual(await idsOf({ limit: 3, status: 'draft', cursor: first.next_cursor }), [mine[2]])
})

test('what became of it shows where the sandbox shows what it sent', async () => {
  const post = await openPost(server)
  await post.allowSending()
  const draft = await post.draft()
  await post.call('send_message', { message_id: draft.id, at: TOMORROW })
  const [delivery] = await done(post, 'list_sandbox_deliveries')
  assert.deepEqual(
    [delivery.message_id, delivery.state, delivery.due_at, delivery.recipient, delivery.body],
    [draft.id, 'queued', TOMORROW, draft.to, draft.text],
  )
})

test('a channel says who carries it', async () => {
  const post = await openPost(server)
  const statuses = await done(post, 'get_channel_status')
  assert.deepEqual(
    statuses.map((one: Body) => [one.channel, one.carrier, one.ready, one.to_do]),
    [
      ['email', 'sandbox', true, null],
      ['sms', 'sandbox', true, null],
      ['whatsapp', 'sandbox', true, null],
    ],
  )
})
