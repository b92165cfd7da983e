import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { done } from '../../../test/support/caller.ts'
import { openBusiness } from '../../../test/support/customers.ts'
import { NOW, openPost, type Post } from '../../../test/support/messages.ts'
import { startServer } from '../../../test/support/server.ts'
import { draftMessage } from './draft.ts'
import { sendMessage } from './send.ts'

const server = await startServer({ after })
const TOMORROW = '2030-01-08T09:00:00.000Z'

const deliveries = (post: Post) =>
  post.rows('SELECT * FROM deliveries WHERE workspace_id = $1 ORDER BY due_at, id')

test('nothing is sent before a person has seen it and said yes; then it is sent once', async () => {
  const post = await openPost(server)
  const draft = await post.draft()
  const { body } = await post.call('send_message', { message_id: draft.id, at: TOMORROW })
  assert.deepEqual(
    [body.status, body.data.status, body.data.to, body.data.subject, body.data.text, body.data.send_at],
    ['needs_approval', 'queued', draft.to, draft.subject, draft.text, TOMORROW],
  )
  assert.deepEqual(await deliveries(post), [])
  assert.equal((await done(post, 'get_message_status', { message_id: draft.id })).status, 'draft')
  await Promise.all([1, 2, 3].map(() => post.person.decide(body.approval.id, 'approve')))
  const [delivery, ...others] = await deliveries(post)
  assert.deepEqual(
    [others.length, delivery.state, delivery.recipient, delivery.subject, delivery.body, delivery.provider],
    [0, 'queued', draft.to, draft.subject, draft.text, 'sandbox'],
  )
})

test('what the reviewer writes is what goes out', async () => {
  const post = await openPost(server)
  const draft = await post.draft()
  const { body } = await post.call('send_message', { message_id: draft.id, at: TOMORROW })
  const edits = { subject: 'Better', text: 'Much better.' }
  const { body: decided } = await post.person.decide(body.approval.id, 'approve', { edits })
  assert.deepEqual([decided.answer.data.subject, decided.answer.data.text], ['Better', 'Much better.'])
  const [delivery] = await deliveries(post)
  assert.deepEqual([delivery.subject, delivery.body], ['Better', 'Much better.'])
})

test('a yes is to this text, to this customer, about this booking as it is', async () => {
  const post = await openPost(server)
  const { customer_id, booking_id } = await post.booking()
  const draft = () => post.draft({ customer_id, booking_id, template_key: 'booking_confirmation' })
  const ask = async (message_id: string) =>
    (await post.call('send_message', { message_id })).body.approval.id as string
  const decided = async (id: string) => (await post.person.decide(id, 'approve')).body.state

  const byCustomer = await ask((await draft()).id)
  await done(post, 'update_customer', { customer_id, version: 1, name: 'Ana Ruiz Gil' })
  assert.equal(await decided(byCustomer), 'stale')

  const byBooking = await ask((await draft()).id)
  await done(post, 'check_in_booking', { booking_id })
  assert.equal(await decided(byBooking), 'stale')

  const { id } = await draft()
  const byMessage = [await ask(id), await ask(id)]
  assert.deepEqual([await decided(byMessage[0]!), await decided(byMessage[1]!)], ['executed', 'stale'])
  assert.equal((await deliveries(post)).length, 1)
})

test('a template goes out as that template only while nobody has changed its words', async () => {
  const post = await openPost(server)
  const { customer_id, booking_id } = await post.booking()
  const effectsOf = async (edit: Record<string, unknown>) => {
    const draft = await post.draft({ customer_id, booking_id, template_key: 'booking_confirmation' })
    const text = edit.text === 'same' ? draft.text : edit.text
    const { body } = await post.call('send_message', { message_id: draft.id, ...(text && { text }) })
    const { effects } = await done(post, 'get_approval', { approval_id: body.approval.id })
    return [effects, body.data.template]
  }
  const send = { kind: 'send', gate: 'approve', recipients: 1 }
  const template = { key: 'booking_confirmation', version: 1 }
  const asTemplate = [[{ ...send, template: 'booking_confirmation@1' }], template]
  assert.deepEqual(await effectsOf({}), asTemplate)
  assert.deepEqual(await effectsOf({ text: 'same' }), asTemplate)
  assert.deepEqual(await effectsOf({ text: 'Come whenever you like.' }), [[send], null])
})

