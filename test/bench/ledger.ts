/** The trial balance of a million entries: no column holds a balance, so every one is a sum. */

import { idText } from '../../src/catalog/kinds.ts'
import { newId } from '../../src/database/columns.ts'
import { quantile } from './rig/load.ts'
import { openRoad, type Road } from './rig/road.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

const ENTRIES = [10_000, 100_000, 1_000_000]
const CUSTOMERS = 1_000
const TIMES = 9

export async function measure(stage: Stage): Promise<Table> {
  const road = await openRoad(stage)
  const { owner } = stage.server.house.database
  const customerIds = Array.from({ length: CUSTOMERS }, newId)
  const accounts = Array.from({ length: CUSTOMERS + 2 }, newId)
  await owner.query(CUSTOMER, [stage.workspaceId, customerIds])
  await owner.query(ACCOUNTS, [stage.workspaceId, accounts, customerIds])
  const rows: Table['rows'] = []
  let count = 0
  try {
    for (const entries of ENTRIES) {
      await fill(stage, accounts, count, entries)
      count = entries
      console.log(`  ${entries} entries`)
      rows.push([entries, ...(await timed(stage, road, customerIds[0]!))])
    }
  } finally {
    await owner.query('TRUNCATE ledger_entries') // The other measures are not to find them.
  }
  return {
    title: 'The trial balance',
    about: `\`get_ledger_balances\` of a workspace, one call at a time, the middle of ${TIMES}: of all accounts, and of one customer of
${CUSTOMERS.toLocaleString('en-GB')}. \`count(*)\` is of the same entries, the least that a reader of all of them can do; the ratio is to it.`,
    columns: ['entries', '`count(*)` ms', 'all ms', 'ratio', 'one customer ms'],
    rows,
  }
}

/** Each posting is an invoice or its payment. The rows are no call's, so nothing checks their keys. */
async function fill({ server, workspaceId }: Stage, accounts: string[], from: number, to: number) {
  const client = await server.house.database.owner.connect()
  try {
    await client.query('BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL session_replication_role = replica')
    await client.query(TRANSACTIONS, [workspaceId, from, to])
    await client.query(FILL, [workspaceId, from, to, accounts])
    await client.query('COMMIT')
    await client.query('SET statement_timeout = 0')
    await client.query('VACUUM ANALYZE ledger_entries')
  } finally {
    client.release(true)
  }
}

async function timed({ server, workspaceId }: Stage, road: Road, customer: string): Promise<number[]> {
  const counted = await middleOf(() =>
    server.house.database.owner.query('SELECT count(*) FROM ledger_entries WHERE workspace_id = $1', [
      workspaceId,
    ]),
  )
  const all = await middleOf(() => road.call('get_ledger_balances', {}))
  const customer_id = idText('customer', customer)
  const one = await middleOf(() => road.call('get_ledger_balances', { customer_id }))
  return [counted, all, all / counted, one]
}

async function middleOf(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  await work()
  for (let n = 0; n < TIMES; n++) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return quantile(times, 0.5)
}

const CUSTOMER = `
  INSERT INTO customers (workspace_id, id, name, name_key, created_at, updated_at)
  SELECT $1, id, 'Customer', 'customer', now(), now() FROM unnest($2::uuid[]) AS id`
/** A receivable for each customer, then one of two for all that they bought, and one for what they paid with. */
const ACCOUNTS = `
  INSERT INTO ledger_accounts (workspace_id, id, kind, currency, customer_id, provider)
  SELECT $1, a.id, CASE WHEN c.id IS NOT NULL THEN 'receivable' WHEN a.place % 2 = 1 THEN 'write_off' ELSE 'clearing' END, 'EUR', c.id,
    CASE WHEN c.id IS NULL AND a.place % 2 = 0 THEN 'bench' END
  FROM unnest($2::uuid[]) WITH ORDINALITY AS a (id, place)
  LEFT JOIN unnest($3::uuid[]) WITH ORDINALITY AS c (id, place) USING (place)`
const TRANSACTIONS = `
  INSERT INTO ledger_transactions (workspace_id, id, source_kind, source_id, cause, at, principal_kind)
  SELECT $1, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'customer', gen_random_uuid(), 'bench', now(), 'system'
  FROM generate_series($2::integer + 1, $3::integer) AS n`
const FILL = `
  INSERT INTO ledger_entries (workspace_id, transaction_id, number, debit_id, credit_id, currency, amount)
  SELECT $1, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1,
    CASE WHEN n % 2 = 1 THEN ($4::uuid[])[1 + (n / 2) % (array_length($4::uuid[], 1) - 2)] ELSE ($4::uuid[])[array_length($4::uuid[], 1)] END,
    CASE WHEN n % 2 = 1 THEN ($4::uuid[])[array_length($4::uuid[], 1) - 1] ELSE ($4::uuid[])[1 + (n / 2) % (array_length($4::uuid[], 1) - 2)] END,
    'EUR', 1 + n % 10000
  FROM generate_series($2::integer + 1, $3::integer) AS n`
