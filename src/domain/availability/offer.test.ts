import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { unlimited } from '../../../test/support/booking.ts'
import { type Body, type Caller, callTool, done, fresh, refused } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { addDays, dayOf, localTimeOf } from '../time/local.ts'
import { MINUTE } from '../time/zone.ts'
import { everyDay, hours, person, plan } from './examples.testing.ts'
import { consult } from './oracle.testing.ts'

const server = await startServer({ after }, unlimited)

/** A date in 2030 on which, or beside which, clocks turn; and two zones whose clocks are odd and never do. */
const turns = [
  ['America/New_York', '2030-03-10'],
  ['America/New_York', '2030-11-03'],
  ['Europe/London', '2030-03-31'],
  ['Europe/London', '2030-10-27'],
  ['Australia/Lord_Howe', '2030-04-07'],
  ['Australia/Lord_Howe', '2030-10-06'],
  ['Africa/Cairo', '2030-04-26'],
  ['Africa/Cairo', '2030-10-31'],
  ['Asia/Kathmandu', '2030-04-14'],
  ['Asia/Kolkata', '2030-04-14'],
  ['Asia/Hong_Kong', '2030-06-10'],
  ['Pacific/Apia', '2030-04-07'],
] as const

const wallTimes = fc
  .integer({ min: 0, max: 95 })
  .map(quarters => new Date(quarters * 15 * MINUTE).toISOString().slice(11, 16))

const businesses = fc.record({
  from: wallTimes,
  to: fc.oneof(wallTimes, fc.constant('24:00')),
  duration_minutes: fc.constantFrom<number>(30, 45, 60, 90),
  buffer_before_minutes: fc.constantFrom<number>(0, 10),
  buffer_after_minutes: fc.constantFrom<number>(0, 15),
  slot_interval_minutes: fc.constantFrom<number | null>(null, 25, 60),
  notice_minutes: fc.constantFrom<number>(0, 30, 600),
  window_days: fc.constantFrom<number>(0, 1, 2, 5),
  /** Minutes from noon of the date. */
  now: fc.integer({ min: -2200, max: -100 }),
  timeOff: fc.tuple(fc.integer({ min: -700, max: 700 }), fc.integer({ min: 1, max: 300 })),
  taken: fc.uniqueArray(fc.integer({ min: -720, max: 720 }), { maxLength: 3 }),
  override: fc.option(fc.record({ from: wallTimes, to: wallTimes })),
})
type Business = typeof businesses extends fc.Arbitrary<infer Value> ? Value : never

for (const [index, [zone, date]] of turns.entries()) {
  test(`${zone} around ${date}: what is offered can be booked, what is not is refused as it is explained`, async () => {
    for (const business of fc.sample(businesses, { seed: 20300331 + index, numRuns: 2 })) {
      const seen = JSON.stringify(business)
      const shop = await open(zone, date, business)
      const offered: number[] = []
      for (const { start, local } of await slotsOf(shop, date)) {
        offered.push(Date.parse(start))
        assert.equal(Temporal.ZonedDateTime.from(local).epochMilliseconds, Date.parse(start), local)
        assert.equal(local.slice(0, 16), localTimeOf(Date.parse(start), zone).slice(0, 16))
      }
      const grid = gridOf(shop, zone, date, business)
      assert.deepEqual(
        offered.filter(start => !grid.includes(start)),
        [],
        `off the grid: ${seen}`,
      )
      const booked = some(offered).map(async start =>
        assert.equal(await answer(shop, start), null, `${start} ${seen}`),
      )
      const refused = some(grid.filter(start => !offered.includes(start))).map(async start => {
        const args = { ...shop.where, start: textOf(start) }
        const { code } = await done(shop, 'explain_unavailability', args)
        assert.notEqual(code, null, `${textOf(start)} is not offered: ${seen}`)
        assert.equal(await answer(shop, start), code, `${textOf(start)} ${seen}`)
      })
      await Promise.all([...booked, ...refused])
    }
  })
}

interface Shop extends Caller {
  where: { service_id: string; location_id: string; staff_id: string }
  customer_id: string
  /** Whether the date's own hours were accepted, beside those of the days around it. */
  overridden: boolean
}