test('however often and in parallel it is sent, it is delivered once', async () => {
  const post = await openPost(server)
  await post.allowSending()
  const draft = await post.draft()
  const sent = await Promise.all(
    Array.from({ length: 8 }, () => post.call('send_message', { message_id: draft.id, at: TOMORROW })),
  )
  for (const { isError, body } of sent) {
    assert.deepEqual(
      [isError, body.status, body.data.status],
      [false, 'done', 'queued'],
      JSON.stringify(body),
    )
  }
  assert.equal((await deliveries(post)).length, 1)
  const events = await post.rows(
    `SELECT data FROM events WHERE workspace_id = $1 AND type = 'message.released'`,
  )
  assert.equal(events.length, 1)
  assert.doesNotMatch(JSON.stringify(events), /example\.com|umbrella/)
})

test('of sending and cancelling at once, one happens', async () => {
  const post = await openPost(server)
  await post.allowSending()
  for (let round = 0; round < 4; round++) {
    const { id: message_id } = await post.draft()
    const preview = await post.call('cancel_message', { message_id })
    const { confirm_token } = preview.body
    const [sent, cancelled] = await Promise.all([
      post.call('send_message', { message_id, at: TOMORROW }),
      post.call('cancel_message', { message_id, confirm_token }),
    ])
    const { status } = await done(post, 'get_message_status', { message_id })
    const rows = await post.rows(
      `SELECT d.state FROM deliveries d JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id
       WHERE d.workspace_id = $1 AND m.state = 'cancelled' AND d.state <> 'cancelled'`,
    )
    assert.deepEqual(rows, [], 'what is cancelled is not carried')
    if (status === 'queued') assert.equal(cancelled.isError, true)
    else {
      assert.equal(status, 'cancelled')
      assert.equal(cancelled.isError, false)
      if (sent.isError) assert.equal(sent.body.code, 'invalid_transition')
    }
  }
})

test('a cancelled message is not sent', async () => {
  const post = await openPost(server)
  const { id: message_id } = await post.draft()
  const { confirm_token } = (await post.call('cancel_message', { message_id })).body
  await post.call('cancel_message', { message_id, confirm_token })
  assert.equal((await post.call('send_message', { message_id })).body.code, 'invalid_transition')
})

test('marketing waits for the end of quiet hours where the customer is; the rest does not', async () => {
  const post = await openPost(server)
  await post.settings({ quiet_hours: { from: '16:30', to: '09:00' } })
  const customer_id = await post.customer({ time_zone: 'Asia/Tokyo' }) // 17:00 there.
  await post.call('record_customer_consent', {
    customer_id,
    channel: 'email',
    purpose: 'marketing',
    state: 'granted',
    source: 'Form',
  })
  const offer = await post.draft({ customer_id, purpose: 'marketing' })
  assert.deepEqual(
    [offer.outlook.goes, offer.outlook.reason, offer.outlook.at],
    ['later', 'quiet_hours', '2030-01-08T00:00:00.000Z'],
  )
  const sendAt = async (message_id: string, at?: string) =>
    (await post.call('send_message', { message_id, at })).body.data.send_at
  assert.equal(await sendAt(offer.id), '2030-01-08T00:00:00.000Z')
  assert.equal(await sendAt(offer.id, '2030-01-08T12:00:00.000Z'), '2030-01-09T00:00:00.000Z')
  assert.equal(await sendAt(offer.id, '2030-01-08T03:00:00.000Z'), '2030-01-08T03:00:00.000Z')
  assert.equal(await sendAt((await post.draft({ customer_id })).id), NOW)
  const here = await post.customer() // 09:00: they have just ended.
  await post.call('record_customer_consent', {
    customer_id: here,
    channel: 'email',
    purpose: 'marketing',
    state: 'granted',
    source: 'Form',
  })
  assert.equal(await sendAt((await post.draft({ customer_id: here, purpose: 'marketing' })).id), NOW)
})

