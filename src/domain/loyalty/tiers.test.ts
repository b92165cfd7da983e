import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { at } from '../../../test/support/loyalty.ts'
import { standingAt, type TierScheme } from './tiers.ts'

const tier = (name: string, threshold: number) => ({ name, threshold })
const scheme: TierScheme = {
  metric: 'points',
  window: 'P1Y',
  grace: 'P1M',
  tiers: [tier('Silver', 100), tier('Gold', 300)],
}
const zone = 'Europe/Berlin'
const earned = (day: string, amount: number) => ({ at: at(`${day}T12:00:00Z`), amount, zone })
const standing = (when: string, all: ReturnType<typeof earned>[], terms = scheme) =>
  standingAt(terms, all, at(when), zone)

test('a tier is reached by its metric within its window, at once', () => {
  const all = [earned('2026-01-10', 60), earned('2026-03-10', 50)]
  assert.equal(standing('2026-03-10T11:59:59Z', all).tier, null)
  const reached = standing('2026-03-10T12:00:00Z', all)
  assert.deepEqual(
    [reached.tier, reached.progress, reached.next],
    ['Silver', 110, { tier: 'Gold', missing: 190 }],
  )
})

test('it states when it is lost: the end of the window’s last day, and the grace after it', () => {
  const all = [earned('2026-01-10', 60), earned('2026-03-10', 50)]
  // What was earned on 10 January counts to the end of 10 January; a month's grace leads to the end of 10 February.
  const reached = standing('2026-03-10T12:00:00Z', all)
  assert.equal(String(reached.downgradeAt), '2027-02-10T23:00:00Z')
  assert.equal(standing('2027-02-10T22:59:59Z', all).tier, 'Silver')
  assert.deepEqual([standing('2027-02-10T22:59:59Z', all).progress], [50], 'by grace')
  assert.equal(standing('2027-02-10T23:00:00Z', all).tier, null)
  const without = standing('2026-03-10T12:00:00Z', all, { ...scheme, grace: null })
  assert.equal(String(without.downgradeAt), '2027-01-10T23:00:00Z')
})

test('reached again within the grace it is kept, and its date moves on', () => {
  const all = [earned('2026-01-10', 60), earned('2026-03-10', 50), earned('2027-02-01', 70)]
  const kept = standing('2027-02-11T12:00:00Z', all)
  assert.equal(kept.tier, 'Silver')
  assert.equal(String(kept.downgradeAt), '2027-04-10T22:00:00Z')
})

test('a refund re-evaluates at once: there is no grace for what was never bought', () => {
  const all = [earned('2026-01-10', 60), earned('2026-03-10', 50)]
  assert.equal(standing('2026-03-11T12:00:00Z', all).tier, 'Silver')
  const refunded = [all[0]!, { ...all[1]!, amount: 30 }]
  assert.equal(standing('2026-03-11T12:00:00Z', refunded).tier, null)
})

test('without a window what is earned counts for good', () => {
  const reached = standing('2036-01-01T00:00:00Z', [earned('2026-01-10', 400)], { ...scheme, window: null })
  assert.deepEqual([reached.tier, reached.downgradeAt, reached.next], ['Gold', null, null])
})

test('a tier is as who looks at every day finds, and so is the day on which it is lost', () => {
  const start = Temporal.PlainDate.from('2026-01-01')
  const some = fc.array(
    fc.record({ day: fc.integer({ min: 0, max: 40 }), amount: fc.integer({ min: 0, max: 4 }) }),
    { maxLength: 6 },
  )
  const windows = fc.constantFrom('P5D', 'P10D', 'P1M', null)
  const graces = fc.constantFrom('P3D', 'P1W', null)
  fc.assert(
    fc.property(some, windows, graces, fc.integer({ min: 0, max: 60 }), (some, window, grace, today) => {
      const terms = { metric: 'points' as const, window, grace, tiers: [tier('A', 3), tier('B', 6)] }
      const noon = (day: number) => start.add({ days: day }).toZonedDateTime('UTC').add({ hours: 12 })
      const all = some.map(({ day, amount }) => ({ at: noon(day).toInstant(), amount, zone: 'UTC' }))
      const lookAt = (day: number) => {
        // On each day: what counts at noon; a day that qualified is good to the end of the day that the grace leads to.
        let best = -1
        for (let past = 0; past <= day; past++) {
          const date = start.add({ days: past })
          // What happens on a day counts from noon on, so by noon; what leaves, left at midnight.
          const counts = some
            .filter(one => {
              const from = start.add({ days: one.day })
              const last = window === null ? date : from.add(window)
              return one.day <= Math.min(past, today) && Temporal.PlainDate.compare(date, last) <= 0
            })
            .reduce((sum, one) => sum + one.amount, 0)
          const reached = terms.tiers.findLastIndex(({ threshold }) => counts >= threshold)
          const good = grace === null ? date : date.add(grace)
          const seen = start.add({ days: day })
          if (reached > best && Temporal.PlainDate.compare(seen, good) <= 0) best = reached
        }
        return best < 0 ? null : terms.tiers[best]!.name
      }
      const found = standingAt(terms, all, noon(today).toInstant(), 'UTC')
      assert.equal(found.tier, lookAt(today))
      if (found.tier === null || found.downgradeAt === null) return
      const lost = found.downgradeAt.toZonedDateTimeISO('UTC').toPlainDate()
      const day = start.until(lost, { largestUnit: 'days' }).days
      assert.equal(lookAt(day - 1), found.tier, 'kept to the end of the day before')
      assert.notEqual(lookAt(day), found.tier)
    }),
    { numRuns: 150 },
  )
})
