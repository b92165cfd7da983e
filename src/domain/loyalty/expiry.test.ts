import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, JULY_6, line, openClub, order, perEuro } from '../../../test/support/loyalty.ts'
import { upsertSegment } from '../customers/segments.ts'
import { reverseFor } from './accrual.ts'
import { overrideTier } from './correct.ts'
import { liabilityAt } from './liability.ts'
import { enrolMember, moveLoyalty } from './members.ts'
import { readPrograms } from './program.ts'
import { type PromotionFields, setPromotion } from './promotions.ts'
import { listEntries, listExpiring, readAccount } from './read.ts'
import { cancelReward, issueReward } from './redemptions.ts'
import { setReward } from './rewards.ts'

const END = at('2027-07-31T22:00:00Z') // 2027-08-01 00:00 in Berlin.

test('earned on 2026-07-06 points are usable until the end of July 2027 there, though no job has run', async t => {
  const club = await openClub(t)
  await club.buy([line(3000)])
  assert.equal(await club.balance(END.subtract({ milliseconds: 1 })), 30)
  assert.equal(await club.balance(END), 0)
  assert.deepEqual(await club.ledger(), ['earn 30'])
})

test('what has ended is posted once, as of its instant, by whoever looks first', async t => {
  const club = await openClub(t)
  await club.buy([line(3000)])
  assert.deepEqual(await club.wake(END.subtract({ milliseconds: 1 })), [])
  const steps = await club.wake(END.add({ hours: 30 }))
  assert.deepEqual(
    steps.map(({ name, at, count }) => [name, String(at), count]),
    [['loyalty_points', String(END), 1]],
  )
  assert.deepEqual(await club.wake(END.add({ hours: 31 })), [])
  await club.buy([line(1000)], { now: END.add({ hours: 32 }) })
  assert.deepEqual(await club.ledger(), ['earn 30', 'expire -30', 'earn 10'])
})

test('points of a location end with its own month', async t => {
  const club = await openClub(t)
  const locationId = await club.location('America/New_York')
  await club.buy([line(3000)], { locationId })
  assert.equal(await club.balance(at('2027-08-01T03:59:59Z')), 30)
  assert.equal(await club.balance(at('2027-08-01T04:00:00Z')), 0)
})

const promotion: PromotionFields = {
  code: 'DOUBLE',
  name: 'Double',
  percent: 200,
  addition: null,
  startsAt: at('2026-07-01T00:00:00Z'),
  endsAt: at('2026-08-01T00:00:00Z'),
  limitTimes: null,
  limitDays: null,
  status: 'active',
}

test('of two promotions the most recent applies, within its window alone', async t => {
  const club = await openClub(t)
  const set = (fields: Partial<PromotionFields>, now = JULY_6) =>
    club.run(now, context => setPromotion(context, { ...promotion, ...fields }))
  await set({})
  await set({ code: 'TRIPLE', percent: 300 }, JULY_6.add({ minutes: 1 }))
  const points = async (now = JULY_6) => (await club.buy([line(1000)], { now }))?.points
  assert.equal(await points(), 30)
  await set({ code: 'TRIPLE', percent: 300, status: 'archived' })
  assert.equal(await points(), 20)
  assert.equal(await points(at('2026-08-01T00:00:00Z')), 10, 'its end is exclusive')
  await assert.rejects(set({ addition: 5 }), { code: 'invalid_input' })
  await assert.rejects(set({ endsAt: promotion.startsAt }), { code: 'invalid_input' })
})

test('a trigger limit counts local days of the location', async t => {
  const club = await openClub(t)
  const locationId = await club.location('America/Los_Angeles')
  await club.run(JULY_6, context => setPromotion(context, { ...promotion, limitTimes: 1, limitDays: 1 }))
  const points = async (now: string, source = order()) =>
    (await club.buy([line(1000)], { now: at(now), locationId, source }))?.points
  assert.equal(await points('2026-07-06T16:00:00Z'), 20)
  assert.equal(await points('2026-07-07T06:59:00Z'), 10, 'it is still the sixth there')
  const source = order()
  assert.equal(await points('2026-07-07T07:00:00Z', source), 20)
  await club.run(at('2026-07-07T08:00:00Z'), context => reverseFor(context, { source, customerId: club.ana }))
  assert.equal(await points('2026-07-07T09:00:00Z'), 20, 'what was taken back whole has not used it')
})

