import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import { request } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { connectOutside, isInside, lookupOutside, mustBeOutside } from './outside.ts'

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

test('a host written as an address is looked at before a socket is made, IPv4 in IPv6 and NAT64 too', async () => {
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '[64:ff9b::a00:1]', '10.0.0.1', 'fe80::1']) {
    assert.throws(() => mustBeOutside(host), { name: 'InsideAddress' }, host)
    await assert.rejects(connectOutside(host, 25, 1000), { name: 'InsideAddress' }, host)
  }
  // A URL knows no other way of writing an address: 2130706433 and 0x7f.1 are 127.0.0.1 by then.
  for (const written of ['https://2130706433/', 'https://0x7f.1/', 'https://[::ffff:127.0.0.1]/'])
    assert.throws(() => mustBeOutside(new URL(written).hostname), { name: 'InsideAddress' }, written)
  mustBeOutside('1.1.1.1')
  mustBeOutside('example.com')
})

test('a name with one address inside among others is refused, and what was looked at is what is connected to', async t => {
  const server = createServer(socket => socket.end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  let answers: { address: string; family: number }[][] = []
  // A resolver that says something else each time it is asked: DNS rebinding.
  t.mock.method(dns, 'lookup', ((_name: string, _options: unknown, found: (...args: unknown[]) => void) => {
    found(null, answers.shift())
  }) as never)
  syncBuiltinESMExports()
  t.after(syncBuiltinESMExports)
  const resolved = (all: boolean) =>
    new Promise((resolve, reject) =>
      lookupOutside('rebinding.example', { all }, (error, address) =>
        error ? reject(error) : resolve(address),
      ),
    )
  const [outside, inside] = [
    { address: '93.184.216.34', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]
  answers = [[outside], [outside, inside], []]
  assert.equal(await resolved(false), outside.address)
  await assert.rejects(resolved(true), { name: 'InsideAddress' })
  await assert.rejects(resolved(true), { name: 'InsideAddress' })
  // Asked once for a connection: no second answer leads it elsewhere.
  answers = [[inside], [outside]]
  await assert.rejects(connectOutside('rebinding.example', port, 1000), { name: 'InsideAddress' })
  assert.equal(answers.length, 1)
  answers = [[inside]]
  const asked = request({ host: 'rebinding.example', port, lookup: lookupOutside })
  const [error] = await once(asked.end(), 'error')
  assert.equal(error.name, 'InsideAddress')
})
