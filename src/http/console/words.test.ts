import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FRONT_DESK } from '../../access/principal.ts'
import { outside } from '../pages/outside.ts'
import { facts, words } from './words.ts'

const madrid = { ...FRONT_DESK, timeZone: 'Europe/Madrid' }

test('times are on the workspace’s clock, money has its sign, an id is an id', () => {
  assert.match(words('2020-01-10T22:31:00Z', madrid).text, />Fri 10 Jan 2020, 23:31</)
  assert.equal(words({ amount: 500, currency: 'JPY' }, madrid).text, 'JP¥500')
  assert.equal(words({ amount: 500, currency: 'EUR' }, madrid).text, '€5.00')
  assert.match(words('booking_01kapm3f5xfq8rm7c2v0z9d4he', madrid).text, /^<code>/)
})

test('fields have names for people, and what says nothing is left out', () => {
  const { text } = facts({ customer_id: 'Ana', starts_at: null, tags: [], by_mail: false }, madrid)
  assert.match(text, /<dt>Customer<\/dt>/)
  assert.match(text, /<dt>By mail<\/dt><dd>No<\/dd>/)
  assert.doesNotMatch(text, /Starts|Tags/)
})

test('what cannot be seen is shown, and what people need stays', () => {
  assert.match(
    outside('a\u202eb\u{e0041}').text,
    /^<bdi>a<span.*U\+202E<\/span>b<span.*U\+E0041<\/span><\/bdi>$/,
  )
  assert.equal(outside('👩\u200d🔬 می\u200cخواهم').text, '<bdi>👩\u200d🔬 می\u200cخواهم</bdi>')
})
