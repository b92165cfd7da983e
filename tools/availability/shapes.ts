/** Shapes that tools about hours share. */

import { z } from 'zod'
import { ClosingTime, Id, Instant, WallTime, Weekday } from '../../src/catalog/kinds.ts'

/** Hours of one day, as a caller writes them. */
export const Intervals = z
  .array(z.strictObject({ from: WallTime(), to: ClosingTime() }))
  .max(12)
  .describe('Local times; to ≤ from runs past midnight. Empty: closed.')

/** A week, as a caller writes it. */
export const Week = z.partialRecord(Weekday(), Intervals).describe('A day left out is closed.')

/** Hours of one day, as they are read. */
export const IntervalsShown = z.array(z.object({ from: z.string(), to: z.string() }))

/** Every weekday of a week, as it is read. */
export const WeekShown = z.record(z.string(), IntervalsShown)

/** A booking that stays where hours have gone. */
export const BookingInTheWay = z.object({
  id: Id('booking'),
  starts_at: Instant(),
  ends_at: Instant(),
  staff_id: Id('staff'),
  customer_id: Id('customer').nullable(),
})

export const TimeOff = z.object({
  id: Id('timeoff'),
  staff_id: Id('staff'),
  starts_at: Instant(),
  ends_at: Instant(),
  local_starts_at: z.string().describe('On the clocks where the person works.'),
  local_ends_at: z.string(),
  time_zone: z.string(),
  reason: z.string().nullable(),
})
