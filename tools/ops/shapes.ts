/** Shapes that the tools of operations share. */

import { z } from 'zod'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import type { ConnectedCalendar } from '../../src/domain/calendar/external.ts'
import { readProblems } from '../../src/domain/calendar/tables.ts'
import type { AutomationView } from '../../src/domain/messaging/automations.ts'
import { channels } from '../../src/domain/messaging/tables.ts'

export const AutomationRow = z.object({
  key: z.string(),
  on: z.string().describe('The event it answers to.'),
  enabled: z.boolean(),
  template: z.string().describe('Key of the template it drafts from.'),
  channel: z.enum(channels).nullable().describe('null: the first that reaches the customer.'),
  minutes_before: z.int().nullable().describe('Of a reminder: how long before the start.'),
  version: z.int().describe('0: as it came.'),
})

export function rowOf({ templateKey, minutesBefore, ...automation }: AutomationView) {
  return { ...automation, template: templateKey, minutes_before: minutesBefore ?? null }
}

export const ExternalCalendar = z.object({
  id: Id('calendar'),
  staff_id: Id('staff'),
  host: z.string(),
  state: z.enum(['waiting', 'read', 'failing']),
  problem: z.enum(readProblems).nullable(),
  busy: z.int().describe('Busy times that are kept.'),
  skipped: z.int().describe('Events of which not all could be read.'),
  read_at: Instant().nullable().describe('When it last went well.'),
})

export function calendarShown({
  createdAt: _,
  staffId: staff_id,
  readAt: read_at,
  ...calendar
}: ConnectedCalendar) {
  return { ...calendar, staff_id, read_at }
}
