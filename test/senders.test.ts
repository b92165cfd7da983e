/**
 * There is no road on which a gated call takes effect without a person: every tool that waits for approval, by every
 * surface that can name it, for every kind of principal that is not a person.
 */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { automationPrincipal } from '../src/access/automation.ts'
import type { Principal } from '../src/access/principal.ts'
import { allScopes } from '../src/access/scopes.ts'
import { createCall } from '../src/calls/road.ts'
import type { Tool } from '../src/catalog/define.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import { newId } from '../src/database/columns.ts'
import { tools } from '../tools/index.ts'
import { unlimited } from './support/booking.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { inputOf, keyFor, newSandbox, type Sandbox } from './support/example.ts'
import { countJobs, until } from './support/jobs.ts'
import { send } from './support/person.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after }, unlimited)
const gated = tools.filter(tool => tool.gate === 'approve') as Tool[]

/** Each asks for the call as hard as it can, and answers with the envelope or the error. */
type Sender = (sandbox: Sandbox, tool: Tool, input: Record<string, unknown>) => Promise<Body>

const senders: Record<string, Sender> = {
  'the tool, by its owner’s key': async (sandbox, tool, input) =>
    (await callTool(sandbox, tool.name, input)).body,
  run_write_tool: async (sandbox, tool, input) =>
    (await callTool(sandbox, 'run_write_tool', { tool: tool.name, arguments: input })).body,
  REST: async (sandbox, tool, { idempotency_key, ...input }) => byRest(sandbox, tool, input, idempotency_key),
  'a key of the role member': async (sandbox, tool, input) =>
    (await callTool({ ...sandbox, key: await keyOf(sandbox, { role: 'member' }) }, tool.name, input)).body,
  'a key with every scope': async (sandbox, tool, input) =>
    (await callTool({ ...sandbox, key: await keyOf(sandbox, { scopes: [...allScopes] }) }, tool.name, input))
      .body,
  'with a confirm_token': async (sandbox, tool, input) =>
    (await callTool(sandbox, tool.name, { ...input, confirm_token: await tokenOf(sandbox) })).body,
  'the same again and again': async (sandbox, tool, input) => {
    for (let n = 0; n < 5; n++) await callTool(sandbox, tool.name, input)
    return (await callTool(sandbox, tool.name, input)).body
  },
  'twenty at once': async (sandbox, tool, input) => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () =>
        callTool(sandbox, tool.name, { ...input, ...keyFor(sandbox, tool.name) }),
      ),
    )
    return all.find(({ body }) => body.status === 'done')?.body ?? all[0]!.body
  },
  'an automation': (sandbox, tool, input) => byPrincipal(sandbox, tool, input, strongAutomation),
  'a key that says it is human': (sandbox, tool, input) =>
    byPrincipal(sandbox, tool, input, { ...strongAutomation, kind: 'api_key' }),
  'an OAuth client with every scope': (sandbox, tool, input) =>
    byPrincipal(sandbox, tool, input, { ...strongAutomation, kind: 'oauth_client' }),
  'a customer by a link': (sandbox, tool, input) =>
    byPrincipal(sandbox, tool, input, { ...strongAutomation, kind: 'customer' }),
  'a person who does not decide': (sandbox, tool, input) =>
    byPrincipal(sandbox, tool, input, { ...strongAutomation, kind: 'member', human: true, role: 'member' }),
}

/** “Defaults are strict for customer-facing sends, refunds, merges, erasures, credits, role changes …” */
const strict = [
  'send_message',
  'refund_payment',
  'merge_customers',
  'erase_customer',
  'adjust_store_credit',
  'set_member_role',
  'set_approval_policy',
]

before(() =>
  assert.deepEqual(
    strict.filter(name => !gated.some(tool => tool.name === name)),
    [],
  ),
)

