import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, type Club, JULY_6, line, openClub, order } from '../../../test/support/loyalty.ts'
import { reverseFor, reviseFor } from './accrual.ts'
import { adjustPoints } from './correct.ts'
import { cancelReward, issueReward, redeemReward, reverseRedemption } from './redemptions.ts'
import { listRewards, type RewardFields, setReward } from './rewards.ts'

const AUGUST = at('2026-08-06T10:00:00Z')

const offer = (club: Club, fields: Partial<RewardFields> = {}) =>
  club.run(JULY_6, context =>
    setReward(context, {
      code: 'FREE',
      name: 'Free coffee',
      description: null,
      points: 40,
      kind: 'free_item',
      discountAmount: null,
      discountPercent: null,
      itemId: null,
      minTier: null,
      quota: null,
      quotaPerCustomer: null,
      status: 'active',
      ...fields,
    }),
  )

const issue = (club: Club, rewardId: string, now = JULY_6, customerId = club.ana) =>
  club.run(now, async context => (await issueReward(context, { customerId, rewardId })).redemption)

test('redemption takes what expires soonest, and a reward that is issued locks its points', async t => {
  const club = await openClub(t)
  await club.buy([line(3000)], { now: AUGUST })
  await club.buy([line(3000)], { now: JULY_6 })
  const reward = await offer(club)
  await issue(club, reward.id, AUGUST)
  assert.equal(await club.balance(AUGUST), 20)
  const { rows } = await club.database.owner.query(
    `SELECT e.points, l.earned_at FROM loyalty_entries e JOIN loyalty_lots l ON l.id = e.lot_id
     WHERE kind = 'lock' ORDER BY number`,
  )
  assert.deepEqual(
    rows.map(({ points, earned_at }) => `${points} ${earned_at.toISOString().slice(0, 7)}`),
    ['-30 2026-07', '-10 2026-08'],
  )
})

test('a reward that is issued can be cancelled once, and its points are back in their lots', async t => {
  const club = await openClub(t)
  await club.buy([line(5000)])
  const { id } = await issue(club, (await offer(club)).id)
  for (let time = 0; time < 2; time++) await club.run(JULY_6, context => cancelReward(context, id))
  assert.deepEqual(await club.ledger(), ['earn 50', 'lock -40', 'unlock 40'])
  await assert.rejects(
    club.run(JULY_6, context => redeemReward(context, { id })),
    { code: 'invalid_transition' },
  )
})

test('a redeemed reward is used up: only a reversal undoes it, and that once', async t => {
  const club = await openClub(t)
  await club.buy([line(5000)])
  const { id } = await issue(club, (await offer(club)).id)
  await assert.rejects(
    club.run(JULY_6, context => reverseRedemption(context, { id, reason: 'Too early' })),
    { code: 'invalid_transition' },
  )
  for (let time = 0; time < 2; time++) await club.run(JULY_6, context => redeemReward(context, { id }))
  await assert.rejects(
    club.run(JULY_6, context => cancelReward(context, id)),
    { code: 'invalid_transition' },
  )
  for (let time = 0; time < 2; time++)
    await club.run(AUGUST, context => reverseRedemption(context, { id, reason: 'Refunded' }))
  assert.deepEqual(await club.ledger(), ['earn 50', 'lock -40', 'redeem 0', 'return 40'])
  assert.equal(await club.balance(at('2027-07-31T21:59:59Z')), 50, 'with their original expiry')
  assert.equal(await club.balance(at('2027-07-31T22:00:00Z')), 0)
})

test('what comes back to a lot that is over is gone with it', async t => {
  const club = await openClub(t)
  await club.buy([line(3000)], { now: JULY_6 })
  await club.buy([line(3000)], { now: AUGUST })
  const { id } = await issue(club, (await offer(club)).id, AUGUST)
  await club.run(AUGUST, context => redeemReward(context, { id }))
  const late = at('2027-08-15T10:00:00Z')
  const { gone } = await club.run(late, context => reverseRedemption(context, { id, reason: 'Refunded' }))
  assert.equal(gone, 30, 'of July; the ten of August are back')
  assert.equal(await club.balance(late), 30)
})

test('a refund may leave the balance negative: it blocks redemption and is repaid by later earnings', async t => {
  const club = await openClub(t)
  const source = order()
  await club.buy([line(5000)], { source })
  const reward = await offer(club)
  await issue(club, reward.id)
  const change = { source, customerId: club.ana }
  await club.run(JULY_6, context => reviseFor(context, { ...change, lines: [line(2000)] }))
  assert.equal(await club.balance(), -20)
  await assert.rejects(issue(club, reward.id), {
    code: 'no_entitlement',
    details: { points: 40, available: -20 },
  })
  await club.buy([line(1500)])
  assert.equal(await club.balance(), -5)
  await club.buy([line(5000)])
  assert.equal(await club.balance(), 45)
  assert.deepEqual((await club.ledger()).slice(2), [
    'revise -10',
    'revise -20 owed',
    'earn 15',
    'repay -15',
    'repay 15 owed',
    'earn 50',
    'repay -5',
    'repay 5 owed',
  ])
  await issue(club, reward.id)
})