test('a program changes from its instant on, and what is decided for later waits', async t => {
  const club = await openClub(t)
  const later = at('2026-09-01T00:00:00Z')
  await club.change({ earnRules: [{ ...perEuro, points: 3 }], effectiveFrom: later }, JULY_6)
  await club.change({ earnRules: [{ ...perEuro, points: 2 }] }, JULY_6)
  assert.equal((await club.buy([line(1000)]))?.points, 20)
  assert.equal((await club.buy([line(1000)], { now: later }))?.points, 30)
  const { version, current, coming } = await club.run(JULY_6, readPrograms)
  assert.deepEqual([version, current?.version, coming.map(one => one.version)], [3, 3, [2]])
  await assert.rejects(club.change({ effectiveFrom: JULY_6 }, later), { code: 'invalid_input' })
  await assert.rejects(club.change({ unit: 'stamps' }, later), { code: 'invalid_input' })
  await assert.rejects(club.change({ version: 1 }, later), { code: 'stale_version' })
})

const tiers = {
  metric: 'points' as const,
  window: 'P1Y',
  grace: null,
  tiers: [{ name: 'Gold', threshold: 100 }],
}
const tierOf = (club: Awaited<ReturnType<typeof openClub>>, now = JULY_6) =>
  club.run(now, async context => (await readAccount(context, club.ana)).standing?.tier)

test('a tier is told of when it is reached, when a refund re-evaluates it and when time takes it', async t => {
  const club = await openClub(t, { tiers })
  const source = order()
  const told = () =>
    club.events.flatMap(({ type, data }) => (type === 'loyalty.tier_changed' ? [data?.tier] : []))
  await club.buy([line(10_000)], { source })
  assert.deepEqual([await tierOf(club), told()], ['Gold', ['Gold']])
  await club.run(JULY_6, context => reverseFor(context, { source, customerId: club.ana }))
  assert.deepEqual([await tierOf(club), told()], [null, ['Gold', null]])
  await club.buy([line(10_000)])
  const lost = at('2027-07-06T22:00:00Z')
  assert.equal(await tierOf(club, lost.subtract({ milliseconds: 1 })), 'Gold')
  assert.equal(await tierOf(club, lost), null, 'though no job has run')
  await club.wake(lost)
  assert.deepEqual(told(), ['Gold', null, 'Gold', null])
  assert.deepEqual(await club.wake(lost), [])
})

test('a tier that is set by hand holds until its end, and then what was earned counts', async t => {
  const club = await openClub(t, { tiers })
  await club.buy([line(1000)])
  const until = at('2026-12-01T00:00:00Z')
  const set = (tier: string | null, end = until) =>
    club.run(JULY_6, context =>
      overrideTier(context, { customerId: club.ana, tier, until: end, reason: 'Founder' }),
    )
  await set('Gold')
  assert.equal(await tierOf(club), 'Gold')
  assert.equal(await tierOf(club, until), null)
  await club.wake(until)
  await assert.rejects(set('Platinum'), { code: 'invalid_input' })
  await assert.rejects(set('Gold', JULY_6), { code: 'invalid_input' })
  await set('Gold')
  await set(null)
  assert.equal(await tierOf(club), null)
})

test('who is a member already stays one; where there is no program nobody becomes one', async t => {
  const club = await openClub(t, null)
  const enrol = () => club.run(JULY_6, context => enrolMember(context, club.ana))
  await assert.rejects(enrol(), { code: 'invalid_transition' })
  await club.change({})
  assert.equal((await enrol()).existing, false)
  assert.equal((await enrol()).existing, true)
})

