/** `npm run verify`: it finds nothing in a shop that has worked, and every kind of damage that its owner's hand can do. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Context } from '../src/domain/context.ts'
import { verified, verifyLedger } from '../src/domain/ledger/verify.ts'
import { type Desk, openDesk, textOf, unlimited } from './support/booking.ts'
import { type Body, done } from './support/caller.ts'
import { startServer, type TestServer } from './support/server.ts'

const eur = (amount: number) => ({ amount, currency: 'EUR' })

/** What breaks each rule: as the owner, with every constraint gone. `$1` is the workspace. */
const damages: Record<string, string> = {
  'the entries of a transaction sum to zero in each currency': `
    WITH a AS (INSERT INTO ledger_accounts (workspace_id, id, kind, currency)
      VALUES ($1, gen_random_uuid(), 'rounding', 'JPY') RETURNING id)
    UPDATE ledger_entries SET credit_id = (SELECT id FROM a) WHERE (workspace_id, transaction_id) =
      (SELECT workspace_id, transaction_id FROM ledger_entries WHERE workspace_id = $1 LIMIT 1)`,
  'the accounts of a currency sum to zero': `
    DELETE FROM ledger_accounts WHERE workspace_id = $1 AND kind = 'revenue'`,
  'entries are in the currency of their accounts': `UPDATE ledger_entries SET currency = 'USD' WHERE workspace_id = $1`,
  'a transaction has entries': `
    INSERT INTO ledger_transactions (workspace_id, id, source_kind, source_id, cause, at, principal_kind)
    VALUES ($1, gen_random_uuid(), 'customer', gen_random_uuid(), 'nothing', now(), 'system')`,
  'a reversal moves back what its original moved': `
    UPDATE ledger_entries SET amount = amount + 1 WHERE workspace_id = $1 AND transaction_id =
      (SELECT id FROM ledger_transactions WHERE workspace_id = $1 AND reverses IS NOT NULL LIMIT 1)`,
  'what is reversed is reversed once, and is no reversal itself': `
    INSERT INTO ledger_transactions SELECT workspace_id, gen_random_uuid(), source_kind, source_id, cause || ' again', reverses, at,
      principal_kind, principal_id FROM ledger_transactions WHERE workspace_id = $1 AND reverses IS NOT NULL LIMIT 1`,
  'what an invoice comes to is the sum of its lines': `
    UPDATE invoice_lines SET net_amount = net_amount + 1 WHERE workspace_id = $1`,
  'what is due is the total less payments and credit notes': `
    UPDATE invoice_payments SET applied_amount = applied_amount - 1 WHERE workspace_id = $1`,
  'an invoice is paid when, and only when, nothing is due': `
    UPDATE invoices SET status = 'open' WHERE workspace_id = $1 AND status = 'paid'`,
  'what a customer owes is the sum of their open invoices': `
    UPDATE ledger_entries SET invoice_id = NULL WHERE workspace_id = $1`,
  'no customer has less than nothing as credit, as deposit or to be refunded': `
    UPDATE ledger_entries SET debit_id = credit_id, credit_id = debit_id WHERE workspace_id = $1 AND credit_id IN
      (SELECT id FROM ledger_accounts WHERE workspace_id = $1 AND kind = 'customer_credit')`,
  'no line is credited by more than it comes to': `
    UPDATE invoice_line_credits SET net_amount = net_amount + 1000000 WHERE workspace_id = $1`,
  'a credit note is the sum of what it takes off the lines': `
    UPDATE credit_notes SET net_amount = net_amount + 1 WHERE workspace_id = $1`,
  'no more is refunded than was paid': `UPDATE invoice_refunds SET amount = 1000000 WHERE workspace_id = $1`,
  'what is to be refunded is what credit notes promised and no refund gives': `
    UPDATE credit_notes SET refund_amount = refund_amount + 1, credit_amount = credit_amount - 1 WHERE workspace_id = $1`,
  'the numbers of a series have no gap': `
    UPDATE invoices SET number = number + 1 WHERE workspace_id = $1 AND number =
      (SELECT max(number) FROM invoices WHERE workspace_id = $1)`,
  'a payment is in the ledger when, and only when, it has succeeded': `
    UPDATE payments SET state = 'failed' WHERE workspace_id = $1 AND tender = 'cash'`,
  'a refund is in the ledger unless it has failed': `UPDATE refunds SET state = 'failed' WHERE workspace_id = $1`,
  'no payment is refunded by more than it brought': `UPDATE refunds SET amount = 1000000 WHERE workspace_id = $1`,
  'what is held as deposits is what bookings have not used, kept or given back': `
    UPDATE payments SET amount = amount + 1 WHERE workspace_id = $1 AND purpose = 'deposit'`,
  'gift cards together are worth what the ledger says': `
    UPDATE gift_card_entries SET amount = amount + 1 WHERE workspace_id = $1 AND kind = 'activate'`,
  'no gift card is worth less than nothing': `
    UPDATE gift_card_entries SET amount = -1000000 WHERE workspace_id = $1 AND kind = 'redeem'`,
  'each session of a package has earned its share of the price, and what is over all of it': `
    INSERT INTO entitlement_entries (workspace_id, lot_id, number, kind, sessions, at, principal_kind)
    SELECT workspace_id, lot_id, 99, 'consume', -1, now(), 'system' FROM entitlement_entries WHERE workspace_id = $1 LIMIT 1`,
  'what is deferred is what packages have not earned yet': `
    UPDATE invoice_lines SET account = 'revenue' WHERE workspace_id = $1`,
  'no package has less than no session left, nor a hole in its ledger': `
    UPDATE entitlement_entries SET number = number + 1 WHERE workspace_id = $1 AND kind = 'consume'`,
  'what a purchase has earned in points is what its entries say': `
    UPDATE loyalty_accruals SET points = points + 1 WHERE workspace_id = $1`,
  'no lot of points is below zero': `UPDATE loyalty_entries SET points = -points WHERE workspace_id = $1 AND kind = 'earn'`,
}

