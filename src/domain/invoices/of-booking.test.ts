import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDesk, unlimited } from '../../../test/support/booking.ts'
import { done } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'

test('a completed booking is invoiced once where the settings say so, and its undoing takes the invoice back', async t => {
  const desk = await openDesk(await startServer(t, unlimited))
  const { version } = await done(desk, 'get_workspace_settings')
  const invoicing = { on_completion: 'open', tax_rates: { standard: 25 } }
  await done(desk, 'update_workspace_settings', { version, invoicing })
  const booking = await desk.booked()
  await desk.jumpTo(desk.morning(2).toInstant())
  const change = (tool: string) => desk.confirmed(tool, { booking_id: booking.id })
  const standing = async () =>
    (await done(desk, 'list_invoices', { booking_id: booking.id })).map(
      (invoice: { status: string; total: number; tax: number }) => [
        invoice.status,
        invoice.total,
        invoice.tax,
      ],
    )
  for (const _ of [1, 2]) await change('complete_booking')
  assert.deepEqual(await standing(), [['open', 5000, 1000]])
  await change('revert_booking_status')
  assert.deepEqual(await standing(), [['void', 5000, 1000]])
  await change('complete_booking')
  assert.deepEqual((await standing()).sort(), [
    ['open', 5000, 1000],
    ['void', 5000, 1000],
  ])
})
