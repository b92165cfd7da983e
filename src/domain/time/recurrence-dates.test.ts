import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { parseRecurrence } from './recurrence.ts'
import { datesOf, dayNumber, periodsOf } from './recurrence-dates.ts'

test('the last Friday of the month', () => {
  dates('FREQ=MONTHLY;BYDAY=-1FR', '2026-01-01', '2026-06-30', [
    '2026-01-30 2026-02-27 2026-03-27 2026-04-24 2026-05-29 2026-06-26',
  ])
})

test('a 31st skips the months without one, a 30th February', () => {
  const odd = '2026-01-31 2026-03-31 2026-05-31 2026-07-31 2026-08-31 2026-10-31 2026-12-31'
  dates('FREQ=MONTHLY', '2026-01-31', '2026-12-31', [odd])
  dates('FREQ=MONTHLY;BYMONTHDAY=31', '2026-01-01', '2026-12-31', [odd])
  dates('FREQ=MONTHLY;BYMONTHDAY=15,30', '2007-01-15', '2007-03-30', [
    '2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30',
  ])
})

test('a 29th of February is one in leap years, and 2100 is none', () => {
  dates('FREQ=YEARLY', '2024-02-29', '2033-01-01', ['2024-02-29 2028-02-29 2032-02-29'])
  dates('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2096-01-01', '2104-12-31', ['2096-02-29 2104-02-29'])
  dates('FREQ=MONTHLY;BYMONTHDAY=-1;BYMONTH=2', '2027-01-01', '2029-12-31', [
    '2027-02-28 2028-02-29 2029-02-28',
  ])
})

test('days from the end of the month', () => {
  dates('FREQ=MONTHLY;BYMONTHDAY=-3', '1997-09-28', '1998-02-28', [
    '1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26',
  ])
  dates('FREQ=MONTHLY;BYMONTHDAY=1,-1', '1997-09-30', '1998-01-01', [
    '1997-09-30 1997-10-01 1997-10-31 1997-11-01 1997-11-30 1997-12-01 1997-12-31 1998-01-01',
  ])
  dates('FREQ=MONTHLY;BYMONTHDAY=-31', '2026-01-01', '2026-05-31', ['2026-01-01 2026-03-01 2026-05-01'])
})

test('weekdays by number, of a month and of a year, from either end', () => {
  dates('FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU', '1997-09-07', '1998-05-31', [
    '1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04 1998-01-25 1998-03-01 1998-03-29',
    '1998-05-03 1998-05-31',
  ])
  dates('FREQ=MONTHLY;BYDAY=-2MO', '1997-09-22', '1998-02-28', [
    '1997-09-22 1997-10-20 1997-11-17 1997-12-22 1998-01-19 1998-02-16',
  ])
  dates('FREQ=MONTHLY;BYDAY=5MO', '2026-01-01', '2026-12-31', ['2026-03-30 2026-06-29 2026-08-31 2026-11-30'])
  dates('FREQ=YEARLY;BYDAY=20MO', '1997-05-19', '1999-12-31', ['1997-05-19 1998-05-18 1999-05-17'])
  dates('FREQ=YEARLY;BYDAY=-1SU', '2026-01-01', '2028-12-31', ['2026-12-27 2027-12-26 2028-12-31'])
  dates('FREQ=YEARLY;BYDAY=53MO', '2024-01-01', '2030-12-31', ['2024-12-30 2029-12-31'])
  dates('FREQ=YEARLY;BYDAY=-53MO', '2024-01-01', '2030-12-31', ['2024-01-01 2029-01-01'])
  dates('FREQ=YEARLY;BYMONTH=11;BYDAY=4TH', '2026-01-01', '2028-12-31', ['2026-11-26 2027-11-25 2028-11-23'])
})

test('a weekday and a day of the month limit each other', () => {
  dates('FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '1997-09-02', '2000-12-31', [
    '1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13',
  ])
  dates('FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8', '1996-11-05', '2004-12-31', [
    '1996-11-05 2000-11-07 2004-11-02',
  ])
  dates('FREQ=YEARLY;BYDAY=-1MO;BYMONTHDAY=-1', '2011-01-01', '2018-12-31', ['2012-12-31 2018-12-31'])
})

