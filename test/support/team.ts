/** Colleagues for tests: invited, let through by the owner, joined. */

import assert from 'node:assert/strict'
import { type Body, callTool, done, fresh } from './caller.ts'
import { type Person, signIn } from './person.ts'
import type { SignedUp, TestServer } from './server.ts'

export interface Colleague {
  email: string
  key: string
  memberId: string
}

let count = 0

/** Somebody new in the owner's workspace. @param person the owner, signed in; default: signs in for it */
export async function colleague(
  server: TestServer,
  owner: SignedUp,
  wish: { role?: string; staff_id?: string; email?: string; person?: Person } = {},
): Promise<Colleague> {
  const email = wish.email ?? `colleague-${process.pid}-${++count}@studio.example`
  const token = await invite(server, owner, { ...wish, email })
  const asked = await done({ url: server.url }, 'accept_team_invite_request', {
    token,
    idempotency_key: fresh(),
  })
  const joined = await done({ url: server.url }, 'accept_team_invite_verify', {
    request_id: asked.request_id,
    code: await codeFor(server, email, 'join'),
    idempotency_key: fresh(),
  })
  return { email, key: joined.api_key, memberId: joined.member_id }
}

/** The token that the mail brings. */
export async function invite(
  server: TestServer,
  owner: SignedUp,
  {
    email,
    role = 'member',
    staff_id,
    person,
  }: { email: string; role?: string; staff_id?: string; person?: Person },
): Promise<string> {
  await approved(server, owner, person, 'create_team_invite', {
    email,
    role,
    name: 'Marta',
    ...(staff_id && { staff_id }),
    idempotency_key: fresh(),
  })
  const mail = (await server.mailbox()).find(
    ({ to, text }) => to === email && text.includes('/console/join/'),
  )
  return /^[\w-]{72}$/m.exec(mail!.text)![0]
}

/** The answer of a call that a person lets through. */
export async function approved(
  server: TestServer,
  owner: SignedUp,
  person: Person | undefined,
  tool: string,
  args: Record<string, unknown>,
): Promise<Body> {
  const { body } = await callTool({ url: server.url, key: owner.key }, tool, args)
  assert.equal(body.status, 'needs_approval', JSON.stringify(body))
  const decider = person ?? (await signIn(server, owner.email, owner.workspaceId))
  return (await decider.decide(body.approval.id, 'approve')).body
}

export async function codeFor(server: TestServer, email: string, what: string): Promise<string> {
  const mail = (await server.mailbox()).find(({ to, text }) => to === email && text.includes(what))
  return /\d{6}/.exec(mail!.text)![0]
}
