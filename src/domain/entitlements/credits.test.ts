import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Temporal } from 'temporal-polyfill'
import { call, signUp } from '../../../test/support/access.ts'
import { at, booking, MONDAY, openStudio, type Studio } from '../../../test/support/entitlements.ts'
import { consume, creditFor, keepCredit, moveCredit, returnCredit, type Source } from './credits.ts'
import { findLot } from './read.ts'

const in2days = MONDAY.add({ hours: 48 })

/** Takes a credit for Ana; yoga in two days, unless it is said. */
function take(
  studio: Studio,
  {
    source = booking(),
    now = MONDAY,
    at = in2days,
    serviceId = studio.yoga,
    customerId = studio.ana,
  } = {} as {
    source?: Source
    now?: Temporal.Instant
    at?: Temporal.Instant
    serviceId?: string
    customerId?: string
  },
) {
  return studio.run(now, context => consume(context, { customerId, serviceId, source, at }))
}

const cancel = (studio: Studio, source: Source, by: 'customer' | 'business', now = MONDAY) =>
  studio.run(now, context => returnCredit(context, { source, by }))

test('a visit takes the lot that expires soonest; what has no end comes last, then the oldest first', async t => {
  const studio = await openStudio(t)
  const one = { sessions: 1 }
  const endless = await studio.sell({ ...one, validity: null })
  const unbegun = await studio.sell(
    { ...one, validity: 'P1D', activation: 'on_first_visit' },
    { now: MONDAY.add({ hours: 1 }) },
  )
  const later = await studio.sell({ ...one, validity: 'P3M' })
  const soon = await studio.sell({ ...one, validity: 'P1M' })
  const now = MONDAY.add({ hours: 2 })
  const taken = [
    await take(studio, { now }),
    await take(studio, { now }),
    await take(studio, { now }),
    await take(studio, { now }),
  ]
  assert.deepEqual(
    taken.map(credit => credit.lotId),
    [soon, later, endless, unbegun],
  )
  await assert.rejects(take(studio, { now }), {
    code: 'no_entitlement',
    nextTools: ['list_customer_entitlements', 'sell_package'],
  })
})

test('a lot is good for the services that it covers, and for its own customer', async t => {
  const studio = await openStudio(t)
  const { yoga, spin } = studio
  const pass = await studio.sell({ service_ids: [yoga] })
  await assert.rejects(take(studio, { serviceId: spin }), { code: 'no_entitlement' })
  const bea = await studio.customer('Bea')
  await assert.rejects(take(studio, { customerId: bea }), { code: 'no_entitlement' })
  assert.equal((await take(studio)).lotId, pass)
})

test('what is sold keeps the terms of its sale', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ sessions: 2, service_ids: [studio.yoga] })
  await studio.database.owner.query(
    "UPDATE packages SET sessions = 1, service_ids = NULL, status = 'archived'",
  )
  await assert.rejects(take(studio, { serviceId: studio.spin }), { code: 'no_entitlement' })
  assert.deepEqual([(await take(studio)).remaining, (await take(studio)).lotId], [1, id])
})

test('a look for a quote names the lot that consuming takes, and writes nothing', async t => {
  const studio = await openStudio(t)
  const look = () =>
    studio.run(MONDAY, context =>
      creditFor(context, { customerId: studio.ana, serviceId: studio.yoga, at: in2days }),
    )
  assert.equal(await look(), null)
  const lot = await studio.sell({ sessions: 1, activation: 'on_first_visit' })
  const seen = await look()
  assert.deepEqual(await studio.ledger(lot), ['grant 1'])
  assert.deepEqual(await take(studio), seen)
  assert.equal(seen!.remaining, 0)
  assert.equal(await look(), null)
})

test('every movement is a row of the ledger, and the balance is their sum', async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell({ sessions: 3 })
  const [kept, back] = [booking(), booking()]
  await take(studio, { source: kept })
  await take(studio, { source: back })
  await studio.run(MONDAY, context => keepCredit(context, { source: kept }))
  await cancel(studio, back, 'customer')
  assert.deepEqual(await studio.ledger(lot), ['grant 3', 'consume -1', 'consume -1', 'keep 0', 'return 1'])
  assert.equal((await studio.lot(lot)).balance, 2)
  const { rows } = await studio.database.owner.query(
    "SELECT principal_kind, principal_id FROM entitlement_entries WHERE kind = 'keep'",
  )
  assert.deepEqual(rows, [{ principal_kind: 'api_key', principal_id: studio.caller.principal.id }])
})

