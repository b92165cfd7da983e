/** Loyalty follows payment and refund: what a visit or an invoice earns is what was paid of it, whoever says so first. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, done, fresh } from '../../../test/support/caller.ts'
import { until } from '../../../test/support/jobs.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after }, unlimited)
const eur = (amount: number) => ({ amount, currency: 'EUR' })

/** A euro of what is paid with its tax, a point; a session costs 50. */
async function openClub(on_completion: 'off' | 'draft' | 'open' = 'open'): Promise<Desk> {
  const desk = await openDesk(server)
  const { version } = await done(desk, 'get_workspace_settings')
  const invoicing = { on_completion, tax_rates: { standard: 25 } }
  await done(desk, 'update_workspace_settings', { version, invoicing })
  const program = { version: 0, name: 'Club', expiry: 'P12M' }
  const earn_rules = [{ kind: 'spend', points: 1, per_amount: 100, tax: 'after_tax' }]
  await certain(desk, 'update_loyalty_program', { ...program, earn_rules })
  return desk
}

/** The data of a call that must take effect, whatever it has to pass. */
async function certain(desk: Desk, tool: string, args: Record<string, unknown>): Promise<Body> {
  const { isError, body } = await desk.approved(tool, args)
  assert.equal(isError, false, `${tool}: ${JSON.stringify(body)}`)
  return body.data
}

async function points(desk: Desk, customer_id: string): Promise<[available: number, pending: number]> {
  const { available, pending } = await done(desk, 'get_loyalty_account', { customer_id })
  return [available, pending]
}

async function movements(desk: Desk, customer_id: string): Promise<string[]> {
  const events = await done(desk, 'list_loyalty_events', { customer_id })
  return events.map(({ kind, points: moved }: Body) => `${kind} ${moved}`).reverse()
}

async function visited(desk: Desk, day = 1): Promise<{ booking_id: string; customer_id: string }> {
  const customer_id = await desk.customer()
  const { id: booking_id, ends_at } = await desk.booked({ customer_id, start: textOf(desk.morning(day)) })
  await desk.jumpTo(ends_at)
  return { booking_id, customer_id }
}

const invoiceOf = async (desk: Desk, booking_id: string): Promise<Body> =>
  (await done(desk, 'list_invoices', { booking_id }))[0]

const pay = (desk: Desk, invoice_id: string, amount: number) =>
  done(desk, 'record_manual_payment', {
    invoice_id,
    amount: eur(amount),
    tender: 'cash',
    idempotency_key: fresh(),
  })

test('unpaid is pending until paid; a refund of half recomputes the points of what remains, in their own lot', async () => {
  const desk = await openClub()
  const { booking_id, customer_id } = await visited(desk)
  for (const _ of [1, 2]) await certain(desk, 'complete_booking', { booking_id })
  assert.deepEqual(await points(desk, customer_id), [0, 50])
  const { id: invoice_id } = await invoiceOf(desk, booking_id)
  await pay(desk, invoice_id, 2_000)
  assert.deepEqual(await points(desk, customer_id), [0, 50], 'part of it is not all of it')
  await pay(desk, invoice_id, 3_000)
  assert.deepEqual(await points(desk, customer_id), [50, 0])
  await certain(desk, 'complete_booking', { booking_id })
  await certain(desk, 'refund_payment', { invoice_id, amount: eur(2_500) })
  assert.deepEqual(await points(desk, customer_id), [25, 0])
  await certain(desk, 'refund_payment', { invoice_id })
  assert.deepEqual(await points(desk, customer_id), [0, 0])
  assert.deepEqual(await movements(desk, customer_id), ['earn 50', 'revise -20', 'revise -5', 'revise -25'])
  const lots = await desk.rows('SELECT id FROM loyalty_lots WHERE workspace_id = $1')
  assert.equal(lots.length, 1, 'back to the lot that they came from')
})

test('paid before it has happened, and refunded in part before: it earns what remains, once it has happened', async () => {
  const desk = await openClub()
  const customer_id = await desk.customer()
  const { id: booking_id, ends_at } = await desk.booked({ customer_id })
  const lines = [{ description: 'Session', unit_price: eur(5_000) }]
  const { id: invoice_id } = await certain(desk, 'create_invoice', { customer_id, booking_id, lines })
  await certain(desk, 'finalize_invoice', { invoice_id })
  await pay(desk, invoice_id, 5_000)
  await certain(desk, 'refund_payment', { invoice_id, amount: eur(1_000) })
  await desk.jumpTo(ends_at)
  await certain(desk, 'complete_booking', { booking_id })
  assert.deepEqual(await points(desk, customer_id), [40, 0])
  assert.deepEqual(await movements(desk, customer_id), ['earn 40'])
  assert.equal((await done(desk, 'list_invoices', { booking_id })).length, 1, 'completion finds the invoice')
})

test('an invoice names its booking: of its own customer alone, and once while it stands', async () => {
  const desk = await openClub()
  const { booking_id, customer_id } = await visited(desk)
  const lines = [{ description: 'Session', unit_price: eur(5_000) }]
  const draft = (more: Body = {}) =>
    desk.approved('create_invoice', { booking_id, customer_id, lines, ...more })
  assert.equal((await draft({ customer_id: await desk.customer() })).body.code, 'invalid_input')
  const { id: invoice_id } = (await draft()).body.data
  const again = (await draft()).body
  assert.deepEqual([again.code, again.details.invoice_id], ['invalid_transition', invoice_id])
})

