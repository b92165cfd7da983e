/** The tables of OAuth, as Drizzle reads them; their constraints are in migration 0022. */

import { sql } from 'drizzle-orm'
import { customType, pgTable, text } from 'drizzle-orm/pg-core'
import { id, instant, tenantKey } from '../../database/columns.ts'
import type { Scope } from '../principal.ts'

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' })

const realNow = sql`clock_timestamp()`

export const connections = pgTable('connections', {
  ...tenantKey(),
  memberId: id('member_id').notNull(),
  clientId: text('client_id').notNull(),
  name: text().notNull(),
  resource: text().notNull(),
  scopes: text().array().$type<Scope[]>().notNull(),
  createdAt: instant('created_at').notNull().default(realNow),
  expiresAt: instant('expires_at').notNull(),
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at'),
})

export const oauthGrants = pgTable('oauth_grants', {
  grantHash: bytes('grant_hash').primaryKey(),
  workspaceId: id('workspace_id').notNull(),
  connectionId: id('connection_id').notNull(),
  clientHash: bytes('client_hash').notNull(),
  expiresAt: instant('expires_at').notNull(),
})

export const oauthArtifacts = pgTable('oauth_artifacts', {
  model: text().notNull(),
  idHash: bytes('id_hash').notNull(),
  grantHash: bytes('grant_hash'),
  keyId: text('key_id').notNull(),
  box: bytes('box').notNull(),
  createdAt: instant('created_at').notNull().default(realNow),
  expiresAt: instant('expires_at'),
  consumedAt: instant('consumed_at'),
})
