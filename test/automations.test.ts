/** What drafts by itself asks like anybody else: one message for each thing that happened, and none that is overtaken. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { withdrawAsked } from '../src/calls/approval.ts'
import { asSystem } from '../src/calls/as-system.ts'
import { createCall } from '../src/calls/road.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import { automate } from '../src/delivery/automate.ts'
import { type Desk, openDesk, plus, textOf, unlimited } from './support/booking.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { until } from './support/jobs.ts'
import { type Person, signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after }, unlimited)

test('a confirmed booking drafts its confirmation, which waits for a person and then goes out once', async () => {
  const { desk, person } = await studio()
  const booking = await desk.booked({ customer_id: await ana(desk) })
  const approval = await waiting(desk, 1)
  assert.equal(approval.tool, 'send_message')
  const { preview } = await done(desk, 'get_approval', { approval_id: approval.id })
  assert.equal(preview.booking_id, booking.id)
  assert.deepEqual(preview.template, { key: 'booking_confirmation', version: 1 })
  assert.equal(preview.to, 'ana@ruiz.example')
  assert.deepEqual(await sent(desk), [])

  const decided = await person.decide(approval.id, 'approve')
  assert.equal(decided.body.state, 'executed')
  await until(async () => (await sent(desk)).length === 1)
  const [delivery] = await sent(desk)
  assert.match(delivery.body, /Ana Ruiz/)
  const audit = await done(desk, 'list_audit_events', { tool: 'send_message', outcome: 'done' })
  assert.deepEqual(
    [audit[0].principal.kind, audit[0].principal.name, audit[0].decided_by.name],
    ['automation', 'Booking confirmation', 'Owner'],
  )
})

test('a move before the confirmation went out replaces it; one after it says that it moved', async () => {
  const { desk, person } = await studio()
  const booking = await desk.booked({ customer_id: await ana(desk) })
  const first = await waiting(desk, 1)
  await move(desk, booking, 1)
  await until(async () => (await stateOf(desk, first.id)) === 'withdrawn')
  const second = await waiting(desk, 1)
  const { preview } = await done(desk, 'get_approval', { approval_id: second.id })
  assert.equal(preview.template.key, 'booking_confirmation')
  assert.equal((await done(desk, 'list_messages', { status: 'cancelled' })).length, 1)

  await person.decide(second.id, 'approve')
  await until(async () => (await sent(desk)).length === 1)
  await move(desk, booking, 2)
  const third = await waiting(desk, 1)
  const moved = await done(desk, 'get_approval', { approval_id: third.id })
  assert.equal(moved.preview.template.key, 'booking_moved')
})

test('a cancelled booking takes back what waited about it; that it is cancelled is told where somebody wants it', async () => {
  const { desk, person } = await studio()
  const one = await desk.booked({ customer_id: await ana(desk) })
  const asked = await waiting(desk, 1)
  await desk.confirmed('cancel_booking', { booking_id: one.id, by: 'business' })
  await until(async () => (await stateOf(desk, asked.id)) === 'withdrawn')
  assert.equal((await pending(desk)).length, 0)

  await decide(desk, person, 'upsert_automation', { key: 'booking_cancelled', enabled: true })
  const other = await desk.booked({ customer_id: await ana(desk) })
  await waiting(desk, 1)
  await desk.confirmed('cancel_booking', { booking_id: other.id, by: 'business' })
  await until(async () => (await runs(desk)).some(({ key }) => key === 'booking_cancelled'))
  const { preview } = await done(desk, 'get_approval', { approval_id: (await waiting(desk, 1)).id })
  assert.equal(preview.template.key, 'booking_cancelled')
})

test('an automation that has its first work meanwhile is what it was: whoever asked to change it is not asked anew', async () => {
  const { desk, person } = await studio()
  const change = { key: 'booking_confirmation', enabled: false }
  const { approval } = (await callTool(desk, 'upsert_automation', change)).body
  await desk.booked({ customer_id: await ana(desk) })
  await waiting(desk, 2)
  assert.equal((await person.decide(approval.id, 'approve')).body.state, 'executed')
})

test('a series of bookings is confirmed once, and its end is told once; one that moves is told by itself', async () => {
  const { desk, person } = await studio()
  const repeated = { ...desk.slot(), customer_id: await ana(desk), rrule: 'FREQ=DAILY;COUNT=4' }
  const { occurrences } = await made(desk, 'create_recurring_bookings', repeated)
  await until(async () => (await runs(desk)).length === 4)
  const { preview } = await done(desk, 'get_approval', { approval_id: (await waiting(desk, 1)).id })
  assert.equal(preview.booking_id, occurrences[0].booking_id)
  assert.deepEqual(
    (await runs(desk)).map(({ reason }) => reason),
    [null, 'told_with_series', 'told_with_series', 'told_with_series'],
  )
  const [, second] = occurrences
  await move(desk, { id: second.booking_id, starts_at: second.starts_at }, 2)
  await waiting(desk, 2)
  assert.equal((await runs(desk)).at(-1).key, 'booking_moved')

  await decide(desk, person, 'upsert_automation', { key: 'booking_cancelled', enabled: true })
  const all = { booking_id: second.booking_id, scope: 'all', by: 'business' }
  await desk.confirmed('cancel_booking_series', all)
  await until(async () => (await runs(desk)).filter(({ key }) => key === 'booking_cancelled').length === 4)
  const told = await done(desk, 'get_approval', { approval_id: (await waiting(desk, 1)).id })
  assert.deepEqual(
    [told.preview.template.key, told.preview.booking_id],
    ['booking_cancelled', occurrences[0].booking_id],
  )
})

test('who cannot be reached is skipped, and the run says why', async () => {
  const { desk } = await studio()
  await desk.booked()
  await until(async () => (await runs(desk)).length === 1)
  assert.deepEqual(await runs(desk), [
    { key: 'booking_confirmation', outcome: 'skipped', reason: 'invalid_input', messages: 0 },
  ])
  assert.equal((await pending(desk)).length, 0)
})

test('its job may run again, and twice at once: one draft, one question', async () => {
  const { desk } = await studio()
  await desk.booked({ customer_id: await ana(desk) })
  await waiting(desk, 1)
  const [event] = await desk.rows(
    `SELECT id AS event_id, type, subject_id FROM events WHERE workspace_id = $1 AND type = 'booking.confirmed'`,
  )
  const { house } = server
  const again = automate({ asSystem: asSystem(house), call: createCall(house), withdrawAsked })
  const job = { workspaceId: desk.workspaceId, ids: event, signal: new AbortController().signal }
  await Promise.allSettled([again(job), again(job), again(job)]) // Who meets another is tried again.
  await again(job)
  assert.equal((await pending(desk)).length, 1)
  assert.equal((await done(desk, 'list_messages', {})).length, 1)
})

test('one that is switched off drafts nothing, and what it asked before is stale', async () => {
  const { desk, person } = await studio()
  await desk.booked({ customer_id: await ana(desk) })
  const asked = await waiting(desk, 1)
  await decide(desk, person, 'upsert_automation', { key: 'booking_confirmation', enabled: false })
  const { body } = await person.decide(asked.id, 'approve')
  assert.deepEqual([body.state, body.error.code], ['stale', 'approval_stale'])

  await desk.booked({ start: desk.morning(2).toInstant().toString(), customer_id: await ana(desk) })
  await until(async () => (await desk.rows(unworkedJobs)).length === 0)
  assert.equal((await pending(desk)).length, 0)
  assert.deepEqual(await sent(desk), [])
})

test('a policy may let a template through at its version; a changed one waits again', async () => {
  const { desk, person } = await studio()
  const rule = { tool: 'send_message', gate: 'allow', template: 'booking_confirmation@1' }
  await decide(desk, person, 'set_approval_policy', { rules: [rule] })
  await desk.booked({ customer_id: await ana(desk) })
  await until(async () => (await sent(desk)).length === 1)
  assert.equal((await pending(desk)).length, 0)

  await done(desk, 'upsert_message_template', {
    key: 'booking_confirmation',
    channel: 'email',
    language: 'en',
    purpose: 'transactional',
    subject: 'See you soon',
    body: 'Dear {{customer_name}}, see you on {{date}}.',
    variables: [
      { name: 'customer_name', type: 'name' },
      { name: 'date', type: 'date' },
    ],
  })
  await desk.booked({ start: desk.morning(2).toInstant().toString(), customer_id: await ana(desk) })
  const asked = await waiting(desk, 1)
  const { preview } = await done(desk, 'get_approval', { approval_id: asked.id })
  assert.deepEqual(preview.template, { key: 'booking_confirmation', version: 2 })
  assert.equal((await sent(desk)).length, 1)
})

test('a template is let through as it is: with a text of the caller it waits', async () => {
  const { desk, person } = await studio()
  const rule = { tool: 'send_message', gate: 'allow', template: 'booking_confirmation@1' }
  await decide(desk, person, 'set_approval_policy', { rules: [rule] })
  const customer_id = await ana(desk)
  const { id: booking_id } = await desk.booked({ customer_id })
  const draft = { customer_id, booking_id, template_key: 'booking_confirmation' }
  const { id: message_id } = await made(desk, 'draft_message', draft)
  const text = 'Pay here: https://evil.example'
  const { body } = await callTool(desk, 'send_message', { message_id, text, idempotency_key: fresh() })
  assert.equal(body.status, 'needs_approval')
})

test('a reminder is drafted so long before the start, at that instant, once for each time', async () => {
  const { desk, person } = await studio()
  await decide(desk, person, 'upsert_automation', { key: 'booking_confirmation', enabled: false })
  const reminder = { key: 'booking_reminder', enabled: true, minutes_before: 120 }
  await decide(desk, person, 'upsert_automation', reminder)
  const booking = await desk.booked({
    start: desk.morning(3).toInstant().toString(),
    customer_id: await ana(desk),
  })
  const due = plus(booking.starts_at, { hours: -2 })
  await done(desk, 'set_sandbox_clock', { to: plus(due, { milliseconds: -1 }) })
  assert.equal((await done(desk, 'list_messages', {})).length, 0)
  await done(desk, 'set_sandbox_clock', { to: plus(due, { hours: 24 }) })
  const [message] = await done(desk, 'list_messages', {})
  assert.deepEqual([message.template.key, message.created_at], ['booking_reminder', due])
  await waiting(desk, 1)
  await done(desk, 'set_sandbox_clock', { to: plus(due, { hours: 48 }) })
  assert.equal((await done(desk, 'list_messages', {})).length, 1)
})

test('a booking that moves is reminded of its new time; one made or moved later than that is not', async () => {
  const { desk, person } = await studio()
  for (const key of ['booking_confirmation', 'booking_moved'])
    await decide(desk, person, 'upsert_automation', { key, enabled: false })
  await decide(desk, person, 'upsert_automation', {
    key: 'booking_reminder',
    enabled: true,
    minutes_before: 60,
  })
  const booking = await desk.booked({
    start: desk.morning(3).toInstant().toString(),
    customer_id: await ana(desk),
  })
  await done(desk, 'set_sandbox_clock', { to: plus(booking.starts_at, { minutes: -60 }) })
  const asked = await waiting(desk, 1)
  await move(desk, booking, 24)
  await until(async () => (await stateOf(desk, asked.id)) === 'withdrawn')
  const late = await desk.booked({
    start: plus(booking.starts_at, { minutes: -1 }),
    customer_id: await ana(desk),
    overrides: ['outside_hours'],
  })
  assert.equal(late.state, 'confirmed')
  await done(desk, 'set_sandbox_clock', { to: plus(booking.starts_at, { hours: 48 }) })
  const drafts = await done(desk, 'list_messages', { status: 'draft' })
  assert.deepEqual(
    drafts.map(({ booking_id, created_at }: Body) => [booking_id, created_at]),
    [[booking.id, plus(booking.starts_at, { hours: 23 })]],
  )
})

test('after a visit who agreed to it is thanked, once somebody wants that; a completion undone takes it back', async () => {
  const { desk, person } = await studio()
  const [agreed, silent] = [await ana(desk), await ana(desk)]
  await made(desk, 'record_customer_consent', {
    customer_id: agreed,
    channel: 'email',
    purpose: 'marketing',
    state: 'granted',
    source: 'a form at the desk',
  })
  const visit = async (customer_id: string, days: number) => {
    const { id: booking_id, ends_at } = await desk.booked({ customer_id, start: textOf(desk.morning(days)) })
    await worked(desk)
    await desk.jumpTo(ends_at)
    await made(desk, 'complete_booking', { booking_id })
    await worked(desk)
    return booking_id as string
  }
  const thanks = async () =>
    (await desk.rows(
      `SELECT booking_id, state FROM messages WHERE workspace_id = $1 AND template_key = 'booking_follow_up' ORDER BY id`,
    )) as Body[]
  await visit(agreed, 1)
  assert.deepEqual(await thanks(), [], 'it is off until somebody switches it on')
  await decide(desk, person, 'upsert_automation', { key: 'booking_follow_up', enabled: true })
  const thanked = await visit(agreed, 2)
  await visit(silent, 3)
  assert.deepEqual(
    await thanks(),
    [{ booking_id: uuidOf(thanked), state: 'draft' }],
    'and waits for a person',
  )
  await desk.confirmed('revert_booking_status', { booking_id: thanked })
  await worked(desk)
  assert.deepEqual(await thanks(), [{ booking_id: uuidOf(thanked), state: 'cancelled' }])
})

test('nor is a template let through whose variables the caller fills in', async () => {
  const { desk, person } = await studio()
  const rule = { tool: 'send_message', gate: 'allow', template: 'booking_confirmation@1' }
  await decide(desk, person, 'set_approval_policy', { rules: [rule] })
  const variables = {
    service_name: 'Pay at https://evil.example',
    staff_name: 'Eva',
    location_name: 'Centro',
    date: '2030-01-08',
    time: '10:00',
    price: { amount: 1, currency: 'EUR' },
  }
  const customer_id = await ana(desk)
  const draft = { customer_id, template_key: 'booking_confirmation', variables }
  const { id: message_id } = await made(desk, 'draft_message', draft)
  const { body } = await callTool(desk, 'send_message', { message_id, idempotency_key: fresh() })
  assert.equal(body.status, 'needs_approval')
  assert.deepEqual(await sent(desk), [])
})

test('marketing is let through by no template', async () => {
  const { desk, person } = await studio()
  await decide(desk, person, 'set_approval_policy', {
    rules: [{ tool: 'send_message', gate: 'allow', template: 'news@1' }],
  })
  const news = { key: 'news', channel: 'email', language: 'en', subject: 'News', body: 'Two for one.' }
  await done(desk, 'upsert_message_template', { ...news, purpose: 'marketing', variables: [] })
  const customer_id = await ana(desk)
  await made(desk, 'record_customer_consent', {
    customer_id,
    channel: 'email',
    purpose: 'marketing',
    state: 'granted',
    source: 'a form at the desk',
  })
  const { id: message_id } = await made(desk, 'draft_message', { customer_id, template_key: 'news' })
  const { body } = await callTool(desk, 'send_message', { message_id, idempotency_key: fresh() })
  assert.equal(body.status, 'needs_approval')
})

async function studio(): Promise<{ desk: Desk; person: Person }> {
  const desk = await openDesk(server)
  const [{ email }] = await desk.rows(
    `SELECT a.email FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.workspace_id = $1`,
  )
  const { workspace } = await done(desk, 'get_current_context')
  return { desk, person: await signIn(server, email, workspace.id) }
}

let count = 0

async function ana(desk: Desk): Promise<string> {
  const email = count++ === 0 ? 'ana@ruiz.example' : `ana+${count}@ruiz.example`
  return (await made(desk, 'create_customer', { name: 'Ana Ruiz', email })).id
}

async function move(desk: Desk, booking: Body, hours: number): Promise<void> {
  await made(desk, 'reschedule_booking', {
    booking_id: booking.id,
    start: plus(booking.starts_at, { hours }),
  })
}

function pending(desk: Desk): Promise<Body[]> {
  return done(desk, 'list_approvals', { state: 'pending' })
}

/** The newest of those that wait, once there are so many. */
async function waiting(desk: Desk, many: number): Promise<Body> {
  let found: Body[] = []
  await until(async () => {
    found = await pending(desk)
    return found.length === many
  })
  return found[0]
}

