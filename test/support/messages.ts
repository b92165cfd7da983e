/** A sandbox that writes to its customers, as an agent does, and looks at the rows that are left. */

import assert from 'node:assert/strict'
import { uuidOf } from '../../src/catalog/kinds.ts'
import { newId } from '../../src/database/columns.ts'
import { type Body, type Called, callTool, done, fresh } from './caller.ts'
import { inputOf, newSandbox, type Sandbox } from './example.ts'
import type { TestServer } from './server.ts'
import { made } from './shop.ts'

/** A Monday, 09:00 in Madrid. */
export const NOW = '2030-01-07T08:00:00.000Z'

export interface Post extends Sandbox {
  /** Ana, with an email and a phone unless told otherwise. */
  customer(fields?: Record<string, unknown>): Promise<string>
  /** A booking of a customer with a phone alone, at Centro in Madrid. */
  booking(): Promise<{ customer_id: string; booking_id: string }>
  call(tool: string, input: Record<string, unknown>): Promise<Called>
  /** A draft that must be made; to a new customer, in its own words, unless told otherwise. */
  draft(input?: Record<string, unknown>): Promise<Body>
  /** A number that wrote by WhatsApp. */
  wrote(sender: string, receivedAt: string): Promise<void>
  /** From now on a message is sent without anybody being asked. */
  allowSending(): Promise<void>
  settings(patch: Record<string, unknown>): Promise<void>
  /** Rows of this workspace, as the owner sees them. */
  rows(sql: string, ...values: unknown[]): Promise<Body[]>
}

export async function openPost(server: TestServer): Promise<Post> {
  const sandbox = await newSandbox(server, await server.signUp())
  await done(sandbox, 'set_sandbox_clock', { to: NOW })
  const workspaceId = uuidOf(sandbox.workspaceId)
  const owner = server.house.database.owner
  let customers = 0
  const call = (tool: string, input: Record<string, unknown>) => {
    const needsKey = server.house.catalog.get(tool)!.tool.key
    return callTool(sandbox, tool, { ...(needsKey && { idempotency_key: fresh() }), ...input })
  }
  const customer = async (fields: Record<string, unknown> = {}) => {
    const n = ++customers
    const contact = { email: `ana${n}@example.com`, phone: `+3461234${String(5000 + n)}` }
    return (await made(sandbox, 'create_customer', { name: 'Ana Ruiz', ...contact, ...fields })).id
  }
  return {
    ...sandbox,
    customer,
    call,
    async booking() {
      const { tool } = server.house.catalog.get('draft_message')!
      const { customer_id, booking_id } = await inputOf(sandbox, tool)
      return { customer_id: String(customer_id), booking_id: String(booking_id) }
    },
    async draft(input = {}) {
      const text = input.template_key
        ? {}
        : { subject: 'Your umbrella', body: 'It is still with us.', purpose: 'transactional' }
      return made(sandbox, 'draft_message', {
        customer_id: input.customer_id ?? (await customer()),
        ...text,
        ...input,
      })
    },
    async wrote(sender, receivedAt) {
      await owner.query(
        `INSERT INTO inbound_messages (workspace_id, id, channel, provider, provider_ref, sender, body, received_at)
         VALUES ($1, $2::uuid, 'whatsapp', 'whatsapp', $2::uuid::text, $3, 'Is it open?', $4)`,
        [workspaceId, newId(), sender, receivedAt],
      )
    },
    async allowSending() {
      const asked = await callTool(sandbox, 'set_approval_policy', {
        rules: [{ tool: 'send_message', gate: 'allow' }],
      })
      const decided = await sandbox.person.decide(asked.body.approval.id, 'approve')
      assert.equal(decided.body.state, 'executed')
    },
    async settings(patch) {
      const { version } = await done(sandbox, 'get_workspace_settings')
      await done(sandbox, 'update_workspace_settings', { version, ...patch })
    },
    rows: async (sql, ...values) => (await owner.query(sql, [workspaceId, ...values])).rows,
  }
}
