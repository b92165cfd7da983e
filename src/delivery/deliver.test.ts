import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { openTestDatabase } from '../../test/support/database.ts'
import {
  deliveriesOf,
  hasten,
  makeWorkspace,
  release,
  toldOf,
  type Wanted,
} from '../../test/support/deliveries.ts'
import { hurry, jobsIn, queueAsText, until } from '../../test/support/jobs.ts'
import { resendOf, startMailProvider } from '../../test/support/resend.ts'
import { type MailServer, type Manner, startMailServer } from '../../test/support/smtp.ts'
import { stack } from '../../test/support/stack.ts'
import { startWorkerHost } from '../../test/support/worker-host.ts'
import type { Delivery } from '../domain/messaging/tables.ts'

type Reach = Parameters<typeof startWorkerHost>[2]

/** A host with one business, whose worker carries mail as it is told. */
async function openDesk(t: TestContext, reach: Reach) {
  const things = stack(t)
  const database = await openTestDatabase(things)
  const workspaceId = await startWorkerHost(things, database, reach).then(() => makeWorkspace(database))
  return { database, workspaceId }
}

type Desk = Awaited<ReturnType<typeof openDesk>>

function smtpOf(mail: MailServer): Reach {
  const patience = '?socketTimeout=300&greetingTimeout=300'
  return { smtp: { url: mail.url + patience, from: 'Studio <no-reply@desk.example>' } }
}

async function send({ database, workspaceId }: Desk, wanted: Wanted): Promise<void> {
  await release(database, workspaceId, wanted)
}

/** The one delivery, once its attempts are as many and it is no longer `sending`. */
async function attempted({ database, workspaceId }: Desk, attempts = 1): Promise<Delivery> {
  let found: Delivery | undefined
  await until(async () => {
    found = (await deliveriesOf(database, workspaceId))[0]
    return found!.attempts === attempts && found!.state !== 'sending'
  })
  return found!
}

async function settled({ database, workspaceId }: Desk): Promise<Delivery> {
  let found: Delivery | undefined
  await until(async () => {
    found = (await deliveriesOf(database, workspaceId))[0]
    return found!.state !== 'sending' && found!.state !== 'queued'
  })
  return found!
}

/** Has what waits for its next try tried now. */
async function again({ database, workspaceId }: Desk): Promise<void> {
  await hasten(database, workspaceId)
  await hurry(database.owner)
}

function told({ database, workspaceId }: Desk) {
  return toldOf(database, workspaceId)
}

/** Every byte there is, many times. */
const FILE = Buffer.from(Array.from({ length: 4096 }, (_, n) => n % 256))

const bySmtp: Wanted = { delivery: { provider: 'smtp' } }
const byResend: Wanted = { delivery: { provider: 'resend' } }

test('a message goes out once, and is known to', async t => {
  const mail = await startMailServer(t)
  const desk = await openDesk(t, smtpOf(mail))
  await send(desk, bySmtp)
  const { state, attempts, sentAt, providerRef } = await settled(desk)
  assert.deepEqual([state, attempts], ['sent', 1])
  assert.ok(sentAt)
  assert.equal(mail.taken.length, 1)
  assert.ok(mail.taken[0]!.includes(`Message-ID: ${providerRef}`))
  assert.match(mail.taken[0]!, /^To: guest-0@guests\.example/m)
  assert.match(mail.taken[0]!, /see you tomorrow at 10/)
  assert.doesNotMatch(mail.taken[0]!, /^List-Unsubscribe/m)
  assert.deepEqual(await told(desk), [{ type: 'message.sent' }])
})

const withFile = { attachments: [{ name: 'invoice-7.pdf', mediaType: 'application/pdf', content: FILE }] }

test('SMTP: a file goes with its mail, whole', async t => {
  const mail = await startMailServer(t)
  const desk = await openDesk(t, smtpOf(mail))
  await send(desk, { ...bySmtp, ...withFile })
  assert.equal((await settled(desk)).state, 'sent')
  const part = mail.taken[0]!.split(/^--/m).find(part => part.includes('invoice-7.pdf'))!
  assert.match(part, /^Content-Type: application\/pdf; name=invoice-7\.pdf/m)
  assert.match(part, /^Content-Disposition: attachment/m)
  assert.ok(Buffer.from(part.split('\r\n\r\n')[1]!, 'base64').equals(FILE))
})

