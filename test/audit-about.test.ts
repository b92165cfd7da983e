/** The story of one thing: `list_audit_events` by `about_id`, found by an index however long the audit is. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { until } from './support/jobs.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

test('the story of one thing has all that changed it, refusals of others left out, the newest first', async t => {
  const server = await startServer(t)
  const { key, workspaceId } = await server.signUp()
  const agent = { url: server.url, key }
  const [nadia, ada] = [await customer(), await customer()]
  await done(agent, 'update_customer', { customer_id: nadia.id, version: 1, name: 'Nadia P.' })
  await done(agent, 'update_customer', { customer_id: ada.id, version: 1, name: 'Ada' })
  await callTool(agent, 'update_customer', { customer_id: nadia.id, version: 1, name: 'Too late' })
  assert.deepEqual(await story(nadia.id), ['update_customer', 'create_customer'])
  assert.deepEqual(await story(ada.id, { tool: 'create_customer' }), ['create_customer'])

  // Many of each: the planner reads a short table from end to end.
  const { owner } = server.house.database
  await owner.query(
    `INSERT INTO events (workspace_id, id, type, subject_kind, subject_id, at, audit_id)
     SELECT $1, gen_random_uuid(), 'customer.updated', 'customer', gen_random_uuid(), now(), gen_random_uuid()
     FROM generate_series(1, 5000)`,
    [uuidOf(workspaceId)],
  )
  await owner.query('ANALYZE events')
  const before = await scans()
  assert.deepEqual(await story(nadia.id), ['update_customer', 'create_customer'])
  await until(async () => (await scans()) > before)

  function customer(): Promise<Body> {
    return made(agent, 'create_customer', { name: 'Nadia', email: `${fresh()}@prieto.example` })
  }

  async function story(about_id: string, more = {}): Promise<string[]> {
    const events = await done(agent, 'list_audit_events', { about_id, ...more })
    return events.map(({ tool }: Body) => tool)
  }

  /** How often the index was read, once the server's processes have told. */
  async function scans(): Promise<number> {
    const { rows } = await owner.query(
      `SELECT idx_scan::int AS scans FROM pg_stat_user_indexes WHERE indexrelname = 'events_of_subject'`,
    )
    return rows[0].scans
  }
})