test('what is held is taken for visits to come, and neither kept nor returned', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell()
  const [kept, back] = [booking(), booking()]
  for (const source of [kept, back, booking()]) await take(studio, { source })
  const heldAt = async (now: Temporal.Instant) => (await studio.lot(id, now)).held
  assert.equal(await heldAt(MONDAY), 3)
  await studio.run(MONDAY, context => keepCredit(context, { source: kept }))
  assert.equal(await heldAt(MONDAY), 2)
  await cancel(studio, back, 'customer')
  assert.deepEqual([await heldAt(MONDAY), await heldAt(in2days)], [1, 0])
  await cancel(studio, kept, 'business')
  assert.deepEqual([await heldAt(MONDAY), (await studio.lot(id)).balance], [1, 9])
})

test('the ledger is append-only', async t => {
  const studio = await openStudio(t)
  await studio.sell()
  for (const sql of ['UPDATE entitlement_entries SET sessions = 99', 'DELETE FROM entitlement_entries'])
    await assert.rejects(
      studio.run(MONDAY, context => context.db.execute(sql)),
      (error: Error) => /permission denied/.test(String(error.cause)),
    )
})

test('a source takes one credit, however often it asks, and one again once that has come back', async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell({ sessions: 5 })
  const source = booking()
  const first = await take(studio, { source })
  assert.deepEqual(await take(studio, { source }), first)
  assert.deepEqual(await cancel(studio, source, 'customer'), { outcome: 'returned', lotId: lot })
  assert.deepEqual(await cancel(studio, source, 'customer'), { outcome: 'returned', lotId: lot })
  assert.equal((await take(studio, { source })).remaining, 4)
  assert.deepEqual(await studio.ledger(lot), ['grant 5', 'consume -1', 'return 1', 'consume -1'])
  // A booking and an enrolment of one number are two.
  await take(studio, { source: { kind: 'enrolment', id: source.id } })
  assert.equal((await studio.lot(lot)).balance, 3)
})

test('no two credits are out for one source, even past the lock', async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell()
  const source = booking()
  await take(studio, { source })
  await assert.rejects(
    studio.database.owner.query(
      `INSERT INTO entitlement_entries (workspace_id, lot_id, number, kind, sessions, source_kind, source_id, turn, visit_at, at, principal_kind)
       SELECT workspace_id, lot_id, 99, kind, sessions, source_kind, source_id, turn, visit_at, at, principal_kind
       FROM entitlement_entries WHERE kind = 'consume' AND lot_id = $1`,
      [lot],
    ),
    { constraint: 'entitlement_entries_once_a_turn' },
  )
})

test('what came without a credit has none to give back, to keep or to move', async t => {
  const studio = await openStudio(t)
  const source = booking()
  assert.equal(await cancel(studio, source, 'business'), null)
  await studio.run(MONDAY, async context => {
    assert.equal(await keepCredit(context, { source }), false)
    assert.equal(await moveCredit(context, { source, serviceId: studio.yoga, at: in2days }), null)
  })
})

test('a credit that comes back in time goes to its own lot, whichever expires sooner by now', async t => {
  const studio = await openStudio(t)
  const own = await studio.sell({ validity: 'P3M' })
  const source = booking()
  await take(studio, { source })
  const sooner = await studio.sell({ validity: 'P1M' })
  const { expiresAt } = await studio.lot(own)
  assert.deepEqual(await cancel(studio, source, 'customer'), { outcome: 'returned', lotId: own })
  const [after, other] = [await studio.lot(own), await studio.lot(sooner)]
  assert.deepEqual([after.balance, String(after.expiresAt), other.balance], [10, String(expiresAt), 10])
})

test("a customer's credit whose lot has expired meanwhile is gone", async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell({ sessions: 2, validity: 'P3D' })
  const source = booking()
  await take(studio, { source })
  const { expiresAt } = await studio.lot(lot)
  const gone = { outcome: 'gone', lotId: lot }
  assert.deepEqual(await cancel(studio, source, 'customer', expiresAt!), gone)
  assert.deepEqual(await cancel(studio, source, 'business', expiresAt!), gone)
  assert.deepEqual(await studio.ledger(lot), ['grant 2', 'consume -1', 'expire -1', 'return 1', 'expire -1'])
  await assert.rejects(take(studio, { now: expiresAt!, at: expiresAt! }), { code: 'no_entitlement' })
})

