import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { makeSecrets } from './secrets.ts'
import { linkToken, readLinkToken } from './signed-link.ts'

const secrets = makeSecrets('s'.repeat(32))
const claims = { workspaceId: randomUUID(), subjectId: randomUUID(), number: 2 ** 48 - 1 }

test('a token says what was signed, in 72 characters that a URL takes as they are, the same each time', () => {
  const token = linkToken(secrets, 'test', claims)
  assert.match(token, /^[\w-]{72}$/)
  assert.deepEqual(readLinkToken(secrets, 'test', token), claims)
  assert.equal(linkToken(secrets, 'test', claims), token)
})

test('changed in any character, of another purpose or of another server it says nothing', () => {
  const token = linkToken(secrets, 'test', claims)
  for (let at = 0; at < token.length; at++) {
    const forged = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    assert.equal(readLinkToken(secrets, 'test', forged), null, `character ${at}`)
  }
  for (const forged of ['', token.slice(1), `${token}A`, `${token}=`, ` ${token}`])
    assert.equal(readLinkToken(secrets, 'test', forged), null, forged)
  assert.equal(readLinkToken(secrets, 'another', token), null)
  assert.equal(readLinkToken(makeSecrets('t'.repeat(32)), 'test', token), null)
})
