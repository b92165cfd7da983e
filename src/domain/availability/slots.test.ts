import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { businesses } from './businesses.testing.ts'
import { at, booking, everyDay, hours, interval, person, plan } from './examples.testing.ts'
import { consult } from './oracle.testing.ts'
import type { Plan } from './plan.ts'
import { firstOf, slotsOf, union } from './slots.ts'

test('what is offered is what a slow look at every minute finds, across changes of clocks', () => {
  fc.assert(
    fc.property(businesses(), ({ plan, person, from, to }) => {
      const oracle = consult(plan, person, from, to)
      const expected = oracle.grid.filter(start => oracle.answer(start) === null)
      const [slots = { starts: [] }] = slotsOf(plan, { start: from, end: to })
      assert.deepEqual(slots.starts.map(text), expected.map(text))
    }),
    { seed: 20260329, numRuns: 300 },
  )
})

test('the grid starts with each shift and steps by the slot interval, by default the duration', () => {
  const ada = person({ hours: hours(everyDay('09:10–11:00', '13:00–15:00')) })
  assert.deepEqual(offered(plan({ staff: [ada] })), ['09:10', '13:00', '14:00'])
  assert.deepEqual(offered(plan({ staff: [ada] }, { intervalMinutes: 40 })), [
    '09:10',
    '09:50',
    '13:00',
    '13:40',
  ])
})

test("a person's own duration takes the place of the service's", () => {
  const ada = person({ hours: hours(everyDay('09:00–11:00')), durationMinutes: 40 })
  assert.deepEqual(offered(plan({ staff: [ada] })), ['09:00', '09:40', '10:20'])
})

test('the grid steps in elapsed time, so it goes on through the hour that clocks repeat', () => {
  const ada = person({ hours: hours(everyDay('01:00–04:00')) })
  const berlin = plan({ now: at('2026-10-24T12:00+02:00'), staff: [ada] })
  assert.deepEqual(starts(berlin, '2026-10-25T00:00+02:00', '2026-10-26T00:00+01:00'), [
    '2026-10-24T23:00:00.000Z',
    '2026-10-25T00:00:00.000Z',
    '2026-10-25T01:00:00.000Z',
    '2026-10-25T02:00:00.000Z',
  ])
})

test('a service may run from one shift into the next where the two touch, as at midnight', () => {
  const aroundTheClock = person({ hours: hours(everyDay('00:00–24:00')) })
  const berlin = plan({ staff: [aroundTheClock] }, { durationMinutes: 50 })
  assert.deepEqual(offered(berlin).slice(-2), ['22:30', '23:20'])
})

test('the service fits inside the hours; its buffers may run past them', () => {
  const ada = person({ hours: hours(everyDay('09:00–11:00')) })
  const buffered = plan({ staff: [ada] }, { bufferBeforeMinutes: 30, bufferAfterMinutes: 30 })
  assert.deepEqual(offered(buffered), ['09:00', '10:00'])
})

test('time off takes away the starts whose service it touches, but not those whose buffers it does', () => {
  const ada = person({
    timeOff: [{ start: at('2026-03-02T11:00+01:00'), end: at('2026-03-02T13:00+01:00') }],
  })
  const buffered = plan({ staff: [ada] }, { bufferBeforeMinutes: 30, bufferAfterMinutes: 30 })
  assert.deepEqual(offered(buffered), ['09:00', '10:00', '13:00', '14:00', '15:00', '16:00'])
})

test('bookings back to back only touch', () => {
  const ada = person({ busy: [booking('b1', '2026-03-02T10:00+01:00', '2026-03-02T11:00+01:00')] })
  assert.deepEqual(offered(plan({ staff: [ada] })).slice(0, 3), ['09:00', '11:00', '12:00'])
})

test('buffers may touch what is taken, and not overlap it by a minute', () => {
  const until = (end: string) => [booking('b1', '2026-03-02T10:00+01:00', `2026-03-02T${end}+01:00`)]
  const next = (end: string) =>
    offered(plan({ staff: [person({ busy: until(end) })] }, { bufferBeforeMinutes: 15 }))[1]
  assert.equal(next('10:45'), '11:00')
  assert.equal(next('10:46'), '12:00')

  const from = (start: string) => [booking('b1', `2026-03-02T${start}+01:00`, '2026-03-02T17:00+01:00')]
  const last = (start: string) =>
    offered(plan({ staff: [person({ busy: from(start) })] }, { bufferAfterMinutes: 15 })).at(-1)
  assert.equal(last('12:15'), '11:00')
  assert.equal(last('12:14'), '10:00')
})

test('at the very end of its time a hold is gone, with nobody there to sweep it', () => {
  const until = at('2026-03-02T08:00+01:00')
  const hold = { ...booking('h1', '2026-03-02T09:00+01:00', '2026-03-02T10:00+01:00'), until }
  const berlin = (now: number) => plan({ now, staff: [person({ busy: [hold] })] })
  assert.equal(offered(berlin(until - 1))[0], '10:00')
  assert.equal(offered(berlin(until))[0], '09:00')
})

