import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { Email, Id, Instant, idText, Text, TimeZone, uuidOf } from './kinds.ts'

test('an id travels as a TypeID and is a uuid inside, there and back', () => {
  fc.assert(
    fc.property(fc.uuid({ version: 7 }), uuid => {
      assert.equal(uuidOf(idText('booking', uuid)), uuid)
      assert.equal(
        z.encode(Id('booking'), Id('booking').parse(idText('booking', uuid))),
        idText('booking', uuid),
      )
    }),
  )
})

test('a well-formed id of no uuid version is read, since it may only name nothing', () => {
  assert.equal(Id('key').parse('key_00000000000000000000000000'), '00000000-0000-0000-0000-000000000000')
  assert.ok(Id('approval').safeParse('approval_01kapm00000000000000000000').success)
})

test('an id of another kind is refused by name', () => {
  const { error } = Id('key').safeParse('member_01h2xcejqtf2nbrexx3vqjhp41')
  assert.match(error!.issues[0]!.message, /id of an API key.*This is the id of a member/)
})

test('an instant has an offset and is a day that exists, of a year that can be stored', () => {
  assert.equal(Instant().parse('2026-03-29T09:30:00+02:00').toString(), '2026-03-29T07:30:00Z')
  for (const text of [
    '2026-03-29T09:30:00',
    '2026-02-30T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    'now',
  ]) {
    assert.ok(!Instant().safeParse(text).success, text)
  }
})

test('a text is trimmed and has no NUL, no other control character and no half of a surrogate pair', () => {
  assert.equal(Text(20).parse('  Zoë 🙂\n次 '), 'Zoë 🙂\n次')
  for (const text of ['a\u0000b', 'a\u0007b', '\ud83d', '']) assert.ok(!Text(20).safeParse(text).success)
})

test('an email is compared without case and keeps its tag; a time zone is no offset', () => {
  assert.equal(Email().parse(' Ada+x@Example.com '), 'ada+x@example.com')
  assert.ok(TimeZone().safeParse('Australia/Lord_Howe').success)
  for (const zone of ['+02:00', 'Mars/Olympus', '']) assert.ok(!TimeZone().safeParse(zone).success, zone)
})
