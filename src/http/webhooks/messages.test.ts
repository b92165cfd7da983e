/** What providers of messages say by themselves, over HTTP: late, twice, out of order, forged. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { type Body, callTool, done, fresh } from '../../../test/support/caller.ts'
import { deliveriesOf, hasten, release } from '../../../test/support/deliveries.ts'
import { hurry, until } from '../../../test/support/jobs.ts'
import { signIn } from '../../../test/support/person.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { startSmsProvider } from '../../../test/support/twilio.ts'
import { startWhatsApp } from '../../../test/support/whatsapp.ts'
import { type CredentialsOf, type ProviderName, saveCredentials } from '../../access/credentials.ts'
import { asSystem } from '../../calls/as-system.ts'
import { idText, uuidOf } from '../../catalog/kinds.ts'
import { readConfig } from '../../config.ts'
import { newId } from '../../database/columns.ts'
import { remedyMessage } from '../../domain/messaging/remedy.ts'
import type { Delivery } from '../../domain/messaging/tables.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const [sms, whatsapp] = [await startSmsProvider(scope), await startWhatsApp(scope)]
const PUBLIC = 'https://desk.example'
const server = await startServer(scope, {
  providerUrls: { ...readConfig({}).providerUrls, twilio: sms.url, whatsapp: whatsapp.url },
  publicUrl: PUBLIC,
  reachesInside: false,
})
const { database } = server.house

const PHONE = '+34612345678'
const ANSWER = `SM${'f'.repeat(32)}`

type Answer = { status: number; text: string; type: string | null }

async function open({ accounts = true } = {}) {
  const { key, email, workspaceId } = await server.signUp()
  const id = uuidOf(workspaceId)
  const agent = { url: server.url, key, workspaceId }
  const store = <Name extends ProviderName>(provider: Name, fields: CredentialsOf<Name>) =>
    database.transaction(id, {}, ({ db }) =>
      saveCredentials(
        db,
        server.house.secrets,
        { workspaceId: id, provider, by: newId(), now: Temporal.Now.instant() },
        fields,
      ),
    )
  if (accounts) {
    await store('twilio', sms.account)
    await store('whatsapp', whatsapp.account)
  }
  const nadia = await made(agent, 'create_customer', {
    name: 'Nadia',
    email: `n-${fresh()}@a.example`,
    phone: PHONE,
  })
  const post = async (path: string, headers: Record<string, string>, body: string): Promise<Answer> => {
    const answer = await fetch(server.url + path, { method: 'POST', headers, body })
    return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') }
  }
  const desk = {
    ...agent,
    id,
    email,
    nadia: nadia.id as string,
    rows: async (sql: string): Promise<Body[]> => (await database.owner.query(sql, [id])).rows,
    /** As Twilio posts it. */
    twilio(form: Record<string, string>, { query = '', signature, to = workspaceId }: Body = {}) {
      const path = `/webhooks/twilio/${to}${query}`
      const signed = signature ?? sms.signature(PUBLIC + path, form)
      const type = 'application/x-www-form-urlencoded'
      return post(
        path,
        { 'content-type': type, 'x-twilio-signature': signed },
        String(new URLSearchParams(form)),
      )
    },
    /** As WhatsApp posts it. */
    whatsapp(value: object, { field = 'messages', signature, to = workspaceId }: Body = {}) {
      const { phone_number_id, business_account_id } = whatsapp.account
      const change = { field, value: { metadata: { phone_number_id }, ...value } }
      const raw = JSON.stringify({ entry: [{ id: business_account_id, changes: [change] }] })
      const signed = signature ?? whatsapp.signature(raw)
      const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signed }
      return post(`/webhooks/whatsapp/${to}`, headers, raw)
    },
    texts: (body: string, more = {}) =>
      desk.twilio({ MessageSid: `SM${fresh()}`, SmsStatus: 'received', From: PHONE, Body: body, ...more }),
    /** A message that its provider has taken, or of which it has not said so. */
    async sent(by: 'twilio' | 'whatsapp' = 'twilio'): Promise<Delivery> {
      const message = {
        channel: by === 'twilio' ? 'sms' : 'whatsapp',
        recipient: PHONE,
        subject: null,
      } as const
      const [deliveryId] = await release(database, id, { delivery: { ...message, provider: by }, message })
      await until(async () =>
        ['sent', 'unknown', 'failed'].includes((await desk.delivery(deliveryId!)).state),
      )
      return desk.delivery(deliveryId!)
    },
    delivery: async (deliveryId: string) =>
      (await deliveriesOf(database, id)).find(one => one.id === deliveryId)!,
    /** Says it of a message as Twilio does, at the address that it was given with it. */
    async says(delivery: Delivery, MessageStatus: string, more: Record<string, string> = {}) {
      const { StatusCallback } = sms.taken.findLast(one => one.StatusCallback?.includes(delivery.id))!
      const query = new URL(StatusCallback!).search
      const ref = more.MessageSid ?? delivery.providerRef ?? ANSWER
      const answer = await desk.twilio({ ...more, MessageSid: ref, MessageStatus }, { query })
      assert.equal(answer.status, 200, answer.text)
      const { state, reason } = await desk.delivery(delivery.id)
      return reason === null ? state : `${state}: ${reason}`
    },
    suppressions: () =>
      desk.rows(
        `SELECT channel, address, scope, reason, lifted_at IS NOT NULL AS lifted FROM suppressions
         WHERE workspace_id = $1 ORDER BY id`,
      ),
    inbound: () => desk.rows('SELECT * FROM inbound_messages WHERE workspace_id = $1 ORDER BY id'),
  }
  return desk
}

