/** What providers sign, and what is read of it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../database/columns.ts'
import { keywordIn } from '../../domain/messaging/inbound.ts'
import { readTwilio, signatureOf as twilioSignature } from './twilio-callback.ts'
import { signatureOf as metaSignature, readWhatsApp } from './whatsapp-callback.ts'

test('Twilio: the example of its documentation has the signature that stands there', () => {
  const form = new URLSearchParams({
    Digits: '1234',
    To: '+18005551212',
    From: '+14158675310',
    Caller: '+14158675310',
    CallSid: 'CA1234567890ABCDE',
  })
  const url = 'https://mycompany.com/myapp.php?foo=1&bar=2'
  assert.equal(twilioSignature('12345', url, form), 'GvWf1cFY/Q7PnoempGyD5oXAezc=')
  const repeated = 'Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234'
  assert.equal(twilioSignature('12345', url, new URLSearchParams(repeated)), 'IK+Dwps556ElfBT0I3Rgjkr1wJU=')
})

const twilio = { account_sid: `AC${'0'.repeat(32)}`, auth_token: 't'.repeat(32), from: '+34600000000' }

function fromTwilio(fields: Record<string, string>, url = 'https://desk.example/webhooks/twilio/x') {
  const form = new URLSearchParams(fields)
  const signature = twilioSignature(twilio.auth_token, url, form)
  return readTwilio(twilio, { url, raw: Buffer.from(form.toString()), signature })!
}

test('Twilio: each status is one of four, or on its way to one; a failure says of the number what its code says', () => {
  const said = (MessageStatus: string, more = {}) =>
    fromTwilio({ MessageSid: 'SM1', MessageStatus, ...more }).reports.map(one => [one.said, one.finding])
  for (const status of ['accepted', 'queued', 'sending', 'canceled']) assert.deepEqual(said(status), [])
  assert.deepEqual(said('sent'), [['sent', undefined]])
  assert.deepEqual(said('delivered'), [['delivered', undefined]])
  assert.deepEqual(said('undelivered', { ErrorCode: '30003' }), [['failed', undefined]])
  assert.deepEqual(said('undelivered', { ErrorCode: '30005' }), [['failed', 'bounced']])
  assert.deepEqual(said('failed', { ErrorCode: '21610' }), [['failed', 'opted_out']])
})

test('Twilio: the try that it repeats is known, and nothing else passes for one', () => {
  const of = (tag: string) =>
    fromTwilio({ MessageSid: 'SM1', MessageStatus: 'sent' }, `https://desk.example/w?try=${tag}`).reports[0]!
      .of
  const deliveryId = newId()
  assert.deepEqual(of(`${deliveryId}.1764400000000`), { deliveryId, attemptedAt: 1764400000000 })
  for (const tag of ['', deliveryId, `${deliveryId}.`, `${deliveryId}.x`, 'drop.1'])
    assert.equal(of(tag), null, tag)
})

test('Twilio: a message from a phone is received; of others, and of its other requests, nothing', () => {
  const sms = { MessageSid: 'SM1', SmsStatus: 'received', From: '+34612345678', Body: 'Hi' }
  const [received] = fromTwilio(sms).received
  assert.deepEqual([received!.sender, received!.body, received!.answered], ['+34612345678', 'Hi', false])
  assert.equal(fromTwilio({ ...sms, OptOutType: 'HELP' }).received[0]!.answered, true)
  for (const From of ['whatsapp:+34612345678', '12345', 'Bank'])
    assert.deepEqual(fromTwilio({ ...sms, From }).received, [], From)
  assert.deepEqual(fromTwilio({ ...sms, SmsStatus: 'sent' }).received, [])
})

const whatsapp = {
  phone_number_id: '1234567890',
  business_account_id: '987654321',
  access_token: 'w'.repeat(40),
  app_secret: 's'.repeat(32),
  verify_token: 'v'.repeat(12),
}

function fromWhatsApp(notice: unknown) {
  const raw = Buffer.from(typeof notice === 'string' ? notice : JSON.stringify(notice))
  return readWhatsApp(whatsapp, { url: '', raw, signature: metaSignature(whatsapp.app_secret, raw) })!
}

function noticeOf(value: object, phone_number_id = whatsapp.phone_number_id) {
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '987654321',
        changes: [{ field: 'messages', value: { metadata: { phone_number_id }, ...value } }],
      },
    ],
  }
}

test('WhatsApp: the words of each kind of message, of a picture its caption, else what it is', () => {
  const bodyOf = (type: string, part: unknown) => {
    const message = { id: 'wamid.1', from: '34612345678', timestamp: '1764400000', type, [type]: part }
    const [received] = fromWhatsApp(noticeOf({ messages: [message] })).received
    assert.equal(received?.sender, '+34612345678')
    assert.equal(received?.at?.toString(), '2025-11-29T07:06:40Z')
    return received!.body
  }
  assert.equal(bodyOf('text', { body: 'Hi' }), 'Hi')
  assert.equal(bodyOf('button', { text: 'Yes' }), 'Yes')
  assert.equal(
    bodyOf('interactive', { type: 'list_reply', list_reply: { id: '1', title: 'At ten' } }),
    'At ten',
  )
  assert.equal(bodyOf('image', { id: '1', caption: 'This cut' }), 'This cut')
  assert.equal(bodyOf('image', { id: '1' }), '[image]')
  assert.equal(bodyOf('location', { latitude: 1, longitude: 2 }), '[location]')
})

test('WhatsApp: of other numbers of the business, and of what is not known, nothing; the rest of the notice counts', () => {
  const status = { id: 'wamid.1', status: 'read', timestamp: '1', recipient_id: '34612345678' }
  assert.deepEqual(fromWhatsApp(noticeOf({ statuses: [status] }, '5')).reports, [])
  const others = [{ id: 'wamid.2', status: 'played' }, 7, { ...status, errors: 'no' }]
  assert.equal(fromWhatsApp(noticeOf({ statuses: [...others, status] })).reports.length, 1)
  const failed = { ...status, status: 'failed', errors: [{ code: 131050, title: 'No' }] }
  assert.equal(fromWhatsApp(noticeOf({ statuses: [failed] })).reports[0]!.finding, 'opted_out_of_marketing')
  for (const odd of ['', '{', '[]', '{"entry":[{}]}', { entry: [{ changes: [{ field: 'messages' }] }] }])
    assert.deepEqual(fromWhatsApp(odd), { reports: [], received: [], templates: false })
})

test('STOP and its kin match the whole message, trimmed, in any case; nothing else does', () => {
  const stop = ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']
  for (const word of stop)
    for (const body of [word, ` ${word.toLowerCase()}\n`, word[0] + word.slice(1).toLowerCase()])
      assert.equal(keywordIn(body), 'stop', JSON.stringify(body))
  for (const [word, keyword] of [
    ['start', 'start'],
    ['Help', 'help'],
  ])
    assert.equal(keywordIn(word!), keyword)
  for (const body of ['stop it', "don't stop", 'STOP.', 'cancel my booking', 'the end', 'constructor', ''])
    assert.equal(keywordIn(body), null, body)
})
