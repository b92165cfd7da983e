/** What a reviewer let through is what runs: every tool that can wait rests on the rows that it names. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { versioned, versionsOf } from '../src/calls/versions.ts'
import { type Entry, makeCatalog } from '../src/catalog/catalog.ts'
import type { Tool } from '../src/catalog/define.ts'
import { markedPaths } from '../src/catalog/json-schema.ts'
import { type IdKind, idKinds, idText } from '../src/catalog/kinds.ts'
import { newId } from '../src/database/columns.ts'
import type { Context } from '../src/domain/context.ts'
import { tools } from '../tools/index.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made, openShop } from './support/shop.ts'

const server = await startServer({ after })
const { database } = server.house

/** What counts no changes, and why a decision need not be afraid of one. */
const steady: Partial<Record<IdKind, string>> = {
  variant: 'is part of a service, whose version counts its changes',
  addon: 'is part of a service, whose version counts its changes',
  method: 'is kept or taken away, and never changed',
  giftcard: 'is paid once for what it is worth; what is left of it is looked at as it is spent',
  payment: 'never changes its amount; where its state no longer allows it, the run is refused',
  approval: 'is decided once, and stays so',
}

test('a tool that can wait says what it rests on, or names rows that count their changes, or that never change', () => {
  const waits = makeCatalog(tools, []).entries.filter(({ tool }) => canWait(tool) && !tool.review?.versions)
  const used = new Set<IdKind>()
  for (const { tool } of waits) {
    const named = kindsIn(tool)
    for (const kind of named) {
      assert.ok(kind in versioned || kind in steady, `${tool.name} names a ${kind}`)
      if (kind in steady) used.add(kind)
    }
    const part = named.find(kind => kind === 'variant' || kind === 'addon')
    assert.ok(!part || named.includes('service'), `${tool.name} names a ${part} without its service`)
  }
  assert.deepEqual([...used].sort(), Object.keys(steady).sort(), 'no reason without its use')
})

/** Nobody's, a visitor's or a customer's call waits for nobody. */
function canWait({ effect, role, forwards, by }: Tool): boolean {
  return effect !== 'read' && role !== 'nobody' && !forwards && !by
}

function kindsIn({ input }: Tool): IdKind[] {
  const kinds = Object.keys(idKinds) as IdKind[]
  return kinds.filter(kind => markedPaths(input, 'pattern', `^${kind}_`).length > 0)
}

/** They are found by another key than an id. */
const byKey = [
  'approval_policies',
  'automations',
  'legal_entities',
  'loyalty_accounts',
  'loyalty_programs',
  'loyalty_promotions',
  'message_templates',
  'provider_credentials',
  'schedules',
  'segments',
  'service_intake_forms',
  'workspace_settings',
]
/** Of tools that say themselves what they rest on. */
const ofTheirOwn = ['booking_series', 'loyalty_accruals']

test('every row that counts its changes, and is named by an id, is one that a decision rests on', async () => {
  const { rows } = await database.owner.query(
    `SELECT table_name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'version' AND table_name <> 'schema_migrations' ORDER BY table_name`,
  )
  const known = [...Object.values(versioned), ...byKey, ...ofTheirOwn].sort()
  assert.deepEqual(
    rows.map(row => row.table_name),
    known,
  )
  const workspaceId = newId()
  const written = (Object.keys(versioned) as IdKind[]).map(kind => idText(kind, newId()))
  const found = await database.transaction(workspaceId, { readOnly: true }, ({ db }) => {
    const context = { db, workspace: { id: workspaceId } } as Context
    return versionsOf(context, { tool: {} } as Entry, { written, input: {} })
  })
  assert.deepEqual(found, {}, 'an id that is nobody’s has no version')
})

test('a price that changes, a service that is renamed, a line that is added: it is asked anew, and runs as it was shown', async () => {
  const shop = await openShop(server, {})
  const person = await signIn(server, shop.email, (await done(shop, 'get_current_context')).workspace.id)
  const customer = await made(shop, 'create_customer', { name: 'Ana', email: 'ana@ruiz.example' })
  const draft = await made(shop, 'create_invoice', { customer_id: customer.id, lines: lineOf(5000) })
  const rules = ['create_booking', 'finalize_invoice'].map(tool => ({ tool, gate: 'approve' }))
  const policy = await callTool(shop, 'set_approval_policy', { rules })
  await person.decide(policy.body.approval.id, 'approve')

  const ask = async (tool: string, args: Record<string, unknown>): Promise<string> =>
    (await callTool(shop, tool, { ...args, idempotency_key: fresh() })).body.approval.id
  const decided = async (id: string): Promise<Body> => (await person.decide(id, 'approve')).body
  const place = { service_id: shop.serviceId, location_id: shop.locationId, staff_id: shop.staffIds[0] }
  const start = shop.morning(1).toInstant().toString()
  const booking = { customer_id: customer.id, ...place, start }
  let service = await done(shop, 'get_service', { service_id: shop.serviceId })
  const changes = [{ price: { amount: 9000, currency: 'EUR' } }, { name: 'Long session' }]
  for (const change of changes) {
    const asked = await ask('create_booking', booking)
    const { version } = service
    service = await done(shop, 'update_service', { service_id: shop.serviceId, version, ...change })
    assert.equal((await decided(asked)).state, 'stale', JSON.stringify(change))
  }
  const { state, answer } = await decided(await ask('create_booking', booking))
  assert.deepEqual([state, answer.data.price.amount], ['executed', 9000])

  const invoice = { invoice_id: draft.id }
  const asked = await ask('finalize_invoice', invoice)
  await done(shop, 'update_draft_invoice', { ...invoice, version: draft.version, lines: lineOf(50_000) })
  assert.equal((await decided(asked)).state, 'stale')
  assert.equal((await done(shop, 'get_invoice', invoice)).status, 'draft')
  assert.equal((await decided(await ask('finalize_invoice', invoice))).state, 'executed')
})

test('what others have to do with the same rows makes no decision stale', async () => {
  const shop = await openShop(server, {})
  const person = await signIn(server, shop.email, (await done(shop, 'get_current_context')).workspace.id)
  const policy = { rules: [{ tool: 'create_booking', gate: 'approve' }] }
  await person.decide((await callTool(shop, 'set_approval_policy', policy)).body.approval.id, 'approve')
  const customer = await made(shop, 'create_customer', { name: 'Ana', email: 'ana@ruiz.example' })
  const asked = []
  for (const days of [1, 2, 3]) {
    const args = {
      customer_id: customer.id,
      service_id: shop.serviceId,
      location_id: shop.locationId,
      staff_id: shop.staffIds[0],
      start: shop.morning(days).toInstant().toString(),
      idempotency_key: fresh(),
    }
    asked.push((await callTool(shop, 'create_booking', args)).body.approval.id)
  }
  for (const id of asked) assert.equal((await person.decide(id, 'approve')).body.state, 'executed')
})

function lineOf(amount: number) {
  return [{ description: 'Physiotherapy', unit_price: { amount, currency: 'EUR' }, tax_percent: 21 }]
}
