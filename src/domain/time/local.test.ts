import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../catalog/refusal.ts'
import { addDays, dayOf, instantAt, localDateOf, localTimeOf, resolveLocal, weekdayOf } from './local.ts'

const HOUR = 3_600_000

test('a day has as many hours as its clocks go through', () => {
  const length = (date: string, zone: string) => {
    const { start, end } = dayOf(date, zone)
    return (end - start) / HOUR
  }
  assert.equal(length('2026-03-08', 'America/New_York'), 23)
  assert.equal(length('2026-10-04', 'Australia/Lord_Howe'), 23.5)
  assert.equal(length('2026-06-10', 'Asia/Kathmandu'), 24)
  assert.equal(length('2026-04-05', 'Australia/Lord_Howe'), 24.5)
  assert.equal(length('2026-11-01', 'America/New_York'), 25)
  assert.equal(length('2011-12-30', 'Pacific/Apia'), 0)
})

test('a day without midnight starts when its clocks do', () => {
  assert.equal(dayOf('2026-04-24', 'Africa/Cairo').start, Date.parse('2026-04-24T01:00+03:00'))
  assert.equal(dayOf('2026-04-23', 'Africa/Cairo').end, Date.parse('2026-04-24T01:00+03:00'))
})

test('the days of a year follow each other without a gap, and hold their own instants', () => {
  for (const zone of ['Africa/Cairo', 'America/Havana', 'Australia/Lord_Howe', 'Pacific/Apia'])
    for (let date = '2011-01-01'; date < '2012-06-01'; date = addDays(date, 1)) {
      const { start, end } = dayOf(date, zone)
      assert.equal(end, dayOf(addDays(date, 1), zone).start, `${zone} ${date}`)
      if (start === end) continue
      assert.equal(localDateOf(start, zone), date)
      assert.equal(localDateOf(end - 1, zone), date)
    }
})

test('24:00 is 00:00 of the next date', () => {
  assert.equal(
    instantAt('2026-02-28', '24:00', 'Asia/Kolkata'),
    instantAt('2026-03-01', '00:00', 'Asia/Kolkata'),
  )
})

test('weekdays are by the calendar, and days are added across months and leap years', () => {
  assert.equal(weekdayOf('2026-03-01'), 'sun')
  assert.equal(weekdayOf('2026-03-02'), 'mon')
  assert.equal(weekdayOf('2011-12-30'), 'fri')
  assert.equal(addDays('2028-02-28', 2), '2028-03-01')
  assert.equal(addDays('2026-01-01', -1), '2025-12-31')
})

test('what clocks show at an instant', () => {
  assert.equal(localTimeOf(Date.parse('2026-06-10T18:20:05Z'), 'Asia/Kathmandu'), '2026-06-11T00:05:05')
})

test('an ordinary local time is its one instant, with or without its offset', () => {
  const expected = Date.parse('2026-06-10T09:30+02:00')
  assert.equal(resolveLocal('2026-06-10T09:30', 'Europe/Berlin'), expected)
  assert.equal(resolveLocal('2026-06-10T09:30:00', 'Europe/Berlin', '+02:00'), expected)
})

test('a local time that clocks show twice is refused with both instants, unless an offset says which', () => {
  assert.deepEqual(refusalOf('2026-11-01T01:30', 'America/New_York'), {
    code: 'ambiguous_local_time',
    details: {
      local: '2026-11-01T01:30:00',
      time_zone: 'America/New_York',
      could_be: [
        { offset: '-04:00', instant: '2026-11-01T05:30:00.000Z' },
        { offset: '-05:00', instant: '2026-11-01T06:30:00.000Z' },
      ],
    },
  })
  assert.equal(
    resolveLocal('2026-11-01T01:30', 'America/New_York', '-05:00'),
    Date.parse('2026-11-01T01:30-05:00'),
  )
})

test('a local time that clocks skip is refused with what it could be, unless an offset says which', () => {
  assert.deepEqual(refusalOf('2026-10-04T02:15', 'Australia/Lord_Howe'), {
    code: 'nonexistent_local_time',
    details: {
      local: '2026-10-04T02:15:00',
      time_zone: 'Australia/Lord_Howe',
      could_be: [
        { offset: '+10:30', instant: '2026-10-03T15:45:00.000Z' },
        { offset: '+11:00', instant: '2026-10-03T15:15:00.000Z' },
      ],
    },
  })
  assert.equal(
    resolveLocal('2026-10-04T02:15', 'Australia/Lord_Howe', '+10:30'),
    Date.parse('2026-10-04T02:15+10:30'),
  )
})

test('noon of a date that the calendar skips, and midnight where there is none, do not exist', () => {
  assert.equal(refusalOf('2011-12-30T12:00', 'Pacific/Apia').code, 'nonexistent_local_time')
  assert.equal(refusalOf('2026-04-24T00:00', 'Africa/Cairo').code, 'nonexistent_local_time')
})

test('an offset that the zone does not have then is refused, not taken', () => {
  const refusal = refusalOf('2026-06-10T09:30', 'Europe/Berlin', '+01:00')
  assert.equal(refusal.code, 'invalid_input')
  assert.deepEqual(refusal.details.could_be, [{ offset: '+02:00', instant: '2026-06-10T07:30:00.000Z' }])
})

test('what is no local date and time is refused', () => {
  for (const text of ['2026-02-30T09:30', '2026-06-10', '2026-06-10T24:00', '2026-06-10T09:30Z', 'noon'])
    assert.equal(refusalOf(text, 'Europe/Berlin').code, 'invalid_input', text)
})

function refusalOf(local: string, zone: string, offset?: string) {
  try {
    resolveLocal(local, zone, offset)
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, details: error.details }
    throw error
  }
  throw new assert.AssertionError({ message: `${local} was not refused` })
}
