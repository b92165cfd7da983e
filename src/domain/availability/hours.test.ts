import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Interval } from '../time/local.ts'
import { at, everyDay, hours, interval } from './examples.testing.ts'
import { type Hours, hoursOf, workingIntervals } from './hours.ts'

const BERLIN = 'Europe/Berlin'
const friday = { start: at('2026-03-06T00:00+01:00'), end: at('2026-03-07T00:00+01:00') }
const saturday = { start: at('2026-03-07T00:00+01:00'), end: at('2026-03-08T00:00+01:00') }
const never = everyDay()
const fridayNight: Hours = hours({ ...never, fri: [interval('22:00–02:00')] })

test('a shift is of the date on which it starts, and counts for a range it only runs into', () => {
  const night = ['2026-03-06 of 2026-03-06T21:00:00.000Z to 2026-03-07T01:00:00.000Z']
  assert.deepEqual(shifts(fridayNight, friday), night)
  assert.deepEqual(shifts(fridayNight, saturday), night)
  const after = { start: at('2026-03-07T02:00+01:00'), end: saturday.end }
  assert.deepEqual(shifts(fridayNight, after), [])
  const before = { start: friday.start, end: at('2026-03-06T22:00+01:00') }
  assert.deepEqual(shifts(fridayNight, before), [])
})

test('a closure on Saturday does not cut the shift of Friday night; one on Friday takes it away', () => {
  assert.equal(shifts({ ...fridayNight, closures: ['2026-03-07'] }, saturday).length, 1)
  assert.deepEqual(shifts({ ...fridayNight, closures: ['2026-03-06'] }, saturday), [])
})

test('an override replaces the hours of its date, and without intervals empties it', () => {
  const open = hours(everyDay('09:00–12:00', '13:00–17:00'))
  const late = { ...open, overrides: [{ date: '2026-03-06', intervals: [interval('15:00–24:00')] }] }
  assert.deepEqual(shifts(late, friday), [
    '2026-03-06 of 2026-03-06T14:00:00.000Z to 2026-03-06T23:00:00.000Z',
  ])
  assert.deepEqual(shifts({ ...open, overrides: [{ date: '2026-03-06', intervals: [] }] }, friday), [])
})

test('a closure wins over an override', () => {
  const override = { date: '2026-03-06', intervals: [interval('09:00–12:00')] }
  const closed = hours(never, { overrides: [override], closures: ['2026-03-06'] })
  assert.deepEqual(shifts(closed, friday), [])
})

test('the same time twice is a whole day', () => {
  assert.deepEqual(shifts(hours({ ...never, fri: [interval('06:00–06:00')] }), friday), [
    '2026-03-06 of 2026-03-06T05:00:00.000Z to 2026-03-07T05:00:00.000Z',
  ])
})

test('shifts come in the order of their starts, whatever the order in which they were written', () => {
  const [first, second] = shifts(hours(everyDay('13:00–17:00', '09:00–12:00')), friday)
  assert.ok(first! < second!)
})

test('a person without a schedule has the hours of the location, and its closures either way', () => {
  const location = { weekly: everyDay('09:00–17:00'), closures: ['2026-03-06'] }
  assert.equal(hoursOf(location, { weekly: null, overrides: [] }).weekly, location.weekly)
  const own = hoursOf(location, { weekly: fridayNight.weekly, overrides: [] })
  assert.equal(own.weekly, fridayNight.weekly)
  assert.deepEqual(shifts(own, friday), [])
})

test('an edge in a gap is the first instant after it, and hours inside the gap are none', () => {
  const spring = { start: at('2026-03-29T00:00+01:00'), end: at('2026-03-30T00:00+02:00') }
  assert.deepEqual(shifts(hours(everyDay('02:30–04:00')), spring), [
    '2026-03-29 of 2026-03-29T01:00:00.000Z to 2026-03-29T02:00:00.000Z',
  ])
  assert.deepEqual(shifts(hours(everyDay('02:10–02:50')), spring), [])
})

test('an edge in a fold is its first reading, so that hours which touch on paper touch in time', () => {
  const autumn = { start: at('2026-10-25T00:00+02:00'), end: at('2026-10-26T00:00+01:00') }
  assert.deepEqual(shifts(hours(everyDay('01:00–02:30', '02:30–04:00')), autumn), [
    '2026-10-25 of 2026-10-24T23:00:00.000Z to 2026-10-25T00:30:00.000Z',
    '2026-10-25 of 2026-10-25T00:30:00.000Z to 2026-10-25T03:00:00.000Z',
  ])
})

test('nobody works on a date that the calendar skips, nor for the part after its midnight', () => {
  const apia = { start: at('2011-12-29T00:00-10:00'), end: at('2012-01-01T00:00+14:00') }
  const nights = workingIntervals(hours(everyDay('22:00–02:00')), 'Pacific/Apia', apia)
  assert.deepEqual(nights.map(described), [
    '2011-12-28 of 2011-12-29T08:00:00.000Z to 2011-12-29T12:00:00.000Z',
    // Ends at what would have been the midnight of the 30th.
    '2011-12-29 of 2011-12-30T08:00:00.000Z to 2011-12-30T10:00:00.000Z',
    '2011-12-31 of 2011-12-31T08:00:00.000Z to 2011-12-31T12:00:00.000Z',
  ])
})

function shifts(hours: Hours, range: Interval): string[] {
  return workingIntervals(hours, BERLIN, range).map(described)
}

function described({ date, start, end }: Interval & { date: string }): string {
  return `${date} of ${new Date(start).toISOString()} to ${new Date(end).toISOString()}`
}
