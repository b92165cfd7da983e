import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readConfig } from './config.ts'

const SMTP_URL = 'smtps://user:pass@mail.example:465'

test('mail takes a server and a sender', () => {
  assert.equal(readConfig({}).smtp, undefined)
  for (const MAIL_FROM of ['no-reply@desk.example', 'Backdesk <no-reply@desk.example>'])
    assert.deepEqual(readConfig({ SMTP_URL, MAIL_FROM }).smtp, { url: SMTP_URL, from: MAIL_FROM })
})

test('mail goes by Resend where its key is set, and one way only', () => {
  const MAIL_FROM = 'no-reply@desk.example'
  const config = readConfig({ RESEND_API_KEY: 're_1', MAIL_FROM })
  assert.deepEqual(config.resend, { key: 're_1', url: 'https://api.resend.com', from: MAIL_FROM })
  assert.equal(config.smtp, undefined)
  const local = readConfig({ RESEND_API_KEY: 're_1', RESEND_URL: 'http://127.0.0.1:1/', MAIL_FROM })
  assert.equal(local.resend!.url, 'http://127.0.0.1:1')
  assert.throws(() => readConfig({ RESEND_API_KEY: 're_1' }), /MAIL_FROM/)
  assert.throws(() => readConfig({ SMTP_URL, RESEND_API_KEY: 're_1', MAIL_FROM }), /exclude each other/)
})

test('half of it, or what is neither, is refused', () => {
  assert.throws(() => readConfig({ SMTP_URL }), /MAIL_FROM goes with SMTP_URL/)
  assert.throws(() => readConfig({ MAIL_FROM: 'no-reply@desk.example' }), /goes with/)
  assert.throws(() => readConfig({ SMTP_URL: 'https://mail.example', MAIL_FROM: 'a@b.example' }), /SMTP_URL/)
  for (const MAIL_FROM of ['Backdesk', 'a@b@c', 'A <a@b.example>\r\nBcc: everybody@c.example'])
    assert.throws(() => readConfig({ SMTP_URL, MAIL_FROM }), /MAIL_FROM/)
})

test('the developer mailbox is for loopback and the embedded database, with or without mail', () => {
  assert.equal(readConfig({}).developerMailbox, true)
  assert.equal(readConfig({ SMTP_URL, MAIL_FROM: 'a@b.example' }).developerMailbox, true)
  assert.equal(readConfig(production).developerMailbox, false)
  const { DATABASE_URL: _, APP_DATABASE_URL: __, ...embedded } = production
  assert.equal(readConfig(embedded).developerMailbox, false)
  assert.equal(readConfig({ ...production, HOST: '127.0.0.1' }).developerMailbox, false)
})

const production = {
  HOST: '0.0.0.0',
  PUBLIC_URL: 'https://desk.example',
  DATABASE_URL: 'postgres://owner:quiet-otter@db/desk',
  APP_DATABASE_URL: 'postgres://app:loud-heron@db/desk',
  BACKDESK_SECRET: '0f8a6c2e91d7b3540f8a6c2e91d7b354',
  SMTP_URL,
  MAIL_FROM: 'a@b.example',
}

test('a server that others reach does not start before it is safe, and says what to set', () => {
  readConfig(production)
  const unsafe: [NodeJS.ProcessEnv, RegExp][] = [
    [{ PUBLIC_URL: '' }, /PUBLIC_URL: set the https/],
    [{ PUBLIC_URL: '', HOST: '127.0.0.1' }, /PUBLIC_URL: set the https/],
    [{ PUBLIC_URL: 'http://desk.example' }, /PUBLIC_URL: set an https/],
    [{ PUBLIC_URL: 'http://192.168.1.4:8420' }, /PUBLIC_URL: set an https/],
    [{ PUBLIC_URL: 'http://localhost.example' }, /PUBLIC_URL: set an https/],
    [{ SMTP_URL: '', MAIL_FROM: '' }, /SMTP_URL: set a mail server, or RESEND_API_KEY/],
    [{ BACKDESK_SECRET: 'development-only-never-in-production' }, /BACKDESK_SECRET: set one/],
    [{ BACKDESK_SECRET: 'x'.repeat(32) }, /BACKDESK_SECRET: set one/],
    [{ BACKDESK_SECRET: 'abcabcab'.repeat(4) }, /BACKDESK_SECRET: set one/],
    [{ BACKDESK_PREVIOUS_SECRET: 'change-me-'.repeat(4) }, /BACKDESK_PREVIOUS_SECRET: set one/],
    [{ DATABASE_URL: 'postgres://backdesk:development@db:5432/backdesk' }, /\n {2}DATABASE_URL: set/],
    [{ APP_DATABASE_URL: 'postgres://app:development@db:5432/backdesk' }, /APP_DATABASE_URL: set/],
  ]
  for (const [changes, message] of unsafe)
    assert.throws(() => readConfig({ ...production, ...changes }), message, JSON.stringify(changes))
})

test('all that is unsafe is said at once, and no secret with it', () => {
  const all = { ...production, PUBLIC_URL: 'http://desk.example', SMTP_URL: '', MAIL_FROM: '' }
  const BACKDESK_SECRET = 'the-password-of-everybody-in-the-house'
  assert.throws(
    () => readConfig({ ...all, BACKDESK_SECRET }),
    ({ message }: Error) => {
      for (const name of ['PUBLIC_URL', 'SMTP_URL', 'BACKDESK_SECRET'])
        assert.match(message, new RegExp(name))
      return !message.includes(BACKDESK_SECRET)
    },
  )
})

test('docker-compose.yml starts as it is on this machine, and not beyond it', () => {
  const file = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8')
  const lines = file.split('  db:\n')[0]!.matchAll(/^ {6}([A-Z_]+): (.+)$/gm)
  const composed = Object.fromEntries(
    [...lines].map(([, name, value]) => [name, value!.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  )
  const environment = { HOST: '0.0.0.0', ...composed }
  assert.equal(readConfig(environment).publicUrl, 'http://localhost:8420')
  for (const name of ['BACKDESK_SECRET', 'DATABASE_URL', 'APP_DATABASE_URL'])
    assert.throws(
      () => readConfig({ ...environment, PUBLIC_URL: 'https://desk.example' }),
      new RegExp(`\\n {2}${name}: set`),
    )
})
