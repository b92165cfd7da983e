/** Plays a tool's example in a fresh sandbox: what it needs first, then the call, through whatever gate it has. */

import assert from 'node:assert/strict'
import type { Tool } from '../../src/catalog/define.ts'
import { type Body, type Caller, callTool, done, fresh } from './caller.ts'
import { type Person, signIn } from './person.ts'
import type { SignedUp, TestServer } from './server.ts'

export interface Sandbox extends Caller {
  key: string
  workspaceId: string
  /** The owner, signed in to it. */
  person: Person
  server: TestServer
  /** What the example that was prepared last is called with, where not with the sandbox's own key. */
  as?: string
}

export async function newSandbox(server: TestServer, owner: SignedUp): Promise<Sandbox> {
  const { workspace, api_key: key } = await done({ url: server.url, key: owner.key }, 'create_sandbox', {
    idempotency_key: fresh(),
  })
  const person = await signIn(server, owner.email, workspace.id)
  return { url: server.url, key, workspaceId: workspace.id, person, server }
}

/** What the example's call would send, its needs met: ids of this sandbox in place of `$name.field`. */
export async function inputOf(sandbox: Sandbox, tool: Tool): Promise<Record<string, unknown>> {
  const known: Record<string, Body> = {}
  for (const [name, { tool: needed, input, approved, as }] of Object.entries(tool.example.given ?? {})) {
    const args = (await filled(sandbox, known, input)) as Record<string, unknown>
    const whole = { ...args, ...keyFor(sandbox, needed) }
    const caller = as ? { url: sandbox.url, key: (await filled(sandbox, known, as)) as string } : sandbox
    const first = await callTool(caller, needed, whole)
    const token = first.body.status === 'needs_confirmation' && { confirm_token: first.body.confirm_token }
    const { isError, body } = token ? await callTool(sandbox, needed, { ...whole, ...token }) : first
    assert.equal(isError, false, `${tool.name} needs ${needed}: ${JSON.stringify(body)}`)
    if (approved) {
      const decided = await sandbox.person.decide(body.approval.id, 'approve')
      assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
      known[name] = decided.body.answer.data
      continue
    }
    known[name] = { ...body.data, ...(body.approval && { approval: body.approval }) }
  }
  const { as } = tool.example
  sandbox.as = as && ((await filled(sandbox, known, as)) as string)
  return (await filled(sandbox, known, tool.example.input)) as Record<string, unknown>
}

/** The answer of the example's call, previews confirmed and approvals given. */
export async function play(sandbox: Sandbox, tool: Tool, input: Record<string, unknown>): Promise<Body> {
  const args = { ...input, ...keyFor(sandbox, tool.name) }
  const { url, key, as = key } = sandbox
  const caller = tool.sandboxOnly || tool.role !== 'nobody' ? { url, key: as } : { url }
  const { isError, body } = await callTool(caller, tool.name, args)
  assert.equal(isError, false, `${tool.name}: ${JSON.stringify(body)}`)
  if (body.status === 'needs_confirmation')
    return (await callTool(sandbox, tool.name, { ...args, confirm_token: body.confirm_token })).body
  if (body.status !== 'needs_approval') return body
  const decided = await sandbox.person.decide(body.approval.id, 'approve')
  assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
  return decided.body.answer
}

function tokenIn(mailbox: { text: string }[]): string {
  return mailbox.map(({ text }) => /^[\w-]{72}$/m.exec(text)?.[0]).find(Boolean)!
}

export function keyFor({ server }: Sandbox, name: string): { idempotency_key?: string } {
  return server.house.catalog.get(name)?.tool.key ? { idempotency_key: fresh() } : {}
}

async function filled(sandbox: Sandbox, known: Record<string, Body>, value: unknown): Promise<unknown> {
  if (value === '$mailbox.code') return /\d{6}/.exec((await sandbox.server.mailbox())[0]!.text)![0]
  if (value === '$mailbox.token') return tokenIn(await sandbox.server.mailbox())
  if (typeof value === 'string' && value.startsWith('$')) {
    const found = value
      .slice(1)
      .split('.')
      .reduce((at: Body, step) => at?.[step], known)
    assert.ok(found !== undefined, `${value} is nothing that an earlier call answered`)
    return found
  }
  if (Array.isArray(value)) return Promise.all(value.map(item => filled(sandbox, known, item)))
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value).map(async ([name, field]) => [
    name,
    await filled(sandbox, known, field),
  ])
  return Object.fromEntries(await Promise.all(fields))
}