test('statuses never go backwards, however they arrive; failed counts after sent, and not after delivered', async () => {
  const desk = await open()
  const arrived = await desk.sent()
  assert.equal(await desk.says(arrived, 'delivered'), 'delivered')
  assert.equal(await desk.says(arrived, 'sent'), 'delivered')
  assert.equal(await desk.says(arrived, 'undelivered'), 'delivered')
  assert.equal(await desk.says(arrived, 'read'), 'read')
  assert.equal(await desk.says(arrived, 'delivered'), 'read')
  assert.equal(await desk.says(arrived, 'failed'), 'read')

  const lost = await desk.sent()
  assert.equal(await desk.says(lost, 'undelivered', { ErrorCode: '30003' }), 'failed: undelivered')
  assert.equal(await desk.says(lost, 'sent'), 'failed: undelivered')
  assert.deepEqual(await desk.suppressions(), [], 'a phone that is off')
  assert.equal(await desk.says(lost, 'delivered'), 'delivered')

  const events = await desk.rows(
    `SELECT type FROM events WHERE workspace_id = $1 AND type ~ '^message.(sent|delivered|read|failed)' ORDER BY id`,
  )
  assert.deepEqual(
    events.map(({ type }) => type.slice('message.'.length)),
    ['sent', 'delivered', 'read', 'sent', 'failed', 'delivered'],
    'each is told once',
  )
})

test('what bounces afterwards gets no more', async () => {
  const desk = await open()
  assert.equal(await desk.says(await desk.sent(), 'undelivered', { ErrorCode: '30005' }), 'failed: bounced')
  assert.deepEqual(await desk.suppressions(), [
    { channel: 'sms', address: PHONE, scope: 'all', reason: 'bounce', lifted: false },
  ])
  assert.equal((await desk.sent()).reason, 'suppressed')
})

test('a message of which nobody could tell is cleared by its provider’s word', async t => {
  const desk = await open()
  sms.cutsOff = true
  t.after(() => {
    sms.cutsOff = false
  })
  const doubtful = await desk.sent()
  assert.equal(doubtful.state, 'unknown')
  assert.equal(await desk.says(doubtful, 'sent'), 'sent')
  const other = await desk.sent()
  assert.equal(await desk.says(other, 'failed'), 'failed: undelivered')
})

test('what a provider says before its own answer is here is not taken back by that answer', async t => {
  t.after(() => {
    sms.onTaken = null
  })
  for (const [said, state] of [
    ['undelivered', 'failed'],
    ['delivered', 'delivered'],
  ] as const) {
    const desk = await open()
    sms.onTaken = ({ StatusCallback }, MessageSid) =>
      desk.twilio({ MessageSid, MessageStatus: said }, { query: new URL(StatusCallback!).search })
    const message = { channel: 'sms', recipient: PHONE, subject: null } as const
    await release(database, desk.id, { delivery: { ...message, provider: 'twilio' }, message })
    await until(async () => (await jobsOf('deliver')) === 0)
    const [delivery] = await deliveriesOf(database, desk.id)
    assert.deepEqual([delivery!.state, delivery!.attempts], [state, 1])
  }
})

