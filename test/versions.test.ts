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
import { type Desk, openDesk, textOf, unlimited } from './support/booking.ts'
import { type Body, callTool, done, fresh, refused } from './support/caller.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after }, unlimited)
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

test('what is replaced whole, by a key of its own, rests on what stands there', () => {
  const silent = tools.filter(({ name, review }) => /^(upsert|define)_/.test(name) && !review?.versions)
  // What a field is called, and what it says it is for.
  assert.deepEqual(
    silent.map(({ name }) => name),
    ['define_custom_field'],
  )
})

test('a price that changes, a service that is renamed, a line that is added: it is asked anew, and runs as it was shown', async () => {
  const desk = await gated('create_booking', 'finalize_invoice')
  const customer_id = await desk.customer()
  const draft = await made(desk, 'create_invoice', { customer_id, lines: lineOf(5_000) })
  const booking = { customer_id, ...desk.slot() }
  let service = await done(desk, 'get_service', { service_id: desk.serviceId })
  for (const change of [{ price: { amount: 9_000, currency: 'EUR' } }, { name: 'Long session' }]) {
    const asked = await desk.ask('create_booking', booking)
    const { version } = service
    service = await done(desk, 'update_service', { service_id: desk.serviceId, version, ...change })
    assert.equal((await asked.approve()).state, 'stale', JSON.stringify(change))
  }
  const { state, answer } = await (await desk.ask('create_booking', booking)).approve()
  assert.deepEqual([state, answer.data.price.amount], ['executed', 9_000])

  const invoice = { invoice_id: draft.id }
  const asked = await desk.ask('finalize_invoice', invoice)
  await done(desk, 'update_draft_invoice', { ...invoice, version: draft.version, lines: lineOf(50_000) })
  assert.equal((await asked.approve()).state, 'stale')
  assert.equal((await done(desk, 'get_invoice', invoice)).status, 'draft')
  assert.equal((await (await desk.ask('finalize_invoice', invoice)).approve()).state, 'executed')
})

test('of two who would replace the same, the second is asked anew once the first has', async () => {
  const names = [
    'upsert_segment',
    'upsert_loyalty_promotion',
    'upsert_loyalty_reward',
    'set_weekly_schedule',
    'set_schedule_override',
  ]
  const desk = await gated(...names)
  const theirs = { staff_id: desk.staffIds[0], location_id: desk.locationId }
  for (const name of names) {
    const { input } = tools.find(tool => tool.name === name)!.example
    const args = { ...input, ...('staff_id' in input && theirs) }
    const other = {
      ...args,
      ...('name' in input && { name: 'Another' }),
      ...('weekly' in input && { weekly: { mon: [{ from: '10:00', to: '11:00' }] } }),
      ...('intervals' in input && { intervals: [] }),
    }
    const [first, second] = [await desk.ask(name, args), await desk.ask(name, other)]
    assert.equal((await first.approve()).state, 'executed', name)
    assert.equal((await second.approve()).state, 'stale', name)
  }
})

test('whoever would be tagged is who was shown: once they are others, a yes to it is none', async () => {
  const desk = await openDesk(server)
  const tagged = (name: string) => made(desk, 'create_customer', { name, tags: ['regular'] })
  const args = { rule: { tag: 'regular' }, add: ['loyal'], idempotency_key: fresh() }
  await tagged('Ana')
  const shown = (await callTool(desk, 'bulk_tag_customers', args)).body
  await tagged('Bea')
  const yes = { ...args, confirm_token: shown.confirm_token }
  assert.equal(await refused(desk, 'bulk_tag_customers', yes), 'confirmation_invalid')
  const { confirm_token, data } = (await callTool(desk, 'bulk_tag_customers', args)).body
  assert.equal(data.count, 2)
  await done(desk, 'bulk_tag_customers', { ...args, confirm_token })
})

test('a refund of what was paid for an invoice rests on how that stands', async () => {
  const desk = await openDesk(server)
  const customer_id = await desk.customer()
  const draft = await made(desk, 'create_invoice', { customer_id, lines: lineOf(5_000) })
  const invoice = { invoice_id: draft.id }
  await made(desk, 'finalize_invoice', invoice)
  const cash = { ...invoice, tender: 'cash', amount: { amount: 1_000, currency: 'EUR' } }
  await made(desk, 'record_manual_payment', cash)
  const asked = await asking(desk, 'refund_payment', { ...invoice, amount: cash.amount })
  await made(desk, 'record_manual_payment', { ...cash, tender: 'bank_transfer' })
  assert.equal((await asked.approve()).state, 'stale', 'it would go back another way')
})

test('what others have to do with the same rows makes no decision stale', async () => {
  const desk = await gated('create_booking')
  const customer_id = await desk.customer()
  const asked = []
  for (const days of [1, 2, 3])
    asked.push(
      await desk.ask('create_booking', { customer_id, ...desk.slot({ start: textOf(desk.morning(days)) }) }),
    )
  for (const { approve } of asked) assert.equal((await approve()).state, 'executed')
})

test('asked with the id of somebody who was merged, it is done for who they are now; merged since, it is asked anew', async () => {
  const desk = await gated('create_booking')
  const [survivor_id, old, later] = [await desk.customer(), await desk.customer(), await desk.customer()]
  const merge = (merged_id: string) => desk.approved('merge_customers', { survivor_id, merged_id })
  await merge(old)
  const early = await desk.ask('create_booking', { customer_id: later, ...desk.slot() })
  const { state, answer } = await (
    await desk.ask('create_booking', { customer_id: old, ...desk.slot() })
  ).approve()
  assert.deepEqual([state, answer?.data.customer_id], ['executed', survivor_id])
  await merge(later)
  assert.equal((await early.approve()).state, 'stale')
})

/** A business where these wait for a person. */
async function gated(...names: string[]) {
  const desk = await openDesk(server)
  await desk.approved('set_approval_policy', { rules: names.map(tool => ({ tool, gate: 'approve' })) })
  return { ...desk, ask: (tool: string, args: Record<string, unknown>) => asking(desk, tool, args) }
}

async function asking(desk: Desk, tool: string, args: Record<string, unknown>) {
  const key = server.house.catalog.get(tool)!.tool.key && { idempotency_key: fresh() }
  const { body } = await callTool(desk, tool, { ...args, ...key })
  assert.equal(body.status, 'needs_approval', JSON.stringify(body))
  return {
    async approve(): Promise<Body> {
      const person = await desk.person()
      return (await person.decide(body.approval.id, 'approve')).body
    },
  }
}

function lineOf(amount: number) {
  return [{ description: 'Physiotherapy', unit_price: { amount, currency: 'EUR' }, tax_percent: 21 }]
}
