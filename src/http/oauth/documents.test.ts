import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asClient } from './client-metadata.ts'
import { fetchDocument, isInside } from './documents.ts'

test('an address that is of no public host is inside, however it is written', () => {
  const inside = [
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.0.1', '192.168.1.1'],
    ...['198.18.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'],
    ...[
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
      '2001::1',
      'fc00::1',
      'fd12::1',
      'fe80::1',
      'ff02::1',
      'nonsense',
    ],
  ]
  for (const address of inside) assert.ok(isInside(address), address)
  for (const address of ['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700::1111'])
    assert.ok(!isInside(address), address)
})

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
