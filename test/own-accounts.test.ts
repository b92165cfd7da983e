/** “A workspace's provider credentials are set by a person in the console”: from then on they carry its messages. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { readConfig } from '../src/config.ts'
import { newId } from '../src/database/columns.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { until } from './support/jobs.ts'
import { askFor } from './support/message.ts'
import { signIn } from './support/person.ts'
import { startServer, type TestServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { startMailServer } from './support/smtp.ts'
import { startSmsProvider } from './support/twilio.ts'
import { startWhatsApp } from './support/whatsapp.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const sms = await startSmsProvider(scope)
const { providerUrls } = readConfig({})
const whatsapp = await startWhatsApp(scope)
const server = await startServer(scope, {
  providerUrls: { ...providerUrls, twilio: sms.url, whatsapp: whatsapp.url },
})

test('mail goes by the business’s own server and SMS by its own account; of another business, nothing does', async t => {
  const mail = await startMailServer(t)
  const [own, other] = [await desk(), await desk()]
  assert.equal((await channel(own, 'sms')).carrier, 'mailbox')
  await own.store('smtp', { url: mail.url, from: 'Studio <hello@studio.example>' })
  await own.store('twilio', sms.account)
  await healthy(own, ['smtp', 'twilio'])
  assert.deepEqual(
    [await channel(own, 'email'), await channel(own, 'sms')],
    [
      { channel: 'email', carrier: 'smtp', ready: true, to_do: null },
      { channel: 'sms', carrier: 'twilio', ready: true, to_do: null },
    ],
  )
  assert.equal(await own.send('email'), 'sent')
  assert.equal(await own.send('sms'), 'sent')
  assert.match(mail.taken[0]!, /^From: Studio <hello@studio\.example>/m)
  assert.deepEqual(sms.taken.at(-1), { To: '+34612345678', Body: 'See you at 10.', From: sms.account.from })

  const before = [mail.taken.length, sms.taken.length]
  assert.equal(await other.send('email'), 'sent')
  assert.equal(await other.send('sms'), 'sent')
  assert.deepEqual([mail.taken.length, sms.taken.length], before)
})

test('customers’ codes go the same way: by the business’s own mail server, and by its own SMS', async t => {
  const mail = await startMailServer(t)
  const own = await desk()
  const origins = ['https://studio.example']
  const { publishable_key: key } = await made(own, 'create_publishable_key', { name: 'Site', origins })
  const page = { url: own.url, key }
  await own.store('smtp', { url: mail.url, from: 'Studio <hello@studio.example>' })
  await own.store('twilio', sms.account)
  const before = sms.taken.length
  await made(page, 'sign_in_customer_request', { email: 'iris@home.example' })
  const { request_id } = await made(page, 'sign_in_customer_request', { phone: '+34612000333' })
  await until(() => mail.taken.length > 0 && sms.taken.length > before)
  assert.match(mail.taken[0]!, /^From: Studio <hello@studio\.example>/m)
  assert.match(mail.taken[0]!, /^To: iris@home\.example/m)
  const { To, Body: text } = sms.taken.at(-1)!
  assert.equal(To, '+34612000333')
  const code = /^\d{6}/.exec(text!)![0]
  const { name } = await made(page, 'sign_in_customer_verify', { request_id, code, name: 'Iris' })
  assert.equal(name, 'Iris')
})

test('where nothing carries an SMS, a code by SMS is refused, and one by mail is sent', async t => {
  const mail = await startMailServer(t)
  const house = await startServer(t, { smtp: { url: mail.url, from: 'House <no-reply@desk.example>' } })
  const own = await desk(house)
  const origins = ['https://studio.example']
  const { publishable_key: key } = await made(own, 'create_publishable_key', { name: 'Site', origins })
  const page = { url: own.url, key }
  const asked = { phone: '+34612000333', idempotency_key: fresh() }
  assert.equal((await callTool(page, 'sign_in_customer_request', asked)).body.code, 'provider_error')
  await made(page, 'sign_in_customer_request', { email: 'iris@home.example' })
  await until(() => mail.taken.some(text => text.includes('To: iris@home.example')))
})

test('an SMS of which nobody can tell stands as unknown, and is not sent again by itself', async t => {
  const own = await desk()
  await own.store('twilio', sms.account)
  const taken = sms.taken.length
  sms.cutsOff = true
  t.after(() => {
    sms.cutsOff = false
  })
  assert.equal(await own.send('sms'), 'unknown')
  assert.equal(sms.taken.length, taken + 1)
})

test('WhatsApp carries a template once it has approved this very text, and free text for a day after they wrote', async () => {
  const own = await desk()
  await own.store('whatsapp', whatsapp.account)
  await healthy(own, ['whatsapp'])
  assert.deepEqual(await channel(own, 'whatsapp'), {
    channel: 'whatsapp',
    carrier: 'whatsapp',
    ready: true,
    to_do: null,
  })
  const variables = [{ name: 'minutes', type: 'text' }]
  const body = 'Hola {{customer_name}}, vamos {{minutes}} minutos tarde. ¡Perdona, {{customer_name}}!'
  const text = { key: 'late', channel: 'whatsapp', language: 'es-ES', purpose: 'transactional' }
  assert.equal(
    (await done(own, 'upsert_message_template', { ...text, body, variables })).provider_state,
    'draft',
  )
  assert.match(await own.page('/console/settings/templates/late/whatsapp/es-ES'), /<code>late_v1<\/code>/)
  const state = async () => (await done(own, 'list_message_templates', { key: 'late' }))[0].provider_state
  const atWhatsApp = {
    name: 'late_v1',
    language: 'es_ES',
    status: 'PENDING',
    body: 'Hola {{1}}, vamos {{2}}.',
  }
  const others = Array.from({ length: 15 }, (_, n) => ({ ...atWhatsApp, name: `other_v${n}` }))
  whatsapp.templates.push(...others, atWhatsApp)
  atWhatsApp.body = 'Hola {{1}}, vamos {{2}} minutos tarde. ¡Perdona, {{1}}!'
  await own.check('whatsapp')
  await until(async () => (await state()) === 'submitted')
  const late = { template_key: 'late', variables: { minutes: '10,\nor   15' } }
  assert.equal((await own.draft('whatsapp', late)).outlook.reason, 'outside_service_window')
  atWhatsApp.status = 'APPROVED'
  await own.check('whatsapp')
  await until(async () => (await state()) === 'approved')
  assert.equal(await own.send('whatsapp', late), 'sent')
  const [sent] = whatsapp.taken.splice(0)
  assert.deepEqual(
    [sent.to, sent.template.components[0].parameters.map((one: Body) => one.text)],
    ['+34612345678', ['Nadia', '10, or 15']],
  )
  atWhatsApp.body = 'Hola {{1}}, vamos {{2}} minutos tarde.'
  await own.check('whatsapp')
  await until(async () => (await state()) === 'draft')

  const free = await own.draft('whatsapp', {})
  assert.equal(free.outlook.reason, 'outside_service_window')
  await server.house.database.owner.query(
    `INSERT INTO inbound_messages (workspace_id, id, channel, provider, provider_ref, sender, body, received_at)
     VALUES ($1, $2::uuid, 'whatsapp', 'whatsapp', $2::uuid::text, '+34612345678', 'Is it open?', now())`,
    [uuidOf(own.workspaceId), newId()],
  )
  assert.equal(await own.send('whatsapp'), 'sent')
  assert.deepEqual(whatsapp.taken.splice(0)[0].text, { body: 'See you at 10.' })
  whatsapp.cutsOff = true
  assert.equal(await own.send('whatsapp'), 'unknown')
  assert.equal(whatsapp.taken.length, 1, 'and is not sent again by itself')
})

test('a number that its provider says is none of its own gets no more of them', async t => {
  const own = await desk()
  await own.store('twilio', sms.account)
  sms.refuses = 21211
  t.after(() => {
    sms.refuses = null
  })
  assert.equal(await own.send('sms'), 'failed')
  const [{ id, reason }] = (await done(own, 'list_messages')) as Body[]
  assert.equal(reason, 'bounced')
  assert.match(await own.page(`/console/messages/${id}`), /this number gets no such messages/)
  const [suppression] = (await done(own, 'list_suppressions')) as Body[]
  assert.deepEqual(
    [suppression.channel, suppression.address, suppression.scope, suppression.reason],
    ['sms', '+34612345678', 'all', 'bounce'],
  )
})

test('what its provider no longer takes is said in the settings with what to do, and to agents that ask', async () => {
  const own = await desk()
  await own.store('twilio', { ...sms.account, auth_token: 'wrong'.repeat(6) })
  await until(async () => (await own.page('/console/settings')).includes('Does not work'))
  assert.match(await own.page('/console/settings'), /Copy them again from its own settings/)
  const { ready, to_do } = await channel(own, 'sms')
  assert.deepEqual([ready, /settings of the console/.test(to_do)], [false, true])
  await own.store('twilio', sms.account)
  await healthy(own, ['twilio'])
  await own.remove('twilio')
  assert.equal((await channel(own, 'sms')).carrier, 'mailbox')
})

test('what this server cannot read carries nothing, nor does the server’s own account in its place', async t => {
  const mail = await startMailServer(t)
  const house = await startServer(t, { smtp: { url: mail.url, from: 'House <no-reply@desk.example>' } })
  const own = await desk(house)
  assert.equal(await own.send('email'), 'sent')
  await own.store('smtp', { url: mail.url, from: 'Studio <hello@studio.example>' })
  await house.house.database.owner.query(
    `UPDATE provider_credentials SET key_id = 'of another' WHERE workspace_id = $1`,
    [uuidOf(own.workspaceId)],
  )
  const sent = mail.taken.filter(text => text.includes('See you at 10.')).length
  const id = await own.release('email')
  const status = () => done(own, 'get_message_status', { message_id: id })
  await until(async () => (await status()).reason === 'not_configured')
  assert.equal((await status()).status, 'queued')
  assert.deepEqual([sent, mail.taken.filter(text => text.includes('See you at 10.')).length], [1, 1])
})

type Channel = 'email' | 'sms' | 'whatsapp'

async function desk(at: TestServer = server) {
  const { key, email, workspaceId } = await at.signUp()
  const agent = { url: at.url, key, workspaceId }
  const person = await signIn(at, email)
  const customer = await made(agent, 'create_customer', {
    name: 'Nadia',
    email: `nadia-${fresh()}@prieto.example`,
    phone: '+34612345678',
  })
  const press = async (path: string, form: Record<string, string> = {}) => {
    const answer = await fetch(`${at.url}/console/settings/providers/${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { cookie: person.cookie, origin: at.url },
      redirect: 'manual',
    })
    assert.equal(answer.status, 303, await answer.text())
  }
  const draft = (by: Channel, text: Body = {}): Promise<Body> =>
    made(agent, 'draft_message', {
      customer_id: customer.id,
      channel: by,
      ...(by === 'email' && { subject: 'Tomorrow' }),
      ...(text.template_key ? text : { body: 'See you at 10.', purpose: 'transactional' }),
    })
  const release = async (by: Channel, text?: Body): Promise<string> => {
    const { id } = await draft(by, text)
    await person.decide((await askFor(agent, id)).approvalId, 'approve')
    return id
  }
  return {
    ...agent,
    store: (provider: string, form: Record<string, string>) => press(`${provider}/save`, form),
    check: (provider: string) => press(`${provider}/check`),
    remove: (provider: string) => press(`${provider}/remove`),
    page: async (path: string) => (await fetch(at.url + path, { headers: { cookie: person.cookie } })).text(),
    draft,
    release,
    /** What became of a message by this channel. */
    async send(by: Channel, text?: Body): Promise<string> {
      const id = await release(by, text)
      let status = ''
      await until(async () => {
        status = (await done(agent, 'get_message_status', { message_id: id })).status
        return status !== 'queued' && status !== 'sending'
      })
      return status
    },
  }
}

type Desk = Awaited<ReturnType<typeof desk>>

async function channel(own: Desk, name: string): Promise<Body> {
  const { body } = await callTool(own, 'get_channel_status')
  return body.data.find((one: Body) => one.channel === name)
}

async function healthy({ workspaceId }: Desk, providers: string[]): Promise<void> {
  await until(async () => {
    const { rows } = await server.house.database.owner.query(
      `SELECT provider FROM provider_credentials WHERE workspace_id = $1 AND health = 'healthy'`,
      [uuidOf(workspaceId)],
    )
    return providers.every(provider => rows.some(row => row.provider === provider))
  })
}
