/** Random businesses for tests, around the days on which clocks change. */

import fc from 'fast-check'
import { addDays, type Interval, type LocalDate, type Weekday, weekdays } from '../time/local.ts'
import type { WallInterval } from './hours.ts'
import type { Busy, Need, Part, PersonPlan, Plan, Pool, ServicePlan } from './plan.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

export interface Example {
  plan: Plan
  person: PersonPlan
  /** Starts to ask about, in whole minutes. */
  from: number
  to: number
}

/** A business of one person, and some hours to two days around the turn of its clocks. */
export function businesses(): fc.Arbitrary<Example> {
  return fc.constantFrom(...turns).chain(([zone, date]) => businessAround(zone, date))
}

function businessAround(zone: string, date: LocalDate): fc.Arbitrary<Example> {
  const noon = Date.parse(`${date}T12:00Z`)
  const ada = people(date, noon)
  return fc
    .record({
      now: around(noon - 1.5 * DAY, 1.5 * DAY),
      seconds: fc.constantFrom(0, 0, 1, 59_999),
      service: services(),
      ada,
      needs: fc.oneof(fc.constant<Need[]>([]), fc.array(needs(noon), { minLength: 1, maxLength: 2 })),
      from: around(noon, DAY),
      length: fc.integer({ min: 1, max: 2 * 1440 }),
      ignore: fc.subarray(['b0', 'b1']),
      party: fc.constantFrom(undefined, 1, 1, 1, 2, 4),
    })
    .map(({ now, seconds, service, ada, needs, from, length, ignore, party }) => ({
      plan: { now: now + seconds, zone, service, staff: [ada], party, needs, ignore: new Set(ignore) },
      person: ada,
      from,
      to: from + length * MINUTE,
    }))
}

function services(): fc.Arbitrary<ServicePlan> {
  return fc.tuple(terms(), fc.option(parts(), { nil: undefined })).map(([service, parts]) => {
    if (!parts) return service
    // What add-ons bring belongs to the last part.
    const written = parts.reduce((sum, { minutes, gapAfterMinutes }) => sum + minutes + gapAfterMinutes, 0)
    return { ...service, parts, durationMinutes: written + service.bufferBeforeMinutes }
  })
}

function parts(): fc.Arbitrary<Part[]> {
  const part = fc.record({
    minutes: fc.constantFrom(5, 10, 30),
    gapAfterMinutes: fc.constantFrom(0, 5, 20, 45),
  })
  return fc
    .array(part, { minLength: 2, maxLength: 3 })
    .map(parts => [...parts.slice(0, -1), { ...parts.at(-1)!, gapAfterMinutes: 0 }])
}

function needs(noon: number): fc.Arbitrary<Need> {
  return fc.record({
    quantity: fc.constantFrom(1, 1, 2),
    choices: fc.array(rooms(noon), { minLength: 1, maxLength: 2 }),
  })
}

/** Some have more taken than they have: units were removed, or the rows are from elsewhere. The engine must bear it. */
function rooms(noon: number): fc.Arbitrary<Pool> {
  return fc.record({
    id: fc.constant('room'),
    name: fc.constant('Room'),
    active: often,
    units: fc.integer({ min: 1, max: 4 }),
    taken: takings(noon, 24),
  })
}

function takings(noon: number, maxLength: number): fc.Arbitrary<Busy[]> {
  return fc
    .array(fc.tuple(spans(noon, 180), holdEnds(noon)), { maxLength })
    .map(taken =>
      taken.map(([span, until], index) => ({ ...span, ...until, ref: refs[index % refs.length]! })),
    )
}

function terms(): fc.Arbitrary<ServicePlan> {
  return fc.record({
    active: often,
    durationMinutes: fc.constantFrom(5, 20, 30, 45, 60, 90, 200),
    bufferBeforeMinutes: fc.constantFrom(0, 5, 20),
    bufferAfterMinutes: fc.constantFrom(0, 10, 45),
    intervalMinutes: fc.constantFrom(undefined, 5, 15, 25, 60),
    noticeMinutes: fc.constantFrom(0, 0, 30, 120, 1440),
    windowDays: fc.constantFrom(0, 1, 2, 3, 7, 7),
    capacity: fc.constantFrom(undefined, 1, 3),
  })
}

