import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { booking, MONDAY, openStudio, type Studio } from '../../../test/support/entitlements.ts'
import { adjustLot, extendLot } from './correct.ts'
import { consume, returnCredit } from './credits.ts'
import { remainingAt } from './lots.ts'

const reason = 'Counted wrong'
const adjust = (studio: Studio, lot_id: string, sessions: number, now = MONDAY) =>
  studio.run(now, context => adjustLot(context, { lot_id, sessions, reason }))
const extend = (studio: Studio, lot_id: string, day: string, now = MONDAY) =>
  studio.run(now, context =>
    extendLot(context, { lot_id, valid_through: Temporal.PlainDate.from(day), reason }),
  )

test('sessions are added and taken by entries with a reason, never below none', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ sessions: 2 })
  assert.equal((await adjust(studio, id, 1)).balance, 3)
  await assert.rejects(adjust(studio, id, -4), {
    code: 'invalid_input',
    details: { field: 'sessions', remaining: 3 },
  })
  assert.equal((await adjust(studio, id, -3)).balance, 0)
  assert.deepEqual(await studio.ledger(id), ['grant 2', 'adjust 1', 'adjust -3'])
  const { rows } = await studio.database.owner.query(
    "SELECT reason FROM entitlement_entries WHERE kind = 'adjust'",
  )
  assert.deepEqual(rows, [{ reason }, { reason }])
  assert.ok(!JSON.stringify(studio.events).includes(reason))
})

test('what has expired or counts no sessions is not adjusted', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ validity: 'P10D' })
  await assert.rejects(adjust(studio, id, 1, (await studio.lot(id)).expiresAt!), {
    code: 'invalid_transition',
  })
  const pass = await studio.sell({ sessions: null })
  await assert.rejects(adjust(studio, pass, 1), { code: 'invalid_transition' })
})

test('a lot is extended to the end of a later day', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ sessions: 2, validity: 'P10D' }) // To the end of the 17th.
  for (const day of ['2030-01-17', '2030-01-10', '2029-12-31'])
    await assert.rejects(extend(studio, id, day), { code: 'invalid_input' })
  const lot = await extend(studio, id, '2030-01-18')
  assert.equal(String(lot.expiresAt), '2030-01-18T23:00:00Z')
  assert.deepEqual(await studio.ledger(id), ['grant 2', 'extend 0'])
  assert.equal(studio.jobs.length, 2)
})

test('what has expired is good again with what was left, whether or not that was noted', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ sessions: 3, validity: 'P3D' })
  const [lost, gone, anew] = [booking(), booking(), booking()]
  for (const source of [gone, anew]) {
    const visit = { customerId: studio.ana, serviceId: studio.yoga, at: MONDAY, source }
    await studio.run(MONDAY, context => consume(context, visit))
  }
  const now = (await studio.lot(id)).expiresAt!.add({ hours: 30 })
  await studio.run(now, async context => {
    await returnCredit(context, { source: lost, by: 'customer' })
    await returnCredit(context, { source: gone, by: 'customer' })
    await returnCredit(context, { source: anew, by: 'business' })
  })
  assert.equal(remainingAt(await studio.lot(id, now), now), 0)
  await assert.rejects(
    extend(studio, id, '2030-01-11', now),
    { code: 'invalid_input' },
    'it must end later than now',
  )
  // The one that was left and the one that came back too late; the third is in a lot of its own by now.
  assert.equal((await extend(studio, id, '2030-02-01', now)).balance, 2)
  assert.equal((await extend(studio, id, '2030-02-02', now)).balance, 2)
})

test('what has not begun, or has no end, has none to move', async t => {
  const studio = await openStudio(t)
  const unbegun = await studio.sell({ activation: 'on_first_visit' })
  const endless = await studio.sell({ validity: null })
  for (const id of [unbegun, endless])
    await assert.rejects(extend(studio, id, '2031-01-01'), { code: 'invalid_transition' })
})

test('an end that somebody set stays when the first visit is cancelled', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ validity: 'P10D', activation: 'on_first_visit' })
  const source = booking()
  const visit = { customerId: studio.ana, serviceId: studio.yoga, at: MONDAY, source }
  await studio.run(MONDAY, context => consume(context, visit))
  const { expiresAt } = await extend(studio, id, '2030-03-31')
  await studio.run(MONDAY, context => returnCredit(context, { source, by: 'customer' }))
  assert.equal(String((await studio.lot(id)).expiresAt), String(expiresAt))
})

test('a lot of another business is not found', async t => {
  const studio = await openStudio(t)
  const unknown = crypto.randomUUID()
  await assert.rejects(adjust(studio, unknown, 1), { code: 'not_found' })
  await assert.rejects(extend(studio, unknown, '2031-01-01'), { code: 'not_found' })
})
