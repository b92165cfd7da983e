/** Slots of many people over many days: what one call takes, and how that grows with the people and with the days. */

import { contextOf } from '../../src/calls/run.ts'
import { type LoadedPlan, loadPlan } from '../../src/domain/availability/load.ts'
import { slotsOf, union } from '../../src/domain/availability/slots.ts'
import { addDays, dayOf, type Interval, type LocalDate, localDateOf } from '../../src/domain/time/local.ts'
import { type Business, openBusiness, placeFields, ZONE } from './rig/business.ts'
import { quantile } from './rig/load.ts'
import { openRoad, type Road } from './rig/road.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

const STAFFING = [50, 100, 200]
const MOST_DAYS = 90
/** In the order of the table: the days grow, then the people, then both. */
const SIZES = [
  { people: 50, days: 30 },
  { people: 50, days: 60 },
  { people: 50, days: 90 },
  { people: 100, days: 30 },
  { people: 200, days: 30 },
  { people: 200, days: 90 },
]

export async function measure(stage: Stage): Promise<Table> {
  const business = await openBusiness(stage, {
    minutes: { duration: 45, interval: 15 },
    hours: { from: '09:00', to: '18:00' },
    staffing: STAFFING,
  })
  const from = addDays(localDateOf(Date.now(), ZONE), 1)
  await fillCalendars(stage, business, from)
  const road = await openRoad(stage)
  const rows = []
  for (const size of SIZES) {
    console.log(`  ${size.people} people, ${size.days} days`)
    rows.push(await measureSize(stage, road, business, { ...size, from }))
  }
  const first = rows[0]!
  return {
    title: 'Slots',
    about: `\`get_available_slots\`, one call at a time: starts every 15 minutes of a service of 45, from 09:00 to 18:00 on every
day, with 100 bookings for each person and 30 days. The call is the whole road without HTTP, whose answer is a page of
100 starts, and every start of the range is found for it. Its parts, taken by themselves: \`load\`, the one query in its
transaction, and \`engine\`, the rules over what it brought. All times are p50.`,
    columns: ['people', 'days', 'bookings', 'person-starts', 'load ms', 'engine ms', 'call ms', 'ratio'],
    rows: rows.map(row => [...row, row.at(-1)! / first.at(-1)!]),
  }
}

/** 100 bookings in each 30 days of each person: three a day, and a fourth every third day. */
async function fillCalendars(
  { server, workspaceId }: Stage,
  business: Business,
  from: LocalDate,
): Promise<void> {
  const { serviceId, locationIds, staffIds, customerIds } = business
  const { owner } = server.house.database
  const place = [serviceId, locationIds[0], customerIds[0], staffIds]
  await owner.query(CALENDARS, [workspaceId, ...place, ZONE, MOST_DAYS, from])
  await owner.query('ANALYZE') // What autovacuum would have done by the time a business is this large.
}

const CALENDARS = `
  WITH booked AS (
    INSERT INTO bookings (workspace_id, id, state, service_id, location_id, customer_id, staff_id, starts_at, ends_at,
      buffer_before_minutes, buffer_after_minutes, price_amount, cancel_cutoff_minutes, policy_start, created_at, updated_at)
    SELECT $1, uuidv7(), 'confirmed', $2, $3, $4, person.id, start, start + interval '45 minutes',
      0, 0, 5000, 1440, start, now(), now()
    FROM unnest($5::uuid[]) WITH ORDINALITY AS person (id, n),
      generate_series(0, $7::int - 1) AS day,
      generate_series(0, CASE WHEN day % 3 = 0 THEN 3 ELSE 2 END) AS nth,
      LATERAL (SELECT ($8::date + day + time '09:00' + nth * interval '135 minutes' + person.n % 5 * interval '15 minutes')
        AT TIME ZONE $6 AS start)
    RETURNING *)
  INSERT INTO allocations (workspace_id, id, booking_id, resource_key, occupied, state)
  SELECT workspace_id, uuidv7(), id, staff_id, tstzrange(starts_at, ends_at), 'held' FROM booked`

async function measureSize(
  { server }: Stage,
  { asker, call }: Road,
  business: Business,
  { people, days, from }: (typeof SIZES)[number] & { from: LocalDate },
): Promise<number[]> {
  const { house } = server
  const location = STAFFING.indexOf(people)
  const to = addDays(from, days - 1)
  const range = { start: dayOf(from, ZONE).start, end: dayOf(to, ZONE).end }
  const { serviceId, locationIds } = business
  const question = { serviceId, locationId: locationIds[location]!, range }
  const request = { ...asker, tool: 'get_available_slots', arguments: {} }
  const load = () =>
    house.database.transaction(asker.workspace.id, { readOnly: true }, tx =>
      loadPlan(contextOf(house, tx, request).context, question),
    )
  const plan = await load()
  const asked = { ...placeFields(business, location), from, to, limit: 100 }
  return [
    people,
    days,
    bookingsIn(plan, range),
    slotsOf(plan, range).reduce((sum, { starts }) => sum + starts.length, 0),
    await typical(load),
    await typical(() => union(slotsOf(plan, range))),
    await typical(() => call('get_available_slots', asked)),
  ]
}

function bookingsIn({ staff }: LoadedPlan, { start, end }: Interval): number {
  return staff.flatMap(({ busy }) => busy).filter(busy => busy.start < end && start < busy.end).length
}

const WARM_UPS = 2
const MOST_RUNS = 15
const LEAST_RUNS = 5
const SECONDS = 1

/** The p50 of as many runs as there is time for, in ms. */
async function typical(work: () => unknown): Promise<number> {
  for (let run = 0; run < WARM_UPS; run++) await work()
  const times: number[] = []
  const deadline = performance.now() + SECONDS * 1000
  while (times.length < LEAST_RUNS || (times.length < MOST_RUNS && performance.now() < deadline)) {
    const began = performance.now()
    await work()
    times.push(performance.now() - began)
  }
  return quantile(times, 0.5)
}
