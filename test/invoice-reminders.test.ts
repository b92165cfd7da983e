/** Reminders of invoices: on their day and once, each past a person, and none of what is settled. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { jobsIn, until } from './support/jobs.ts'
import { openPost, type Post } from './support/messages.ts'
import { signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after })

test('a schedule takes a person; then each reminder is drafted at nine in the morning of its day, and asks by itself', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  const { body } = await post.call('schedule_invoice_reminders', {
    invoice_id: invoice.id,
    days: [7, -3, -3],
  })
  assert.equal(body.status, 'needs_approval')
  assert.deepEqual((await told(post, invoice)).reminders, [], 'nothing yet')
  await post.person.decide(body.approval.id, 'approve')
  const { reminders } = await told(post, invoice)
  assert.deepEqual(
    reminders.map(({ day, at, state }: Body) => [day, at, state]),
    [
      [-3, '2030-01-18T08:00:00.000Z', 'waiting'],
      [7, '2030-01-28T08:00:00.000Z', 'waiting'],
    ],
  )
  await to(post, '2030-01-18T07:59:00Z')
  assert.equal((await told(post, invoice)).reminders[0].state, 'waiting')
  await to(post, '2030-01-18T08:00:00Z')
  const [approval] = await waiting(post, 1)
  const { preview, asked_by, tool } = await done(post, 'get_approval', { approval_id: approval.id })
  assert.equal(tool, 'send_message')
  assert.match(asked_by, /^automation_/)
  assert.equal(preview.template.key, 'invoice_reminder')
  assert.match(preview.text, /€121\.00 is due on Monday, January 21, 2030/)
  assert.ok(preview.text.includes('/i/'))
  assert.deepEqual(await sent(post), [], 'no road around the gate')
  await post.person.decide(approval.id, 'approve')
  await until(async () => (await sent(post)).length === 1)

  await to(post, '2030-01-28T08:00:00Z')
  const [second] = await waiting(post, 1)
  const overdue = await done(post, 'get_approval', { approval_id: second.id })
  assert.match(overdue.preview.subject, /is overdue$/)
  await to(post, '2030-03-01T08:00:00Z')
  assert.equal((await messages(post)).length, 2, 'each once')
})

test('nine in the morning is the business’s, also across a change of its clocks', async () => {
  const post = await openPost(server)
  const invoice = await opened(post, { due_days: 90 }) // 7 April 2030; Madrid changes on 31 March.
  await schedule(post, invoice, [-8, -7])
  const { reminders } = await told(post, invoice)
  assert.deepEqual(
    reminders.map(({ at }: Body) => at),
    ['2030-03-30T08:00:00.000Z', '2030-03-31T07:00:00.000Z'],
  )
  await to(post, '2030-03-31T06:59:00Z')
  await waiting(post, 1)
  await to(post, '2030-03-31T07:00:00Z')
  await until(async () => (await messages(post)).length === 2)
})

for (const [why, settle] of Object.entries({
  paid: (post: Post, { id }: Body) =>
    made(post, 'record_manual_payment', { invoice_id: id, amount: eur(12_100), tender: 'cash' }),
  void: (post: Post, { id }: Body) => confirmed(post, 'void_invoice', { invoice_id: id }),
  uncollectible: (post: Post, { id }: Body) =>
    confirmed(post, 'mark_invoice_uncollectible', { invoice_id: id }),
})) {
  test(`what is ${why} is not reminded of, and a reminder that waits for a yes is taken back`, async () => {
    const post = await openPost(server)
    const invoice = await opened(post)
    await schedule(post, invoice, [-3, 7])
    await to(post, '2030-01-18T08:00:00Z')
    const [approval] = await waiting(post, 1)
    await settle(post, invoice)
    await until(
      async () => (await done(post, 'get_approval', { approval_id: approval.id })).state === 'withdrawn',
    )
    assert.deepEqual(
      (await messages(post)).map(({ status }) => status),
      ['cancelled'],
    )
    await to(post, '2030-02-10T08:00:00Z')
    assert.equal((await messages(post)).length, 1, 'no other')
    const { reminders } = await told(post, invoice)
    assert.deepEqual([reminders[1].state, reminders[1].reason], ['skipped', `invoice_${why}`])
  })
}

test('one that was let through and has not left when the money comes does not leave', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  await schedule(post, invoice, [-3])
  await to(post, '2030-01-18T08:00:00Z')
  const [approval] = await waiting(post, 1)
  await post.person.decide(approval.id, 'approve')
  await until(async () => (await sent(post)).length === 1)
  await post.rows(
    `UPDATE deliveries SET state = 'queued', sent_at = NULL, due_at = '2030-01-18T09:00Z' WHERE workspace_id = $1`,
  )
  await made(post, 'record_manual_payment', { invoice_id: invoice.id, amount: eur(12_100), tender: 'cash' })
  await to(post, '2030-01-18T10:00:00Z')
  const [delivery] = await post.rows('SELECT state, reason FROM deliveries WHERE workspace_id = $1')
  assert.deepEqual(delivery, { state: 'failed', reason: 'invoice_settled' })
})

test('the next reminder takes the place of one that nobody has decided on', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  await schedule(post, invoice, [-3, -1])
  await to(post, '2030-01-18T08:00:00Z')
  const [first] = await waiting(post, 1)
  await to(post, '2030-01-20T08:00:00Z')
  await until(async () => (await done(post, 'get_approval', { approval_id: first.id })).state === 'withdrawn')
  const [second] = await waiting(post, 1)
  assert.notEqual(second.id, first.id)
})

test('a due date that moves takes its reminders along; a new schedule replaces what waits and repeats nothing', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  await schedule(post, invoice, [-3, 0])
  await confirmed(post, 'create_payment_plan', {
    invoice_id: invoice.id,
    instalments: [{ due_date: '2030-01-21' }, { due_date: '2030-02-21' }],
  })
  await to(post, '2030-01-21T08:00:00Z')
  assert.deepEqual(await messages(post), [])
  await to(post, '2030-02-18T08:00:00Z')
  await waiting(post, 1)
  await schedule(post, invoice, [-3, 5])
  const { reminders } = await told(post, invoice)
  assert.deepEqual(
    reminders.map(({ day, state }: Body) => [day, state]),
    [
      [-3, 'drafted'],
      [5, 'waiting'],
    ],
  )
  await confirmed(post, 'create_payment_plan', {
    invoice_id: invoice.id,
    instalments: [{ due_date: '2030-03-21' }],
  })
  await schedule(post, invoice, [-3])
  const [first] = (await told(post, invoice)).reminders
  assert.equal(first.state, 'drafted', 'what was done on another day is not done again')
  await schedule(post, invoice, [])
  await to(post, '2030-03-18T08:00:00Z')
  assert.equal((await messages(post)).length, 1)
})

test('days that have passed are left out and said; what is not open has no reminders', async () => {
  const post = await openPost(server)
  const draft = await drafted(post)
  const early = await post.call('schedule_invoice_reminders', { invoice_id: draft.id, days: [1] })
  assert.deepEqual([early.body.code, early.body.next_tools], ['invalid_transition', ['finalize_invoice']])
  const invoice = await opened(post)
  const { body } = await post.call('schedule_invoice_reminders', { invoice_id: invoice.id, days: [-30, 1] })
  assert.match(body.warnings[0], /left out: day -30/)
  assert.deepEqual(
    body.data.map(({ day }: Body) => day),
    [1],
  )
})

test('while a payment is under way nobody is reminded; who wants no mail is not, and it says why', async () => {
  const post = await openPost(server)
  const ana = await post.customer()
  const invoice = await opened(post, { customer_id: ana })
  await schedule(post, invoice, [-3, -1])
  await post.rows(
    `INSERT INTO payments (workspace_id, id, customer_id, purpose, subject_id, tender, provider, state, amount, currency, created_at, updated_at)
     SELECT workspace_id, gen_random_uuid(), customer_id, 'invoice', id, 'card', 'sandbox', 'processing', 12100, 'EUR', now(), now()
     FROM invoices WHERE workspace_id = $1`,
  )
  assert.equal((await told(post, invoice)).payment_state, 'pending')
  await to(post, '2030-01-18T08:00:00Z')
  await post.rows(`UPDATE payments SET state = 'failed', reason = 'declined' WHERE workspace_id = $1`)
  for (const channel of ['email', 'sms'])
    await made(post, 'record_customer_consent', {
      customer_id: ana,
      channel,
      purpose: 'transactional',
      state: 'withdrawn',
      source: 'phone call',
    })
  await to(post, '2030-01-20T08:00:00Z')
  const { reminders } = await told(post, invoice)
  assert.deepEqual(
    reminders.map(({ state, reason }: Body) => [state, reason]),
    [
      ['skipped', 'payment_under_way'],
      ['skipped', 'consent_missing'],
    ],
  )
  assert.deepEqual(await messages(post), [])
})

test('the automation, once a person has switched it on, reminds of every invoice on the day after it was due, once', async () => {
  const post = await openPost(server)
  const old = await opened(post, { due_days: 0 })
  const invoice = await opened(post)
  await to(post, '2030-01-10T08:00:00Z')
  assert.deepEqual(await messages(post), [], 'off, it is silent')
  const { body } = await post.call('upsert_automation', { key: 'invoice_overdue', enabled: true })
  assert.equal((await post.person.decide(body.approval.id, 'approve')).body.state, 'executed')
  await to(post, '2030-01-22T08:00:00Z')
  const [approval] = await waiting(post, 1)
  const { preview } = await done(post, 'get_approval', { approval_id: approval.id })
  assert.equal(preview.template.key, 'invoice_overdue')
  await to(post, '2030-02-22T08:00:00Z')
  assert.equal((await messages(post)).length, 1)
  assert.equal((await told(post, invoice)).reminders.length, 1)
  assert.deepEqual((await told(post, old)).reminders, [], 'what was overdue before is left alone')
})

test('what somebody paid of it since is another amount: the yes is stale', async () => {
  const post = await openPost(server)
  const invoice = await opened(post)
  await schedule(post, invoice, [-3])
  await to(post, '2030-01-18T08:00:00Z')
  const [approval] = await waiting(post, 1)
  await made(post, 'record_manual_payment', { invoice_id: invoice.id, amount: eur(100), tender: 'cash' })
  const decided = await post.person.decide(approval.id, 'approve')
  assert.equal(decided.body.state, 'stale')
  assert.deepEqual(await sent(post), [])
})

test('where no clock is set the worker is woken at the reminder’s own minute', async () => {
  const owner = await server.signUp()
  const person = await signIn(server, owner.email)
  const agent = { url: server.url, key: owner.key }
  const customer = await made(agent, 'create_customer', { name: 'Ana Ruiz', email: 'ana@example.com' })
  const { id } = await made(agent, 'create_invoice', {
    customer_id: customer.id,
    lines: [{ description: 'Massage', unit_price: eur(12_100) }],
  })
  await made(agent, 'finalize_invoice', { invoice_id: id })
  const { approval } = (await callTool(agent, 'schedule_invoice_reminders', { invoice_id: id, days: [5] }))
    .body
  await person.decide(approval.id, 'approve')
  const [{ at }] = (await done(agent, 'get_invoice', { invoice_id: id })).reminders
  const jobs = await jobsIn(server.house.database.owner)
  const wakes = jobs
    .filter(({ task_identifier }) => task_identifier === 'due_work')
    .map(({ run_at }) => Math.round((run_at.getTime() - Date.parse(at)) / 1000))
  assert.ok(wakes.includes(1), String(wakes))
})

const eur = (amount: number) => ({ amount, currency: 'EUR' })

async function drafted(post: Post, more: Body = {}): Promise<Body> {
  return made(post, 'create_invoice', {
    customer_id: more.customer_id ?? (await post.customer()),
    lines: [{ description: 'Massage', unit_price: eur(12_100), tax_percent: 21 }],
    ...more,
  })
}

/** On 7 January 2030, due on the 21st. */
async function opened(post: Post, more?: Body): Promise<Body> {
  const { id } = await drafted(post, more)
  return made(post, 'finalize_invoice', { invoice_id: id })
}

