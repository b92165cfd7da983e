import assert from 'node:assert/strict'
import { test } from 'node:test'
import { busyTimesIn, MOST_EVENTS } from './busy-text.ts'

const HOST = 'desk.example'
const range = { start: Date.parse('2030-01-01T00:00Z'), end: Date.parse('2031-01-01T00:00Z') }

/** One event for each list of lines. */
function calendar(events: string[][], head: string[] = []): string {
  const lines = events.flatMap((lines, n) => [
    'BEGIN:VEVENT',
    ...(lines.some(line => line.startsWith('UID')) ? [] : [`UID:${n}@example.com`]),
    ...lines,
    'END:VEVENT',
  ])
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...head, ...lines, 'END:VCALENDAR', ''].join('\r\n')
}

function busy(events: string[][], head?: string[]): string[] {
  const found = busyTimesIn(calendar(events, head), { range, zone: 'Europe/Madrid', host: HOST })
  return found!.times.map(({ start, end }) =>
    [start, end].map(at => new Date(at).toISOString().slice(5, 16)).join(' '),
  )
}

const MEETING = ['DTSTART:20300108T090000Z', 'DTEND:20300108T100000Z']

test('an event takes its time: of UTC, of a zone, of the place where none is named, of whole days there', () => {
  assert.deepEqual(busy([MEETING]), ['01-08T09:00 01-08T10:00'])
  const zoned = (zone: string) => [`DTSTART;TZID=${zone}:20300708T100000`, 'DURATION:PT1H30M']
  for (const zone of [
    'America/New_York',
    '"America/New_York"',
    'Eastern Standard Time',
    '/x.org/20210210_1/America/New_York',
  ])
    assert.deepEqual(busy([zoned(zone)]), ['07-08T14:00 07-08T15:30'], zone)
  const floating = ['DTSTART:20300708T100000', 'DTEND:20300708T110000']
  assert.deepEqual(busy([floating]), ['07-08T08:00 07-08T09:00'])
  assert.deepEqual(busy([floating], ['X-WR-TIMEZONE:Asia/Tokyo']), ['07-08T01:00 07-08T02:00'])
  const days = ['DTSTART;VALUE=DATE:20300330', 'DTEND;VALUE=DATE:20300401']
  assert.deepEqual(busy([days]), ['03-29T23:00 03-31T22:00'], '47 hours: clocks go forward')
  assert.deepEqual(busy([['DTSTART;VALUE=DATE:20300108']]), ['01-07T23:00 01-08T23:00'])
})

test('what takes no time is passed over: transparent, cancelled, free, and our own that came back', () => {
  const own = 'UID:booking_01h455vb4pex5vsknk084sn02q@DESK.example'
  for (const line of ['TRANSP:TRANSPARENT', 'STATUS:CANCELLED', 'X-MICROSOFT-CDO-BUSYSTATUS:FREE', own])
    assert.deepEqual(busy([[...MEETING, line]]), [], line)
  for (const line of [
    'TRANSP:OPAQUE',
    'STATUS:TENTATIVE',
    'UID:booking_01h455vb4pex5vsknk084sn02q@elsewhere.example',
  ])
    assert.equal(busy([[...MEETING, line]]).length, 1, line)
  assert.deepEqual(busy([['DTSTART:20300108T090000Z']]), [], 'and what has no length')
})

test('a series keeps its time on the clock; dates that were taken out, added or changed count as they are', () => {
  const weekly = [
    'UID:w@example.com',
    'DTSTART;TZID=Europe/Madrid:20300318T100000',
    'DTEND;TZID=Europe/Madrid:20300318T110000',
    'RRULE:FREQ=WEEKLY;COUNT=5',
    'EXDATE;TZID=Europe/Madrid:20300401T100000',
    'RDATE;TZID=Europe/Madrid:20300402T100000',
  ]
  const moved = [
    'UID:w@example.com',
    'RECURRENCE-ID;TZID=Europe/Madrid:20300408T100000',
    'DTSTART;TZID=Europe/Madrid:20300409T150000',
    'DTEND;TZID=Europe/Madrid:20300409T160000',
  ]
  const freed = [
    'UID:w@example.com',
    'RECURRENCE-ID:20300415T080000Z',
    'TRANSP:TRANSPARENT',
    'DTSTART:20300415T080000Z',
    'DTEND:20300415T090000Z',
  ]
  assert.deepEqual(busy([weekly, moved, freed]), [
    '03-18T09:00 03-18T10:00',
    '03-25T09:00 03-25T10:00',
    '04-02T08:00 04-02T09:00',
    '04-09T13:00 04-09T14:00',
  ])
  const endless = ['DTSTART;VALUE=DATE:20250101', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1']
  assert.equal(busy([endless]).length, 12, 'of one without an end, what lies in the range')
})

test('meetings that overlap or touch are one time, and nothing but when is told', () => {
  const times = busy([
    MEETING,
    ['DTSTART:20300108T093000Z', 'DTEND:20300108T103000Z'],
    ['DTSTART:20300108T103000Z', 'DURATION:PT15M'],
  ])
  assert.deepEqual(times, ['01-08T09:00 01-08T10:45'])
})

test('lines are unfolded, alarms are no events, and what cannot be read is counted and leaves the rest', () => {
  const read = (events: string[][]) => {
    const { times, skipped } = busyTimesIn(calendar(events), { range, zone: 'Europe/Madrid', host: HOST })!
    return [times.length, skipped]
  }
  const alarm = ['BEGIN:VALARM', 'TRIGGER:-PT15M', 'DTSTART:20300301T090000Z', 'DURATION:PT1H', 'END:VALARM']
  assert.deepEqual(read([[...MEETING, ...alarm]]), [1, 0])
  assert.deepEqual(
    read([['DTSTART;TZID=Europe/Ma', ' drid:20300108T', '\t100000', 'DURATION:PT1H', 'SUMMARY:x:y;"z']]),
    [1, 0],
  )
  assert.deepEqual(read([MEETING, ['DTSTART:20301399T090000Z', 'DURATION:PT1H']]), [1, 1])
  assert.deepEqual(read([[...MEETING, 'RRULE:FREQ=SECONDLY']]), [1, 1], 'its first date at least')
  assert.deepEqual(
    read([['DTSTART;TZID=Nowhere:20300108T100000', 'DURATION:PT1H']]),
    [1, 1],
    'as of the place',
  )
})

test('what is no calendar, or more than one, is told and not read', () => {
  const told = (text: string) => busyTimesIn(text, { range, zone: 'Europe/Madrid', host: HOST })
  assert.equal(told('<html>Sign in</html>'), null)
  assert.equal(told(''), null)
  assert.deepEqual(told(calendar([])), { times: [], skipped: 0 })
  assert.equal(told(calendar(Array.from({ length: MOST_EVENTS + 1 }, () => MEETING))), null)
  const daily = ['DTSTART:20300101T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY']
  assert.equal(told(calendar(Array.from({ length: 40 }, () => daily))), null)
})