test('a refund takes from other lots before anything is owed, and what ended unused is owed by nobody', async t => {
  const club = await openClub(t)
  const source = order()
  await club.buy([line(3000)], { source })
  await issue(club, (await offer(club, { points: 10 })).id)
  const late = at('2027-08-15T10:00:00Z') // 20 of them have ended unused.
  await club.buy([line(1500)], { now: late })
  await club.run(late, context => reverseFor(context, { source, customerId: club.ana }))
  assert.equal(await club.balance(late), 5, 'the ten that were spent are taken from what there is')
})

test('points returned while some are owed repay them', async t => {
  const club = await openClub(t)
  const source = order()
  await club.buy([line(5000)], { source })
  const { id } = await issue(club, (await offer(club)).id)
  await club.run(JULY_6, context => reverseFor(context, { source, customerId: club.ana }))
  assert.equal(await club.balance(), -40)
  await club.run(JULY_6, context => cancelReward(context, id))
  assert.equal(await club.balance(), 0)
})

test('quotas hold, in all and for each customer, and what is cancelled is free again', async t => {
  const club = await openClub(t)
  const bea = await club.customer('Bea')
  for (const customerId of [club.ana, bea]) await club.buy([line(50_000)], { customerId })
  const reward = await offer(club, { quota: 2, quotaPerCustomer: 1 })
  const first = await issue(club, reward.id)
  await assert.rejects(issue(club, reward.id), { code: 'quota_exceeded' })
  await club.run(JULY_6, context => cancelReward(context, first.id))
  await issue(club, reward.id)
  await issue(club, reward.id, JULY_6, bea)
  const cem = await club.customer('Cem')
  await club.buy([line(50_000)], { customerId: cem })
  await assert.rejects(issue(club, reward.id, JULY_6, cem), { code: 'quota_exceeded', details: { quota: 2 } })
  const { rows } = await club.run(JULY_6, context => listRewards(context, { status: 'active', limit: 5 }))
  assert.deepEqual([rows[0]!.used, rows[0]!.quota], [2, 2])
})

test('a reward of a higher tier, an archived one, or one of no program is not issued', async t => {
  const tiers = {
    metric: 'points' as const,
    window: null,
    grace: null,
    tiers: [{ name: 'Gold', threshold: 100 }],
  }
  const club = await openClub(t, { tiers })
  await club.buy([line(5000)])
  const gold = await offer(club, { minTier: 'Gold' })
  await assert.rejects(issue(club, gold.id), { code: 'invalid_transition' })
  await club.buy([line(5000)])
  await issue(club, gold.id)
  await assert.rejects(offer(club, { minTier: 'Golden' }), { code: 'invalid_input' })
  await offer(club, { status: 'archived' })
  await assert.rejects(issue(club, gold.id), { code: 'not_found' })
  await offer(club)
  await club.change({ status: 'paused', tiers }, at('2026-07-05T00:00:00Z'))
  await assert.rejects(issue(club, gold.id), { code: 'invalid_transition' })
})

test('points are adjusted by entries with a reason, from what ends soonest, and never below none', async t => {
  const club = await openClub(t)
  await club.buy([line(3000)])
  const adjust = (points: number) =>
    club.run(AUGUST, context => adjustPoints(context, { customerId: club.ana, points, reason: 'Late' }))
  await adjust(20)
  await adjust(-35)
  await assert.rejects(adjust(-16), { code: 'invalid_input', details: { field: 'points', available: 15 } })
  assert.deepEqual(await club.ledger(), ['earn 30', 'adjust 20', 'adjust -30', 'adjust -5'])
  assert.equal(await club.balance(at('2027-08-15T00:00:00Z')), 15)
  assert.ok(!JSON.stringify(club.events).includes('Late'))
})

test('what a reward gives must fit its kind', async t => {
  const club = await openClub(t)
  await assert.rejects(offer(club, { discountPercent: 10 }), { code: 'invalid_input' })
  await assert.rejects(offer(club, { kind: 'discount_amount' }), { code: 'invalid_input' })
  const first = await offer(club)
  const second = await offer(club, { points: 50 })
  assert.deepEqual([second.id, second.created, second.version], [first.id, false, 2])
})