for (const tool of gated) {
  test(`${tool.name} takes no effect without a person, whoever asks in whatever way`, async () => {
    const sandbox = await newSandbox(server, await server.signUp())
    const input = await inputOf(sandbox, tool)
    await quiet() // What making it all set off is no effect of the tool's.
    const before = await stateOf(sandbox)
    for (const [name, sender] of Object.entries(senders)) {
      const body = await sender(sandbox, tool, { ...input, ...keyFor(sandbox, tool.name) })
      const waits = body.status === 'needs_approval'
      const refused = ['forbidden_scope', 'confirmation_invalid', 'in_progress', 'not_found'].includes(
        body.code,
      )
      assert.ok(waits || refused, `${name}: ${JSON.stringify(body)}`)
      assert.deepEqual(await stateOf(sandbox), before, name)
    }
    assert.ok((await done(sandbox, 'list_approvals', { state: 'pending' })).length > 0)
  })
}

/** Nothing is left that a worker could do now. */
async function quiet(): Promise<void> {
  await until(async () => {
    const { free, running } = await countJobs(server.house.database.owner)
    return free + running === 0
  })
}

/** The strongest that a caller without a person behind them could be. */
const strongAutomation: Principal = {
  ...automationPrincipal({ id: newId(), key: 'rogue' }),
  role: 'owner',
  scopes: new Set(allScopes),
}

async function byPrincipal(
  sandbox: Sandbox,
  tool: Tool,
  input: Record<string, unknown>,
  principal: Principal,
): Promise<Body> {
  const { workspace } = await workspaceOf(sandbox)
  const answer = await createCall(server.house)({
    principal,
    workspace,
    tool: tool.name,
    arguments: input,
    requestId: fresh(),
    surface: 'system',
  })
  return answer.refusal ? answer.refusal.toBody() : answer.body
}

async function workspaceOf({ workspaceId }: Sandbox) {
  const { rows } = await server.house.database.owner.query(
    'SELECT id, name, kind, time_zone, currency, country FROM workspaces WHERE id = $1',
    [uuidOf(workspaceId)],
  )
  const { time_zone: timeZone, ...row } = rows[0]
  return { workspace: { ...row, timeZone, clock: null } }
}

/** Path parameters and body, as the tool's route asks. */
async function byRest(
  sandbox: Sandbox,
  tool: Tool,
  input: Record<string, unknown>,
  key: unknown,
): Promise<Body> {
  const [method, path] = tool.route.split(' ') as [string, string]
  const rest = { ...input }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  const headers = {
    authorization: `Bearer ${sandbox.key}`,
    ...(key !== undefined && { 'idempotency-key': String(key) }),
  }
  return (await send(sandbox.url, method, filled, rest, headers)).body
}

async function keyOf(sandbox: Sandbox, asked: Record<string, unknown>): Promise<string> {
  const made = await done(sandbox, 'create_api_key', { name: 'Another', idempotency_key: fresh(), ...asked })
  return made.api_key
}

/** One that is good for something else. */
async function tokenOf(sandbox: Sandbox): Promise<string> {
  const [key] = await done(sandbox, 'list_api_keys')
  const { body } = await callTool(sandbox, 'revoke_api_key', { key_id: key.id })
  return body.confirm_token
}

/** All that a gated call could have changed: every row of the workspace but what records that it was asked. */
async function stateOf(sandbox: Sandbox): Promise<Record<string, string>> {
  const { owner } = server.house.database
  const { rows: tables } = await owner.query<{ name: string }>(`
    SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`)
  const state: Record<string, string> = {}
  for (const { name } of tables.filter(({ name }) => !recording.includes(name))) {
    const { rows } = await owner.query(
      `SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS hash FROM ${name} t WHERE workspace_id = $1`,
      [uuidOf(sandbox.workspaceId)],
    )
    state[name] = rows[0].hash
  }
  return state
}

const recording = [
  'audit_events',
  'call_details',
  'approvals',
  'approval_details',
  'idempotency_keys',
  'rate_buckets',
  'api_keys', // Made by the test itself; their use is noted in them.
  'events', // Of those keys.
]
