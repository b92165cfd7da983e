import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openPost, type Post } from '../../../test/support/messages.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after })

async function goes(post: Post, input: Record<string, unknown>): Promise<string> {
  await post.call('record_customer_consent', {
    customer_id: input.customer_id,
    channel: 'sms',
    purpose: 'marketing',
    state: 'granted',
    source: 'Form',
  })
  const text = { channel: 'sms', subject: undefined, purpose: 'marketing' }
  return (await post.draft({ ...text, ...input })).outlook.goes
}

test("quiet hours are on the customer's clock, else the location's, else the business's", async () => {
  const post = await openPost(server)
  const { customer_id, booking_id } = await post.booking() // 09:00 in Madrid, where it is.
  await post.settings({ time_zone: 'Asia/Tokyo', quiet_hours: { from: '16:30', to: '09:00' } }) // 17:00 there.
  assert.equal(await goes(post, { customer_id, booking_id }), 'at_once')
  assert.equal(await goes(post, { customer_id }), 'later')
  assert.equal(
    await goes(post, { customer_id: await post.customer({ time_zone: 'Europe/Madrid' }) }),
    'at_once',
  )
  const away = await post.customer({ time_zone: 'America/New_York' })
  assert.equal(await goes(post, { customer_id: away }), 'later')
  assert.equal(await goes(post, { customer_id, purpose: 'transactional' }), 'at_once')
})

test('what was said about one channel, or by somebody else, says nothing of another', async () => {
  const post = await openPost(server)
  const [one, other] = [await post.customer(), await post.customer()]
  assert.equal(await goes(post, { customer_id: one }), 'at_once')
  for (const input of [
    { customer_id: one, channel: 'email', subject: 'Offer' },
    { customer_id: other, channel: 'sms' },
  ]) {
    const { body } = await post.call('draft_message', { ...input, body: 'Offer', purpose: 'marketing' })
    assert.equal(body.code, 'consent_missing')
  }
})