test('Resend: a file goes with its mail, whole, and a mail with one is the same on every try', async t => {
  const provider = await startMailProvider(t)
  const desk = await openDesk(t, resendOf(provider, 500))
  provider.conduct = 'takes and cuts off'
  await send(desk, { ...byResend, ...withFile })
  await attempted(desk)
  provider.conduct = 'takes'
  await again(desk)
  assert.equal((await settled(desk)).state, 'sent')
  assert.equal(provider.arrived.length, 1)
  assert.deepEqual(provider.arrived[0]!.attachments, [
    { filename: 'invoice-7.pdf', content_type: 'application/pdf', content: FILE.toString('base64') },
  ])
})

for (const manner of [
  'gives no greeting',
  'turns away',
  'defers the sender',
  'cuts off at the sender',
  'defers',
  'cuts off at the recipient',
  'defers the text',
] satisfies Manner[]) {
  test(`SMTP: a server that ${manner} gets the mail later, once`, async t => {
    const mail = await startMailServer(t)
    const desk = await openDesk(t, smtpOf(mail))
    mail.manner = manner
    await send(desk, bySmtp)
    const { state, dueAt, reason } = await attempted(desk)
    assert.equal(state, 'queued')
    assert.match(reason!, /^(unreachable|deferred)$/)
    const seconds = (dueAt.epochMilliseconds - Date.now()) / 1000
    assert.ok(seconds > 25 && seconds <= 60, `${seconds} s`)
    mail.manner = 'takes'
    await again(desk)
    assert.equal((await settled(desk)).state, 'sent')
    assert.equal(mail.taken.length, 1)
    assert.deepEqual(await told(desk), [{ type: 'message.sent' }])
  })
}

for (const manner of ['refuses', 'refuses the text'] satisfies Manner[]) {
  test(`SMTP: a server that ${manner} for good ends it, and its words are not kept`, async t => {
    const mail = await startMailServer(t)
    const desk = await openDesk(t, smtpOf(mail))
    mail.manner = manner
    await send(desk, bySmtp)
    const failed = await settled(desk)
    assert.deepEqual([failed.state, failed.reason, failed.sentAt], ['failed', 'refused', null])
    assert.deepEqual(await told(desk), [{ type: 'message.failed', reason: 'refused' }])
    assert.ok(!(await queueAsText(desk.database.owner)).includes('studio.example'))
  })
}

for (const manner of ['cuts off in the text', 'cuts off', 'is silent'] satisfies Manner[]) {
  test(`SMTP: where the server ${manner}, nobody can tell, and it is not sent again`, async t => {
    const mail = await startMailServer(t)
    const desk = await openDesk(t, smtpOf(mail))
    mail.manner = manner
    await send(desk, bySmtp)
    const unknown = await settled(desk)
    assert.deepEqual([unknown.state, unknown.reason, unknown.attempts], ['unknown', 'no_answer', 1])
    assert.deepEqual(await told(desk), [{ type: 'message.unknown', reason: 'no_answer' }])
    mail.manner = 'takes'
    await release(desk.database, desk.workspaceId, bySmtp)
    await until(() => mail.taken.length === 1) // The other's: had the first a job, it would have been before.
    assert.equal(mail.tries, 2)
  })
}

test('a try is the last after seven others, and the dead letter is visible', async t => {
  const mail = await startMailServer(t)
  const desk = await openDesk(t, smtpOf(mail))
  mail.manner = 'defers'
  await send(desk, bySmtp)
  for (let n = 1; n < 8; n++) {
    assert.equal((await attempted(desk, n)).state, 'queued')
    await again(desk)
  }
  const { state, reason, attempts } = await settled(desk)
  assert.deepEqual([state, reason, attempts], ['failed', 'gave_up', 8])
  assert.deepEqual(await told(desk), [{ type: 'message.failed', reason: 'gave_up' }])
})

test('a mail that a dead host may have sent by SMTP is unknown; Resend knows its key', async t => {
  const mail = await startMailServer(t)
  const provider = await startMailProvider(t)
  const desk = await openDesk(t, { ...smtpOf(mail), ...resendOf(provider) })
  const begun: Partial<Delivery> = { state: 'sending', attempts: 1, attemptedAt: ago(1) }
  await send(desk, { delivery: { provider: 'smtp', ...begun } })
  await send(desk, { delivery: { provider: 'resend', ...begun } })
  await send(desk, { delivery: { provider: 'resend', ...begun, attemptedAt: ago(24) } })
  const { database, workspaceId } = desk
  await until(async () => (await jobsIn(database.owner)).length === 0)
  const states = (await deliveriesOf(database, workspaceId)).map(({ state }) => state)
  assert.deepEqual(states, ['unknown', 'sent', 'unknown'], 'a key is forgotten after a day')
  assert.equal(mail.tries, 0)
  assert.equal(provider.keys.length, 1)
})