test('what is ignored takes no time', () => {
  const ada = person({ busy: [booking('b1', '2026-03-02T09:30+01:00', '2026-03-02T10:30+01:00')] })
  assert.equal(offered(plan({ staff: [ada] }))[0], '11:00')
  assert.equal(offered(plan({ staff: [ada], ignore: new Set(['b1']) }))[0], '09:00')
})

test('a start at exactly now and the notice is offered, a millisecond later it is not', () => {
  const berlin = (now: number) => plan({ now }, { noticeMinutes: 120 })
  const now = at('2026-03-02T08:00+01:00')
  assert.equal(offered(berlin(now))[0], '10:00')
  assert.equal(offered(berlin(now + 1))[0], '11:00')
})

test('the last date of the window is today, by the clock of the location, and so many days', () => {
  // In Berlin it is already the 3rd, so a window of two days ends with the 5th.
  const berlin = plan({ now: at('2026-03-02T23:30Z') }, { windowDays: 2 })
  const all = starts(berlin, '2026-03-01T00:00Z', '2026-04-01T00:00Z')
  assert.equal(all.at(-1), '2026-03-05T15:00:00.000Z')
})

test('a range takes the starts from its own start on, and before its end', () => {
  const all = starts(plan(), '2026-03-02T10:00+01:00', '2026-03-02T12:00+01:00')
  assert.deepEqual(all, ['2026-03-02T09:00:00.000Z', '2026-03-02T10:00:00.000Z'])
})

test('a start is offered once, also where a location changed its hours under an override', () => {
  const overlapping = hours(everyDay('22:00–03:00'), {
    overrides: [{ date: '2026-03-03', intervals: [interval('01:00–05:00')] }],
  })
  const night = starts(
    plan({ staff: [person({ hours: overlapping })] }),
    '2026-03-03T00:00+01:00',
    '2026-03-03T12:00+01:00',
  )
  assert.deepEqual(
    night.map(start => start.slice(11, 16)),
    ['23:00', '00:00', '01:00', '02:00', '03:00'],
  )
})

test('nothing is offered of a service or a person that is not active, or without the skill', () => {
  const range = { start: at('2026-03-02T00:00Z'), end: at('2026-03-03T00:00Z') }
  assert.equal(slotsOf(plan(), range).length, 1)
  assert.deepEqual(slotsOf(plan({}, { active: false }), range), [])
  assert.deepEqual(slotsOf(plan({ staff: [person({ active: false })] }), range), [])
  assert.deepEqual(slotsOf(plan({ staff: [person({ performs: false })] }), range), [])
})

test('any staff is offered what somebody is, with who is free then', () => {
  const until = (id: string, end: string) => person({ id, hours: hours(everyDay(`09:00–${end}`)) })
  const slots = slotsOf(plan({ staff: [until('ada', '10:00'), until('bob', '11:00')] }), {
    start: at('2026-03-02T00:00+01:00'),
    end: at('2026-03-03T00:00+01:00'),
  })
  assert.deepEqual(union(slots), [
    { start: at('2026-03-02T09:00+01:00'), personIds: ['ada', 'bob'] },
    { start: at('2026-03-02T10:00+01:00'), personIds: ['bob'] },
  ])
})

test("the first few of anybody are among each person's own first few", () => {
  fc.assert(
    fc.property(businesses(), fc.integer({ min: 1, max: 40 }), ({ plan, person }, count) => {
      const staff = [person, { ...person, id: 'bob', busy: [], timeOff: [] }]
      const all = slotsOf({ ...plan, staff }, { start: plan.now, end: plan.now + 10 * DAY })
      assert.deepEqual(union(firstOf(all, count)).slice(0, count), union(all).slice(0, count))
    }),
    { seed: 7, numRuns: 150 },
  )
})

test('a range of the same days may be cut anywhere: what is offered in its parts is what is offered in it', () => {
  fc.assert(
    fc.property(businesses(), fc.double({ min: 0, max: 1, noNaN: true }), ({ plan, from, to }, share) => {
      const cut = Math.round(from + share * (to - from))
      const startsIn = (start: number, end: number) =>
        slotsOf(plan, { start, end }).flatMap(({ starts }) => starts.map(text))
      assert.deepEqual([...startsIn(from, cut), ...startsIn(cut, to)], startsIn(from, to))
    }),
    { seed: 8, numRuns: 150 },
  )
})

const DAY = 86_400_000

function text(instant: number): string {
  return new Date(instant).toISOString()
}

function starts(plan: Plan, from: string, to: string): string[] {
  return slotsOf(plan, { start: at(from), end: at(to) })[0]!.starts.map(text)
}

/** Of the first person, on Monday 2026-03-02, as clocks in Berlin show them. */
function offered(berlin: Plan): string[] {
  const day = starts(berlin, '2026-03-02T00:00+01:00', '2026-03-03T00:00+01:00')
  return day.map(start => text(at(start) + 3_600_000).slice(11, 16))
}
