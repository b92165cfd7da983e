/** `create_booking` for different people and for one, each beside the rows of a booking written by hand. */

import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { idText } from '../../src/catalog/kinds.ts'
import { dayOf, localDateOf } from '../../src/domain/time/local.ts'
import { DAY, MINUTE } from '../../src/domain/time/zone.ts'
import { bookByHand } from './rig/bare-booking.ts'
import { type Business, openBusiness, placeFields, ZONE } from './rig/business.ts'
import { quantile } from './rig/load.ts'
import { openRoad, type Road } from './rig/road.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

interface Target {
  name: string
  writers: number
  book(wanted: Wanted): Promise<unknown>
  /** Its own, so that no target meets what another has booked. */
  business: Business
  booked: number
  latencies: number[]
}

/** Ids are uuids, instants RFC 3339. */
interface Wanted {
  staffId: string
  customerId: string
  start: string
  end: string
}

const ROUNDS = 2
const SECONDS = 2
/** As many as Backdesk has connections; the rivals are more. */
const WRITERS = 10
const RIVALS = 16

export async function measure(stage: Stage): Promise<Table> {
  const road = await openRoad(stage)
  const pool = new pg.Pool({ connectionString: stage.server.databaseUrls.app, max: 10 })
  try {
    const targets = await openTargets(stage, road, pool)
    for (let round = 1; round <= ROUNDS; round++)
      for (const target of targets) {
        console.log(`  round ${round} of ${ROUNDS}: ${target.name}`)
        await write(target)
      }
    return {
      title: 'A booking',
      about: `\`create_booking\`, each with an idempotency key of its own: ${WRITERS} writers on different people, customers and slots, and
${RIVALS} whose slots are different but all of one person, for whose row they wait. By hand it is the same locks and rows on
plain \`pg\`, statement after statement, without a rule, an overlap looked for, or an answer. Both begin where the caller
is known, without HTTP. A ratio is to the same writers by hand.`,
      columns: ['', 'bookings/s', 'ratio', 'p50 ms', 'p99 ms'],
      rows: targets.map((target, i) => rowOf(target, targets[i - (i % 2)]!)),
    }
  } finally {
    await pool.end()
  }
}

/** In pairs: by hand, and on the road. */
async function openTargets(stage: Stage, road: Road, pool: pg.Pool): Promise<Target[]> {
  const targets: Target[] = []
  for (const { people, writers, where } of [
    { people: 50, writers: WRITERS, where: `${WRITERS} writers, different people` },
    { people: 1, writers: RIVALS, where: `${RIVALS} writers, one person` },
  ]) {
    for (const [how, bookingOf] of [
      ['bare SQL', byHand(stage, road, pool)],
      ['Backdesk', onTheRoad(road)],
    ] as const) {
      const business = await openBusiness(stage, {
        minutes: { duration: MINUTES, interval: MINUTES },
        hours: { from: '00:00', to: '24:00' },
        staffing: [people],
      })
      const book = bookingOf(business)
      targets.push({ name: `${how}, ${where}`, writers, book, business, booked: 0, latencies: [] })
    }
  }
  return targets
}

function byHand({ workspaceId }: Stage, { asker }: Road, pool: pg.Pool) {
  return ({ serviceId, locationIds }: Business) => {
    const place = { workspaceId, serviceId, locationId: locationIds[0]!, principalId: asker.principal.id! }
    return (wanted: Wanted) => bookByHand(pool, { ...place, ...wanted })
  }
}

function onTheRoad({ call }: Road) {
  return (business: Business) => {
    const place = placeFields(business)
    return ({ staffId, customerId, start }: Wanted) =>
      call('create_booking', {
        ...place,
        staff_id: idText('staff', staffId),
        customer_id: idText('customer', customerId),
        start,
        idempotency_key: crypto.randomUUID(),
      })
  }
}

/** For some seconds, each writer books as soon as its last booking is made. */
async function write(target: Target): Promise<void> {
  const { writers, book, business, latencies } = target
  const deadline = performance.now() + SECONDS * 1000
  const writer = async () => {
    for (;;) {
      const began = performance.now()
      if (began > deadline) return
      await book(wantedOf(business, target.booked++))
      latencies.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: writers }, writer))
  await delay(100) // What the last commits left to do is not the next target's to pay.
}

const MINUTES = 15
/** Spread over the days, so that no day's calendar grows long. */
const DAYS = 300

function wantedOf({ staffIds, customerIds }: Business, nth: number): Wanted {
  const slot = Math.floor(nth / staffIds.length)
  const date = localDateOf(Date.now() + DAY * (1 + (slot % DAYS)), ZONE)
  const start = dayOf(date, ZONE).start + Math.floor(slot / DAYS) * MINUTES * MINUTE
  return {
    staffId: staffIds[nth % staffIds.length]!,
    customerId: customerIds[nth % customerIds.length]!,
    start: new Date(start).toISOString(),
    end: new Date(start + MINUTES * MINUTE).toISOString(),
  }
}

function rowOf(target: Target, byHand: Target): Table['rows'][number] {
  const { name, latencies } = target
  return [
    name,
    rateOf(target),
    rateOf(target) / rateOf(byHand),
    quantile(latencies, 0.5),
    quantile(latencies, 0.99),
  ]
}

function rateOf({ latencies }: Target): number {
  return latencies.length / (ROUNDS * SECONDS)
}