test('a shop that has worked is clean, and each kind of planted damage is found', async t => {
  const server = await startServer(t, unlimited)
  const desk = await openDesk(server)
  await work(desk)
  const clean = await verify(server)
  assert.deepEqual(
    [clean.code, clean.output],
    [0, `3 workspaces, ${verified.length} rules each: all hold.\n`],
  )

  assert.deepEqual(Object.keys(damages), verified)
  const owner = await server.house.database.owner.connect()
  await owner.query('BEGIN')
  await owner.query(LOOSEN)
  for (const [rule, damage] of Object.entries(damages)) {
    await owner.query('SAVEPOINT whole')
    const { rowCount } = await owner.query(damage, [desk.workspaceId])
    assert.ok(rowCount, `nothing to damage: ${rule}`)
    const context = { db: drizzle({ client: owner }), workspace: { id: desk.workspaceId } }
    const findings = await verifyLedger(context as unknown as Context)
    assert.ok(
      findings.some(finding => finding.rule === rule && finding.broken.length > 0),
      `not found: ${rule}; ${JSON.stringify(findings)}`,
    )
    await owner.query('ROLLBACK TO whole')
  }
  await owner.query('ROLLBACK')

  await owner.query('UPDATE gift_card_entries SET amount = amount + 1 WHERE kind = $1', ['activate'])
  owner.release()
  const damaged = await verify(server)
  assert.equal(damaged.code, 1)
  assert.match(
    damaged.output,
    /^\nStudio Norte.* \(workspace_\w+\): it does not hold that gift cards together are worth what the ledger says\n {2}[0-9a-f-]{36}\n/,
  )
  assert.match(damaged.output, /: 1 do not hold\.\n$/)
})

/** Foreign keys first: the others are what they rest on. */
const LOOSEN = `DO $$ DECLARE c record; BEGIN
  FOR c IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
    WHERE contype IN ('f', 'c', 'u') AND connamespace = 'public'::regnamespace ORDER BY contype <> 'f'
  LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.relation, c.conname); END LOOP;
END $$`

/** The command itself, beside the running server. */
async function verify({ databaseUrls }: TestServer): Promise<{ code: number; output: string }> {
  const path = join(import.meta.dirname, '..', 'src', 'verify.ts')
  const child = spawn(process.execPath, [path], {
    env: { ...process.env, DATABASE_URL: databaseUrls.owner },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  const [code] = await once(child, 'close')
  return { code, output }
}

/** A little of all that moves money. */
async function work(desk: Desk): Promise<void> {
  const certain = async (tool: string, args: Record<string, unknown>): Promise<Body> => {
    const { isError, body } = await desk.approved(tool, args)
    assert.equal(isError, false, `${tool}: ${JSON.stringify(body)}`)
    return body.data
  }
  const cash = (of: Record<string, unknown>, amount: number) =>
    certain('record_manual_payment', { ...of, tender: 'cash', amount: eur(amount) })
  const { version } = await done(desk, 'get_workspace_settings')
  const invoicing = { on_completion: 'open', tax_rates: { standard: 21 } }
  await done(desk, 'update_workspace_settings', { version, invoicing })
  const earn_rules = [{ kind: 'spend', points: 1, per_amount: 100 }]
  await certain('update_loyalty_program', { version: 0, name: 'Club', expiry: 'P12M', earn_rules })
  await desk.policy({ deposit: eur(2_000), late_cancel_fee: eur(1_500) })

  const ana = await desk.customer()
  const pack = { name: 'Three', sessions: 3, validity: 'P3M', price: eur(10_000) }
  const { id: package_id } = await certain('create_package', pack)
  await certain('sell_package', { package_id, customer_id: ana })
  await desk.booked({ customer_id: ana, start: textOf(desk.morning(9)) })

  const visits: string[] = []
  for (const days of [1, 2, 3, 8]) {
    const { id } = await desk.booked({ start: textOf(desk.morning(days)) })
    await cash({ booking_id: id }, 2_000)
    visits.push(id)
  }
  const [first, second, third, late] = visits as [string, string, string, string]
  await certain('cancel_booking', { booking_id: third, by: 'business' })
  await desk.jumpTo(textOf(desk.morning(2).add({ hours: 2 })))
  const invoiceOf = async (booking_id: string) =>
    (await done(desk, 'list_invoices', { booking_id }))[0].id as string
  for (const booking_id of [first, second]) await certain('complete_booking', { booking_id })
  await cash({ invoice_id: await invoiceOf(first) }, 3_000)
  await certain('refund_payment', { invoice_id: await invoiceOf(first), amount: eur(1_000) })
  const credit = { invoice_id: await invoiceOf(first), amount: eur(500), credit: 500, reason: 'Late start' }
  await certain('create_credit_note', credit)

  const { id: gift_card_id } = await certain('issue_gift_card', { customer_id: ana, value: eur(5_000) })
  await cash({ gift_card_id }, 5_000)
  await certain('redeem_gift_card', { gift_card_id, invoice_id: await invoiceOf(second), amount: eur(700) })
  const lines = [{ description: 'Cream', unit_price: eur(1_000) }]
  const draft = await certain('create_invoice', { customer_id: ana, lines })
  await certain('finalize_invoice', { invoice_id: draft.id })
  await certain('void_invoice', { invoice_id: draft.id })
  await desk.jumpTo(textOf(desk.morning(8).subtract({ hours: 1 })))
  await certain('cancel_booking', { booking_id: late, by: 'customer' })
}
