import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { businesses } from './businesses.testing.ts'
import { at, booking, everyDay, hours, interval, person, plan } from './examples.testing.ts'
import { ANY, checkStart, explain } from './explain.ts'
import type { Finding } from './findings.ts'
import { consult } from './oracle.testing.ts'
import { slotsOf } from './slots.ts'

test('any start, on the grid or not, is answered first as a slow look at every minute answers it', () => {
  fc.assert(
    fc.property(businesses(), fc.array(fc.nat(2 * 1440), { maxLength: 10 }), (business, minutes) => {
      const { plan, person, from, to } = business
      const oracle = consult(plan, person, from, to)
      const others = minutes.map(minute => from + minute * 60_000).filter(start => start < to)
      for (const start of [...oracle.grid.slice(0, 40), ...others]) {
        const [first] = checkStart(plan, person.id, start)
        assert.equal(first?.code ?? null, oracle.answer(start), new Date(start).toISOString())
      }
    }),
    { seed: 20261025, numRuns: 200 },
  )
})

test('what is offered is accepted, of each person and of any', () => {
  fc.assert(
    fc.property(businesses(), ({ plan, person, from, to }) => {
      for (const { personId, starts } of slotsOf(plan, { start: from, end: to }))
        for (const start of starts.slice(0, 30)) {
          assert.deepEqual(checkStart(plan, personId, start), [])
          const withBob = { ...plan, staff: [{ ...person, id: 'bob', performs: false }, person] }
          assert.deepEqual(checkStart(withBob, ANY, start), [])
        }
    }),
    { seed: 5, numRuns: 200 },
  )
})

test('a trace tells what every rule found, and a check those that do not pass, in the same order', () => {
  const away = [{ start: at('2026-03-02T00:00+01:00'), end: at('2026-03-03T00:00+01:00') }]
  const busy = [booking('b1', '2026-03-02T18:30+01:00', '2026-03-02T19:30+01:00')]
  const ada = person({ timeOff: away, busy, performs: false })
  const closed = { id: 'r1', name: 'Room', active: false, units: 1, taken: [] }
  const nothing = plan(
    {
      staff: [ada],
      now: at('2026-03-02T12:00+01:00'),
      party: 2,
      needs: [{ quantity: 1, choices: [closed] }],
    },
    { active: false, noticeMinutes: 600, windowDays: -1 },
  )
  const trace = explain(nothing, 'ada', at('2026-03-02T18:00+01:00'))
  assert.deepEqual(
    trace.map(({ rule, code }) => [rule, code]),
    [
      ['service_active', 'not_found'],
      ['staff_eligible', 'not_found'],
      ['working_hours', 'outside_hours'],
      ['time_off', 'outside_hours'],
      ['booking_window', 'outside_booking_window'],
      ['minimum_notice', 'min_notice'],
      ['capacity', 'slot_conflict'],
      ['time_free', 'slot_conflict'],
      ['resource_free', 'slot_conflict'],
    ],
  )
  assert.deepEqual(
    trace.filter(({ passed }) => passed),
    [],
  )
  assert.deepEqual(checkStart(nothing, 'ada', at('2026-03-02T18:00+01:00')), trace)
  assert.deepEqual(checkStart(plan(), 'ada', at('2026-03-02T09:00+01:00')), [])
})

test('a start off the grid is accepted', () => {
  assert.deepEqual(checkStart(plan(), 'ada', at('2026-03-02T09:07+01:00')), [])
})

test('an end of its own takes the place of the duration', () => {
  const start = at('2026-03-02T16:00+01:00')
  assert.deepEqual(checkStart(plan(), 'ada', start, at('2026-03-02T17:00+01:00')), [])
  assert.equal(checkStart(plan(), 'ada', start, at('2026-03-02T17:01+01:00'))[0]!.code, 'outside_hours')
})

