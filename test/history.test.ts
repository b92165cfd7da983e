/** No query's cost grows with history: what is asked about the days to come reads no row of the years behind. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { Temporal } from 'temporal-polyfill'
import { asSystem } from '../src/calls/as-system.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import { availableSlots, explainStart } from '../src/domain/availability/offer.ts'
import { bookingExpiry, lockLapsed } from '../src/domain/bookings/expiry.ts'
import { bookingsOverlapping } from '../src/domain/bookings/overlapping.ts'
import { findPlace } from '../src/domain/bookings/place.ts'
import { getBooking, listBookings } from '../src/domain/bookings/read.ts'
import { comingBookings } from '../src/domain/business/coming.ts'
import { agendaOf } from '../src/domain/calendar/agenda.ts'
import type { Context } from '../src/domain/context.ts'
import { dueReminders } from '../src/domain/messaging/reminders.ts'
import { openDesk, textOf, unlimited } from './support/booking.ts'
import type { Body } from './support/caller.ts'
import { startServer } from './support/server.ts'

const PAST = 100_000
/** Beside them stand 20 bookings to come; a question reads each once or twice, with the time that it takes. */
const MOST_READ = 100

const server = await startServer({ after }, unlimited)
const desk = await openDesk(server, { staff: 2 })
const customer_id = await desk.customer()
const coming: Body[] = []
for (let n = 0; n < 20; n++) {
  const start = textOf(desk.morning(1 + (n >> 2)).add({ hours: 2 * (n % 4) }))
  coming.push(await desk.booked({ customer_id, start, staff_id: desk.staffIds[n % 2] }))
}
await desk.policy({
  customer_limits: { cooldown_minutes: 5, on_hand_limit: 100, day_limit: 50, week_limit: 100 },
})
await desk.rows(
  `INSERT INTO automations (workspace_id, id, key, enabled, template_key, updated_at)
   VALUES ($1, gen_random_uuid(), 'booking_reminder', true, 'booking_reminder', now())`,
)
await loadHistory()

const now = Temporal.Instant.from('2030-01-07T08:00:00Z')
const [staffId, customerId] = [uuidOf(desk.staffIds[0]!), uuidOf(customer_id)]
const where = { serviceId: uuidOf(desk.serviceId), locationId: uuidOf(desk.locationId) }
const week = { from: now, until: now.add({ hours: 7 * 24 }) }
const start = desk.morning(2).add({ hours: 9 }).toInstant()

const questions: Record<string, (context: Context) => Promise<unknown>> = {
  'the slots of a week': context => availableSlots(context, { ...where, limit: 100 }),
  "one person's slots": context => availableSlots(context, { ...where, staffId, limit: 100 }),
  'why not then': context => explainStart(context, { ...where, start, customerId }),
  'a place with one person': context => findPlace(context, { ...where, staffId, start, customerId }),
  'a place with anybody': context => findPlace(context, { ...where, staffId: 'any', start, customerId }),
  'what has lapsed': context => lockLapsed(context),
  'the bookings of a week': context => listBookings(context, { ...week, limit: 100 }),
  "a person's week": context => listBookings(context, { ...week, staffId, limit: 100 }),
  "a customer's week": context => listBookings(context, { ...week, customerId, limit: 100 }),
  "a service's week": context => listBookings(context, { ...week, serviceId: where.serviceId, limit: 100 }),
  'what waits for an answer': context => listBookings(context, { state: 'pending', limit: 100 }),
  'one booking': context => getBooking(context, uuidOf(coming[0].id)),
  'what an absence touches': context => bookingsOverlapping(context, { staffId, ...week }),
  'what a closure touches': context =>
    bookingsOverlapping(context, { locationId: where.locationId, ...week }),
  'the agenda of a day': context =>
    agendaOf(context, { locationId: where.locationId, from: '2030-01-08', days: 1, limit: 100 }),
  'what is reminded of next': context => dueReminders[0]!.next(context, now.add({ hours: 48 })),
  'what lapses next': context => bookingExpiry.next(context, now.add({ hours: 48 })),
  "a person's bookings to come": context => comingBookings(context, { staffId }),
  "a service's bookings to come": context => comingBookings(context, { serviceId: where.serviceId }),
}

for (const [name, ask] of Object.entries(questions)) {
  test(`${name}: no row of ${PAST} past bookings is read`, async () => {
    await asSystem(server.house)(desk.workspaceId, 'question', async context => {
      const before = await rowsRead(context)
      await ask(context)
      const read = (await rowsRead(context)) - before
      assert.ok(read <= MOST_READ, `${read} rows`)
    })
  })
}

/** By this connection, which counts for itself until some time after the transaction: only differences speak. */
async function rowsRead({ db }: Context): Promise<number> {
  const { rows } = await db.execute<{ read: number }>(sql`
    SELECT sum(seq_tup_read + idx_tup_fetch)::int AS read FROM pg_stat_xact_user_tables
    WHERE relname IN ('bookings', 'allocations', 'booking_history')`)
  return rows[0]!.read
}

/**
 * Half an hour after half an hour into the past, all of one customer. As an administrator without foreign keys, which
 * would take longer to check than all else; the constraint that guards the places is checked.
 */
async function loadHistory(): Promise<void> {
  const admin = new pg.Client({ connectionString: server.databaseUrls.owner })
  await admin.connect()
  await admin.query('SET session_replication_role = replica')
  await admin.query(
    `INSERT INTO bookings
     SELECT row.* FROM (SELECT b FROM bookings b WHERE workspace_id = $1 LIMIT 1) template, generate_series(1, $4::int) n,
       jsonb_populate_record(b, jsonb_build_object(
         'id', gen_random_uuid(),
         'state', (ARRAY['completed', 'completed', 'no_show', 'confirmed', 'arrived'])[1 + n % 5],
         'staff_id', CASE WHEN n % 2 = 0 THEN $2::uuid ELSE $3::uuid END,
         'starts_at', timestamptz '2030-01-01' - n / 2 * interval '30 minutes',
         'ends_at', timestamptz '2030-01-01' - n / 2 * interval '30 minutes' + interval '30 minutes')) row`,
    [desk.workspaceId, ...desk.staffIds.map(uuidOf), PAST],
  )
  await admin.query(
    `INSERT INTO allocations
     SELECT workspace_id, gen_random_uuid(), id, staff_id, tstzrange(starts_at, ends_at), 'held', NULL
     FROM bookings WHERE starts_at < '2030-01-02' ORDER BY staff_id, starts_at`,
  )
  await admin.query(
    `INSERT INTO booking_history (workspace_id, id, booking_id, at, event, to_state, principal_kind)
     SELECT workspace_id, gen_random_uuid(), id, starts_at, 'confirm', 'confirmed', 'system'
     FROM bookings WHERE starts_at < '2030-01-02'`,
  )
  await admin.query('ANALYZE bookings, allocations, booking_history')
  await admin.end()
}
