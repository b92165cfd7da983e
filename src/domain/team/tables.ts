/** The table of invitations, as Drizzle reads it; its constraints are in migration 0024. */

import { sql } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import type { Role } from '../../access/principal.ts'
import { id, instant, tenantKey } from '../../database/columns.ts'

export const teamInvites = pgTable('team_invites', {
  ...tenantKey(),
  email: text().notNull(),
  name: text(),
  role: text().$type<Role>().notNull(),
  staffId: id('staff_id'),
  invitedBy: id('invited_by').notNull(),
  // Real time, as of every credential.
  createdAt: instant('created_at').notNull().default(sql`clock_timestamp()`),
  expiresAt: instant('expires_at').notNull(),
  acceptedAt: instant('accepted_at'),
  memberId: id('member_id'),
})
export type TeamInvite = typeof teamInvites.$inferSelect
