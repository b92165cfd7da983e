import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostileTexts, ids, letter, pageOf, queueOf } from './shown.testing.ts'

test('a field that may be edited is in the form as it is, its first line break included', () => {
  const page = pageOf({ arguments: { text: '\nHi </textarea> you', to: 'Ana' }, editable: ['text'] })
  assert.match(page, /name="edit\.text"[^>]*>\n\nHi &lt;\/textarea&gt; you<\/textarea>/)
  assert.doesNotMatch(page, /name="edit\.to"/)
})

test('what the reviewer changed stands beside what was asked', () => {
  const original = { text: 'Hello', to: 'Ana' }
  const page = pageOf({
    state: 'executed',
    arguments: { ...original, text: 'Dear Ana' },
    originalArguments: original,
  })
  assert.match(page, /<del>.*Hello.*<\/del>[\s\S]*<ins>.*Dear Ana.*<\/ins>/)
  assert.doesNotMatch(page, /<h3>To<\/h3>/)
})

test('a preview does not repeat what was asked', () => {
  const page = pageOf({ arguments: { name: 'Ana' }, preview: { name: 'Ana', points: 3 } })
  const [, consequence] = page.split('What would come of it')
  assert.match(consequence!, /<dt>Points<\/dt>/)
  assert.doesNotMatch(consequence!, /<dt>Name<\/dt>/)
})

test('what it does beyond the records is said first', () => {
  const page = pageOf({
    effects: [
      { kind: 'send', gate: 'approve', recipients: 2 },
      { kind: 'refund', gate: 'approve', amount: { amount: 1250, currency: 'EUR' } },
    ],
  })
  assert.match(page, /Sends a message to 2 people[\s\S]*Refunds €12\.50[\s\S]*<dl/)
})

test('a message is shown as its recipient will see it: whom it goes to by name, its subject, its lines', () => {
  for (const page of [pageOf(letter()), queueOf([letter()])]) {
    assert.match(page, /Email<\/span> to <strong><bdi>Nadia Prieto/)
    assert.match(page, /<bdi>Your personal yoga is booked<\/bdi>/)
    assert.match(page, /<bdi>Hello Nadia,\n\nyou are booked/)
    assert.match(page, /<bdi>Personal yoga<\/bdi> with <bdi>Luis<\/bdi>, <time[^>]*>Tue 24 Nov, 10:00/)
    assert.doesNotMatch(page, /message_01|customer_01|booking_01/, 'linked by words, not by ids')
  }
})

test('who asked: an automation by its name, a key with the person behind it', () => {
  const byRule = letter({ askedByKind: 'automation', askedByName: 'Booking confirmation' })
  const byKey = letter({ askedByName: 'Front desk agent', onBehalfOf: 'Maya' })
  assert.match(pageOf(byRule), /<dt>Asked by<\/dt><dd><bdi>Booking confirmation<\/bdi> \(automation\)/)
  assert.match(pageOf(byKey), /<dt>Asked by<\/dt><dd><bdi>Front desk agent<\/bdi>, for <bdi>Maya<\/bdi>/)
  assert.match(queueOf([byRule]), /The automation <bdi>Booking confirmation<\/bdi> asked on/)
  assert.match(queueOf([byKey]), /<bdi>Front desk agent<\/bdi>, for <bdi>Maya<\/bdi>, asked on/)
})

test('an argument that the card of a message does not say is said below it', () => {
  assert.match(pageOf(letter({ arguments: { message_id: ids.message, copies: 3 } })), /<dt>Copies<\/dt>/)
})

test('the form has what the message says, where the asker left that to the message', () => {
  const page = pageOf(letter())
  assert.match(page, /<input[^>]*name="edit\.subject" value="Your personal yoga is booked"/)
  assert.match(page, /<textarea[^>]*name="edit\.text" rows="6"[^>]*>\nHello Nadia,/)
  const sms = pageOf(letter({ message: { channel: 'sms', subject: null } }))
  assert.doesNotMatch(sms, /name="edit\.subject"/)
})

test('what has changed is named by its kind, and only rejecting is left', () => {
  const changed = [ids.message, ids.customer, ids.booking]
  const page = pageOf(letter({ obstacle: { why: 'changed', changed } }))
  assert.match(page, /The message, the customer and the booking have changed since it was asked/)
  assert.doesNotMatch(page, />Approve/)
  assert.match(page, />Reject</)
  const unknown = pageOf(letter({ obstacle: { why: 'changed', changed: ['0191-uuid'] } }))
  assert.match(unknown, /Something this rests on has changed/)
})

test('whatever a customer, a message or a note says, it stays text', () => {
  for (const hostile of hostileTexts) {
    const names = new Map([
      [ids.customer, { name: hostile }],
      [ids.booking, { name: hostile, staff: hostile, customer: hostile, at: null }],
    ])
    const message = { to: hostile, subject: hostile, text: hostile, language: hostile, channel: hostile }
    const one = letter({ askedByName: hostile, onBehalfOf: hostile, note: hostile, names, message })
    const done = {
      ...one,
      state: 'executed' as const,
      decidedByName: hostile,
      arguments: { message_id: ids.message, text: `${hostile} more`, [hostile.slice(0, 40)]: hostile },
      originalArguments: { message_id: ids.message, text: hostile },
    }
    const plain = pageOf({ arguments: { note: hostile, tags: [hostile] } })
    for (const page of [pageOf(one), pageOf(done), plain, queueOf([one], [done])]) {
      // A field holds the text itself, to be edited or sent on as it is.
      const read = page.replace(/<textarea[\s\S]*?<\/textarea>|<input[^>]*>/g, '')
      assert.doesNotMatch(
        read,
        /<script(?! type="module" src="\/console\.js")|<img|<b>|onerror="|[\u202e\u2066\u200b]/u,
      )
      assert.equal(page.match(/<main/g)?.length, 1)
      assert.equal(page.match(/<\/textarea>/g)?.length, page.match(/<textarea/g)?.length)
    }
  }
})

test('what the asker was warned of, the reviewer reads, as long as there is something to decide', () => {
  const warnings = ['Quiet hours: it goes out at 08:00.']
  assert.match(pageOf({ ...letter(), warnings }), /Quiet hours: it goes out at 08:00\./)
  assert.doesNotMatch(pageOf({ ...letter(), warnings, state: 'executed' }), /Quiet hours/)
})

test('a policy that is asked for is read in sentences, on its page as in the queue', () => {
  const rule = { tool: 'cancel_booking', gate: 'approve', reviewers: 'owner', expires_after_minutes: 2880 }
  const asked = {
    tool: 'set_approval_policy',
    arguments: { rules: [rule] },
    preview: { rules: [rule], version: 3 },
  }
  for (const page of [pageOf(asked), queueOf([asked])]) {
    assert.match(page, /Cancel booking[\s\S]*An owner decides, within 2 days\./)
    assert.doesNotMatch(page, /<dt>Gate|cancel_booking/)
  }
  assert.match(pageOf({ ...asked, preview: { rules: [], version: 3 } }), /No rules of your own/)
})
