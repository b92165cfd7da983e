import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { at } from '../../../test/support/loyalty.ts'
import { pointsExpiry, startOfLastDays } from './points-expiry.ts'

test('P12M earned on 2026-07-06 is usable until the end of July 2027 local, gone at 2027-08-01 00:00 local', () => {
  assert.equal(
    String(pointsExpiry(at('2026-07-06T10:00:00Z'), 'P12M', 'Europe/Berlin')),
    '2027-07-31T22:00:00Z',
  )
  assert.equal(
    String(pointsExpiry(at('2026-07-06T10:00:00Z'), 'P12M', 'America/New_York')),
    '2027-08-01T04:00:00Z',
  )
  // In Auckland it is the first of August already.
  assert.equal(
    String(pointsExpiry(at('2026-07-31T13:00:00Z'), 'P12M', 'Pacific/Auckland')),
    '2027-08-31T12:00:00Z',
  )
})

test('days and weeks end with their day, and what has no expiry never', () => {
  assert.equal(String(pointsExpiry(at('2026-07-06T10:00:00Z'), 'P10D', 'UTC')), '2026-07-17T00:00:00Z')
  assert.equal(String(pointsExpiry(at('2026-07-06T10:00:00Z'), 'P2W', 'UTC')), '2026-07-21T00:00:00Z')
  assert.equal(pointsExpiry(at('2026-07-06T10:00:00Z'), null, 'UTC'), null)
})

const zones = ['Europe/Berlin', 'America/New_York', 'Pacific/Auckland', 'America/Havana', 'Asia/Kathmandu']

test('whenever and wherever they are earned, points end with a month, and so many months later', () => {
  const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 40 }), fc.constantFrom(...zones), (date, months, zone) => {
      const earned = Temporal.Instant.from(date.toISOString()).toZonedDateTimeISO(zone)
      const end = pointsExpiry(earned.toInstant(), `P${months}M`, zone)!.toZonedDateTimeISO(zone)
      assert.equal(end.day, 1)
      assert.equal(end.subtract({ nanoseconds: 1 }).day, end.subtract({ nanoseconds: 1 }).daysInMonth)
      const passed = (end.year - earned.year) * 12 + end.month - earned.month
      assert.equal(passed, months + 1)
    }),
  )
})

test('the last so many local days begin with a midnight there, whatever the clocks do', () => {
  const now = at('2026-03-29T10:00:00Z') // Clocks go forward in Berlin.
  assert.equal(String(startOfLastDays(now, 1, 'Europe/Berlin')), '2026-03-28T23:00:00Z')
  assert.equal(String(startOfLastDays(now, 2, 'Europe/Berlin')), '2026-03-27T23:00:00Z')
  assert.equal(
    String(startOfLastDays(at('2026-03-29T23:30:00Z'), 1, 'Europe/Berlin')),
    '2026-03-29T22:00:00Z',
  )
  const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 40 }), fc.constantFrom(...zones), (date, days, zone) => {
      const here = Temporal.Instant.from(date.toISOString()).toZonedDateTimeISO(zone)
      const expected = here
        .toPlainDate()
        .subtract({ days: days - 1 })
        .toZonedDateTime(zone)
        .toInstant()
      assert.equal(String(startOfLastDays(here.toInstant(), days, zone)), String(expected))
    }),
  )
})
