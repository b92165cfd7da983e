/** A person at the console: signs in with the code from their mail, and decides. */

import assert from 'node:assert/strict'
import type { Body } from './caller.ts'
import type { TestServer } from './server.ts'

export interface Person {
  cookie: string
  decide(
    approvalId: string,
    verdict: 'approve' | 'reject',
    body?: Record<string, unknown>,
  ): Promise<{ status: number; body: Body }>
}

/** @param workspaceId a TypeID; default the person's first workspace */
export async function signIn(server: TestServer, email: string, workspaceId?: string): Promise<Person> {
  const asked = await send(server.url, 'POST', '/console/session/request', { email })
  const mail = (await server.mailbox()).find(({ to, subject }) => to === email && /\d{6}/.test(subject))
  const code = /\d{6}/.exec(mail!.subject)![0]
  const guess = { request_id: asked.body.request_id, code, workspace_id: workspaceId }
  const { status, cookie } = await send(server.url, 'POST', '/console/session', guess)
  assert.equal(status, 200)
  assert.match(cookie!, /HttpOnly/)
  const [pair] = cookie!.split(';')
  return {
    cookie: pair!,
    decide: (id, verdict, body = {}) =>
      send(server.url, 'POST', `/v1/approvals/${id}/${verdict}`, body, { cookie: pair! }),
  }
}

export async function send(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    body: text === '' ? undefined : JSON.parse(text),
    cookie: answer.headers.get('set-cookie'),
  }
}