test('who has said no since the draft is not written to', async () => {
  const post = await openPost(server)
  const customer_id = await post.customer({ email: 'no@example.com' })
  const { id: message_id } = await post.draft({ customer_id })
  const asked = await post.call('send_message', { message_id })
  await done(post, 'add_suppression', { channel: 'email', address: 'no@example.com' })
  assert.equal((await post.call('send_message', { message_id })).body.code, 'suppressed')
  const { body } = await post.person.decide(asked.body.approval.id, 'approve')
  assert.equal(body.state, 'failed')
  assert.deepEqual(await deliveries(post), [])
})

test('a time that has passed is now, and a year is the most', async () => {
  const post = await openPost(server)
  const { id: message_id } = await post.draft()
  const past = await post.call('send_message', { message_id, at: '2029-01-01T00:00:00Z' })
  assert.equal(past.body.data.send_at, NOW)
  const far = await post.call('send_message', { message_id, at: '2031-02-01T00:00:00Z' })
  assert.deepEqual([far.body.code, far.body.details], ['invalid_input', { field: 'at' }])
})

test('an SMS has no subject, and no subject two lines', async () => {
  const post = await openPost(server)
  const text = await post.draft({ channel: 'sms', subject: undefined })
  const mail = await post.draft()
  for (const [message_id, subject] of [
    [text.id, 'Hello'],
    [mail.id, 'Hello\r\nBcc: everybody@example.com'],
  ]) {
    assert.equal((await post.call('send_message', { message_id, subject })).body.code, 'invalid_input')
  }
})

test('where nobody carries the channel, nothing is released', async t => {
  const { create, run, database } = await openBusiness(t)
  const ana = await create({ name: 'Ana', phone: '0151 23456789' })
  const asked = { customerId: ana.id, body: 'Hello', purpose: 'transactional' } as const
  const { id } = await run(context => draftMessage({ ...context, mail: 'none' }, asked))
  await assert.rejects(
    run(context => sendMessage({ ...context, mail: 'none' }, { messageId: id })),
    { code: 'provider_error', details: { channel: 'sms', reason: 'no_carrier' } },
  )
  const { rows } = await database.owner.query('SELECT state FROM messages')
  assert.deepEqual(rows, [{ state: 'draft' }])
})

test('the job comes with the row, at its time; with a clock that stands, the walk does it', async t => {
  const { create, run } = await openBusiness(t)
  const ana = await create({ name: 'Ana', email: 'ana@example.com' })
  const jobs: (string | undefined)[] = []
  const release = (hours: number, stands: boolean) =>
    run(async context => {
      const ctx = {
        ...context,
        mail: 'smtp' as const,
        workspace: { ...context.workspace, clock: stands ? context.now : null },
        enqueue: async (job: { runAt?: { toString(): string } }) => void jobs.push(String(job.runAt)),
      }
      const asked = { customerId: ana.id, subject: 'Hi', body: 'Hello', purpose: 'transactional' } as const
      const { id } = await draftMessage(ctx, asked)
      await sendMessage(ctx, { messageId: id, at: context.now.add({ hours }) })
      return String(context.now.add({ hours }))
    })
  const at = await release(2, false)
  assert.equal(jobs[0]!.slice(0, 19), at.slice(0, 19))
  await release(2, true)
  assert.equal(jobs.length, 1)
  await release(0, true)
  assert.deepEqual([jobs.length, jobs[1]], [2, 'undefined'])
})