test('a credit note and a void invoice take points back; a credit note that is voided gives them again', async () => {
  const desk = await openClub()
  const { booking_id, customer_id } = await visited(desk)
  await certain(desk, 'complete_booking', { booking_id })
  const { id: invoice_id } = await invoiceOf(desk, booking_id)
  await pay(desk, invoice_id, 5_000)
  const note = await certain(desk, 'create_credit_note', { invoice_id, reason: 'Gift', credit: 5_000 })
  assert.deepEqual(await points(desk, customer_id), [0, 0])
  await certain(desk, 'void_credit_note', { credit_note_id: note.id })
  assert.deepEqual(await points(desk, customer_id), [50, 0])

  const other = await visited(desk, 2)
  await certain(desk, 'complete_booking', { booking_id: other.booking_id })
  assert.deepEqual(await points(desk, other.customer_id), [0, 50])
  await certain(desk, 'void_invoice', { invoice_id: (await invoiceOf(desk, other.booking_id)).id })
  assert.deepEqual(await points(desk, other.customer_id), [0, 0])
  const lines = [{ description: 'Session', unit_price: eur(3_000) }]
  const draft = await certain(desk, 'create_invoice', { ...other, lines })
  await certain(desk, 'finalize_invoice', { invoice_id: draft.id })
  assert.deepEqual(await points(desk, other.customer_id), [0, 30])
  await pay(desk, draft.id, 3_000)
  assert.deepEqual(await points(desk, other.customer_id), [30, 0])
})

test('a refund that the provider fails days later gives its points again', async () => {
  const desk = await openClub()
  const { booking_id, customer_id } = await visited(desk)
  await certain(desk, 'complete_booking', { booking_id })
  const { id: invoice_id } = await invoiceOf(desk, booking_id)
  const { card_on_file } = await done(desk, 'script_sandbox_provider', {
    card_on_file: { customer_id, card: 'refund_fails_later' },
  })
  await certain(desk, 'charge_saved_method', { invoice_id, method_id: card_on_file.id })
  await until(async () => (await points(desk, customer_id))[0] === 50)
  await certain(desk, 'refund_payment', { invoice_id })
  assert.deepEqual(await points(desk, customer_id), [0, 0], 'from its request on')
  const states = async () => (await desk.rows('SELECT state FROM refunds WHERE workspace_id = $1'))[0]!.state
  await until(async () => (await states()) === 'succeeded')
  await done(desk, 'set_sandbox_clock', { to: textOf(desk.morning(30)) })
  assert.equal(await states(), 'failed')
  assert.deepEqual(await points(desk, customer_id), [50, 0])
})

test('what is due again, once its credit note is voided, earns no more until it is paid', async () => {
  const desk = await openClub()
  const { booking_id, customer_id } = await visited(desk)
  await certain(desk, 'complete_booking', { booking_id })
  const { id: invoice_id } = await invoiceOf(desk, booking_id)
  const note = await certain(desk, 'create_credit_note', { invoice_id, amount: eur(2_000), reason: 'Late' })
  assert.deepEqual(await points(desk, customer_id), [0, 30])
  await pay(desk, invoice_id, 3_000)
  await certain(desk, 'void_credit_note', { credit_note_id: note.id })
  assert.deepEqual(await points(desk, customer_id), [30, 0])
  await pay(desk, invoice_id, 2_000)
  assert.deepEqual(await points(desk, customer_id), [50, 0])
})

test('a completion that is undone and done again earns once more, by the invoice that stands', async () => {
  const desk = await openClub()
  const { booking_id, customer_id } = await visited(desk)
  await certain(desk, 'complete_booking', { booking_id })
  await pay(desk, (await invoiceOf(desk, booking_id)).id, 5_000)
  await certain(desk, 'revert_booking_status', { booking_id })
  assert.deepEqual(await points(desk, customer_id), [0, 0])
  await certain(desk, 'complete_booking', { booking_id })
  assert.deepEqual(await points(desk, customer_id), [0, 50])
  const open = (await done(desk, 'list_invoices', { booking_id })).find(({ due }: Body) => due > 0)
  await certain(desk, 'apply_customer_credit', { invoice_id: open.id })
  assert.deepEqual(await points(desk, customer_id), [50, 0])
})

test('an invoice that stands alone earns as what was bought, without a program nothing', async () => {
  const desk = await openClub('off')
  const customer_id = await desk.customer()
  const lines = [{ description: 'Cream', unit_price: eur(1_250), quantity: 2 }]
  const { id: invoice_id } = await certain(desk, 'create_invoice', { customer_id, lines })
  await certain(desk, 'finalize_invoice', { invoice_id })
  assert.deepEqual(await points(desk, customer_id), [0, 25])
  await pay(desk, invoice_id, 2_500)
  assert.deepEqual(await points(desk, customer_id), [25, 0])
})