async function open(zone: string, date: string, business: Business): Promise<Shop> {
  const { from, to, slot_interval_minutes, notice_minutes, window_days, ...rest } = business
  const { now, timeOff, taken, override, ...minutes } = rest
  const owner = await server.signUp()
  const root = { url: server.url, key: owner.key }
  const { api_key: key } = await made(root, 'create_sandbox', {})
  const agent = { url: server.url, key }
  const noon = Date.parse(`${date}T12:00Z`)
  const minute = (offset: number) => textOf(noon + offset * MINUTE)
  await done(agent, 'set_sandbox_clock', { to: minute(now) })
  const hours = Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map(day => [day, [{ from, to }]]),
  )
  const location = await made(agent, 'create_location', { name: 'There', time_zone: zone, hours })
  const price = { amount: 100, currency: 'EUR' }
  const service = await made(agent, 'create_service', { name: 'Session', price, ...minutes })
  const person = await made(agent, 'create_staff', { name: 'Ada', location_ids: [location.id] })
  const [customer, other] = await Promise.all(
    ['Ana', 'Bea'].map(name => made(agent, 'create_customer', { name })),
  )
  await done(agent, 'set_staff_services', { staff_id: person.id, services: [{ service_id: service.id }] })
  const where = { service_id: service.id, location_id: location.id, staff_id: person.id }
  const overrides = ['outside_hours', 'outside_booking_window', 'min_notice']
  for (const offset of taken)
    await callTool(agent, 'create_booking', {
      ...where,
      customer_id: other!.id,
      start: minute(offset),
      overrides,
      idempotency_key: fresh(),
    })
  await made(agent, 'create_time_off', {
    staff_id: person.id,
    from: minute(timeOff[0]),
    to: minute(timeOff[0] + timeOff[1]),
  })
  const overridden =
    override &&
    !(
      await callTool(agent, 'set_schedule_override', {
        staff_id: person.id,
        location_id: location.id,
        date,
        intervals: [override],
      })
    ).isError
  const policy = { slot_interval_minutes, notice_minutes, window_days }
  await done(agent, 'set_service_booking_policy', { service_id: service.id, ...policy })
  return { ...agent, where, customer_id: customer!.id, overridden: overridden === true }
}

/** The slots of the date and the one after it. */
async function slotsOf(shop: Shop, date: string): Promise<Body[]> {
  const to = Temporal.PlainDate.from(date).add({ days: 1 }).toString()
  const { slots } = await done(shop, 'get_available_slots', { ...shop.where, from: date, to, limit: 100 })
  return slots
}

/** Every point of the grid on the date and the one after it, by a slow look at every minute. */
function gridOf({ overridden }: Shop, zone: string, date: string, business: Business): number[] {
  const { slot_interval_minutes, duration_minutes, from, to, override } = business
  const overrides = overridden && override ? [{ date, intervals: [override] }] : []
  const ada = person({ hours: hours(everyDay(`${from}–${to}`), { overrides }) })
  const terms = { durationMinutes: duration_minutes, intervalMinutes: slot_interval_minutes ?? undefined }
  const days = { start: dayOf(date, zone).start, end: dayOf(addDays(date, 1), zone).end }
  return consult(plan({ zone, staff: [ada] }, terms), ada, days.start, days.end).grid
}

/** Up to five of them, spread. */
function some(all: number[]): number[] {
  const every = Math.max(1, Math.ceil(all.length / 5))
  return all.filter((_, index) => index % every === 0)
}

/** What booking then would be refused with; null where it would be made. */
async function answer({ where, customer_id, ...shop }: Shop, at: number): Promise<string | null> {
  const args = { ...where, customer_id, start: textOf(at), dry_run: true, idempotency_key: fresh() }
  const { body } = await callTool(shop, 'create_booking', args)
  return body.status === 'dry_run' ? null : body.code
}

function textOf(at: number): string {
  return new Date(at).toISOString()
}

const plain = {
  from: '00:00',
  to: '24:00',
  duration_minutes: 60,
  buffer_before_minutes: 0,
  buffer_after_minutes: 0,
  slot_interval_minutes: 50,
  notice_minutes: 0,
  window_days: 30,
  now: -2000,
  timeOff: [5000, 1],
  taken: [],
  override: null,
} satisfies Business

