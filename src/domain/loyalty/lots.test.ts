import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { balanceAt, type Lot, portionsOf } from './lots.ts'

const instant = (day: number) => Temporal.Instant.fromEpochMilliseconds(day * 86_400_000)
const NOW = instant(100)

const lot = (id: string, balance: number, expires: number | null, earned = 0): Lot => ({
  workspaceId: 'w',
  id,
  accountId: 'a',
  earnedAt: instant(earned),
  expiresAt: expires === null ? null : instant(expires),
  timeZone: 'UTC',
  expiryNoted: false,
  balance,
  lost: 0,
})

const taken = (lots: Lot[], points: number) =>
  portionsOf(lots, points, NOW).map(({ lot, points }) => `${lot.id} ${points}`)

test('redemption takes what expires soonest, what never does last, and of two the older', () => {
  const lots = [lot('never', 10, null), lot('late', 10, 300), lot('old', 10, 200, 1), lot('new', 10, 200, 2)]
  assert.deepEqual(taken(lots, 25), ['old 10', 'new 10', 'late 5'])
  assert.deepEqual(taken(lots, 99), ['old 10', 'new 10', 'late 10', 'never 10'])
})

test('what is over counts nothing, from its very instant on', () => {
  const lots = [lot('over', 10, 100), lot('left', 7, 101)]
  assert.equal(balanceAt(lots, 0, NOW), 7)
  assert.deepEqual(taken(lots, 10), ['left 7'])
  assert.equal(balanceAt(lots, 9, NOW), -2)
})

test('points come from where who takes one at a time finds them', () => {
  const someLot = fc.record({
    balance: fc.integer({ min: 0, max: 6 }),
    expires: fc.option(fc.integer({ min: 97, max: 104 })),
    earned: fc.integer({ min: 0, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(someLot, { maxLength: 6 }), fc.integer({ min: 0, max: 30 }), (some, points) => {
      const lots = some.map((one, index) => lot(String(index), one.balance, one.expires, one.earned))
      const left = lots.map(({ balance }) => balance)
      for (let point = 0; point < points; point++) {
        let first = -1
        for (const [index, { expiresAt, earnedAt }] of lots.entries()) {
          if (left[index] === 0 || (expiresAt && expiresAt.epochMilliseconds <= NOW.epochMilliseconds))
            continue
          const best = lots[first]
          const end = expiresAt?.epochMilliseconds ?? 9e15
          const bestEnd = best?.expiresAt?.epochMilliseconds ?? 9e15
          if (
            !best ||
            end < bestEnd ||
            (end === bestEnd && earnedAt.epochMilliseconds < best.earnedAt.epochMilliseconds)
          )
            first = index
        }
        if (first >= 0) left[first]!--
      }
      const found = lots.map(({ balance }) => balance)
      for (const portion of portionsOf(lots, points, NOW)) found[Number(portion.lot.id)]! -= portion.points
      assert.deepEqual(found, left)
    }),
    { numRuns: 500 },
  )
})