test('hours are explained by the rule that made them', () => {
  const because = (start: string, closures: string[] = []) => {
    const ada = person({
      hours: hours(everyDay('09:00–12:00'), {
        overrides: [
          { date: '2026-03-03', intervals: [] },
          { date: '2026-03-04', intervals: [interval('22:00–02:00')] },
        ],
        closures,
      }),
    })
    return findingOf('working_hours', explain(plan({ staff: [ada] }), 'ada', at(start)))
  }
  assert.deepEqual(because('2026-03-02T11:30+01:00'), {
    rule: 'working_hours',
    code: 'outside_hours',
    passed: false,
    because: 'The hours are 2026-03-02 09:00–12:00; this takes 11:30–12:30.',
    details: {
      date: '2026-03-02',
      source: 'weekly',
      hours: [{ date: '2026-03-02', from: '09:00', to: '12:00' }],
    },
  })
  assert.equal(because('2026-03-03T09:00+01:00').because, 'No hours on 2026-03-03.')
  assert.equal(because('2026-03-03T09:00+01:00').details.source, 'override')
  assert.equal(because('2026-03-02T09:00+01:00', ['2026-03-02']).because, 'Closed on 2026-03-02.')
  assert.deepEqual(because('2026-03-05T00:30+01:00', ['2026-03-05']), {
    rule: 'working_hours',
    code: 'outside_hours',
    passed: true,
    because: 'Within the hours: 2026-03-04 22:00–02:00.',
    details: {
      date: '2026-03-05',
      source: 'closure',
      hours: [{ date: '2026-03-04', from: '22:00', to: '02:00' }],
    },
  })
})

test('what is in the way is named with its time, in order', () => {
  const ada = person({
    timeOff: [{ start: at('2026-03-02T14:00+01:00'), end: at('2026-03-02T15:00+01:00') }],
    busy: [
      booking('b2', '2026-03-02T15:00+01:00', '2026-03-02T15:30+01:00'),
      booking('b1', '2026-03-02T13:00+01:00', '2026-03-02T14:00+01:00'),
      booking('b0', '2026-03-02T12:00+01:00', '2026-03-02T13:00+01:00'),
    ],
  })
  const buffered = plan({ staff: [ada] }, { bufferBeforeMinutes: 15, bufferAfterMinutes: 15 })
  const trace = explain(buffered, 'ada', at('2026-03-02T14:00+01:00'))
  const off = findingOf('time_off', trace)
  assert.equal(off.because, 'On time off 2026-03-02 14:00 to 2026-03-02 15:00.')
  assert.deepEqual(off.details, {
    time_off: [{ start: '2026-03-02T13:00:00.000Z', end: '2026-03-02T14:00:00.000Z' }],
  })
  const free = findingOf('time_free', trace)
  assert.equal(
    free.because,
    'Taken 2026-03-02 13:00 to 2026-03-02 14:00 by a booking; this needs 2026-03-02 13:45 to 2026-03-02 15:15, buffers included.',
  )
  assert.deepEqual(free.details, {
    needs: { start: '2026-03-02T12:45:00.000Z', end: '2026-03-02T14:15:00.000Z' },
    taken_by: [
      { kind: 'booking', id: 'b1', start: '2026-03-02T12:00:00.000Z', end: '2026-03-02T13:00:00.000Z' },
      { kind: 'booking', id: 'b2', start: '2026-03-02T14:00:00.000Z', end: '2026-03-02T14:30:00.000Z' },
    ],
  })
})

test('of a service with gaps, what is in the way of one of its parts is named, and not what lies in a gap', () => {
  const parts = [
    { minutes: 30, gapAfterMinutes: 60 },
    { minutes: 30, gapAfterMinutes: 0 },
  ]
  const ada = person({
    busy: [
      booking('gap', '2026-03-02T10:30+01:00', '2026-03-02T11:30+01:00'),
      booking('end', '2026-03-02T11:45+01:00', '2026-03-02T12:30+01:00'),
    ],
  })
  const colour = plan({ staff: [ada] }, { durationMinutes: 120, parts, bufferBeforeMinutes: 15 })
  const free = findingOf('time_free', explain(colour, 'ada', at('2026-03-02T10:00+01:00')))
  assert.deepEqual(free.details, {
    needs: { start: '2026-03-02T10:30:00.000Z', end: '2026-03-02T11:00:00.000Z' },
    taken_by: [
      { kind: 'booking', id: 'end', start: '2026-03-02T10:45:00.000Z', end: '2026-03-02T11:30:00.000Z' },
    ],
  })
  const helping = { ...colour, staff: [{ ...ada, busy: ada.busy.slice(0, 1) }] }
  assert.deepEqual(checkStart(helping, 'ada', at('2026-03-02T10:00+01:00')), [])
})

