/**
 * The floor: Fastify and `pg` with the statements that the tools run, and nothing else. No key is looked up, no
 * input checked, no tenant kept apart, nothing audited.
 */

import { randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import pg from 'pg'
import { defaultSettings } from '../../../src/access/settings.ts'
import { newId } from '../../../src/database/columns.ts'
import type { Stage } from './stage.ts'

export interface Bare extends AsyncDisposable {
  url: string
  readSettings(): Promise<object>
}

export async function openBare({ server, workspaceId }: Stage): Promise<Bare> {
  // As many connections as Backdesk has.
  const pool = new pg.Pool({ connectionString: server.databaseUrls.owner, max: 10 })
  const readSettings = async () => {
    const { rows } = await pool.query(SETTINGS, [workspaceId])
    const { settings, ...general } = rows[0]
    const { rows: policies } = await pool.query(POLICY, [workspaceId])
    return { ...general, ...defaultSettings, ...settings, approval_rules: policies[0]?.rules ?? [] }
  }
  const { rows: members } = await pool.query('SELECT id FROM members WHERE workspace_id = $1', [workspaceId])
  const createKey = async (name: string) => {
    const { rows } = await pool.query(NEW_KEY, [workspaceId, newId(), members[0].id, name, randomBytes(32)])
    return rows[0]
  }
  const app = Fastify()
  app.get('/settings', async () => ({ data: await readSettings() }))
  app.post<{ Body: { name: string } }>('/api-keys', async ({ body }) => ({
    data: await createKey(body.name),
  }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const close = () => app.close().then(() => pool.end())
  return { url, readSettings, [Symbol.asyncDispose]: close }
}

/** What `get_workspace_settings` asks (src/access/settings.ts, src/calls/policy-store.ts). */
const POLICY = 'SELECT rules FROM approval_policies WHERE workspace_id = $1'
const SETTINGS = `
  SELECT s.settings, s.version, w.name, w.time_zone, w.currency, w.country
  FROM workspace_settings s JOIN workspaces w ON w.id = s.workspace_id
  WHERE s.workspace_id = $1`

/** What `create_api_key` writes (src/access/keys.ts). */
const NEW_KEY = `
  INSERT INTO api_keys (workspace_id, id, member_id, name, kind, secret_hash, hint, role, scopes)
  VALUES ($1, $2, $3, $4, 'live', $5, 'abcd', 'member', '{}')
  RETURNING *`
