/** Drizzle's view of migration 0030: jobs. */

import { integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { instant, tenantKey } from '../../database/columns.ts'

export const jobStates = ['queued', 'running', 'done', 'failed'] as const

export const jobs = pgTable('jobs', {
  ...tenantKey(),
  kind: text().notNull(),
  state: text().$type<(typeof jobStates)[number]>().notNull(),
  total: integer().notNull(),
  done: integer().notNull().default(0),
  /** Numbers and codes; nothing of a person. */
  result: jsonb().$type<Record<string, unknown>>().notNull().default({}),
  createdAt: instant('created_at').notNull(),
  finishedAt: instant('finished_at'),
})
export type JobRow = typeof jobs.$inferSelect
