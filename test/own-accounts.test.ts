/** “A workspace's provider credentials are set by a person in the console”: from then on they carry its messages. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { readConfig } from '../src/config.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { until } from './support/jobs.ts'
import { askFor } from './support/message.ts'
import { signIn } from './support/person.ts'
import { startServer, type TestServer } from './support/server.ts'
import { made } from './support/shop.ts'
import { startMailServer } from './support/smtp.ts'
import { startSmsProvider } from './support/twilio.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const sms = await startSmsProvider(scope)
const { providerUrls } = readConfig({})
const server = await startServer(scope, { providerUrls: { ...providerUrls, twilio: sms.url } })

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
  const release = async (by: 'email' | 'sms'): Promise<string> => {
    const { id } = await made(agent, 'draft_message', {
      customer_id: customer.id,
      channel: by,
      ...(by === 'email' && { subject: 'Tomorrow' }),
      body: 'See you at 10.',
      purpose: 'transactional',
    })
    await person.decide((await askFor(agent, id)).approvalId, 'approve')
    return id
  }
  return {
    ...agent,
    store: (provider: string, form: Record<string, string>) => press(`${provider}/save`, form),
    remove: (provider: string) => press(`${provider}/remove`),
    page: async (path: string) => (await fetch(at.url + path, { headers: { cookie: person.cookie } })).text(),
    release,
    /** What became of a message by this channel. */
    async send(by: 'email' | 'sms'): Promise<string> {
      const id = await release(by)
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
