import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asClient } from './client-metadata.ts'
import { fetchDocument } from './documents.ts'

test('a client’s document is not fetched from inside, nor but by https', async () => {
  const fetchOutside = fetchDocument(false)
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:10.0.0.1]', 'localhost', '2130706433', '0x7f.1'])
    await assert.rejects(fetchOutside(`https://${host}/client.json`), /inside our own network/, host)
  await assert.rejects(fetchOutside('http://example.com/client.json'), /https/)
})

test('a client of this machine is native, and no client brings scopes', () => {
  const type = (uri: string) =>
    (asClient({ redirect_uris: [uri], scope: 'bookings:read' }) as Record<string, unknown>).application_type
  assert.equal(type('http://127.0.0.1:1234/callback'), 'native')
  assert.equal(type('cursor://callback'), 'native')
  assert.equal(type('https://claude.ai/api/mcp/auth_callback'), 'web')
  assert.ok(!('scope' in (asClient({ scope: 'bookings:read' }) as object)))
  assert.equal(asClient(null), null)
})