test('what holds the units of a pool is named, where too few are left; of several pools, each', () => {
  const chairs = {
    id: 'chairs',
    name: 'Chair',
    active: true,
    units: 2,
    taken: [
      booking('b1', '2026-03-02T10:00+01:00', '2026-03-02T11:00+01:00'),
      booking('b2', '2026-03-02T10:30+01:00', '2026-03-02T11:30+01:00'),
      booking('b3', '2026-03-02T11:00+01:00', '2026-03-02T12:00+01:00'),
    ],
  }
  const room = { id: 'room', name: 'Room', active: true, units: 1, taken: [] }
  const alone = plan({ needs: [{ quantity: 1, choices: [chairs] }] })
  const found = findingOf('resource_free', explain(alone, ANY, at('2026-03-02T09:45+01:00')))
  assert.equal(found.because, 'Chair: fewer than 1 of 2 left 2026-03-02 10:30 to 2026-03-02 11:00.')
  const [{ taken_by }] = found.details.resources as [{ taken_by: { id: string }[] }]
  assert.deepEqual(
    taken_by.map(({ id }) => id),
    ['b1', 'b2'],
  )
  assert.deepEqual(checkStart(alone, 'ada', at('2026-03-02T09:30+01:00')), [], 'it ends as they begin')
  const either = plan({ needs: [{ quantity: 1, choices: [chairs, room] }] })
  assert.deepEqual(checkStart(either, 'ada', at('2026-03-02T10:00+01:00')), [])
  const two = plan({ needs: [{ quantity: 2, choices: [chairs, room] }] })
  const few = findingOf('resource_free', explain(two, 'ada', at('2026-03-02T10:00+01:00')))
  assert.match(few.because, /^Chair: fewer than 2 of 2 left .* Room has 1 and this needs 2\.$/)
  const nowhere = plan({ needs: [{ quantity: 1, choices: [] }] })
  assert.equal(
    findingOf('resource_free', explain(nowhere, 'ada', at('2026-03-02T10:00+01:00'))).because,
    'Nothing at this location meets what it needs.',
  )
})

test('notice and window say what would be accepted, and it is', () => {
  const berlin = plan({ now: at('2026-03-02T10:00+01:00') }, { noticeMinutes: 90, windowDays: 2 })
  const early = findingOf('minimum_notice', checkStart(berlin, 'ada', at('2026-03-02T11:29+01:00')))
  assert.deepEqual(early.details, { notice_minutes: 90, earliest_start: '2026-03-02T10:30:00.000Z' })
  assert.deepEqual(checkStart(berlin, 'ada', at('2026-03-02T11:30+01:00')), [])

  const always = { ...berlin, staff: [person({ hours: hours(everyDay('00:00–24:00')) })] }
  const late = findingOf('booking_window', checkStart(always, 'ada', at('2026-03-05T00:00+01:00')))
  assert.deepEqual(late.details, { date: '2026-03-05', last_date: '2026-03-04' })
  assert.deepEqual(checkStart(always, 'ada', at('2026-03-04T23:59+01:00')), [])
})

test('any staff: a rule passes where it leaves somebody of those the rules before it left', () => {
  const mornings = person({ id: 'bob', hours: hours(everyDay('09:00–12:00')) })
  const taken = person({ busy: [booking('b1', '2026-03-02T14:00+01:00', '2026-03-02T15:00+01:00')] })
  const start = at('2026-03-02T14:00+01:00')
  // Bob is free at 14:00 and does not work; Ada works and is taken. That nobody can is a conflict.
  const trace = explain(plan({ staff: [mornings, taken] }), ANY, start)
  assert.deepEqual(
    trace.filter(({ passed }) => !passed).map(({ code, because }) => [code, because]),
    [['slot_conflict', 'Nobody who works then is free.']],
  )
  assert.equal(findingOf('working_hours', trace).because, 'True of 1 of 2 people.')
  const named = findingOf('working_hours', trace).details.staff as { id: string }[]
  assert.deepEqual(
    named.map(({ id }) => id),
    ['bob'],
  )
  assert.deepEqual(checkStart(plan({ staff: [mornings, taken, person({ id: 'cy' })] }), ANY, start), [])
  assert.equal(checkStart(plan({ staff: [] }), ANY, start)[0]!.code, 'not_found')
})

test('any staff: an answer names at most ten people', () => {
  const staff = Array.from({ length: 12 }, (_, index) => person({ id: `p${index}` }))
  const [finding] = checkStart(plan({ staff }), ANY, at('2026-03-02T20:00+01:00'))
  assert.equal((finding!.details.staff as unknown[]).length, 10)
})

test('a person whom the plan does not have is not found', () => {
  assert.throws(() => explain(plan(), 'eve', at('2026-03-02T09:00+01:00')), { code: 'not_found' })
})

function findingOf(rule: string, findings: Finding[]): Finding {
  return findings.find(finding => finding.rule === rule)!
}