async function stateOf(desk: Desk, id: string): Promise<string> {
  return (await done(desk, 'get_approval', { approval_id: id })).state
}

function sent(desk: Desk): Promise<Body[]> {
  return desk.rows(`SELECT * FROM deliveries WHERE workspace_id = $1 AND state = 'sent'`)
}

function runs(desk: Desk): Promise<Body[]> {
  return desk.rows(
    `SELECT a.key, r.outcome, r.reason, count(r.message_id)::int AS messages
     FROM automation_runs r JOIN automations a ON a.workspace_id = r.workspace_id AND a.id = r.automation_id
     WHERE r.workspace_id = $1 GROUP BY a.key, r.outcome, r.reason, r.event_id ORDER BY r.event_id`,
  )
}

const unworkedJobs = `
  SELECT j.id FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id)
  WHERE j.task_identifier = 'automate' AND p.payload ->> 'workspace_id' = $1::text`

async function worked(desk: Desk): Promise<void> {
  await until(async () => (await desk.rows(unworkedJobs)).length === 0)
}

/** A call that waits for a person, who agrees. */
async function decide(
  desk: Desk,
  person: Person,
  tool: string,
  args: Record<string, unknown>,
): Promise<void> {
  const { body } = await callTool(desk, tool, args)
  assert.equal(body.status, 'needs_approval', JSON.stringify(body))
  const decided = await person.decide(body.approval.id, 'approve')
  assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
}
