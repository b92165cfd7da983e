import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { MOST_OCCURRENCES, parseRecurrence } from './recurrence.ts'

test('every part is read, in any order and case', () => {
  assert.deepEqual(
    parseRecurrence(
      'wkst=su;BYSETPOS=1,-1;BYMONTHDAY=1,-31;BYMONTH=2,12;BYDAY=MO,+1TU,-5FR;COUNT=10;INTERVAL=2;freq=MONTHLY',
    ),
    {
      freq: 'monthly',
      interval: 2,
      count: 10,
      until: undefined,
      byDay: [{ weekday: 'mon' }, { weekday: 'tue', nth: 1 }, { weekday: 'fri', nth: -5 }],
      byMonthDay: [1, -31],
      byMonth: [2, 12],
      bySetPos: [1, -1],
      weekStart: 'sun',
    },
  )
})

test('what is left out is every one, without an end, in weeks from Monday', () => {
  const { interval, count, until, byDay, weekStart } = parseRecurrence('FREQ=DAILY')
  assert.deepEqual([interval, count, until, byDay, weekStart], [1, undefined, undefined, [], 'mon'])
})

test('UNTIL is a date or an instant in UTC', () => {
  const until = (text: string) => parseRecurrence(`FREQ=DAILY;UNTIL=${text}`).until
  assert.deepEqual(until('20261231'), Temporal.PlainDate.from('2026-12-31'))
  assert.deepEqual(until('20261231T225959Z'), Temporal.Instant.from('2026-12-31T22:59:59Z'))
})

test('a weekday may be the 53rd of a year, but at most the 5th of a month', () => {
  assert.deepEqual(parseRecurrence('FREQ=YEARLY;BYDAY=-53MO').byDay, [{ weekday: 'mon', nth: -53 }])
  refuses('FREQ=YEARLY;BYMONTH=1;BYDAY=6MO', 'BYDAY')
  refuses('FREQ=MONTHLY;BYDAY=-6MO', 'BYDAY')
})

test('anything else is refused by its name, with what it may be', () => {
  const refusals: [part: string, ...texts: string[]][] = [
    [
      'FREQ',
      'COUNT=1',
      'FREQ=HOURLY',
      'FREQ=SECONDLY',
      'FREQ=',
      'FREQ',
      'FREQ=DAILY=WEEKLY',
      'FREQ=DAILY;FREQ=DAILY',
    ],
    ['INTERVAL', 'FREQ=DAILY;INTERVAL=0', 'FREQ=DAILY;INTERVAL=1000000', 'FREQ=DAILY;INTERVAL=1.5'],
    ['COUNT', 'FREQ=DAILY;COUNT=0', 'FREQ=DAILY;COUNT=-1', 'FREQ=DAILY;COUNT=', 'FREQ=DAILY;COUNT=1;COUNT=1'],
    ['COUNT', `FREQ=DAILY;COUNT=${MOST_OCCURRENCES + 1}`, 'FREQ=DAILY;COUNT=1000000', 'FREQ=DAILY;COUNT=0x1'],
    ['UNTIL', 'FREQ=DAILY;COUNT=2;UNTIL=20261231', 'FREQ=DAILY;UNTIL=20260230', 'FREQ=DAILY;UNTIL=99991231'],
    [
      'UNTIL',
      'FREQ=DAILY;UNTIL=20261231T090000',
      'FREQ=DAILY;UNTIL=20261231T250000Z',
      'FREQ=DAILY;UNTIL=2026-12-31',
    ],
    [
      'BYDAY',
      'FREQ=WEEKLY;BYDAY=1MO',
      'FREQ=DAILY;BYDAY=-1MO',
      'FREQ=MONTHLY;BYDAY=0MO',
      'FREQ=YEARLY;BYDAY=54MO',
    ],
    ['BYDAY', 'FREQ=WEEKLY;BYDAY=', 'FREQ=WEEKLY;BYDAY=MO,', 'FREQ=WEEKLY;BYDAY=XX', 'FREQ=WEEKLY;BYDAY=MON'],
    ['BYMONTHDAY', 'FREQ=MONTHLY;BYMONTHDAY=0', 'FREQ=MONTHLY;BYMONTHDAY=32', 'FREQ=WEEKLY;BYMONTHDAY=1'],
    [
      'BYMONTH',
      'FREQ=YEARLY;BYMONTH=0',
      'FREQ=YEARLY;BYMONTH=13',
      'FREQ=YEARLY;BYMONTH=-1',
      'FREQ=YEARLY;BYMONTH=5L',
    ],
    [
      'BYSETPOS',
      'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0',
      'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367',
      'FREQ=DAILY;BYSETPOS=1',
    ],
    ['WKST', 'FREQ=WEEKLY;WKST=1MO', 'FREQ=WEEKLY;WKST=MONDAY'],
    ['BYHOUR', 'FREQ=DAILY;BYHOUR=9'],
    ['BYWEEKNO', 'FREQ=YEARLY;BYWEEKNO=20'],
    ['BYYEARDAY', 'FREQ=YEARLY;BYYEARDAY=1'],
    ['RSCALE', 'RSCALE=GREGORIAN;FREQ=DAILY'],
    ['RRULE', 'RRULE:FREQ=DAILY'],
    ['DTSTART', 'DTSTART:20260101T090000Z\nRRULE:FREQ=DAILY', 'FREQ=DAILY;DTSTART=20260101'],
    ['a part without a name', '', 'FREQ=DAILY;', ';;', ' FREQ=DAILY', '=1'],
    ['the rule', 'FREQ=DAıLY', `FREQ=MONTHLY;BYMONTHDAY=${'1,'.repeat(300)}1`],
  ]
  for (const [part, ...texts] of refusals) for (const text of texts) refuses(text, part)
})

test('a refusal says it in words', () => {
  assert.throws(() => parseRecurrence('FREQ=DAILY;BYHOUR=9'), {
    message:
      'Recurrence rule, BYHOUR: expected no such part, only FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS, WKST.',
  })
})

function refuses(text: string, part: string): void {
  assert.throws(
    () => parseRecurrence(text),
    (error: unknown) => {
      assert.ok(error instanceof Refusal, text)
      assert.deepEqual([error.code, error.details.part], ['invalid_input', part], text)
      return true
    },
    text,
  )
}
