import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openDesk, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'

const server = await startServer({ after }, unlimited)

test('a party larger than a booking takes is offered nothing, told why and not booked; one that fits is', async () => {
  const desk = await openDesk(server, { service: { capacity: 4 } })
  const where = { service_id: desk.serviceId, location_id: desk.locationId }
  const start = textOf(desk.morning(1))
  const slots = async (party_size?: number) =>
    (await done(desk, 'get_available_slots', { ...where, party_size })).slots.length > 0
  assert.deepEqual(await Promise.all([slots(), slots(4), slots(5)]), [true, true, false])
  assert.deepEqual((await done(desk, 'find_next_available_slot', { ...where, party_size: 5 })).slots, [])

  const { code, rules } = await done(desk, 'explain_unavailability', { ...where, start, party_size: 5 })
  const { passed, details } = rules.find(({ rule }: Body) => rule === 'capacity')
  assert.deepEqual([code, passed, details], ['slot_conflict', false, { capacity: 4, party_size: 5 }])
  const customer_id = await desk.customer()
  for (const tool of ['create_booking', 'create_slot_hold', 'quote_booking', 'create_recurring_bookings']) {
    const { body } = await callTool(desk, tool, {
      ...desk.slot({ party_size: 5 }),
      ...(tool !== 'create_slot_hold' && { customer_id }),
      ...(tool === 'create_recurring_bookings' && { rrule: 'FREQ=DAILY;COUNT=2' }),
      ...(tool !== 'quote_booking' && { idempotency_key: fresh() }),
    })
    assert.deepEqual([body.code, body.details.rule ?? 'capacity'], ['slot_conflict', 'capacity'], tool)
  }
  const { id } = await desk.booked({ party_size: 4 })
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).party_size, 4)
})

test('a hold keeps its party, and a booking that was made for more moves though the service takes fewer now', async () => {
  const desk = await openDesk(server, { service: { capacity: 3 } })
  const hold = await made(desk, 'create_slot_hold', desk.slot({ party_size: 3 }))
  const customer_id = await desk.customer()
  const { id } = await done(desk, 'book_slot_hold', { hold_id: hold.id, customer_id })
  const { version } = await done(desk, 'get_service', { service_id: desk.serviceId })
  await done(desk, 'update_service', { service_id: desk.serviceId, version, capacity: 1 })
  assert.equal(
    (await desk.book({ party_size: 2, start: textOf(desk.morning(3)) })).body.code,
    'slot_conflict',
  )
  await made(desk, 'reschedule_booking', { booking_id: id, start: textOf(desk.morning(2)) })
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).party_size, 3)
})
