import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeSecrets } from '../../access/secrets.ts'
import { cookieKeys, signingKeys } from './keys.ts'

test('every host has the same keys; a quarter’s turn makes new ones, and the last quarter’s still hold', () => {
  const [here, there] = [makeSecrets('one secret'), makeSecrets('one secret')]
  const [october, january, april] = ['2026-10-01', '2027-01-01', '2027-04-01'].map(day => Date.parse(day))
  const proof = cookieKeys(here, () => october!).sign('a=b')
  assert.ok(cookieKeys(there, () => october!).verify('a=b', proof))
  assert.ok(cookieKeys(there, () => january!).verify('a=b', proof))
  assert.ok(!cookieKeys(there, () => april!).verify('a=b', proof))
  assert.ok(!cookieKeys(there, () => october!).verify('a=c', proof))
  assert.ok(!cookieKeys(makeSecrets('another'), () => october!).verify('a=b', proof))
  assert.deepEqual(signingKeys(here, october), signingKeys(there, october))
  assert.deepEqual(signingKeys(here, january)[1], signingKeys(here, october)[0])
  assert.notDeepEqual(signingKeys(here, january)[0], signingKeys(here, october)[0])
})
