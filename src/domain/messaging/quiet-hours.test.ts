import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { localTimeOf } from '../time/local.ts'
import { quietUntil } from './quiet-hours.ts'

const night = { from: '21:00', to: '08:00' }

function end(now: string, hours = night, zone = 'Europe/Madrid'): string | null {
  const until = quietUntil(Date.parse(now), hours, zone)
  return until === null ? null : new Date(until).toISOString()
}

test('they begin at the minute that they name, and end at the other', () => {
  assert.equal(end('2030-01-07T20:59:59+01:00'), null)
  assert.equal(end('2030-01-07T21:00:00+01:00'), '2030-01-08T07:00:00.000Z')
  assert.equal(end('2030-01-08T07:59:59+01:00'), '2030-01-08T07:00:00.000Z')
  assert.equal(end('2030-01-08T08:00:00+01:00'), null)
})

test('within one day, and of no length', () => {
  assert.equal(end('2030-01-07T14:30:00+01:00', { from: '14:00', to: '16:00' }), '2030-01-07T15:00:00.000Z')
  assert.equal(end('2030-01-07T13:00:00+01:00', { from: '14:00', to: '16:00' }), null)
  assert.equal(end('2030-01-07T14:00:00+01:00', { from: '14:00', to: '14:00' }), null)
})

test('their end is a time of the clock, in nights in which it changes too', () => {
  assert.equal(end('2030-03-30T23:00:00+01:00'), '2030-03-31T06:00:00.000Z') // Eight hours of night.
  assert.equal(end('2030-10-26T23:00:00+02:00'), '2030-10-27T07:00:00.000Z') // Ten.
  // 02:30 is skipped: they end when the clock goes on, at 03:00 summer time.
  assert.equal(end('2030-03-31T01:30:00+01:00', { from: '01:00', to: '02:30' }), '2030-03-31T01:00:00.000Z')
})

test('where a gap makes two of them touch, they are one', () => {
  const allButHalfAnHour = { from: '02:30', to: '02:00' }
  assert.equal(end('2030-03-30T12:00:00+01:00', allButHalfAnHour), '2030-04-01T00:00:00.000Z')
})

test('on days whose clocks do not change, it is quiet exactly while the clock shows so', () => {
  const clock = fc
    .tuple(fc.nat(23), fc.nat(59))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
  const zones = fc.constantFrom('Europe/Madrid', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati')
  const moment = fc.integer({ min: Date.UTC(2030, 5, 1), max: Date.UTC(2030, 7, 1) })
  fc.assert(
    fc.property(clock, clock, zones, moment, (from, to, zone, now) => {
      const shown = localTimeOf(now, zone).slice(11, 16)
      const quiet = from < to ? from <= shown && shown < to : from !== to && (from <= shown || shown < to)
      const until = quietUntil(now, { from, to }, zone)
      assert.equal(until !== null, quiet)
      if (until === null) return
      assert.ok(now < until && until - now <= 24 * 3_600_000)
      assert.equal(localTimeOf(until, zone).slice(11, 16), to)
    }),
    { seed: 11, numRuns: 1000 },
  )
})
