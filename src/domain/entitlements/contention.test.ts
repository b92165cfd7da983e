/** A session is never spent twice: writers with connections of their own, all at once. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Temporal } from 'temporal-polyfill'
import { booking, MONDAY, openStudio, type Studio } from '../../../test/support/entitlements.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { walk } from '../due-work.ts'
import { adjustLot, extendLot } from './correct.ts'
import { consume, keepCredit, moveCredit, returnCredit, type Source } from './credits.ts'
import { entitlementExpiry } from './expiry.ts'
import { lotsWhere } from './read.ts'
import { sellPackage } from './sell.ts'

const RIVALS = 50
const ROUNDS = 50

test('of fifty who want the last session of a pass, one has it', { timeout: 300_000 }, async t => {
  const studio = await openStudio(t, { connections: RIVALS })
  for (let round = 0; round < ROUNDS; round++) {
    const lot = await studio.sell({ sessions: 1 })
    const sources = Array.from({ length: RIVALS }, booking)
    const answers = await Promise.allSettled(
      sources.map(source =>
        studio.run(MONDAY, context =>
          consume(context, { customerId: studio.ana, serviceId: studio.yoga, at: MONDAY, source }),
        ),
      ),
    )
    const taken = answers.filter(answer => answer.status === 'fulfilled')
    const refused = answers.filter(answer => answer.status === 'rejected').map(({ reason }) => reason.code)
    assert.deepEqual(
      [taken.length, new Set(refused), refused.length],
      [1, new Set(['no_entitlement']), RIVALS - 1],
    )
    assert.deepEqual(await studio.ledger(lot), ['grant 1', 'consume -1'])
  }
})

test('fifty who ask for one booking take one session, and give it back once', {
  timeout: 100_000,
}, async t => {
  const studio = await openStudio(t, { connections: RIVALS })
  const lot = await studio.sell({ sessions: 30 })
  const source = booking()
  const all = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: RIVALS }, work))
  const visit = { customerId: studio.ana, serviceId: studio.yoga, at: MONDAY, source }
  const taken = await all(() => studio.run(MONDAY, context => consume(context, visit)))
  assert.deepEqual(new Set(taken.map(credit => credit.remaining)), new Set([29]))
  await all(() => studio.run(MONDAY, context => returnCredit(context, { source, by: 'customer' })))
  assert.deepEqual(await studio.ledger(lot), ['grant 30', 'consume -1', 'return 1'])
})

const WRITERS = 8
const OPERATIONS = 2000

test('after any two thousand movements by eight writers every balance is the sum of its entries, and none was ever negative', {
  timeout: 250_000,
}, async t => {
  const studio = await openStudio(t, { connections: WRITERS })
  const random = seeded(20300107)
  const pick = <T>(choices: readonly T[]) => choices[Math.floor(random() * choices.length)]!
  const customers = [studio.ana, await studio.customer('Bea'), await studio.customer('Cem')]
  const sources = Array.from({ length: 60 }, (_, n) => ({ source: booking(), customerId: customers[n % 3]! }))
  const packages = await Promise.all(
    [
      { sessions: 1, validity: 'P2D' },
      { sessions: 2, validity: 'P1W', activation: 'on_first_visit' as const },
      { sessions: 3, validity: null, service_ids: [studio.yoga] },
      { sessions: null, validity: 'P1D', service_ids: [studio.spin] },
    ].map(terms => studio.offer(terms)),
  )
  const lots: string[] = []
  let taken = 0
  let clock = MONDAY

  const operations = [
    ...Array<() => Promise<unknown>>(6).fill(take),
    ...Array<() => Promise<unknown>>(4).fill(giveBack),
    keep,
    move,
    sell,
    adjust,
    extend,
    expire,
  ]
  async function write(): Promise<void> {
    for (let n = 0; n < OPERATIONS / WRITERS; n++) {
      clock = clock.add({ minutes: Math.floor(random() * 30) })
      await pick(operations)().catch(expected)
    }
  }

  async function take() {
    const { source, customerId } = pick(sources)
    const visit = { customerId, serviceId: pick([studio.yoga, studio.spin]), at: visitAt(), source }
    await studio.run(clock, context => consume(context, visit))
    taken++
  }
  function giveBack() {
    const by = pick(['customer', 'business'] as const)
    return studio.run(clock, context => returnCredit(context, { source: pick(sources).source, by }))
  }
  function keep() {
    return studio.run(clock, context => keepCredit(context, { source: pick(sources).source }))
  }
  function move() {
    const visit = { source: pick(sources).source, serviceId: studio.yoga, at: visitAt() }
    return studio.run(clock, context => moveCredit(context, visit))
  }
  async function sell() {
    const sale = { package_id: pick(packages).id, customer_id: pick(customers) }
    lots.push((await studio.run(clock, context => sellPackage(context, sale))).lot.id)
  }
  async function adjust() {
    const asked = { lot_id: pick(lots), sessions: pick([-2, -1, 1]), reason: 'Any' }
    if (asked.lot_id) await studio.run(clock, context => adjustLot(context, asked))
  }
  async function extend() {
    const valid_through = clock.toZonedDateTimeISO('Europe/Berlin').toPlainDate().add({ days: 2 })
    const asked = { lot_id: pick(lots), valid_through, reason: 'Any' }
    if (asked.lot_id) await studio.run(clock, context => extendLot(context, asked))
  }
  function expire() {
    return studio.run(clock, context => walk({ ...context, dueWork: [entitlementExpiry] }, context.now))
  }
  function visitAt() {
    return clock.add({ hours: Math.floor(random() * 72) })
  }

  await Promise.all(Array.from({ length: WRITERS }, write))
  t.diagnostic(`${taken} credits taken of ${lots.length} lots`)
  assert.ok(taken > 100 && lots.length > 50)
  await balancesAreSums(studio, clock)
  await nothingIsTakenTwice(studio, sources)
})

function expected(error: unknown): void {
  const known = ['no_entitlement', 'invalid_input', 'invalid_transition']
  if (!(error instanceof Refusal) || !known.includes(error.code)) throw error
}

async function balancesAreSums(studio: Studio, now: Temporal.Instant): Promise<void> {
  const { rows } = await studio.database.owner.query(`
    SELECT lot_id, sum(sessions)::int AS sum, min(so_far)::int AS least, max(number) AS last, count(*)::int AS count FROM (
      SELECT *, sum(sessions) OVER (PARTITION BY lot_id ORDER BY number) AS so_far FROM entitlement_entries
    ) AS entries GROUP BY lot_id`)
  const sums = new Map(rows.map(row => [row.lot_id, row]))
  const lots = await studio.run(now, context => lotsWhere(context, undefined, 10_000))
  assert.equal(lots.length, sums.size)
  for (const lot of lots) {
    const { sum, least, last, count } = sums.get(lot.id)
    assert.equal(lot.balance, sum)
    assert.ok(least === null || least >= 0, `${lot.id} was at ${least}`)
    assert.equal(last, count, 'an entry is missing')
  }
}

/** Asked of the rows themselves. */
async function nothingIsTakenTwice(studio: Studio, sources: { source: Source }[]): Promise<void> {
  const { rows } = await studio.database.owner.query(`
    SELECT source_id, count(*) FILTER (WHERE kind = 'consume') - count(*) FILTER (WHERE kind = 'return') AS out
    FROM entitlement_entries WHERE source_id IS NOT NULL GROUP BY source_id`)
  assert.ok(rows.length > sources.length / 2)
  assert.deepEqual(
    rows.filter(({ out }) => Number(out) < 0 || Number(out) > 1),
    [],
  )
}

/** Mulberry32: the same operations each time, though not the same order. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
