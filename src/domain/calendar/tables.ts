/** Drizzle's view of migrations 0012 and 0025: the calendars that staff subscribe to, and those that they have elsewhere. */

import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytes, instant, tenantKey } from '../../database/columns.ts'

export const calendarFeeds = pgTable('calendar_feeds', {
  workspaceId: uuid('workspace_id').notNull(),
  staffId: uuid('staff_id').notNull(),
  generation: integer('generation').notNull(),
  changedAt: instant('changed_at').notNull(),
})

/** Why a calendar could not be read. */
export const readProblems = [
  'unreachable',
  'address_refused',
  'answered_no',
  'too_large',
  'no_calendar',
] as const
export type ReadProblem = (typeof readProblems)[number]

export const externalCalendars = pgTable('external_calendars', {
  ...tenantKey(),
  staffId: uuid('staff_id').notNull(),
  keyId: text('key_id').notNull(),
  box: bytes('box').notNull(),
  host: text('host').notNull(),
  state: text('state').$type<'waiting' | 'read' | 'failing'>().notNull(),
  problem: text('problem').$type<ReadProblem>(),
  skipped: integer('skipped').notNull().default(0),
  readAt: instant('read_at'),
  createdAt: instant('created_at').notNull(),
})
export type ExternalCalendar = typeof externalCalendars.$inferSelect

export const externalBusy = pgTable('external_busy', {
  ...tenantKey(),
  calendarId: uuid('calendar_id').notNull(),
  staffId: uuid('staff_id').notNull(),
  startsAt: instant('starts_at').notNull(),
  endsAt: instant('ends_at').notNull(),
})
