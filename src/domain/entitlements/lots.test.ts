import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { chooseLot, isExpired, type Lot, remainingAt, termWithout } from './lots.ts'

const ZONE = 'Europe/Berlin'
const START = Temporal.Instant.from('2030-03-01T00:00:00+01:00')
const day = (days: number, hour = 0) => START.toZonedDateTimeISO(ZONE).add({ days, hours: hour }).toInstant()

function lot(changes: Partial<Lot> = {}): Lot {
  return {
    workspaceId: 'w',
    id: 'a',
    customerId: 'c',
    packageId: 'p',
    source: 'sale',
    name: 'Pack',
    sessions: 10,
    validity: 'P9D',
    activation: 'on_purchase',
    serviceIds: null,
    timeZone: ZONE,
    priceAmount: 0,
    grantedAt: day(0, 10),
    activatedAt: day(0, 10),
    expiresAt: day(10),
    expiryNoted: false,
    balance: 10,
    version: 1,
    lost: 0,
    extended: false,
    firstVisit: null,
    lastVisit: null,
    ...changes,
  }
}

const chosen = (lots: Lot[], at: Temporal.Instant, now = day(0, 12)) =>
  chooseLot(lots, { serviceId: 's', at }, now)

test('a lot counts nothing from the very instant of its expiry', () => {
  const last = day(10).subtract({ milliseconds: 1 })
  assert.deepEqual([isExpired(lot(), last), remainingAt(lot(), last)], [false, 10])
  assert.deepEqual([isExpired(lot(), day(10)), remainingAt(lot(), day(10))], [true, 0])
  assert.equal(remainingAt(lot({ balance: null }), last), null)
  assert.equal(remainingAt(lot({ balance: null }), day(10)), 0)
})

test('a visit takes what is valid at its start', () => {
  assert.ok(chosen([lot()], day(10).subtract({ milliseconds: 1 })))
  assert.equal(chosen([lot()], day(10)), null)
  assert.ok(chosen([lot()], day(0)), 'days are whole, the first one too')
  assert.equal(chosen([lot()], day(-1)), null)
})

test('what is over now is not taken, not even for a visit that it was valid at', () => {
  assert.equal(chosen([lot()], day(9), day(10)), null)
})

test('neither what is used up nor what covers other services is taken', () => {
  assert.equal(chosen([lot({ balance: 0 })], day(1)), null)
  assert.equal(chosen([lot({ serviceIds: ['other'] })], day(1)), null)
  assert.ok(chosen([lot({ serviceIds: ['other', 's'], balance: null })], day(1)))
})

const unbegun = (changes: Partial<Lot> = {}) =>
  lot({ activation: 'on_first_visit', activatedAt: null, expiresAt: null, ...changes })

test('validity is counted from the date of the first visit', () => {
  const { term } = chosen([unbegun()], day(20, 9))!
  assert.deepEqual([String(term.activatedAt), String(term.expiresAt)], [String(day(20, 9)), String(day(30))])
})

test('a visit before the first one begins the lot earlier, unless a visit would fall out of it', () => {
  const begun = unbegun({
    activatedAt: day(20, 9),
    expiresAt: day(30),
    firstVisit: day(20, 9),
    lastVisit: day(24, 9),
  })
  assert.equal(String(chosen([begun], day(15, 9))!.term.expiresAt), String(day(25)))
  assert.equal(chosen([begun], day(14, 9)), null)
  assert.equal(String(chosen([begun], day(22, 9))!.term.expiresAt), String(day(30)))
})

test('an end that somebody set stays, whenever the first visit is', () => {
  const set = unbegun({
    activatedAt: day(20, 9),
    expiresAt: day(60),
    firstVisit: day(20, 9),
    lastVisit: day(20, 9),
    extended: true,
  })
  assert.equal(String(chosen([set], day(50))!.term.expiresAt), String(day(60)))
  assert.equal(chosen([set], day(19, 9)), null)
  assert.equal(String(termWithout({ ...set, firstVisit: null }).expiresAt), String(day(60)))
})

test('of what covers a visit, none that is left expires sooner', () => {
  const lots = fc.array(
    fc.record({
      expires: fc.option(fc.integer({ min: 1, max: 30 })),
      granted: fc.integer({ min: 0, max: 20 }),
      balance: fc.option(fc.integer({ min: 0, max: 2 })),
      covers: fc.boolean(),
      begun: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(
      lots,
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 30 }),
      (facts, visit, today) => {
        const made = facts.map(({ expires, granted, balance, covers, begun }, index) =>
          lot({
            id: String(index),
            activation: begun ? 'on_purchase' : 'on_first_visit',
            grantedAt: day(granted),
            activatedAt: begun ? day(granted) : null,
            expiresAt: begun && expires !== null ? day(expires) : null,
            balance,
            serviceIds: covers ? null : ['other'],
          }),
        )
        const [at, now] = [day(visit), day(today)]
        // As slowly and plainly as it can be said; a P9D that begins with this visit ends ten days after.
        const good = facts.flatMap(({ expires, granted, balance, covers, begun }, index) => {
          const end = begun ? expires : visit + 10
          const open = end === null || (visit < end && today < end)
          return covers && balance !== 0 && granted <= visit && open
            ? [{ index, rank: [begun ? (expires ?? 1e9) : 1e9, granted, index] }]
            : []
        })
        good.sort((a, b) => a.rank[0]! - b.rank[0]! || a.rank[1]! - b.rank[1]! || a.rank[2]! - b.rank[2]!)
        assert.equal(chosen(made, at, now)?.lot.id, good[0] && String(good[0].index))
      },
    ),
    { seed: 2, numRuns: 3000 },
  )
})