test('of a try that a person has had repeated, only that it has arrived counts', async () => {
  const desk = await open()
  const delivery = await desk.sent()
  await desk.says(delivery, 'undelivered')
  const [first] = sms.taken.splice(0).slice(-1)
  await asSystem(server.house)(desk.id, 'test', context =>
    remedyMessage(context, delivery.messageId, 'retry'),
  )
  await until(async () => (await desk.delivery(delivery.id)).state === 'sent')
  const again = sms.taken.at(-1)!
  sms.taken.push(first!)
  assert.equal(await desk.says(delivery, 'failed'), 'sent')
  assert.equal(await desk.says(delivery, 'delivered'), 'delivered')
  assert.notEqual(first!.StatusCallback, again.StatusCallback)
})

test('WhatsApp says what became of a message, and is answered where it asks for the word that was chosen', async () => {
  const desk = await open()
  await desk.whatsapp({ messages: [writes('wamid.a', 'Hi')] })
  const delivery = await desk.sent('whatsapp')
  const { biz_opaque_callback_data } = whatsapp.taken.at(-1)
  const says = async (status: string, more = {}) => {
    await desk.whatsapp({
      statuses: [{ id: delivery.providerRef, status, biz_opaque_callback_data, ...more }],
    })
    return (await desk.delivery(delivery.id)).state
  }
  assert.equal(await says('failed', { errors: [{ code: 131026 }] }), 'failed')
  assert.deepEqual(
    (await desk.suppressions()).map(({ channel, reason }) => [channel, reason]),
    [['whatsapp', 'bounce']],
  )
  assert.equal(await says('read'), 'read')
  assert.equal(await says('delivered'), 'read')

  const ask = async (token: string, mode = 'subscribe') => {
    const query = new URLSearchParams({
      'hub.mode': mode,
      'hub.verify_token': token,
      'hub.challenge': '1158',
    })
    const answer = await fetch(`${server.url}/webhooks/whatsapp/${desk.workspaceId}?${query}`)
    return [answer.status, answer.status === 200 && (await answer.text())]
  }
  assert.deepEqual(await ask(whatsapp.account.verify_token), [200, '1158'])
  assert.deepEqual(await ask('another'), [403, false])
  assert.deepEqual(await ask(whatsapp.account.verify_token, 'unsubscribe'), [403, false])
})

test('free text goes by WhatsApp from the moment on that they wrote, by the provider’s clock, and never from later', async () => {
  const desk = await open()
  const draft = async () => {
    const text = { customer_id: desk.nadia, channel: 'whatsapp', body: 'Yes.', purpose: 'transactional' }
    return (await made(desk, 'draft_message', text)).outlook.goes
  }
  await desk.whatsapp({ messages: [writes('wamid.old', 'Hi', ago(24 * 3600))] })
  assert.equal(await draft(), 'not')
  await desk.whatsapp({ messages: [writes('wamid.new', 'Hi', ago(-3600))] })
  assert.equal(await draft(), 'at_once')
  const [{ late }] = (await desk.rows(
    `SELECT max(received_at) > now() AS late FROM inbound_messages WHERE workspace_id = $1`,
  )) as [Body]
  assert.equal(late, false)
})

test('inbound duplicates are one message, also at once, and stand in the timeline of whose number it is', async () => {
  const desk = await open()
  const form = { MessageSid: 'SM1', SmsStatus: 'received', From: PHONE, Body: 'Is <b>Ana</b> there?' }
  const answers = await Promise.all(Array.from({ length: 8 }, () => desk.twilio(form)))
  assert.deepEqual(
    answers.map(({ status, text, type }) => [status, text, type]),
    answers.map(() => [200, '<Response/>', 'text/xml']),
  )
  await desk.whatsapp({ messages: [writes('SM1', 'Another', ago(-60))] })
  await desk.twilio({ ...form, MessageSid: 'SM2', From: '+34699999999' })
  assert.deepEqual(
    (await desk.inbound()).map(({ provider, provider_ref, customer_id }) => [
      provider,
      provider_ref,
      customer_id !== null,
    ]),
    [
      ['twilio', 'SM1', true],
      ['whatsapp', 'SM1', true],
      ['twilio', 'SM2', false],
    ],
  )
  const told = await desk.rows(
    `SELECT data FROM events WHERE workspace_id = $1 AND type = 'message.received'`,
  )
  assert.equal(told.length, 3)
  assert.doesNotMatch(JSON.stringify(told), /Ana|612345678/)
  const feed = (await done(desk, 'get_customer_timeline', {
    customer_id: desk.nadia,
    only: ['replies'],
  })) as Body[]
  assert.deepEqual(
    feed.map(({ event, text }) => [event, text]),
    [
      ['received', 'Another'],
      ['received', 'Is <b>Ana</b> there?'],
    ],
  )
})