test('merged, a customer brings their ledger: lots keep their end, debts are repaid, returns find their lots', async t => {
  const club = await openClub(t)
  const bea = await club.customer('Bea')
  const reward = await club.run(JULY_6, context =>
    setReward(context, {
      code: 'FREE',
      name: 'Free',
      description: null,
      points: 30,
      kind: 'free_item',
      discountAmount: null,
      discountPercent: null,
      itemId: null,
      minTier: null,
      quota: null,
      quotaPerCustomer: null,
      status: 'active',
    }),
  )
  const source = order()
  await club.buy([line(4000)], { source, customerId: bea })
  const { redemption } = await club.run(JULY_6, context =>
    issueReward(context, { customerId: bea, rewardId: reward.id }),
  )
  await club.run(JULY_6, context => reverseFor(context, { source, customerId: bea }))
  await club.buy([line(5000)], { now: at('2026-08-06T10:00:00Z') })
  const now = at('2026-08-07T10:00:00Z')
  const move = (commit: boolean) =>
    club.run(now, async context => (await moveLoyalty(context, bea, club.ana, commit)).counts)
  assert.deepEqual(await move(false), { loyalty_accounts: 1 })
  assert.deepEqual(await move(true), { loyalty_accounts: 1 })
  assert.equal(await club.balance(now), 20, 'thirty were owed')
  const { rows } = await club.database.owner.query('SELECT FROM loyalty_accounts WHERE customer_id = $1', [
    bea,
  ])
  assert.equal(rows.length, 0)
  await club.run(now, context => cancelReward(context, redemption.id))
  assert.equal(await club.balance(now), 50)
  assert.equal(await club.balance(END), 20, 'those of July end with July')
  const all: unknown[] = []
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await club.run(now, context =>
      listEntries(context, { customerId: club.ana, limit: 3, cursor }),
    )
    all.push(...page.rows)
    cursor = page.nextCursor
  }
  assert.equal(all.length, (await club.ledger()).length)
})

test('what ends soon is listed by customer, and what the business owes is summed', async t => {
  const club = await openClub(t)
  const bea = await club.customer('Bea')
  await club.buy([line(3000)])
  await club.buy([line(2000)], { now: at('2026-09-06T10:00:00Z'), customerId: bea })
  const list = (until: string, now = JULY_6) =>
    club.run(now, context => listExpiring(context, { until: at(until), limit: 10 }))
  assert.deepEqual(
    (await list('2027-08-01T00:00:00Z')).rows.map(({ customerId, points }) => [customerId, points]),
    [[club.ana, 30]],
  )
  assert.equal((await list('2027-12-01T00:00:00Z')).rows.length, 2)
  assert.equal((await list('2027-12-01T00:00:00Z', END)).rows.length, 1, 'what has ended ends no more')
  await club.database.owner.query("UPDATE customers SET tags = '{vip}' WHERE id = $1", [bea])
  const vips = await club.run(JULY_6, async context => {
    await upsertSegment(context, { key: 'vips', name: 'VIPs', rule: { tag: 'vip' } })
    const until = at('2027-12-01T00:00:00Z')
    return [
      await listExpiring(context, { until, segment: 'vips', limit: 10 }),
      await listExpiring(context, { until, tag: 'vip', limit: 10 }),
    ].map(({ rows }) => rows.map(({ customerId }) => customerId))
  })
  assert.deepEqual(vips, [[bea], [bea]], 'of a segment or a tag')
  const liability = await club.run(END, context => liabilityAt(context, at('2027-12-01T00:00:00Z')))
  const { outstanding, expiring, expired, earned, breakage } = liability
  assert.deepEqual([outstanding, expiring, expired, earned, breakage], [20, 20, 30, 50, 1])
  await club.wake(END)
  assert.deepEqual(
    await club.run(END, context => liabilityAt(context, at('2027-12-01T00:00:00Z'))),
    liability,
    'noted or not',
  )
})
