import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { Temporal } from 'temporal-polyfill'
import { openTestDatabase } from '../../test/support/database.ts'
import { makeWorkspace } from '../../test/support/deliveries.ts'
import { startMailServer } from '../../test/support/smtp.ts'
import {
  type CredentialsOf,
  credentialState,
  type ProviderName,
  saveCredentials,
} from '../access/credentials.ts'
import { makeSecrets, type Secrets } from '../access/secrets.ts'
import { newId } from '../database/columns.ts'
import { checkCredentials } from './check-credentials.ts'
import { smtp } from './smtp.ts'

type Fields = { [Name in ProviderName]: CredentialsOf<Name> }

/** What each asks for, and how it knows who asks. */
const apis: Record<'twilio' | 'whatsapp' | 'stripe', { path: string; authorization: string }> = {
  twilio: {
    path: `/2010-04-01/Accounts/AC${'0'.repeat(32)}.json`,
    authorization: `Basic ${Buffer.from(`AC${'0'.repeat(32)}:${'t'.repeat(32)}`).toString('base64')}`,
  },
  whatsapp: { path: '/1234567890?fields=id', authorization: `Bearer ${'w'.repeat(40)}` },
  stripe: { path: '/v1/balance', authorization: 'Bearer sk_test_0123456789' },
}

const fields: Omit<Fields, 'smtp'> = {
  twilio: { account_sid: `AC${'0'.repeat(32)}`, auth_token: 't'.repeat(32), from: '+34600000000' },
  whatsapp: {
    phone_number_id: '1234567890',
    business_account_id: '987654321',
    access_token: 'w'.repeat(40),
    app_secret: 's'.repeat(32),
    verify_token: 'v'.repeat(12),
  },
  stripe: {
    secret_key: 'sk_test_0123456789',
    publishable_key: 'pk_test_0123456789',
    webhook_secret: 'whsec_0123456789',
  },
}

for (const provider of ['twilio', 'whatsapp', 'stripe'] as const) {
  test(`${provider}: known, no longer known, of an odd answer, not there`, async t => {
    const asked: string[] = []
    let status = 200
    const api = await serve(t, (path, authorization) => {
      asked.push(path)
      return authorization === apis[provider].authorization ? status : 401
    })
    const desk = await openDesk(t, api.url)
    assert.deepEqual(await desk.check(provider, fields[provider]), ['healthy', null])
    assert.deepEqual(asked, [apis[provider].path], 'by a request that reads')
    status = 401
    assert.deepEqual(await desk.check(provider), ['failing', 'refused'])
    status = 500
    assert.deepEqual(await desk.check(provider), ['failing', 'unexpected_answer'])
    api.stop()
    assert.deepEqual(await desk.check(provider), ['failing', 'unreachable'])
  })
}

test('a mail server: signs in and leaves; a wrong password, and nobody there', async t => {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    closeTimeout: 100,
    onAuth: ({ password }, _session, answer) =>
      password === 'right' ? answer(null, { user: 'studio' }) : answer(new Error('535 no')),
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => server.close())
  const { port } = server.server.address() as AddressInfo
  const by = (password: string, at = port) => ({
    url: `smtp://studio:${password}@127.0.0.1:${at}`,
    from: 'Studio <hello@studio.example>',
  })
  const desk = await openDesk(t, 'http://127.0.0.1:1')
  assert.deepEqual(await desk.check('smtp', by('right')), ['healthy', null])
  assert.deepEqual(await desk.check('smtp', by('wrong')), ['failing', 'refused'])
  assert.deepEqual(await desk.check('smtp', by('right', 1)), ['failing', 'unreachable'])
})

test('what this server can no longer read is said to be so; what was removed meanwhile is left alone', async t => {
  const desk = await openDesk(t, 'http://127.0.0.1:1')
  await desk.save('stripe', fields.stripe, makeSecrets('another secret'.repeat(3)))
  assert.deepEqual(await desk.check('stripe'), ['failing', 'unreadable'])
  assert.equal(await desk.check('twilio'), null)
})

test('a mail server inside our own network is not so much as greeted, but on a developer’s machine', async t => {
  const mail = await startMailServer(t)
  const from = 'Studio <a@studio.example>'
  const outside = await openDesk(t, 'http://127.0.0.1:1', false)
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
    const url = mail.url.replace('127.0.0.1', host)
    assert.deepEqual(await outside.check('smtp', { url, from }), ['failing', 'unreachable'], host)
    const signal = new AbortController().signal
    const letter = { to: 'ada@studio.example', subject: 'Hi', text: 'Hi', html: 'Hi' }
    await assert.rejects(
      smtp({ url, from }, false).send(letter, { key: 'k', signal }),
      { name: 'NotSent' },
      host,
    )
  }
  assert.equal(mail.greeted, 0)
  const developers = await openDesk(t, 'http://127.0.0.1:1')
  assert.deepEqual(await developers.check('smtp', { url: mail.url, from }), ['healthy', null])
  assert.equal(mail.greeted, 1)
})

async function openDesk(t: TestContext, url: string, mayBeInside = true) {
  const database = await openTestDatabase(t)
  const workspaceId = await makeWorkspace(database)
  const secrets = makeSecrets('x'.repeat(32))
  const urls = { twilio: url, whatsapp: url, stripe: url }
  const work = checkCredentials({ database, secrets, urls, mayBeInside })
  const now = Temporal.Instant.fromEpochMilliseconds(Date.now())
  const save = <Name extends ProviderName>(
    provider: Name,
    own: CredentialsOf<Name>,
    under: Secrets = secrets,
  ) =>
    database.transaction(workspaceId, {}, ({ db }) =>
      saveCredentials(db, under, { workspaceId, provider, by: newId(), now }, own),
    )
  return {
    save,
    /** Stores them where some are given. */
    async check<Name extends ProviderName>(provider: Name, own?: CredentialsOf<Name>) {
      if (own) await save(provider, own)
      await work({ workspaceId, ids: { provider }, signal: new AbortController().signal })
      const state = await database.transaction(workspaceId, { readOnly: true }, ({ db }) =>
        credentialState(db, workspaceId, provider),
      )
      return state && [state.health, state.problem]
    },
  }
}

async function serve(t: TestContext, statusFor: (path: string, authorization?: string) => number) {
  const server = createServer((request, response) =>
    response.writeHead(statusFor(request.url!, request.headers.authorization)).end('{}'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  t.after(stop)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop }
}