test('STOP ends it, START restores only what STOP removed, and a word in a sentence does nothing', async () => {
  const desk = await open()
  const draft = async (channel = 'sms') => {
    const text = { customer_id: desk.nadia, channel, body: 'Yes.', purpose: 'transactional' }
    const { isError, body } = await callTool(desk, 'draft_message', { ...text, idempotency_key: fresh() })
    return isError ? body.code : 'drafted'
  }
  await desk.texts('Please stop calling')
  await desk.texts('Start at ten?')
  assert.equal(await draft(), 'drafted')
  await desk.texts(' stop\n')
  await desk.texts('STOP')
  assert.equal(await draft(), 'suppressed')
  assert.equal(await draft('whatsapp'), 'drafted', 'they said it of SMS')
  await desk.texts('Start')
  assert.equal(await draft(), 'drafted')
  await done(desk, 'add_suppression', { channel: 'sms', address: PHONE, scope: 'all' })
  await desk.texts('START')
  assert.equal(await draft(), 'suppressed', 'what the business put on the list')
  await desk.texts('Quit')
  await desk.texts('start')
  assert.deepEqual(
    (await desk.suppressions()).map(({ reason, lifted }) => [reason, lifted]),
    [
      ['opt_out', true],
      ['manual', false],
      ['opt_out', true],
    ],
  )
})

test('a yes on the form that leaves advertising off leaves it for START to restore', async () => {
  const desk = await open()
  await desk.texts('STOP')
  const yes = {
    customer_id: desk.nadia,
    channel: 'sms',
    purpose: 'transactional',
    state: 'granted',
    source: 'Form',
  }
  await made(desk, 'record_customer_consent', yes)
  await desk.texts('START')
  assert.deepEqual(
    (await desk.suppressions()).map(({ scope, lifted }) => [scope, lifted]),
    [
      ['all', true],
      ['marketing', true],
    ],
  )
})

test('HELP answers, once, by whom it was asked, and changes nothing', async () => {
  const desk = await open()
  const before = sms.taken.length
  await desk.texts('HELP', { OptOutType: 'HELP', From: '+34699999999' })
  await until(async () => (await jobsOf('answer_help')) === 0)
  assert.equal(sms.taken.length, before, 'Twilio has answered it itself')
  await desk.texts('help')
  await until(() => sms.taken.length > before)
  assert.equal(sms.taken.at(-1)!.To, PHONE)
  assert.match(sms.taken.at(-1)!.Body!, /^Studio Norte: .*STOP/)
  await desk.texts('HELP')
  const free = whatsapp.taken.length
  await desk.whatsapp({ messages: [writes('wamid.help', 'Help')] })
  await until(() => whatsapp.taken.length > free)
  await until(async () => (await jobsOf('answer_help')) === 0)
  assert.equal(sms.taken.length, before + 1, 'asked again within minutes')
  assert.deepEqual(await desk.suppressions(), [])
})

test('who opts out between the approval and the dispatch is not written to, and the reason is visible', async () => {
  const desk = await open()
  const person = await signIn(server, desk.email)
  const { id } = await made(desk, 'draft_message', {
    customer_id: desk.nadia,
    channel: 'sms',
    body: 'See you at 10.',
    purpose: 'transactional',
  })
  const at = Temporal.Now.instant().add({ hours: 1 }).toString({ smallestUnit: 'millisecond' })
  const asked = await callTool(desk, 'send_message', { message_id: id, at, idempotency_key: fresh() })
  assert.equal((await person.decide(asked.body.approval.id, 'approve')).body.state, 'executed')
  const taken = sms.taken.length
  await desk.texts('STOP')
  await hasten(database, desk.id)
  await hurry(database.owner)
  const status = () => done(desk, 'get_message_status', { message_id: id })
  await until(async () => (await status()).status !== 'queued')
  const { status: became, reason } = await status()
  assert.deepEqual([became, reason, sms.taken.length], ['failed', 'suppressed', taken])
  for (const path of ['/console/messages', `/console/messages/${id}`]) {
    const page = await fetch(server.url + path, { headers: { cookie: person.cookie } })
    assert.match(await page.text(), /has opted out of messages/, path)
  }
})

