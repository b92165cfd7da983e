import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../../test/support/server.ts'

test('the mailbox shows what was sent: newest first, as a page or as JSON', async t => {
  const { url } = await startServer(t)
  const read = async (accept: string) => (await fetch(`${url}/dev/mailbox`, { headers: { accept } })).text()
  assert.match(await read('text/html'), /No mail yet/)

  await askToSignUp(url, 'first@studio.example')
  await askToSignUp(url, 'second@studio.example')
  const mails = JSON.parse(await read('application/json')) as Record<string, string>[]
  assert.deepEqual(
    mails.map(({ to }) => to),
    ['second@studio.example', 'first@studio.example'],
  )
  assert.deepEqual(Object.keys(mails[0]!).sort(), ['channel', 'created_at', 'id', 'subject', 'text', 'to'])

  const page = await read('text/html,application/xhtml+xml,*/*')
  for (const { to, text } of mails) assert.ok(page.includes(to!) && page.includes(text!))
})

test('a page runs no script and takes nothing from elsewhere; its stylesheet is its own', async t => {
  const { url } = await startServer(t)
  const { headers } = await fetch(`${url}/dev/mailbox`)
  const policy = headers.get('content-security-policy')!
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe|\*|https?:/)
  assert.equal(headers.get('strict-transport-security'), null, 'a browser would remember it for localhost')
  assert.equal(headers.get('referrer-policy'), 'no-referrer')
  const style = await fetch(`${url}/pages.css`)
  assert.deepEqual([style.status, style.headers.get('content-type')], [200, 'text/css; charset=utf-8'])
})

test('where there is no developer mailbox, there is nothing', async t => {
  const { url } = await startServer(t, { developerMailbox: false })
  assert.equal((await fetch(`${url}/dev/mailbox`)).status, 404)
})

async function askToSignUp(url: string, email: string): Promise<void> {
  const organisation = {
    organisation_name: 'Studio',
    time_zone: 'Europe/Madrid',
    currency: 'EUR',
    country: 'ES',
  }
  const answer = await fetch(`${url}/v1/sign-ups`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({ email, ...organisation }),
  })
  assert.equal(answer.status, 200)
}
