import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { fetchText } from './fetch-text.ts'

const signal = new AbortController().signal

test('no address of a private network is reached, by name, by number or by a redirect', async t => {
  const { url, asked } = await start(t)
  for (const at of [
    url,
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://localhost/',
    'https://10.0.0.7/',
    'http://example.com/',
  ])
    await assert.rejects(
      fetchText(new URL(at), { privateToo: false, signal }),
      { problem: 'address_refused' },
      at,
    )
  assert.equal(asked(), 0)
})

test('on a developer’s machine it follows a few redirects, and reads what is there', async t => {
  const { url } = await start(t)
  const get = (path: string) => fetchText(new URL(path, url), { privateToo: true, signal })
  assert.equal(await get('/text'), 'héllo')
  assert.equal(await get('/to/text'), 'héllo')
  await assert.rejects(get('/to/to/to/to/text'), { problem: 'answered_no' })
  await assert.rejects(get('/none'), { problem: 'answered_no' })
  await assert.rejects(get('/cut'), { problem: 'unreachable' })
  await assert.rejects(get('/large'), { problem: 'too_large' })
})

/** `/to/…` leads on to what follows. */
async function start(t: TestContext) {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    const path = request.url!
    if (path.startsWith('/to/')) return response.writeHead(302, { location: path.slice(3) }).end()
    if (path === '/text') return response.end('héllo')
    if (path === '/cut') return response.destroy()
    if (path === '/large') return response.end(Buffer.alloc(6 * 1024 * 1024))
    response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked: () => asked }
}
