/** A business where putting somebody in waits for a person: how often it was done is how often they are there. */

import assert from 'node:assert/strict'
import { uuidOf } from '../../src/catalog/kinds.ts'
import { type Caller, callTool, fresh } from './caller.ts'
import { newSandbox } from './example.ts'
import { type Person, signIn } from './person.ts'
import type { SignedUp, TestServer } from './server.ts'

export interface Gated {
  agent: Caller & { key: string }
  business: SignedUp
  /** The owner, signed in here. */
  person: Person
  /** uuid */
  workspaceId: string
  ask(): Promise<Asked>
  /** Replaces the rule, with more in it. */
  rule(...more: Record<string, unknown>[]): Promise<void>
  /** Behind the house's back: nothing that falls due on the way is noted. */
  jumpTo(instant: string): Promise<void>
  timesMade(asked: Asked): Promise<number>
}

export interface Asked {
  /** Of the approval. */
  id: string
  /** Its page. */
  path: string
  args: { name: string; idempotency_key: string }
  expires_at: string
}

export async function openGated(server: TestServer, kind: 'sandbox' | 'live' = 'sandbox'): Promise<Gated> {
  const { owner } = server.house.database
  const business = await server.signUp()
  const live = async () => ({
    url: server.url,
    key: business.key,
    workspaceId: business.workspaceId,
    person: await signIn(server, business.email),
  })
  const agent = kind === 'sandbox' ? await newSandbox(server, business) : await live()
  const workspaceId = uuidOf(agent.workspaceId)
  const rule: Gated['rule'] = async (...more) => {
    const rules = more.map(one => ({ tool: 'create_customer', gate: 'approve', ...one }))
    const { body } = await callTool(agent, 'set_approval_policy', { rules })
    const decided = await agent.person.decide(body.approval.id, 'approve')
    assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
  }
  await rule({})
  return {
    agent,
    business,
    person: agent.person,
    workspaceId,
    rule,
    async ask() {
      const args = { name: `Nadia ${fresh()}`, idempotency_key: fresh() }
      const { id, expires_at, url } = (await callTool(agent, 'create_customer', args)).body.approval
      return { id, path: new URL(url).pathname, args, expires_at }
    },
    async jumpTo(instant) {
      await owner.query('UPDATE workspaces SET clock = $1 WHERE id = $2', [instant, workspaceId])
    },
    async timesMade({ args: { name } }) {
      return (await owner.query('SELECT FROM customers WHERE name = $1', [name])).rowCount!
    },
  }
}

/** Sends a page's form, as its browser does, and follows no redirect. @param from the page on which it stands */
export async function press(
  { cookie }: Pick<Person, 'cookie'>,
  url: string,
  fields: Record<string, string> = {},
  from?: string,
) {
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: new URL(url).origin, ...(from && { referer: from }) },
    body: new URLSearchParams(fields),
  })
  return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
}
