/** Somebody of whom every table keeps something: what a merge moves, an export hands out, and an erasure forgets. */

import { uuidOf } from '../../src/catalog/kinds.ts'
import { newId } from '../../src/database/columns.ts'
import { type Body, callTool, done, fresh } from './caller.ts'
import type { Studio } from './classes.ts'
import { until } from './jobs.ts'
import { type Person, signIn } from './person.ts'
import { made } from './shop.ts'

export interface Wording {
  /** As they would stand in an import: with the name it is the customer. */
  email: string
  name: string
  /** What people wrote of them. */
  words: string
}

/** @param person says yes to the charge @param customer_id has this name and email */
export async function holdEverything(
  desk: Studio,
  person: Person,
  customer_id: string,
  wording: Wording,
): Promise<void> {
  await holdProfile(desk, customer_id, wording)
  await holdVisits(desk, customer_id, wording)
  await holdMoney(desk, person, customer_id, wording)
  await holdPoints(desk, person, customer_id, wording)
}

async function holdProfile(
  desk: Studio,
  customer_id: string,
  { email, name, words }: Wording,
): Promise<void> {
  await done(desk, 'define_custom_field', { key: 'nick', label: 'Nick', type: 'text' })
  await done(desk, 'set_custom_field_values', { customer_id, values: { nick: words } })
  await made(desk, 'create_customer_note', { customer_id, text: words, visibility: 'private' })
  const other = await desk.customer()
  const payer = (id: string) => ({ relationships: [{ kind: 'payer', customer_id: id }] })
  await done(desk, 'set_customer_relationships', { customer_id: other, ...payer(customer_id) })
  await done(desk, 'set_customer_relationships', { customer_id, ...payer(other) })
  const text = { channel: 'email', purpose: 'transactional', subject: words, body: words }
  await made(desk, 'draft_message', { customer_id, ...text })
  await desk.rows(
    `INSERT INTO inbound_messages
       (workspace_id, id, channel, provider, provider_ref, sender, customer_id, body, received_at)
     VALUES ($1, $2::uuid, 'whatsapp', 'whatsapp', $2::uuid::text, '+34612345678', $3, $4, now())`,
    newId(),
    uuidOf(customer_id),
    words,
  )
  const yes = { channel: 'email', purpose: 'marketing', state: 'granted', source: words }
  await made(desk, 'record_customer_consent', { customer_id, ...yes })
  const site = await made(desk, 'create_publishable_key', { name: 'Site', origins: ['https://a.example'] })
  const page = { url: desk.url, key: site.publishable_key }
  const { request_id, code } = await made(page, 'sign_in_customer_request', { email })
  await made(page, 'sign_in_customer_verify', { request_id, code, name })
  const file = { csv: `Name,Email\n"${name}",${email}` }
  const { plan } = await done(desk, 'import_customers_preview', file)
  const { body } = await desk.confirmed('import_customers_commit', { ...file, plan })
  await until(async () => (await done(desk, 'get_job_status', { job_id: body.data.job_id })).state === 'done')
}

async function holdVisits(desk: Studio, customer_id: string, { words }: Wording): Promise<void> {
  await desk.pass(customer_id, 5)
  await desk.booked({ customer_id, note: words })
  await made(desk, 'create_recurring_bookings', {
    ...desk.slot({ start: desk.morning(3).toString({ timeZoneName: 'never' }) }),
    customer_id,
    rrule: 'FREQ=WEEKLY;COUNT=2',
  })
  await desk.enrol(await desk.session(), { customer_id })
  const full = await desk.session({ capacity: 1, start_time: '20:00' })
  await desk.enrol(full)
  await desk.waits(full, { customer_id })
}