test('a credit of a cancelling business whose lot has expired is granted anew for at least 7 days, once', async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell({ sessions: 2, validity: 'P3D', service_ids: [studio.yoga] })
  const source = booking()
  await take(studio, { source })
  const now = (await studio.lot(lot)).expiresAt!.add({ hours: 14 })
  const { outcome, lotId } = (await cancel(studio, source, 'business', now))!
  assert.equal(outcome, 'reissued')
  assert.notEqual(lotId, lot)
  assert.deepEqual(await cancel(studio, source, 'business', now), { outcome, lotId })
  const anew = await studio.lot(lotId, now)
  assert.deepEqual(
    [anew.source, anew.balance, anew.customerId, anew.serviceIds, anew.priceAmount],
    ['reissue', 1, studio.ana, [studio.yoga], null],
  )
  assert.ok(anew.expiresAt!.epochMilliseconds >= now.add({ hours: 7 * 24 }).epochMilliseconds)
  assert.equal(anew.expiresAt!.toZonedDateTimeISO('Europe/Berlin').hour, 0)
  assert.deepEqual(await studio.ledger(lot), ['grant 2', 'consume -1', 'expire -1', 'return 0'])
  assert.equal((await take(studio, { now, at: now.add({ hours: 7 * 24 }) })).lotId, lotId)
  await assert.rejects(take(studio, { now }), { code: 'no_entitlement' })
})

test('a credit of an unlimited pass is granted anew as one session', async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell({ sessions: null, validity: 'P3D' })
  const source = booking()
  assert.equal((await take(studio, { source })).remaining, null)
  const { lotId } = (await cancel(studio, source, 'business', (await studio.lot(lot)).expiresAt!))!
  assert.equal((await studio.lot(lotId)).balance, 1)
  assert.deepEqual(await studio.ledger(lot), [
    'grant uncounted',
    'consume uncounted',
    'expire uncounted',
    'return uncounted',
  ])
})

test('a business that cancels while the lot is good gives the credit back to it', async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell()
  const source = booking()
  await take(studio, { source })
  const last = (await studio.lot(lot)).expiresAt!.subtract({ milliseconds: 1 })
  assert.deepEqual(await cancel(studio, source, 'business', last), { outcome: 'returned', lotId: lot })
})

test('a credit that is kept stays taken, and a business may still give it back', async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell({ sessions: 2 })
  const source = booking()
  await take(studio, { source })
  const keep = () => studio.run(MONDAY, context => keepCredit(context, { source }))
  assert.deepEqual([await keep(), await keep()], [true, true])
  assert.equal(await cancel(studio, source, 'customer'), null)
  assert.equal((await studio.lot(lot)).balance, 1)
  assert.deepEqual(await cancel(studio, source, 'business'), { outcome: 'returned', lotId: lot })
  assert.deepEqual(await studio.ledger(lot), ['grant 2', 'consume -1', 'keep 0', 'return 1'])
})

test('a credit moves with its visit and is not doubled; where no lot is good then, nothing has changed', async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell({ sessions: 1, validity: 'P10D' })
  const source = booking()
  await take(studio, { source })
  const move = (at: Temporal.Instant) =>
    studio.run(MONDAY, context => moveCredit(context, { source, serviceId: studio.yoga, at }))
  assert.equal((await move(MONDAY.add({ hours: 72 })))!.lotId, lot)
  assert.equal((await move(MONDAY.add({ hours: 72 })))!.remaining, 0)
  assert.equal((await studio.lot(lot)).balance, 0)
  const before = await studio.ledger(lot)
  await assert.rejects(move(MONDAY.add({ hours: 24 * 20 })), { code: 'no_entitlement' })
  assert.deepEqual(await studio.ledger(lot), before)
  const longer = await studio.sell({ validity: 'P1M' })
  assert.equal((await move(MONDAY.add({ hours: 24 * 20 })))!.lotId, longer)
  assert.deepEqual([(await studio.lot(lot)).balance, (await studio.lot(longer)).balance], [1, 9])
})

