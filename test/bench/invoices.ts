/** `finalize_invoice` and the payment of all that is due, beside the rows of both written by hand. */

import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { idText, uuidOf } from '../../src/catalog/kinds.ts'
import { newId } from '../../src/database/columns.ts'
import { type BareInvoice, invoiceByHand, NET, TAX } from './rig/bare-invoice.ts'
import { quantile } from './rig/load.ts'
import { openRoad, type Road } from './rig/road.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

interface Target {
  name: string
  drafts: string[]
  done: number
  /** @param nth of the customers */
  settle(invoiceId: string, nth: number): Promise<unknown>
  latencies: number[]
}

const ROUNDS = 2
const SECONDS = 2
/** As many as Backdesk has connections: all of one series of numbers, for whose row they wait. */
const WRITERS = 10
/** More than a target can settle. */
const DRAFTS = 6_000
const CUSTOMERS = 100

export async function measure(stage: Stage): Promise<Table> {
  const road = await openRoad(stage)
  const pool = new pg.Pool({ connectionString: stage.server.databaseUrls.app, max: 10 })
  try {
    const targets = await openTargets(stage, road, pool)
    for (let round = 1; round <= ROUNDS; round++)
      for (const target of targets) {
        console.log(`  round ${round} of ${ROUNDS}: ${target.name}`)
        await settle(target)
      }
    const [byHand] = targets
    return {
      title: 'An invoice finalised and paid',
      about: `\`finalize_invoice\`, then \`record_manual_payment\` of all of it, each with an idempotency key: ${WRITERS} writers, invoices of
${CUSTOMERS} customers, and one series of numbers, whose row each finalisation holds until its commit. By hand it is the same locks
and rows on plain \`pg\`, statement after statement, two transactions, without a state or a sum that is looked at. Both begin
where the caller is known, without HTTP; the drafts were there before.`,
      columns: ['', 'invoices/s', 'ratio', 'p50 ms', 'p99 ms'],
      rows: targets.map(target => [
        target.name,
        rateOf(target),
        rateOf(target) / rateOf(byHand!),
        quantile(target.latencies, 0.5),
        quantile(target.latencies, 0.99),
      ]),
    }
  } finally {
    await pool.end()
  }
}

async function openTargets(stage: Stage, road: Road, pool: pg.Pool): Promise<[Target, Target]> {
  const { workspaceId, server } = stage
  const { owner } = server.house.database
  const customerIds = Array.from({ length: CUSTOMERS }, newId)
  await owner.query(CUSTOMER, [workspaceId, customerIds])
  // The first draft makes the issuer and its series; the others are like it.
  const line = { description: 'Session', unit_price: { amount: NET + TAX, currency: 'EUR' }, tax_percent: 21 }
  const made = await road.call('create_invoice', {
    customer_id: idText('customer', customerIds[0]!),
    lines: [line],
    idempotency_key: crypto.randomUUID(),
  })
  const model = uuidOf((made.data as { id: string }).id)
  await owner.query(BARE_SERIES, [workspaceId])
  const draw = async () => {
    const ids = Array.from({ length: DRAFTS }, newId)
    await owner.query(INVOICES, [workspaceId, model, ids, customerIds])
    await owner.query(LINES, [workspaceId, model, ids, Array.from(ids, newId)])
    return ids
  }
  const accounts = await openAccounts(stage, customerIds)
  const byHand = (invoiceId: string, nth: number) => {
    const customerId = customerIds[nth % CUSTOMERS]!
    const principalId = road.asker.principal.id!
    const of: BareInvoice = {
      workspaceId,
      invoiceId,
      customerId,
      principalId,
      accounts: accounts(customerId),
    }
    return invoiceByHand(pool, of)
  }
  const onTheRoad = async (id: string) => {
    const invoice_id = idText('invoice', id)
    await road.call('finalize_invoice', { invoice_id, idempotency_key: crypto.randomUUID() })
    const amount = { amount: NET + TAX, currency: 'EUR' }
    const paid = { invoice_id, tender: 'cash', amount, idempotency_key: crypto.randomUUID() }
    await road.call('record_manual_payment', paid)
  }
  return [
    { name: 'bare SQL', drafts: await draw(), done: 0, settle: byHand, latencies: [] },
    { name: 'Backdesk', drafts: await draw(), done: 0, settle: onTheRoad, latencies: [] },
  ]
}

