import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, booking, JULY_6, line, openClub, order, perEuro } from '../../../test/support/loyalty.ts'
import { accrueFor, reverseFor, revertFor, reviseFor, settleFor } from './accrual.ts'
import type { EarnRule } from './earn.ts'

const LATER = at('2026-07-08T10:00:00Z')
const perVisit: EarnRule = { kind: 'visit', points: 10, minimum: 0, tax: 'before_tax' }

test('a source earns once, whichever of webhook, completion or hand comes first', async t => {
  const club = await openClub(t)
  const source = booking()
  const first = await club.buy([line(3000)], { source })
  assert.equal(first?.points, 30)
  const again = await club.buy([line(9900)], { source, now: LATER })
  assert.deepEqual([again?.id, again?.points], [first?.id, 30])
  await club.run(LATER, context => settleFor(context, { source, customerId: club.ana }))
  assert.deepEqual(await club.ledger(), ['earn 30'])
})

test('a source of another customer stays with who was first', async t => {
  const club = await openClub(t)
  const source = order()
  await club.buy([line(3000)], { source })
  const bea = await club.customer('Bea')
  const again = await club.buy([line(3000)], { source, customerId: bea })
  assert.equal(again?.points, 30)
  assert.deepEqual(await club.ledger(bea), [])
})

test('what is not paid is pending until it is', async t => {
  const club = await openClub(t)
  const source = order()
  const pending = await club.buy([line(2500)], { source, paid: false })
  assert.deepEqual([pending?.state, pending?.points, await club.balance()], ['pending', 25, 0])
  const settled = await club.run(LATER, context => settleFor(context, { source, customerId: club.ana }))
  assert.deepEqual([settled?.state, await club.balance()], ['earned', 25])
  const lines = [line(2000, { tax: 500 })]
  const other = order()
  await club.buy([line(2500)], { source: other, paid: false })
  const invoiced = await club.run(LATER, context =>
    settleFor(context, { source: other, customerId: club.ana, lines }),
  )
  assert.equal(invoiced?.points, 20, 'the invoice knows what of it is tax')
})

test('what was paid in advance earns when it happens', async t => {
  const club = await openClub(t)
  const source = booking()
  const settle = () => club.run(JULY_6, context => settleFor(context, { source, customerId: club.ana }))
  assert.equal(await settle(), null)
  assert.equal(await settle(), null)
  const earned = await club.buy([line(2500)], { source, paid: false })
  assert.deepEqual([earned?.state, await club.balance()], ['earned', 25])
})

test('what was paid in advance and given back earns nothing until it is paid again', async t => {
  const club = await openClub(t)
  const source = booking()
  const change = { source, customerId: club.ana }
  await club.run(JULY_6, context => settleFor(context, change))
  await club.run(JULY_6, context => reverseFor(context, change))
  assert.equal((await club.buy([line(2500)], { source, paid: false }))?.state, 'pending')
})

test('a visit for nothing, or with a pass, earns by the visit alone', async t => {
  const club = await openClub(t)
  const itemIds = [club.yoga]
  const item: EarnRule = { kind: 'item', itemIds, points: 50, per: null, minimum: 0, tax: 'after_tax' }
  await club.change({ earnRules: [perEuro, item, perVisit] }, at('2026-01-02T00:00:00Z'))
  const free = await club.buy([line(0, { itemId: club.yoga })], { source: booking(), paid: false })
  assert.deepEqual([free?.state, free?.points], ['earned', 10])
  const bought = await club.buy([line(100, { itemId: club.yoga })], { source: booking() })
  assert.equal(bought?.points, 50)
  assert.equal((await club.buy([line(0)]))?.points, 0, 'an order is no visit')
})

test('a refund computes the points of what remains anew, and is no share of them', async t => {
  // 50 from 100 euros on, else one for each full ten.
  const big: EarnRule = { kind: 'spend', points: 50, per: 10_000, minimum: 10_000, tax: 'before_tax' }
  const small: EarnRule = { kind: 'spend', points: 1, per: 1000, minimum: 0, tax: 'before_tax' }
  const club = await openClub(t, { earnRules: [small, big] })
  const source = order()
  await club.buy([line(8000), line(4000)], { source })
  const left = await club.run(LATER, context =>
    reviseFor(context, { source, customerId: club.ana, lines: [line(8000)] }),
  )
  assert.equal(left?.points, 8, 'two thirds of it would be 33')
  assert.deepEqual(await club.ledger(), ['earn 50', 'revise -42'])
  await club.run(LATER, context => reverseFor(context, { source, customerId: club.ana }))
  await club.run(LATER, context => reverseFor(context, { source, customerId: club.ana }))
  assert.deepEqual(await club.ledger(), ['earn 50', 'revise -42', 'revise -8'])
  assert.equal((await club.buy([line(12_000)], { source }))?.state, 'reversed', 'it does not earn again')
})

test('a refund keeps to the rules of the day on which it was earned', async t => {
  const club = await openClub(t)
  const source = order()
  await club.buy([line(8000), line(4000)], { source })
  await club.change({ earnRules: [{ ...perEuro, points: 7 }] }, at('2026-07-07T00:00:00Z'))
  const left = await club.run(LATER, context =>
    reviseFor(context, { source, customerId: club.ana, lines: [line(8000)] }),
  )
  assert.equal(left?.points, 80)
})

test('a completion that is undone takes its points back, and done again brings them again', async t => {
  const club = await openClub(t)
  const source = booking()
  await club.buy([line(3000)], { source })
  for (let time = 0; time < 2; time++)
    await club.run(LATER, context => revertFor(context, { source, customerId: club.ana }))
  assert.equal(await club.balance(LATER), 0)
  await club.buy([line(3000)], { source, now: LATER })
  assert.deepEqual(await club.ledger(), ['earn 30', 'revise -30', 'revise 30'])
})

test('with no program, a paused one, or for who is no member where nobody is made one, nothing is earned', async t => {
  const club = await openClub(t, null)
  assert.equal(await club.buy([line(3000)]), null)
  await club.change({ status: 'paused' })
  assert.equal(await club.buy([line(3000)]), null)
  await club.change({ status: 'active', autoEnrol: false })
  assert.equal(await club.buy([line(3000)]), null)
  const { rowCount } = await club.database.owner.query('SELECT FROM loyalty_accounts')
  assert.equal(rowCount, 0)
})

test('the application cannot change or delete what the ledger says', async t => {
  const club = await openClub(t)
  await club.buy([line(3000)])
  for (const statement of ['UPDATE loyalty_entries SET points = 1', 'DELETE FROM loyalty_entries'])
    await assert.rejects(
      club.run(JULY_6, context => context.db.execute(statement)),
      (error: Error) => /permission denied/.test(String(error.cause)),
    )
})

test('a customer who is not of this business is not found', async t => {
  const club = await openClub(t)
  const purchase = { source: order(), customerId: crypto.randomUUID(), lines: [], paid: true, at: JULY_6 }
  await assert.rejects(
    club.run(JULY_6, context => accrueFor(context, purchase)),
    { code: 'not_found' },
  )
})
