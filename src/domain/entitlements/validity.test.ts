import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expiryOf, isValidity, lastDayOf, startOfDay } from './validity.ts'

const at = (text: string) => Temporal.Instant.from(text)
const expiry = (start: string, validity: string, zone: string) =>
  expiryOf(at(start), validity, zone)?.toZonedDateTimeISO(zone).toString({ smallestUnit: 'minute' })

test('validity is counted in local days, and ends with the last of them', () => {
  assert.equal(
    expiry('2030-01-07T20:00:00Z', 'P10D', 'Europe/Berlin'),
    '2030-01-18T00:00+01:00[Europe/Berlin]',
  )
  assert.equal(
    expiry('2030-01-07T23:30:00Z', 'P10D', 'Europe/Berlin'),
    '2030-01-19T00:00+01:00[Europe/Berlin]',
    'it is the 8th there',
  )
  assert.equal(
    expiry('2030-01-07T20:00:00Z', 'P0D', 'Europe/Berlin'),
    '2030-01-08T00:00+01:00[Europe/Berlin]',
  )
  assert.equal(expiryOf(at('2030-01-07T20:00:00Z'), null, 'Europe/Berlin'), null)
})

test('a month from the 31st of January ends with the last of February', () => {
  assert.equal(
    expiry('2030-01-31T10:00:00Z', 'P1M', 'Europe/Madrid'),
    '2030-03-01T00:00+01:00[Europe/Madrid]',
  )
  assert.equal(
    expiry('2028-01-31T10:00:00Z', 'P1M', 'Europe/Madrid'),
    '2028-03-01T00:00+01:00[Europe/Madrid]',
  )
})

test('it ends at local midnight, whatever clocks did on the way', () => {
  assert.equal(
    expiry('2030-03-01T10:00:00Z', 'P1M', 'Europe/Madrid'),
    '2030-04-02T00:00+02:00[Europe/Madrid]',
  )
  assert.equal(
    expiry('2026-10-20T10:00:00Z', 'P7D', 'Europe/Madrid'),
    '2026-10-28T00:00+01:00[Europe/Madrid]',
  )
})

test('where clocks skip that midnight it ends at the first instant of the day', () => {
  // Cairo goes from 23:59 on 23 April 2026 to 01:00 on the 24th.
  assert.equal(expiry('2026-03-23T10:00:00Z', 'P1M', 'Africa/Cairo'), '2026-04-24T01:00+03:00[Africa/Cairo]')
  assert.equal(String(lastDayOf(at('2026-04-23T22:00:00Z'), 'Africa/Cairo')), '2026-04-23')
})

test('years, months, weeks and days, in this order, at most 20 years', () => {
  for (const text of ['P3M', 'P10D', 'P1Y', 'P2W', 'P1Y6M', 'P0D', 'P20Y', 'P7300D'])
    assert.ok(isValidity(text), text)
  for (const text of [
    '',
    'P',
    '3M',
    'P3',
    'PT24H',
    'P1DT1H',
    '-P1D',
    'P-1D',
    'P1.5M',
    'P1D1M',
    'P21Y',
    'p3m',
    'P99999D',
  ])
    assert.ok(!isValidity(text), text)
})

test('what begins is valid for all of its validity, and for less than two days more', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'Africa/Cairo',
    'America/Havana',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  )
  const starts = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2032, 0) })
  fc.assert(
    fc.property(zones, starts, fc.nat(400), (zone, start, days) => {
      const begun = Temporal.Instant.fromEpochMilliseconds(start)
      const expires = expiryOf(begun, `P${days}D`, zone)!
      const local = begun.toZonedDateTimeISO(zone)
      assert.ok(Temporal.Instant.compare(expires, local.add({ days }).toInstant()) > 0)
      assert.ok(Temporal.Instant.compare(expires, local.add({ days: days + 1, hours: 2 }).toInstant()) < 0)
      assert.ok(expires.toZonedDateTimeISO(zone).startOfDay().toInstant().equals(expires))
      assert.ok(Temporal.Instant.compare(startOfDay(begun, zone), begun) <= 0)
      assert.equal(String(lastDayOf(expires, zone)), String(local.toPlainDate().add({ days })))
    }),
    { seed: 1, numRuns: 300 },
  )
})
