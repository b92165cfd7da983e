import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { offsetAt, reach, readings } from './zone.ts'

const zones = fc.constantFrom(
  'America/New_York',
  'America/St_Johns',
  'Europe/London',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Hong_Kong',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'America/Sao_Paulo',
)
const minutes = fc
  .integer({ min: Date.UTC(1980, 0) / 60_000, max: Date.UTC(2040, 0) / 60_000 })
  .map(minute => minute * 60_000)

test('clocks show what Intl says they show', () => {
  fc.assert(
    fc.property(zones, minutes, (zone, instant) => {
      const shown = new Date(instant + offsetAt(instant, zone)).toISOString().slice(0, 16)
      assert.equal(shown.replace('T', ' '), clockIn(zone).format(instant))
    }),
    { seed: 1, numRuns: 2000 },
  )
})

test('every instant is a reading of what clocks show then, and each reading shows it', () => {
  fc.assert(
    fc.property(zones, minutes, (zone, instant) => {
      const wall = instant + offsetAt(instant, zone)
      assert.ok(readings(wall, zone).includes(instant))
      for (const reading of readings(wall, zone)) assert.equal(reading + offsetAt(reading, zone), wall)
    }),
    { seed: 2, numRuns: 2000 },
  )
})

test('a later wall time is never reached earlier', () => {
  const turns = fc.constantFrom('2026-03-08', '2026-04-05', '2026-04-24', '2026-10-25', '2011-12-30')
  fc.assert(
    fc.property(zones, turns, fc.nat(2 * 1440), fc.nat(1440), (zone, date, minute, more) => {
      const wall = Date.parse(`${date}T00:00Z`) - 86_400_000 + minute * 60_000
      assert.ok(reach(wall, zone) <= reach(wall + more * 60_000, zone))
    }),
    { seed: 3, numRuns: 2000 },
  )
})

test('in a fold a wall time has two readings and is reached at the first; in a gap it has none', () => {
  const wall = (text: string) => Date.parse(`${text}Z`)
  const [first, second] = readings(wall('2026-11-01T01:30'), 'America/New_York')
  assert.equal(first, Date.parse('2026-11-01T01:30-04:00'))
  assert.equal(second, Date.parse('2026-11-01T01:30-05:00'))
  assert.equal(reach(wall('2026-11-01T01:30'), 'America/New_York'), first)
  assert.deepEqual(readings(wall('2026-03-08T02:00'), 'America/New_York'), [])
  assert.equal(reach(wall('2026-03-08T02:00'), 'America/New_York'), Date.parse('2026-03-08T03:00-04:00'))
  assert.equal(reach(wall('2026-03-08T02:59'), 'America/New_York'), Date.parse('2026-03-08T03:00-04:00'))
  assert.equal(readings(wall('2026-03-08T03:00'), 'America/New_York').length, 1)
  assert.equal(readings(wall('2026-11-01T02:00'), 'America/New_York').length, 1)
})

test('the turn of a year is no edge, though each year is read by itself', () => {
  // Kathmandu went from +05:30 to +05:45 at the new year of 1986.
  assert.deepEqual(readings(Date.parse('1986-01-01T00:10Z'), 'Asia/Kathmandu'), [])
  assert.equal(reach(Date.parse('1986-01-01T00:10Z'), 'Asia/Kathmandu'), Date.parse('1986-01-01T00:15+05:45'))
  assert.equal(offsetAt(Date.parse('1985-12-31T18:29Z'), 'Asia/Kathmandu'), 5.5 * 3_600_000)
  assert.equal(offsetAt(Date.parse('1985-12-31T18:30Z'), 'Asia/Kathmandu'), 5.75 * 3_600_000)
})

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockIn(zone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
  clocks.set(zone, clock)
  return clock
}
