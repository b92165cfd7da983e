import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Side, strictest } from './merged-consent.ts'

const said = (word: Side['word'], more: Partial<Side> = {}): Side => ({
  word,
  optedOut: false,
  address: 'ana@example.com',
  ...more,
})

test('the more restrictive consent wins: a no of either is a no, said or by an opt-out of the address', () => {
  for (const other of [null, 'granted', 'withdrawn'] as const) {
    assert.equal(strictest(said('withdrawn'), said(other)), 'withdrawn')
    assert.equal(strictest(said(other), said('withdrawn')), 'withdrawn')
    assert.equal(strictest(said(other), said(null, { optedOut: true })), 'withdrawn')
  }
  assert.equal(strictest(said('granted'), said('granted')), 'granted')
  assert.equal(strictest(said(null), said(null)), null)
})

test('a yes goes along with the address that it was said for, and with no other', () => {
  assert.equal(strictest(said('granted'), said(null)), 'granted')
  assert.equal(strictest(said(null), said('granted')), 'granted')
  assert.equal(strictest(said(null), said('granted', { address: 'old@example.com' })), null)
  assert.equal(strictest(said(null, { address: null }), said('granted', { address: null })), null)
})
