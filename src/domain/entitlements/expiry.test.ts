import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { booking, MONDAY, openStudio, type Studio } from '../../../test/support/entitlements.ts'
import { walk } from '../due-work.ts'
import { extendLot } from './correct.ts'
import { consume, creditFor, returnCredit } from './credits.ts'
import { entitlementExpiry } from './expiry.ts'
import { isExpired, remainingAt } from './lots.ts'

async function use(studio: Studio, lotsLeft = 1) {
  for (let n = 0; n < lotsLeft; n++) {
    const visit = { customerId: studio.ana, serviceId: studio.yoga, at: MONDAY.add({ hours: 24 }) }
    await studio.run(MONDAY, context => consume(context, { ...visit, source: booking() }))
  }
}

const note = (studio: Studio, now: Temporal.Instant) =>
  studio.run(now, context => walk({ ...context, dueWork: [entitlementExpiry] }, now))

test('with no worker a lot counts to the last millisecond before its expiry, and nothing at it', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ sessions: 3, validity: 'P10D' })
  const expiresAt = (await studio.lot(id)).expiresAt!
  const seen = async (now: Temporal.Instant) => {
    const visit = { customerId: studio.ana, serviceId: studio.yoga, at: now }
    const credit = await studio.run(now, context => creditFor(context, visit))
    return [remainingAt(await studio.lot(id, now), now), credit?.lotId]
  }
  assert.deepEqual(await seen(expiresAt.subtract({ milliseconds: 1 })), [3, id])
  assert.deepEqual(await seen(expiresAt), [0, undefined])
  assert.deepEqual(await seen(expiresAt.add({ hours: 9999 })), [0, undefined])
  assert.deepEqual(await studio.ledger(id), ['grant 3'])
})

test('an expiry is noted as of its instant, however late, and once', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ sessions: 3, validity: 'P10D' })
  await use(studio)
  const expiresAt = (await studio.lot(id)).expiresAt!
  assert.deepEqual(await note(studio, expiresAt.subtract({ milliseconds: 1 })), [])
  studio.events.length = 0
  const late = expiresAt.add({ hours: 1000 })
  assert.deepEqual(await note(studio, late), [{ name: 'entitlement', at: expiresAt, count: 1 }])
  assert.deepEqual(await note(studio, late), [])
  assert.deepEqual(await studio.ledger(id), ['grant 3', 'consume -1', 'expire -2'])
  const { rows } = await studio.database.owner.query(
    "SELECT at FROM entitlement_entries WHERE kind = 'expire'",
  )
  assert.equal(rows[0].at.getTime(), expiresAt.epochMilliseconds)
  assert.deepEqual(
    studio.events.map(({ type, at }) => [type, String(at)]),
    [['entitlement.expired', String(expiresAt)]],
  )
  const lot = await studio.lot(id, late)
  assert.deepEqual([lot.balance, isExpired(lot, late)], [0, true])
})

test('whoever first finds a lot over notes it as of its instant, and nobody after them', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ sessions: 3, validity: 'P10D' })
  const [one, other] = [booking(), booking()]
  for (const source of [one, other]) {
    const visit = { customerId: studio.ana, serviceId: studio.yoga, at: MONDAY, source }
    await studio.run(MONDAY, context => consume(context, visit))
  }
  const expiresAt = (await studio.lot(id)).expiresAt!
  const late = expiresAt.add({ hours: 50 })
  for (const source of [one, other])
    await studio.run(late, context => returnCredit(context, { source, by: 'customer' }))
  const { rows } = await studio.database.owner.query(
    'SELECT kind, sessions, at FROM entitlement_entries WHERE number > 3 ORDER BY number',
  )
  const end = expiresAt.epochMilliseconds
  assert.deepEqual(
    rows.map(({ kind, sessions, at }) => [kind, sessions, at.getTime() - end]),
    [
      ['expire', -1, 0],
      ['return', 1, 50 * 3_600_000],
      ['expire', -1, 50 * 3_600_000],
      ['return', 1, 50 * 3_600_000],
      ['expire', -1, 50 * 3_600_000],
    ],
  )
  assert.deepEqual(await note(studio, late), [])
})

test('each expires at its own instant, those of one midnight together, and used-up and unlimited ones too', async t => {
  const studio = await openStudio(t)
  const used = await studio.sell({ sessions: 1, validity: 'P10D' })
  await use(studio)
  const unlimited = await studio.sell({ sessions: null, validity: 'P10D' })
  const later = await studio.sell({ validity: 'P11D' })
  const endless = await studio.sell({ validity: null })
  const steps = await note(studio, MONDAY.add({ hours: 24 * 365 }))
  assert.deepEqual(
    steps.map(({ at, count }) => [at.toZonedDateTimeISO('Europe/Berlin').toPlainDate().toString(), count]),
    [
      ['2030-01-18', 2],
      ['2030-01-19', 1],
    ],
  )
  assert.deepEqual(await studio.ledger(used), ['grant 1', 'consume -1', 'expire 0'])
  assert.deepEqual(await studio.ledger(unlimited), ['grant uncounted', 'expire uncounted'])
  assert.deepEqual(await studio.ledger(later), ['grant 10', 'expire -10'])
  assert.deepEqual(await studio.ledger(endless), ['grant 10'])
})

test('what is extended expires again, at its new end', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ sessions: 3, validity: 'P10D' })
  const { expiresAt } = await studio.lot(id)
  const valid_through = Temporal.PlainDate.from('2030-02-28')
  await studio.run(expiresAt!, context => extendLot(context, { lot_id: id, valid_through, reason: 'Ill' }))
  const [step] = await note(studio, MONDAY.add({ hours: 24 * 365 }))
  assert.equal(String(step!.at), '2030-02-28T23:00:00Z')
  assert.deepEqual(await studio.ledger(id), ['grant 3', 'expire -3', 'extend 3', 'expire -3'])
})