test('a wrong signature is refused, and changes nothing; whom nobody knows is told so alike', async () => {
  const desk = await open()
  const other = await open()
  const delivery = await desk.sent()
  const form = { MessageSid: delivery.providerRef!, MessageStatus: 'undelivered', ErrorCode: '30005' }
  const stop = { MessageSid: 'SM9', SmsStatus: 'received', From: PHONE, Body: 'STOP' }
  const state = async () =>
    JSON.stringify([await desk.delivery(delivery.id), await desk.inbound(), await desk.suppressions()])
  const before = await state()
  const url = `${PUBLIC}/webhooks/twilio/${desk.workspaceId}`
  const wrong: Promise<Answer>[] = [
    desk.twilio(form, { signature: '' }),
    desk.twilio(form, { signature: sms.signature(`${PUBLIC}/webhooks/twilio/${other.workspaceId}`, form) }),
    desk.twilio(form, { signature: sms.signature(url, { ...form, ErrorCode: '30003' }) }),
    desk.twilio(form, { signature: sms.signature(url, form), query: '?try=1' }),
    desk.twilio(stop, { signature: sms.signature(url, form) }),
    desk.whatsapp({ messages: [writes('wamid.9', 'STOP')] }, { signature: whatsapp.signature('{}') }),
    desk.whatsapp({ messages: [writes('wamid.9', 'STOP')] }, { signature: '' }),
  ]
  for (const { status } of await Promise.all(wrong)) assert.equal(status, 400)
  assert.equal(await state(), before)

  const bare = await open({ accounts: false })
  const answers: Answer[] = []
  for (const to of [idText('workspace', newId()), bare.workspaceId, 'workspace_x', 'x'])
    answers.push(await desk.twilio(stop, { to }), await desk.whatsapp({}, { to }))
  const told = answers.map(({ status, text }) => [status, JSON.parse(text).detail])
  assert.deepEqual(
    told,
    told.map(() => [404, told[0]![1]]),
  )
  assert.deepEqual(await bare.inbound(), [])
})

test('what WhatsApp decides about a template is read anew', async () => {
  const desk = await open()
  const text = { key: 'hello', channel: 'whatsapp', language: 'en', purpose: 'transactional', body: 'Hi' }
  await done(desk, 'upsert_message_template', text)
  const state = async () => (await done(desk, 'list_message_templates', { key: 'hello' }))[0].provider_state
  await until(async () => (await jobsOf('read_templates')) === 0)
  whatsapp.templates.push({ name: 'hello_v1', language: 'en', status: 'APPROVED', body: 'Hi' })
  assert.equal(await state(), 'draft')
  const event = { event: 'APPROVED', message_template_name: 'hello_v1', message_template_language: 'en' }
  await desk.whatsapp(event, { field: 'message_template_status_update' })
  await until(async () => (await state()) === 'approved')
})

test('the settings say which address to give to whom', async () => {
  const desk = await open()
  const { cookie } = await signIn(server, desk.email)
  const page = await (await fetch(`${server.url}/console/settings`, { headers: { cookie } })).text()
  for (const provider of ['twilio', 'whatsapp', 'stripe'])
    assert.ok(page.includes(`<code>${PUBLIC}/webhooks/${provider}/${desk.workspaceId}</code>`), provider)
})

/** As WhatsApp writes a time. */
function ago(seconds: number): string {
  return String(Math.floor(Date.now() / 1000) - seconds)
}

function writes(id: string, body: string, timestamp = ago(0)): Body {
  return { id, from: PHONE.slice(1), timestamp, type: 'text', text: { body } }
}

async function jobsOf(task: string): Promise<number> {
  const { rows } = await database.owner.query(
    'SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE task_identifier = $1',
    [task],
  )
  return rows[0].count
}
