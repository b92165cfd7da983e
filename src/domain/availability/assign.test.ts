import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assign } from './assign.ts'
import { at, booking, everyDay, hours, person, plan } from './examples.testing.ts'

const start = at('2026-03-02T10:00+01:00')

test('the least loaded that day comes first, and among equals the order of ids', () => {
  const staff = ['dan', 'bob', 'ada', 'cy'].map(id => person({ id }))
  const load = new Map([
    ['ada', 3],
    ['bob', 1],
    ['dan', 1],
  ])
  assert.deepEqual(assign(plan({ staff }), start, load), ['cy', 'bob', 'dan', 'ada'])
})

test('nobody is chosen who is taken, on time off, not at work, not active or without the skill', () => {
  const staff = [
    person({ id: 'taken', busy: [booking('b1', '2026-03-02T10:59+01:00', '2026-03-02T12:00+01:00')] }),
    person({ id: 'off', timeOff: [{ start, end: start + 1 }] }),
    person({ id: 'home', hours: hours(everyDay('10:01–17:00')) }),
    person({ id: 'gone', active: false }),
    person({ id: 'unskilled', performs: false }),
    person({ id: 'ada' }),
  ]
  assert.deepEqual(assign(plan({ staff }), start, new Map()), ['ada'])
})

test('each takes their own time for it, unless an end is given', () => {
  const staff = [person({ id: 'slow', durationMinutes: 500 }), person()]
  assert.deepEqual(assign(plan({ staff }), start, new Map()), ['ada'])
  assert.deepEqual(assign(plan({ staff }), start, new Map(), start + 60_000), ['ada', 'slow'])
})