async function schedule(post: Post, { id }: Body, days: number[]): Promise<void> {
  const { body } = await post.call('schedule_invoice_reminders', { invoice_id: id, days })
  const decided = await post.person.decide(body.approval.id, 'approve')
  assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
}

function told(post: Post, { id }: Body): Promise<Body> {
  return done(post, 'get_invoice', { invoice_id: id })
}

async function to(post: Post, instant: string): Promise<void> {
  await done(post, 'set_sandbox_clock', { to: instant })
}

async function waiting(post: Post, count: number): Promise<Body[]> {
  let found: Body[] = []
  await until(async () => {
    found = (await done(post, 'list_approvals', { state: 'pending' })).filter(
      ({ tool }: Body) => tool === 'send_message',
    )
    return found.length === count
  })
  return found
}

function messages(post: Post): Promise<Body[]> {
  return done(post, 'list_messages')
}

async function sent(post: Post): Promise<Body[]> {
  return (await done(post, 'list_sandbox_deliveries')).filter(({ state }: Body) => state === 'sent')
}

async function confirmed(post: Post, tool: string, args: Record<string, unknown>): Promise<void> {
  const whole = { ...args, idempotency_key: fresh() }
  const { body } = await callTool(post, tool, whole)
  await done(post, tool, { ...whole, confirm_token: body.confirm_token })
}
