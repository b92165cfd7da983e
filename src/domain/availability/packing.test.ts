import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Interval } from '../time/local.ts'
import { type Placed, packInto, packTighter } from './packing.ts'

test('whatever the count allows fits, whatever it does not is refused, and nothing shares a unit', () => {
  fc.assert(
    fc.property(pools(), spans(), fc.integer({ min: 1, max: 4 }), ({ units, placed }, time, quantity) => {
      const packing = packInto(units, placed, time, quantity)
      assert.equal(packing !== null, room(units, placed, time) >= quantity)
      if (!packing) return
      assert.equal(new Set(packing.units).size, quantity)
      const added = packing.units.map((unit, n) => ({ ...time, id: `new ${n}`, unit }))
      assert.ok(apart([...moved(placed, packing.moves), ...added]))
    }),
    { seed: 11, numRuns: 2000 },
  )
})

test('nobody moves who begins before it, and nobody at all where units are free for all of it', () => {
  fc.assert(
    fc.property(pools(), spans(), ({ units, placed }, time) => {
      const packing = packInto(units, placed, time, 1)
      if (!packing) return
      const begun = placed.filter(({ start }) => start <= time.start).map(({ id }) => id)
      assert.ok(!packing.moves.some(({ id }) => begun.includes(id)))
      const whole = units.some(unit => !placed.some(one => one.unit === unit && overlap(one, time)))
      if (whole) assert.deepEqual(packing.moves, [])
    }),
    { seed: 12, numRuns: 2000 },
  )
})

test('fewer units hold the same, where a slow look finds any way to do it; else it says who is too many', () => {
  fc.assert(
    fc.property(pools(6), fc.nat(4), ({ units, placed }, fewer) => {
      const kept = units.slice(Math.min(fewer, units.length))
      const packing = packTighter(kept, placed)
      assert.equal(!packing.tooMany, anyWay(kept, placed))
      if (packing.tooMany) assert.ok(packing.tooMany.length > kept.length)
      else {
        const after = moved(placed, packing.moves)
        assert.ok(apart(after) && after.every(({ unit }) => kept.includes(unit)))
      }
    }),
    { seed: 13, numRuns: 1000 },
  )
})

/** Some units, and what a day has put on each. */
function pools(most = 14): fc.Arbitrary<{ units: string[]; placed: Placed[] }> {
  return fc
    .record({
      units: fc.integer({ min: 1, max: 5 }).map(count => ['a', 'b', 'c', 'd', 'e'].slice(0, count)),
      spans: fc.array(fc.tuple(spans(), fc.nat(4)), { maxLength: most }),
    })
    .map(({ units, spans }) => {
      const placed: Placed[] = []
      spans.forEach(([span, lane], n) => {
        const one = { ...span, id: String(n), unit: units[lane % units.length]! }
        if (apart([...placed, one])) placed.push(one)
      })
      return { units, placed }
    })
}

function spans(): fc.Arbitrary<Interval> {
  return fc
    .tuple(fc.nat(20), fc.integer({ min: 1, max: 8 }))
    .map(([start, length]) => ({ start, end: start + length }))
}

/** The fewest free units at any moment of it. */
function room(units: string[], placed: Placed[], { start, end }: Interval): number {
  let fewest = units.length
  for (let at = start; at < end; at++)
    fewest = Math.min(fewest, units.length - placed.filter(one => one.start <= at && at < one.end).length)
  return fewest
}

/** Tries every way. */
function anyWay(units: string[], [first, ...rest]: Placed[], done: Placed[] = []): boolean {
  if (!first) return true
  return units.some(unit => {
    const all = [...done, { ...first, unit }]
    return apart(all) && anyWay(units, rest, all)
  })
}

function moved(placed: Placed[], moves: { id: string; to: string }[]): Placed[] {
  return placed.map(one => ({ ...one, unit: moves.find(({ id }) => id === one.id)?.to ?? one.unit }))
}

function apart(placed: Placed[]): boolean {
  return placed.every(
    (one, n) => !placed.slice(n + 1).some(other => one.unit === other.unit && overlap(one, other)),
  )
}

function overlap(one: Interval, other: Interval): boolean {
  return one.start < other.end && other.start < one.end
}