function people(date: LocalDate, noon: number): fc.Arbitrary<PersonPlan> {
  const dates = fc.integer({ min: -2, max: 2 }).map(days => addDays(date, days))
  const overrides = fc.uniqueArray(fc.record({ date: dates, intervals }), {
    maxLength: 2,
    selector: ({ date }) => date,
  })
  return fc.record({
    id: fc.constant('ada'),
    active: often,
    performs: often,
    durationMinutes: fc.constantFrom(undefined, undefined, 25, 75),
    hours: fc.record({ weekly: weeks, overrides, closures: fc.uniqueArray(dates, { maxLength: 1 }) }),
    timeOff: fc.array(spans(noon, 400), { maxLength: 2 }),
    busy: takings(noon, 12),
  })
}

const refs: Busy['ref'][] = [
  { kind: 'booking', id: 'b0' },
  { kind: 'hold', id: 'b1' },
  { kind: 'external', id: 'e0' },
]

/** Whole minutes from the given moment, either way. */
function around(moment: number, reach: number): fc.Arbitrary<number> {
  const most = reach / MINUTE
  return fc.integer({ min: -most, max: most }).map(minutes => moment + minutes * MINUTE)
}

function spans(noon: number, mostMinutes: number): fc.Arbitrary<Interval> {
  return fc
    .tuple(around(noon, 2 * DAY), fc.integer({ min: 1, max: mostMinutes }))
    .map(([start, minutes]) => ({ start, end: start + minutes * MINUTE }))
}

/** One in two never ends by itself; the others' end is as likely behind `now` as before it. */
function holdEnds(noon: number): fc.Arbitrary<{ until?: number }> {
  return fc.option(fc.record({ until: around(noon, 2 * DAY) }), { nil: {}, freq: 2 })
}

const often = fc.constantFrom(...Array<boolean>(39).fill(true), false)

const wallTimes = fc
  .integer({ min: 0, max: 287 })
  .map(fifths => new Date(fifths * 5 * MINUTE).toISOString().slice(11, 16))

/** Now and then they overlap, which the engine must bear; one in two runs past midnight. */
const intervals: fc.Arbitrary<WallInterval[]> = fc.array(
  fc.record({ from: wallTimes, to: fc.oneof({ weight: 5, arbitrary: wallTimes }, fc.constant('24:00')) }),
  { maxLength: 2 },
)

const weeks = fc.record(
  Object.fromEntries(weekdays.map(day => [day, intervals])) as Record<Weekday, typeof intervals>,
)

/** Dates around which clocks change, skip midnight or skip a day, and zones an odd number of minutes from UTC. */
const turns = [
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['America/Havana', '2026-03-08'], // No midnight.
  ['America/Havana', '2026-11-01'], // Two of them.
  ['Europe/London', '2026-03-29'],
  ['Europe/London', '2026-10-25'],
  ['Europe/Berlin', '2026-03-29'],
  ['Australia/Lord_Howe', '2026-04-05'], // By half an hour.
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Africa/Cairo', '2026-04-24'], // No midnight.
  ['Africa/Cairo', '2026-10-29'], // The hour before midnight twice.
  ['Africa/Casablanca', '2026-02-15'],
  ['Asia/Kathmandu', '1985-12-31'], // By a quarter of an hour, from +05:30 to +05:45, at midnight of new year.
  ['Asia/Kathmandu', '2026-06-10'],
  ['Asia/Kolkata', '2026-06-10'],
  ['Asia/Hong_Kong', '1979-10-21'],
  ['Asia/Hong_Kong', '2026-06-10'],
  ['Pacific/Apia', '2011-12-30'], // No such day.
  ['Pacific/Apia', '2012-04-01'],
] as const
