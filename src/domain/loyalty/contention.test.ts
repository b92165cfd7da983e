/** Points are never spent or earned twice: writers with connections of their own, all at once. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Club, JULY_6, line, openClub, order, perEuro } from '../../../test/support/loyalty.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { familyOf } from './accounts.ts'
import { accrueFor, reverseFor, revertFor, reviseFor, type Source, settleFor } from './accrual.ts'
import { adjustPoints } from './correct.ts'
import { lotsOf, owedBy } from './ledger.ts'
import { liabilityAt } from './liability.ts'
import { balanceAt } from './lots.ts'
import { moveCustomer } from './members.ts'
import { setPromotion } from './promotions.ts'
import { accountView } from './read.ts'
import { cancelReward, issueReward, redeemReward, reverseRedemption } from './redemptions.ts'
import { setReward } from './rewards.ts'

const RIVALS = 30

const offer = (club: Club, points: number, quota: number | null, quotaPerCustomer: number | null = null) =>
  club.run(JULY_6, context =>
    setReward(context, {
      code: `R${points}`,
      name: 'Reward',
      description: null,
      points,
      kind: 'free_item',
      discountAmount: null,
      discountPercent: null,
      itemId: null,
      minTier: null,
      quota,
      quotaPerCustomer,
      status: 'active',
    }),
  )

test('of thirty who say that one purchase is paid, one accrual comes, whoever they are', {
  timeout: 100_000,
}, async t => {
  const club = await openClub(t, {}, { connections: RIVALS })
  for (let round = 0; round < 5; round++) {
    const source = order()
    const customerId = await club.customer(`Round ${round}`)
    const change = { source, customerId }
    const purchase = { ...change, lines: [line(3000)], at: JULY_6 }
    await Promise.all(
      Array.from({ length: RIVALS }, (_, rival) =>
        club.run(JULY_6, async (context): Promise<unknown> => {
          if (rival % 3 === 0) return accrueFor(context, { ...purchase, paid: false })
          if (rival % 3 === 1) return settleFor(context, change)
          return accrueFor(context, { ...purchase, paid: true })
        }),
      ),
    )
    assert.deepEqual(await club.ledger(customerId), ['earn 30'])
  }
})

test('of thirty customers who are said to have bought one thing, one has its points', {
  timeout: 100_000,
}, async t => {
  const club = await openClub(t, {}, { connections: RIVALS })
  const source = order()
  const customers: string[] = []
  for (let n = 0; n < RIVALS; n++) customers.push(await club.customer(`Customer ${n}`))
  await Promise.all(customers.map(customerId => club.buy([line(3000)], { source, customerId })))
  const { rows } = await club.database.owner.query('SELECT points FROM loyalty_entries')
  assert.deepEqual(rows, [{ points: 30 }])
})

test('of thirty who want the last two of a reward, two have one', { timeout: 100_000 }, async t => {
  const club = await openClub(t, {}, { connections: RIVALS })
  const reward = await offer(club, 10, 2)
  const customers: string[] = []
  for (let n = 0; n < RIVALS; n++) {
    customers.push(await club.customer(`Customer ${n}`))
    await club.buy([line(1000)], { customerId: customers[n] })
  }
  const answers = await Promise.allSettled(
    customers.map(customerId =>
      club.run(JULY_6, context => issueReward(context, { customerId, rewardId: reward.id })),
    ),
  )
  const refused = answers.flatMap(answer => (answer.status === 'rejected' ? [answer.reason.code] : []))
  assert.deepEqual([refused.length, new Set(refused)], [RIVALS - 2, new Set(['quota_exceeded'])])
})

test('of thirty who spend the same points, as many have a reward as there are points for', {
  timeout: 100_000,
}, async t => {
  const club = await openClub(t, {}, { connections: RIVALS })
  const reward = await offer(club, 10, null)
  await club.buy([line(3500)])
  const spend = () =>
    club.run(JULY_6, context => issueReward(context, { customerId: club.ana, rewardId: reward.id }))
  const answers = await Promise.allSettled(Array.from({ length: RIVALS }, spend))
  const refused = answers.flatMap(answer => (answer.status === 'rejected' ? [answer.reason.code] : []))
  assert.deepEqual([refused.length, new Set(refused)], [RIVALS - 3, new Set(['no_entitlement'])])
  assert.equal(await club.balance(), 5)
})

test('a promotion’s limit holds for purchases at once', { timeout: 100_000 }, async t => {
  const club = await openClub(t, {}, { connections: RIVALS })
  await club.run(JULY_6, context =>
    setPromotion(context, {
      code: 'TWICE',
      name: 'Twice',
      percent: 200,
      addition: null,
      startsAt: JULY_6,
      endsAt: null,
      limitTimes: 2,
      limitDays: 1,
      status: 'active',
    }),
  )
  await Promise.all(Array.from({ length: RIVALS }, () => club.buy([line(1000)])))
  assert.equal(await club.balance(), RIVALS * 10 + 20)
})

const WRITERS = 8
const OPERATIONS = 2000

test('after any two thousand movements by eight writers the ledger holds', { timeout: 280_000 }, async t => {
  const club = await openClub(t, { expiry: 'P3M', earnRules: [perEuro] }, { connections: WRITERS })
  const random = seeded(20260706)
  const below = (most: number) => Math.floor(random() * most)
  const pick = <T>(choices: readonly T[]) => choices[below(choices.length)]!
  const customers = [club.ana]
  for (const name of ['Bea', 'Cem', 'Dan']) customers.push(await club.customer(name))
  const sources: { source: Source; customerId: string }[] = Array.from({ length: 150 }, (_, n) => ({
    source: { ...order(), kind: n % 3 === 0 ? 'booking' : 'order' },
    customerId: customers[n % customers.length]!,
  }))
  const rewards = [await offer(club, 15, null), await offer(club, 40, 25, 8)]
  const issued: string[] = []
  let clock = JULY_6
  const lines = () => Array.from({ length: 1 + below(3) }, () => line(below(6000)))

  const operations = [
    ...Array<() => Promise<unknown>>(5).fill(accrue),
    ...Array<() => Promise<unknown>>(3).fill(issue),
    ...Array<() => Promise<unknown>>(2).fill(revise),
    settle,
    reverse,
    revert,
    redeem,
    cancel,
    undo,
    adjust,
    expire,
  ]
  async function write(): Promise<void> {
    for (let n = 0; n < OPERATIONS / WRITERS; n++) {
      clock = clock.add({ minutes: below(480) })
      await pick(operations)().catch(expected)
    }
  }

  function accrue() {
    const purchase = { ...pick(sources), lines: lines(), paid: random() < 0.7, at: clock }
    return club.run(clock, context => accrueFor(context, purchase))
  }
  function settle() {
    return club.run(clock, context => settleFor(context, pick(sources)))
  }
  function revise() {
    return club.run(clock, context => reviseFor(context, { ...pick(sources), lines: lines() }))
  }
  function reverse() {
    return club.run(clock, context => reverseFor(context, pick(sources)))
  }
  function revert() {
    return club.run(clock, context => revertFor(context, pick(sources)))
  }
  async function issue() {
    const asked = { customerId: pick(customers), rewardId: pick(rewards).id }
    issued.push((await club.run(clock, context => issueReward(context, asked))).redemption.id)
  }
  async function redeem() {
    const id = pick(issued)
    if (id) await club.run(clock, context => redeemReward(context, { id }))
  }
  async function cancel() {
    const id = pick(issued)
    if (id) await club.run(clock, context => cancelReward(context, id))
  }
  async function undo() {
    const id = pick(issued)
    if (id) await club.run(clock, context => reverseRedemption(context, { id, reason: 'Any' }))
  }
  function adjust() {
    const asked = { customerId: pick(customers), points: pick([-9, -3, 5, 12]), reason: 'Any' }
    return club.run(clock, context => adjustPoints(context, asked))
  }
  function expire() {
    return club.wake(clock)
  }

  await Promise.all(Array.from({ length: WRITERS }, write))
  t.diagnostic(`${issued.length} rewards issued`)
  assert.ok(issued.length > 50)
  await ledgerHolds(club, clock)
  // Two turn out to be one, and it holds all the same.
  await club.run(clock, context => moveCustomer(context, customers[1]!, customers[0]!))
  await ledgerHolds(club, clock)
})

function expected(error: unknown): void {
  const known = ['no_entitlement', 'quota_exceeded', 'invalid_input', 'invalid_transition', 'not_found']
  if (!(error instanceof Refusal) || !known.includes(error.code)) throw error
}

/** Asked of the rows themselves. */
async function ledgerHolds(club: Club, now: typeof JULY_6): Promise<void> {
  const ask = async (query: string) => (await club.database.owner.query(query)).rows
  const none = async (what: string, query: string) => assert.deepEqual(await ask(query), [], what)
  await none(
    'an entry is missing',
    'SELECT account_id FROM loyalty_entries GROUP BY 1 HAVING max(number) <> count(*)',
  )
  await none(
    'a lot was below nothing',
    `SELECT lot_id FROM (
       SELECT lot_id, sum(points) OVER (PARTITION BY lot_id ORDER BY number) AS so_far FROM loyalty_entries WHERE lot_id IS NOT NULL
     ) AS e WHERE so_far < 0`,
  )
  await none(
    'more was repaid than was owed',
    `SELECT account_id FROM (
       SELECT a.customer_id, account_id, sum(points) OVER (PARTITION BY account_id ORDER BY number) AS so_far
       FROM loyalty_entries JOIN loyalty_accounts a ON a.id = account_id
       WHERE lot_id IS NULL AND NOT EXISTS (SELECT FROM loyalty_accounts o WHERE o.merged_into IS NOT NULL)
     ) AS e WHERE so_far > 0`,
  )
  await none(
    'a purchase has other points than its entries',
    `SELECT a.id, a.state, a.points, sum(e.points) FROM loyalty_accruals a LEFT JOIN loyalty_entries e ON e.accrual_id = a.id
     GROUP BY a.id, a.state, a.points HAVING coalesce(sum(e.points), 0) <> CASE a.state WHEN 'earned' THEN a.points ELSE 0 END`,
  )
  await none(
    'a reward holds other points than its state says',
    `SELECT r.id, r.state FROM loyalty_redemptions r JOIN loyalty_entries e ON e.redemption_id = r.id
     GROUP BY r.id, r.state, r.points
     HAVING sum(e.points) <> CASE WHEN r.state IN ('issued', 'redeemed') THEN -r.points ELSE 0 END`,
  )
  await none(
    'a return went to another lot',
    `SELECT redemption_id FROM loyalty_entries WHERE redemption_id IS NOT NULL AND lot_id IS NOT NULL
     GROUP BY redemption_id, lot_id HAVING sum(points) > 0 OR (sum(points) < 0 AND bool_or(points > 0))`,
  )
  await none(
    'a quota was broken',
    `SELECT r.id FROM loyalty_rewards r JOIN loyalty_redemptions d ON d.reward_id = r.id AND d.state IN ('issued', 'redeemed')
     GROUP BY r.id, r.quota HAVING count(*) > r.quota`,
  )
  const [{ total }] = await ask('SELECT sum(points)::int AS total FROM loyalty_entries')
  let sum = 0
  for (const { customer_id } of await ask('SELECT DISTINCT customer_id FROM loyalty_accounts')) {
    const { lots, owed, available, posted } = await club.run(now, async context => {
      const family = (await familyOf(context, customer_id))!
      const found = { lots: await lotsOf(context, family), owed: await owedBy(context, family) }
      const posted = found.lots.reduce((all, { balance }) => all + balance, 0) - found.owed
      return { ...found, posted, available: (await accountView(context, family)).available }
    })
    assert.equal(available, balanceAt(lots, owed, now))
    assert.ok(owed === 0 || available === -owed, 'something is owed while there is something to spend')
    sum += posted
  }
  assert.equal(sum, total, 'every balance is the sum of its entries')
  const { outstanding, owed } = await club.run(now, context => liabilityAt(context, now))
  const over = await ask(
    `SELECT coalesce(sum(points), 0)::int AS points FROM loyalty_entries e JOIN loyalty_lots l ON l.id = e.lot_id
     WHERE expires_at <= '${now}'`,
  )
  assert.equal(outstanding - owed + over[0].points, sum, 'what the business owes is what its members have')
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