async function holdMoney(
  desk: Studio,
  person: Person,
  customer_id: string,
  { words }: Wording,
): Promise<void> {
  const card = await made(desk, 'issue_gift_card', { customer_id, value: { amount: 5000, currency: 'EUR' } })
  await made(desk, 'create_payment_link', { gift_card_id: card.id })
  await made(desk, 'record_manual_payment', {
    gift_card_id: card.id,
    tender: 'cash',
    amount: { amount: 5000, currency: 'EUR' },
    reference: words,
  })
  const { card_on_file } = await done(desk, 'script_sandbox_provider', {
    card_on_file: { customer_id, card: 'success' },
  })
  const lines = [{ description: words, unit_price: { amount: 3500, currency: 'EUR' }, tax_percent: 21 }]
  const invoice = await made(desk, 'create_invoice', { customer_id, lines, memo: words })
  await made(desk, 'finalize_invoice', { invoice_id: invoice.id })
  const { id } = await approved(desk, person, 'charge_saved_method', {
    invoice_id: invoice.id,
    method_id: card_on_file.id,
    amount: { amount: 1000, currency: 'EUR' },
  })
  await until(async () => (await done(desk, 'get_payment', { payment_id: id })).state === 'succeeded')
}

/** The person behind the studio's sandbox, signed in to it. */
export async function ownerOf(desk: Studio): Promise<Person> {
  const [row] = await desk.rows(
    'SELECT a.email FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.workspace_id = $1',
  )
  const { workspace } = await done(desk, 'get_current_context')
  return signIn(desk.server, row!.email, workspace.id)
}

/** What a call answers that a person has said yes to. */
export async function approved(desk: Studio, person: Person, tool: string, args: Body): Promise<Body> {
  const { body } = await callTool(desk, tool, { ...args, idempotency_key: fresh() })
  if (body.status !== 'needs_approval') throw new Error(`${tool}: ${JSON.stringify(body)}`)
  const decided = await person.decide(body.approval.id, 'approve')
  if (decided.body.state !== 'executed') throw new Error(`${tool}: ${JSON.stringify(decided.body)}`)
  return decided.body.answer.data
}

async function holdPoints(
  desk: Studio,
  person: Person,
  customer_id: string,
  { words }: Wording,
): Promise<void> {
  const { version } = await done(desk, 'get_loyalty_program')
  const { isError, body } = await desk.confirmed('update_loyalty_program', {
    version,
    name: 'Club',
    expiry: 'P12M',
    earn_rules: [{ kind: 'spend', points: 1, per_amount: 100, tax: 'after_tax' }],
  })
  if (isError) throw new Error(JSON.stringify(body))
  await made(desk, 'accrue_loyalty_points', {
    receipt: newId(),
    customer_id,
    lines: [{ net: { amount: 30_000, currency: 'EUR' } }],
  })
  const reward = await done(desk, 'upsert_loyalty_reward', {
    code: 'TEN-OFF',
    name: 'Ten off',
    points: 100,
    kind: 'discount_percent',
    percent: 10,
  })
  await made(desk, 'issue_loyalty_reward', { customer_id, reward_id: reward.id })
  const { id } = await made(desk, 'issue_loyalty_reward', { customer_id, reward_id: reward.id })
  await made(desk, 'redeem_loyalty_reward', { redemption_id: id, reference: words })
  await approved(desk, person, 'adjust_loyalty_points', { customer_id, points: 5, reason: words })
}

/** Every column that refers to a customer, with how many rows name this one there. */
export async function referencesTo(desk: Studio, customer_id: string): Promise<Map<string, Body[]>> {
  const columns = await desk.rows(`
    SELECT c.relname AS table, a.attname AS column, $1::text AS w FROM pg_constraint f
    JOIN pg_class c ON c.oid = f.conrelid
    JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[2]
    WHERE f.contype = 'f' AND f.confrelid = 'customers'::regclass ORDER BY 1, 2`)
  const found = new Map<string, Body[]>()
  for (const { table, column } of columns) {
    const rows = await desk.rows(
      `SELECT * FROM ${table} WHERE workspace_id = $1 AND ${column} = $2`,
      uuidOf(customer_id),
    )
    found.set(`${table}.${column}`, rows)
  }
  return found
}