test('BYSETPOS chooses among a period’s dates, those before the start included', () => {
  dates('FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3', '1997-09-04', '1997-11-30', [
    '1997-09-04 1997-10-07 1997-11-06',
  ])
  dates('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2', '1997-09-29', '1998-03-31', [
    '1997-09-29 1997-10-30 1997-11-27 1997-12-30 1998-01-29 1998-02-26 1998-03-30',
  ])
  dates('FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1,-1', '2026-03-04', '2026-03-14', [
    '2026-03-06 2026-03-09 2026-03-13',
  ])
})

test('where the week starts decides which of two weeks a Sunday is in (RFC 5545, WKST)', () => {
  dates('FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO', '1997-08-05', '1997-08-31', [
    '1997-08-05 1997-08-10 1997-08-19 1997-08-24',
  ])
  dates('FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU', '1997-08-05', '1997-08-31', [
    '1997-08-05 1997-08-17 1997-08-19 1997-08-31',
  ])
})

test('what the rule leaves open comes from the start', () => {
  dates('FREQ=WEEKLY', '2026-03-04', '2026-03-18', ['2026-03-04 2026-03-11 2026-03-18'])
  dates('FREQ=YEARLY;BYMONTH=3,6', '2026-03-04', '2027-03-04', ['2026-03-04 2026-06-04 2027-03-04'])
  dates('FREQ=YEARLY', '2026-03-04', '2027-12-31', ['2026-03-04 2027-03-04'])
})

test('a yearly rule of weekdays or days of the month means all of the year', () => {
  dates('FREQ=YEARLY;BYMONTH=3;BYDAY=TH', '1997-03-13', '1998-12-31', [
    '1997-03-13 1997-03-20 1997-03-27 1998-03-05 1998-03-12 1998-03-19 1998-03-26',
  ])
  dates('FREQ=YEARLY;BYMONTHDAY=13', '2026-10-14', '2027-01-31', ['2026-11-13 2026-12-13 2027-01-13'])
})

test('daily rules are limited by every part', () => {
  dates('FREQ=DAILY;INTERVAL=10', '2026-02-20', '2026-03-31', ['2026-02-20 2026-03-02 2026-03-12 2026-03-22'])
  dates('FREQ=DAILY;BYMONTH=1;BYDAY=MO;BYMONTHDAY=1,2,3,4,5,6,7', '2026-01-06', '2028-12-31', [
    '2027-01-04 2028-01-03',
  ])
})

test('a start that the rule does not match is no date of it', () => {
  dates('FREQ=WEEKLY;BYDAY=TU', '2026-03-02', '2026-03-10', ['2026-03-03 2026-03-10'])
})

test('before 1970 the calendar is the same', () => {
  dates('FREQ=WEEKLY;BYDAY=SU', '1969-12-20', '1970-01-05', ['1969-12-21 1969-12-28 1970-01-04'])
})

test('no rule looks at more days than the calendar has from 1900 to 2199', () => {
  const [start, last] = [day('1900-01-01'), day('2199-12-31')]
  const hostile = [
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31',
    'FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5',
    'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-30',
    'FREQ=YEARLY;BYDAY=MO;BYSETPOS=300',
    'FREQ=YEARLY;INTERVAL=1000;BYMONTH=2;BYMONTHDAY=30',
  ]
  for (const text of hostile) {
    const rule = parseRecurrence(text)
    let [looked, end] = [0, -Infinity]
    for (const period of periodsOf(rule, start, last)) {
      assert.ok(period.first >= end, text)
      end = period.end
      looked += period.end - period.first
    }
    assert.ok(looked <= last - start + 7, `${text}: ${looked} days`)
    assert.deepEqual([...datesOf(rule, start, last)], [], text)
  }
})

function dates(text: string, start: string, last: string, expected: string[]): void {
  const days = [...datesOf(parseRecurrence(text), day(start), day(last))]
  const found = days.map(day => new Date(day * 86_400_000).toISOString().slice(0, 10))
  assert.equal(found.join(' '), expected.join(' '), text)
}

function day(date: string): number {
  return dayNumber(Temporal.PlainDate.from(date))
}