test('a pass that begins with its first visit is counted from the date of that visit', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ validity: 'P10D', activation: 'on_first_visit' })
  const before = await studio.lot(id)
  assert.deepEqual([before.activatedAt, before.expiresAt], [null, null])
  const first = at('2030-02-04T18:00:00+01:00')
  const credit = await take(studio, { at: first })
  const lot = await studio.lot(id)
  assert.equal(String(lot.activatedAt), String(first))
  assert.equal(String(lot.expiresAt), String(at('2030-02-15T00:00:00+01:00')))
  assert.equal(String(credit.expiresAt), String(lot.expiresAt))
  await assert.rejects(take(studio, { at: lot.expiresAt! }), { code: 'no_entitlement' })
  assert.equal((await take(studio, { at: lot.expiresAt!.subtract({ milliseconds: 1 }) })).lotId, id)
})

test('a first visit that is cancelled in time was none: the pass begins with the next', async t => {
  const studio = await openStudio(t)
  const id = await studio.sell({ validity: 'P10D', activation: 'on_first_visit' })
  const [first, second] = [booking(), booking()]
  await take(studio, { source: first, at: MONDAY.add({ hours: 24 }) })
  await take(studio, { source: second, at: MONDAY.add({ hours: 72 }) })
  await cancel(studio, first, 'customer')
  assert.equal(String((await studio.lot(id)).activatedAt), String(MONDAY.add({ hours: 72 })))
  await cancel(studio, second, 'customer')
  const lot = await studio.lot(id)
  assert.deepEqual([lot.activatedAt, lot.expiresAt, lot.balance], [null, null, 10])
})

test('a pass that begins with its purchase is counted from the date of the sale, where it was sold', async t => {
  const studio = await openStudio(t, { zone: 'Africa/Cairo' })
  const { expiresAt } = await studio.lot(
    await studio.sell({ validity: 'P1M' }, { now: at('2026-03-23T10:00:00Z') }),
  )
  // Clocks in Cairo skip that midnight.
  assert.equal(String(expiresAt), String(at('2026-04-24T01:00:00+03:00')))
  const january = await studio.sell({ validity: 'P1M' }, { now: at('2026-01-31T10:00:00Z') })
  assert.equal(String((await studio.lot(january)).expiresAt), String(at('2026-03-01T00:00:00+02:00')))
})

test('the worker is woken when a lot ends, once that is known', async t => {
  const studio = await openStudio(t)
  await studio.sell({ validity: null })
  await studio.sell({ validity: 'P10D', activation: 'on_first_visit', service_ids: [studio.yoga] })
  assert.equal(studio.jobs.length, 0)
  const spin = await studio.sell({ validity: 'P1M', service_ids: [studio.spin] })
  assert.equal(studio.jobs.length, 1)
  assert.ok(
    JSON.stringify(studio.jobs[0]).includes(
      new Date((await studio.lot(spin)).expiresAt!.epochMilliseconds).toISOString().slice(0, 19),
    ),
  )
})

test('events say what happened with ids alone', async t => {
  const studio = await openStudio(t)
  studio.events.length = 0
  const lot = await studio.sell({ sessions: 1 })
  const source = booking()
  await take(studio, { source })
  await cancel(studio, source, 'customer')
  const own = studio.events.filter(event => event.type.startsWith('entitlement.'))
  assert.deepEqual(
    own.map(({ type, subject }) => [type, subject]),
    ['granted', 'consumed', 'returned'].map(what => [`entitlement.${what}`, { kind: 'lot', id: lot }]),
  )
  assert.match(
    JSON.stringify(own[1]!.data),
    /^\{"customer_id":"customer_\w{26}","sessions":-1,"source_id":"booking_\w{26}"\}$/,
  )
})

test("another business's lots are neither found nor used", async t => {
  const studio = await openStudio(t)
  const lot = await studio.sell()
  const source = booking()
  await take(studio, { source })
  const { caller } = await signUp(studio.database, 'eve@example.com')
  await call(studio.database, { caller }, async context => {
    const visit = { customerId: studio.ana, serviceId: studio.yoga, at: in2days }
    assert.equal(await creditFor(context, visit), null)
    assert.equal(await returnCredit(context, { source, by: 'business' }), null)
    await assert.rejects(consume(context, { ...visit, source: booking() }), { code: 'no_entitlement' })
    await assert.rejects(findLot(context, lot), { code: 'not_found' })
  })
})
