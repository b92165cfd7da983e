import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everyDay, interval } from './examples.testing.ts'
import type { WeeklyHours } from './hours.ts'
import { refuseOverlaps } from './overlaps.ts'

const never = everyDay()

function refusal(weekly: Partial<WeeklyHours>, overrides: Record<string, string[]> = {}): string | null {
  try {
    refuseOverlaps({
      weekly: { ...never, ...weekly },
      overrides: Object.entries(overrides).map(([date, texts]) => ({ date, intervals: texts.map(interval) })),
    })
    return null
  } catch (error) {
    assert.ok(error instanceof Error)
    return error.message
  }
}

test('intervals of one date may touch, and not overlap', () => {
  assert.equal(refusal({ mon: [interval('13:00–17:00'), interval('09:00–13:00')] }), null)
  assert.equal(
    refusal({ mon: [interval('12:59–17:00'), interval('09:00–13:00')] }),
    'Hours overlap: mon 09:00–13:00 and mon 12:59–17:00.',
  )
})

test('a night may touch the hours of the next day, from Sunday to Monday too, and not overlap them', () => {
  const night = [interval('22:00–02:00')]
  assert.equal(refusal({ fri: night, sat: [interval('02:00–10:00')] }), null)
  assert.equal(
    refusal({ fri: night, sat: [interval('01:00–10:00')] }),
    'Hours overlap: fri 22:00–02:00 and sat 01:00–10:00.',
  )
  assert.equal(
    refusal({ sun: night, mon: [interval('01:00–10:00')] }),
    'Hours overlap: sun 22:00–02:00 and mon 01:00–10:00.',
  )
})

test('to 24:00 every day is no overlap', () => {
  assert.equal(refusal(everyDay('00:00–24:00')), null)
  assert.equal(refusal(everyDay('00:00–00:00')), null)
})

test('an override must fit between the nights around it, as they are then', () => {
  const weekly = { fri: [interval('22:00–02:00')], sat: [interval('08:00–12:00')] }
  // 2026-03-06 is a Friday.
  assert.equal(
    refusal(weekly, { '2026-03-07': ['01:00–05:00'] }),
    'Hours overlap: 2026-03-06 22:00–02:00 and 2026-03-07 01:00–05:00.',
  )
  assert.equal(
    refusal(weekly, { '2026-03-06': ['22:00–09:00'] }),
    'Hours overlap: 2026-03-06 22:00–09:00 and 2026-03-07 08:00–12:00.',
  )
  assert.equal(refusal(weekly, { '2026-03-06': [], '2026-03-07': ['01:00–05:00'] }), null)
})

test('a refusal carries the two', () => {
  assert.throws(() => refuseOverlaps({ weekly: everyDay('09:00–12:00', '11:00–13:00'), overrides: [] }), {
    code: 'invalid_input',
    details: {
      overlapping: [
        { day: 'mon', from: '09:00', to: '12:00' },
        { day: 'mon', from: '11:00', to: '13:00' },
      ],
    },
  })
})