test('page after page continues where the last one ended, without a gap or a repeat', async () => {
  const shop = await open('Europe/London', '2030-10-27', { ...plain, taken: [0, 300] })
  const range = { ...shop.where, from: '2030-10-27', to: '2030-10-28' }
  const paged: string[] = []
  let cursor: string | undefined
  do {
    const { body } = await callTool(shop, 'get_available_slots', { ...range, limit: 7, cursor })
    paged.push(...body.data.slots.map(({ start }: Body) => start))
    cursor = body.next_cursor
  } while (cursor)
  const whole: Body = await callTool(shop, 'get_available_slots', { ...range, limit: 100 })
  assert.deepEqual(
    paged,
    whole.body.data.slots.map(({ start }: Body) => start),
  )
  assert.ok(paged.length > 40, `${paged.length} slots`)
  assert.equal(await refused(shop, 'get_available_slots', { ...range, cursor: 'x' }), 'invalid_input')
})

test("today and a week from it are the location's, whatever the date is elsewhere", async () => {
  for (const [zone, now, today, last] of [
    ['Pacific/Apia', -100, '2030-06-10', '2030-06-16'],
    ['Pacific/Kiritimati', -100, '2030-06-11', '2030-06-17'],
    ['Pacific/Pago_Pago', -100, '2030-06-09', '2030-06-15'],
  ] as const) {
    const shop = await open(zone, '2030-06-10', {
      ...plain,
      duration_minutes: 720,
      slot_interval_minutes: null,
      now,
    })
    const { slots } = await done(shop, 'get_available_slots', { ...shop.where, limit: 100 })
    const dates = slots.map(({ local }: Body) => local.slice(0, 10))
    assert.equal(dates.at(-1), last, zone)
    const one = await done(shop, 'get_available_slots', { ...shop.where, to: today })
    for (const { local } of one.slots) assert.equal(local.slice(0, 10), today, zone)
  }
})

test('a range of dates is at most 93 days and does not run backwards', async () => {
  const shop = await open('Europe/London', '2030-06-10', plain)
  const ask = (from: string, to: string) => callTool(shop, 'get_available_slots', { ...shop.where, from, to })
  assert.equal((await ask('2030-06-11', '2030-06-10')).body.code, 'invalid_input')
  assert.equal((await ask('2030-06-10', '2030-09-11')).body.code, 'invalid_input')
  assert.equal((await ask('2030-06-10', '2030-09-10')).isError, false)
})

test('the next slots are the first of those offered, from a moment on', async () => {
  const shop = await open('Africa/Cairo', '2030-04-26', { ...plain, taken: [10] })
  const range = { ...shop.where, from: '2030-04-26', to: '2030-04-27' }
  const { slots } = await done(shop, 'get_available_slots', { ...range, limit: 100 })
  const next = await done(shop, 'find_next_available_slot', {
    ...shop.where,
    from: slots[10].start,
    count: 5,
  })
  assert.deepEqual(next.slots, slots.slice(10, 15))
})

test('the next slots are found however far ahead, and none after the window', async () => {
  const until = 79 * 1440
  const away = { ...plain, window_days: 80, timeOff: [-2500, until + 2500] } satisfies Business
  const shop = await open('Europe/London', '2030-06-10', away)
  const range = { ...shop.where, from: '2030-08-27', to: '2030-08-29' }
  const { slots } = await done(shop, 'get_available_slots', { ...range, limit: 100 })
  assert.ok(slots.length > 5 && slots.length < 20, `${slots.length} slots`)
  for (const per_person of [false, true]) {
    const next = await done(shop, 'find_next_available_slot', { ...shop.where, count: 20, per_person })
    assert.deepEqual(next.slots, slots)
  }
})

test('the next slots go on where a week that was looked at ends, in the middle of a shift', async () => {
  const mornings = { ...plain, from: '09:00', to: '11:00', window_days: 60 } satisfies Business
  const shop = await open('Europe/London', '2030-06-10', mornings)
  const from = '2030-06-10T08:30:00.000Z'
  const range = { ...shop.where, from: '2030-06-10', to: '2030-07-10' }
  const { slots } = await done(shop, 'get_available_slots', { ...range, limit: 100 })
  for (const per_person of [false, true]) {
    const next = await done(shop, 'find_next_available_slot', { ...shop.where, from, count: 20, per_person })
    assert.deepEqual(next.slots, slots.filter(({ start }: Body) => start >= from).slice(0, 20))
  }
})