/** For some seconds, each writer settles an invoice as soon as its last one is paid. */
async function settle(target: Target): Promise<void> {
  const deadline = performance.now() + SECONDS * 1000
  const writer = async () => {
    for (;;) {
      const began = performance.now()
      const nth = target.done++
      if (began > deadline || nth >= DRAFTS) return
      await target.settle(target.drafts[nth]!, nth)
      target.latencies.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
  await delay(100) // What the last commits left to do is not the next target's to pay.
}

async function openAccounts({ server, workspaceId }: Stage, customerIds: string[]) {
  const { owner } = server.house.database
  const make = async (kind: string, customerId: string | null, provider: string | null) => {
    const id = newId()
    await owner.query(ACCOUNT, [workspaceId, id, kind, customerId, provider])
    return id
  }
  const shared = {
    revenue: await make('revenue', null, null),
    tax: await make('tax_payable', null, null),
    cash: await make('cash', null, 'cash'),
  }
  const receivables = new Map<string, string>()
  for (const id of customerIds) receivables.set(id, await make('receivable', id, null))
  return (customerId: string) => ({ ...shared, receivable: receivables.get(customerId)! })
}

function rateOf({ latencies }: Target): number {
  return latencies.length / (ROUNDS * SECONDS)
}

const CUSTOMER = `
  INSERT INTO customers (workspace_id, id, name, name_key, created_at, updated_at)
  SELECT $1, id, 'Customer', 'customer', now(), now() FROM unnest($2::uuid[]) AS id`
const ACCOUNT = `
  INSERT INTO ledger_accounts (workspace_id, id, kind, currency, customer_id, provider) VALUES ($1, $2, $3, 'EUR', $4, $5)`
const BARE_SERIES = `
  INSERT INTO number_series (workspace_id, id, legal_entity_id, kind, key, prefix, first_number, last_number)
  SELECT workspace_id, gen_random_uuid(), legal_entity_id, 'invoice', 'bare', 'B-', 1, 0 FROM number_series
  WHERE workspace_id = $1 AND kind = 'invoice' LIMIT 1`
const INVOICES = `
  INSERT INTO invoices (workspace_id, id, status, customer_id, legal_entity_id, series_id, currency, tax_mode, rounding, net_amount,
    tax_amount, total_amount, due_days, time_zone, created_at, updated_at)
  SELECT m.workspace_id, n.id, m.status, ($4::uuid[])[1 + (n.place - 1) % array_length($4::uuid[], 1)], m.legal_entity_id, m.series_id,
    m.currency, m.tax_mode, m.rounding, m.net_amount, m.tax_amount, m.total_amount, m.due_days, m.time_zone, m.created_at, m.updated_at
  FROM invoices m, unnest($3::uuid[]) WITH ORDINALITY AS n (id, place) WHERE m.workspace_id = $1 AND m.id = $2`
const LINES = `
  INSERT INTO invoice_lines (workspace_id, id, invoice_id, position, description, quantity, unit_amount, discount_amount, tax_rate, account,
    net_amount, tax_amount)
  SELECT m.workspace_id, n.line_id, n.invoice_id, m.position, m.description, m.quantity, m.unit_amount, m.discount_amount, m.tax_rate,
    m.account, m.net_amount, m.tax_amount
  FROM invoice_lines m, unnest($3::uuid[], $4::uuid[]) AS n (invoice_id, line_id) WHERE m.workspace_id = $1 AND m.invoice_id = $2`
