/** Completing a booking and ticking off a class earn points by themselves, once. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { plus, unlimited } from '../../../test/support/booking.ts'
import { type Body, done, fresh } from '../../../test/support/caller.ts'
import { openStudio, type Studio } from '../../../test/support/classes.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after }, unlimited)

/** A point for each euro, 15 for a visit. */
async function withProgram(): Promise<Studio> {
  const studio = await openStudio(server)
  const { isError, body } = await studio.confirmed('update_loyalty_program', {
    version: 0,
    name: 'Club',
    expiry: 'P12M',
    earn_rules: [
      { kind: 'spend', points: 1, per_amount: 100 },
      { kind: 'visit', points: 15 },
    ],
  })
  assert.ok(!isError, JSON.stringify(body))
  return studio
}

async function pointsOf(studio: Studio, customer_id: string): Promise<[number, number]> {
  const { available, pending } = await done(studio, 'get_loyalty_account', { customer_id })
  return [available, pending]
}

const ledger = async (studio: Studio, customer_id: string): Promise<string[]> =>
  (await done(studio, 'list_loyalty_events', { customer_id })).map(
    ({ kind, points }: Body) => `${kind} ${points}`,
  )

test('a completed booking that is not paid is pending; by hand it is earned, once', async () => {
  const studio = await withProgram()
  const customer_id = await studio.customer()
  const booking = await studio.booked({ customer_id })
  await studio.jumpTo(booking.ends_at)
  const complete = () =>
    done(studio, 'complete_booking', { booking_id: booking.id, idempotency_key: fresh() })
  await complete()
  await complete()
  const price = booking.price.amount / 100
  assert.deepEqual(await pointsOf(studio, customer_id), [0, price])
  for (let time = 0; time < 2; time++)
    await done(studio, 'accrue_loyalty_points', { booking_id: booking.id, idempotency_key: fresh() })
  assert.deepEqual(await pointsOf(studio, customer_id), [price, 0])
  assert.deepEqual(await ledger(studio, customer_id), [`earn ${price}`])
})

test('a booking that was paid with a pass earns its visit alone; undone it earns nothing, done again the same', async () => {
  const studio = await withProgram()
  const customer_id = await studio.customer()
  await studio.pass(customer_id, 2)
  const booking = await studio.booked({ customer_id })
  await studio.jumpTo(booking.ends_at)
  await done(studio, 'complete_booking', { booking_id: booking.id, idempotency_key: fresh() })
  assert.deepEqual(await pointsOf(studio, customer_id), [15, 0])
  const reverted = await studio.confirmed('revert_booking_status', { booking_id: booking.id })
  assert.ok(!reverted.isError, JSON.stringify(reverted.body))
  assert.deepEqual(await pointsOf(studio, customer_id), [0, 0])
  await done(studio, 'complete_booking', { booking_id: booking.id, idempotency_key: fresh() })
  assert.deepEqual(await ledger(studio, customer_id), ['revise 15', 'revise -15', 'earn 15'])
})

test('a class earns for who attended, and no more once it is put right', async () => {
  const studio = await withProgram()
  const customer_id = await studio.customer()
  await studio.pass(customer_id, 2)
  const session = await studio.session()
  const { enrolment_id } = await studio.enrol(session, { customer_id })
  await studio.jumpTo(plus(session.starts_at, { minutes: 5 }))
  const record = (args: Body) => done(studio, 'record_class_attendance', { session_id: session.id, ...args })
  await record({ attended: [enrolment_id] })
  await record({ attended: [enrolment_id] })
  assert.deepEqual(await pointsOf(studio, customer_id), [15, 0])
  await record({ absent: [enrolment_id] })
  assert.deepEqual(await pointsOf(studio, customer_id), [0, 0])
})
