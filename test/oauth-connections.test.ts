/** The audit says who let a program in, and who threw it out. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, done } from './support/caller.ts'
import { type Connected, connectClient } from './support/oauth.ts'
import { signIn } from './support/person.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after })

async function letIn(): Promise<{ connected: Connected; audit: () => Promise<Body[]>; email: string }> {
  const { key, email } = await server.signUp()
  const connected = await connectClient(server, email)
  const audit = async () => {
    const events: Body[] = await done({ url: server.url, key }, 'list_audit_events', { limit: 50 })
    return events.filter(({ tool }) => tool.endsWith('_client')).reverse()
  }
  return { connected, audit, email }
}

const inShort = ({ tool, principal, changes }: Body) => [
  tool,
  principal.kind,
  changes.map(({ type, id }: Body) => [type, id.split('_')[0]]),
]

function sent({ client_id }: Connected, path: string, fields: Record<string, string>): Promise<Response> {
  return fetch(`${server.url}/oauth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id, ...fields }),
  })
}

test('a member who lets a client in, and throws it out, is in the audit by name', async () => {
  const { audit, email } = await letIn()
  const { cookie } = await signIn(server, email)
  const page = await fetch(`${server.url}/console/clients`, { headers: { cookie } })
  const [, path] = /action="(\/console\/clients\/\w+\/revoke)"/.exec(await page.text())!
  const revoked = await fetch(server.url + path!, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: server.url, 'content-type': 'application/x-www-form-urlencoded' },
  })
  assert.equal(revoked.status, 303)
  const events = await audit()
  assert.deepEqual(events.map(inShort), [
    ['connect_client', 'member', [['client.connected', 'connection']]],
    ['revoke_client', 'member', [['client.revoked', 'connection']]],
  ])
  assert.equal(new Set(events.map(({ changes }) => changes[0].id)).size, 1)
})

test('a client that gives its access back, or whose refresh token was stolen, is seen to have ended', async () => {
  const given = await letIn()
  await sent(given.connected, 'revoke', { token: given.connected.refresh_token })
  const ended = ['end_client', 'system', [['client.ended', 'connection']]]
  assert.deepEqual((await given.audit()).map(inShort).slice(1), [ended])

  const stolen = await letIn()
  const refresh = () =>
    sent(stolen.connected, 'token', {
      grant_type: 'refresh_token',
      refresh_token: stolen.connected.refresh_token,
    })
  assert.equal((await refresh()).status, 200)
  assert.equal((await refresh()).status, 400)
  assert.deepEqual((await stolen.audit()).map(inShort).slice(1), [ended])
})