for (const conduct of ['takes and cuts off', 'takes and is silent', 'takes and answers 502'] as const) {
  test(`Resend: a provider that ${conduct} is asked again under the same key, and sends once`, async t => {
    const provider = await startMailProvider(t)
    const desk = await openDesk(t, resendOf(provider, 300))
    provider.conduct = conduct
    await send(desk, byResend)
    const { state, reason } = await attempted(desk)
    assert.deepEqual([state, reason], ['queued', 'no_answer'])
    provider.conduct = 'takes'
    await again(desk)
    const sent = await settled(desk)
    assert.equal(sent.state, 'sent')
    assert.deepEqual(
      provider.arrived.map(({ id, to }) => ({ id, to })),
      [{ id: sent.providerRef, to: ['guest-0@guests.example'] }],
    )
    assert.deepEqual([provider.keys.length, new Set(provider.keys).size], [2, 1])
  })
}

test('Resend: the provider says when to come again', async t => {
  const provider = await startMailProvider(t)
  const desk = await openDesk(t, resendOf(provider))
  provider.conduct = 'answers 429'
  await send(desk, byResend)
  const { state, reason, dueAt } = await attempted(desk)
  assert.deepEqual([state, reason], ['queued', 'rate_limited'])
  const seconds = (dueAt.epochMilliseconds - Date.now()) / 1000
  assert.ok(seconds > 7100 && seconds <= 7200, `${seconds} s, of the 7200 that Retry-After asks`)
  // The job that has just run may still stand beside the one that it has left.
  const times = (await jobsIn(desk.database.owner)).map(({ run_at }) => run_at.getTime())
  assert.ok(times.includes(dueAt.epochMilliseconds), String(times))
})

test('Resend: what it finds wrong with a mail is final, unless an earlier try may have arrived', async t => {
  const provider = await startMailProvider(t)
  const desk = await openDesk(t, resendOf(provider))
  provider.conduct = 'answers 422'
  await send(desk, byResend)
  const failed = await settled(desk)
  assert.deepEqual([failed.state, failed.reason], ['failed', 'refused'])

  const other = { ...desk, workspaceId: await makeWorkspace(desk.database) }
  provider.conduct = 'takes and cuts off'
  await send(other, byResend)
  await attempted(other)
  provider.conduct = 'answers 422'
  await again(other)
  assert.equal((await settled(other)).state, 'unknown')
})

test('whoever may no longer be written to is not, and it shows why', async t => {
  const provider = await startMailProvider(t)
  const desk = await openDesk(t, resendOf(provider))
  await send(desk, { delivery: { provider: 'resend' }, message: { purpose: 'marketing' } })
  const { state, reason, attempts } = await settled(desk)
  assert.deepEqual([state, reason, attempts], ['failed', 'consent_missing', 0])
  assert.deepEqual(provider.keys, [])
  assert.deepEqual(await told(desk), [{ type: 'message.failed', reason: 'consent_missing' }])
})

test('what is not due yet, or over, is left alone; a mailbox takes all; without a provider it waits', async t => {
  const desk = await openDesk(t, {})
  const { database, workspaceId } = desk
  await send(desk, { delivery: { provider: 'mailbox' } })
  await send(desk, { delivery: { provider: 'mailbox', dueAt: ago(-1) } })
  await send(desk, { delivery: { provider: 'mailbox', state: 'cancelled' } })
  await send(desk, { delivery: { provider: 'smtp' } })
  let rows: Delivery[] = []
  await until(async () => {
    rows = await deliveriesOf(database, workspaceId)
    return (await jobsIn(database.owner)).length === 2 && rows[3]!.reason !== null
  })
  assert.deepEqual(
    rows.map(({ state, reason }) => [state, reason]),
    [
      ['sent', null],
      ['queued', null],
      ['cancelled', null],
      ['queued', 'not_configured'],
    ],
  )
})

function ago(hours: number) {
  return Temporal.Instant.fromEpochMilliseconds(Date.now() - hours * 3_600_000)
}
