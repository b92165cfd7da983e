/**
 * `npm run verify`: recomputes the money of every workspace from its entries, beside a running server or without one, and
 * changes nothing. Ends with 1 where anything does not hold.
 */

import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { idText } from './catalog/kinds.ts'
import { readDatabase } from './config.ts'
import { startEmbedded } from './database/embedded.ts'
import type { Context } from './domain/context.ts'
import { type Finding, verified, verifyLedger } from './domain/ledger/verify.ts'

export interface Verified {
  workspaceId: string
  name: string
  findings: Finding[]
  /** Of all, the how manieth it is. */
  place: number
  count: number
}

/** Each as it stands at one instant, whatever is written meanwhile. @param ownerUrl who sees every workspace */
export async function* verifyAll(ownerUrl: string): AsyncGenerator<Verified> {
  const client = new pg.Client({
    connectionString: ownerUrl,
    application_name: 'backdesk verify',
    options: '-c TimeZone=UTC -c DateStyle=ISO -c jit=off',
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string; name: string }>(
      'SELECT id, name FROM workspaces ORDER BY id',
    )
    for (const [index, { id, name }] of rows.entries()) {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
      const context = { db: drizzle({ client }), workspace: { id } } as unknown as Context
      const findings = await verifyLedger(context)
      await client.query('COMMIT')
      yield { workspaceId: id, name, findings, place: index + 1, count: rows.length }
    }
  } finally {
    await client.end()
  }
}

async function run(): Promise<void> {
  const { databaseUrl, dataDir } = readDatabase(process.env)
  const embedded = databaseUrl ? null : await startEmbedded({ dataDir })
  try {
    process.exitCode = await report(databaseUrl ?? embedded!.ownerUrl)
  } finally {
    await embedded?.stop()
  }
}

async function report(ownerUrl: string): Promise<0 | 1> {
  let workspaces = 0
  let deviations = 0
  for await (const { workspaceId, name, findings, place, count } of verifyAll(ownerUrl)) {
    workspaces = count
    deviations += findings.length
    if (process.stderr.isTTY) process.stderr.write(`\r${place} of ${count} workspaces\x1b[K`)
    for (const { rule, broken } of findings) {
      console.log(`\n${name} (${idText('workspace', workspaceId)}): it does not hold that ${rule}`)
      for (const id of broken) console.log(`  ${id}`)
    }
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const looked = `${workspaces} workspaces, ${verified.length} rules each`
  console.log(deviations === 0 ? `${looked}: all hold.` : `\n${looked}: ${deviations} do not hold.`)
  return deviations === 0 ? 0 : 1
}

if (import.meta.main) await run()
