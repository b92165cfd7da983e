import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callTool, done, fresh, refused } from '../../test/support/caller.ts'
import { hurry, type JobRow, jobsIn, queueAsText, until } from '../../test/support/jobs.ts'
import { resendOf, startMailProvider } from '../../test/support/resend.ts'
import { startServer, type TestServer } from '../../test/support/server.ts'
import { type MailServer, startMailServer } from '../../test/support/smtp.ts'

type Context = Parameters<typeof startServer>[0]

const EMAIL = 'ada@studio.example'
const business = {
  organisation_name: 'Studio Norte',
  time_zone: 'Europe/Madrid',
  currency: 'EUR',
  country: 'ES',
}

/** A server whose mail goes to `mail`. Silence is given up on soon, so that no test waits for long. */
function serverFor(t: Context, mail: MailServer): Promise<TestServer> {
  const smtp = { url: `${mail.url}?socketTimeout=300`, from: 'Backdesk <no-reply@desk.example>' }
  return startServer(t, { smtp })
}

async function requestCode({ url }: TestServer, email = EMAIL): Promise<string> {
  const asked = { email, ...business, idempotency_key: fresh() }
  return (await done({ url }, 'register_organisation_request', asked)).request_id
}

function codeIn(mail: string): string {
  return /^Subject: (\d{6}) /m.exec(mail)![1]!
}

function nameOf(mail: string): string {
  return /^Message-ID: (.*)$/im.exec(mail)![1]!
}

function owner(server: TestServer) {
  return server.house.database.owner
}

async function untilDone(server: TestServer): Promise<void> {
  await until(async () => (await jobsIn(owner(server))).length === 0)
}

/** The one job there is, once its first try has failed. */
async function failed(server: TestServer): Promise<JobRow> {
  let job: JobRow | undefined
  await until(async () => {
    job = (await jobsIn(owner(server)))[0]
    return job?.last_error != null
  })
  return job!
}

test('a code arrives by mail, as text and as HTML, and opens the sign-up', async t => {
  const mail = await startMailServer(t)
  const server = await serverFor(t, mail)
  const request_id = await requestCode(server)
  await until(() => mail.taken.length === 1)
  const [letter] = mail.taken
  for (const line of [
    /^From: Backdesk <no-reply@desk\.example>/m,
    /^To: ada@studio\.example/m,
    /^Message-ID: <[0-9a-f]{32}@desk\.example>/m,
    /^Auto-Submitted: auto-generated/m,
    /^Content-Type: text\/plain/m,
    /^Content-Type: text\/html/m,
  ])
    assert.match(letter!, line)
  const verified = await done({ url: server.url }, 'register_organisation_verify', {
    request_id,
    code: codeIn(letter!),
    idempotency_key: fresh(),
  })
  assert.match(verified.api_key, /^bd_live_/)
  await untilDone(server)
})

test('a code goes by Resend where that is how mail goes', async t => {
  const provider = await startMailProvider(t)
  const server = await startServer(t, resendOf(provider))
  provider.conduct = 'takes and answers 502'
  await requestCode(server)
  assert.equal((await failed(server)).last_error, 'The mail provider answered 502.')
  provider.conduct = 'takes'
  await hurry(owner(server))
  await untilDone(server)
  assert.equal(provider.keys.length, 2)
  const [letter, ...others] = provider.arrived
  assert.deepEqual(letter!.to, [EMAIL])
  assert.match(letter!.subject, /^\d{6} is your Backdesk code$/)
  assert.deepEqual(others, [])
})

test('a mail server that is away gets the code once it is back, once', async t => {
  const first = await startMailServer(t)
  const server = await serverFor(t, first)
  await first.stop()
  await requestCode(server)
  assert.match((await failed(server)).last_error!, /ECONNREFUSED|ESOCKET/)
  const second = await startMailServer(t, Number(new URL(first.url).port))
  await hurry(owner(server))
  await untilDone(server)
  assert.equal(second.taken.length, 1)
})

test('what is put off is tried again; what is refused is not', async t => {
  const mail = await startMailServer(t)
  const server = await serverFor(t, mail)
  mail.manner = 'defers'
  await requestCode(server)
  const { last_error, run_at } = await failed(server)
  assert.equal(last_error, 'The mail server has not taken it: 451.')
  assert.ok(run_at > new Date(), 'the next try is not at once')
  mail.manner = 'refuses'
  await hurry(owner(server))
  await untilDone(server)
  assert.equal(mail.tries, 2)
  assert.deepEqual(mail.taken, [])
})

for (const manner of ['cuts off', 'is silent'] as const) {
  test(`a server that ${manner} in the middle of a mail gets the same mail again, under the same name`, async t => {
    const mail = await startMailServer(t)
    const server = await serverFor(t, mail)
    mail.manner = manner
    await requestCode(server)
    await failed(server)
    mail.relent() // It had the whole text all along: who broke off cannot know.
    mail.manner = 'takes'
    await hurry(owner(server))
    await untilDone(server)
    assert.equal(mail.tries, 2)
    assert.equal(new Set(mail.taken.map(nameOf)).size, 1)
    assert.equal(new Set(mail.taken.map(codeIn)).size, 1)
  })
}

test('a code that is no longer live is not sent', async t => {
  const mail = await startMailServer(t)
  const server = await serverFor(t, mail)
  mail.manner = 'defers'
  await requestCode(server)
  await failed(server)
  await owner(server).query('UPDATE one_time_codes SET expires_at = created_at')
  mail.manner = 'takes'
  await hurry(owner(server))
  await untilDone(server)
  assert.equal(mail.tries, 1)
})

test('who is no member anywhere gets no mail to sign in, and the same answer', async t => {
  const mail = await startMailServer(t)
  const server = await serverFor(t, mail)
  const ask = (email: string) =>
    fetch(`${server.url}/console/session/request`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify({ email }),
    })
  assert.equal((await ask('nobody@studio.example')).status, 200)
  await untilDone(server)
  assert.equal(mail.tries, 0)
})

test('neither address nor code is in the queue, whatever happens to the mail', async t => {
  const mail = await startMailServer(t)
  const server = await serverFor(t, mail)
  mail.manner = 'is silent'
  const request_id = await requestCode(server)
  await until(() => mail.tries === 1)
  const written = [await queueAsText(owner(server))]
  mail.manner = 'defers'
  await failed(server)
  written.push(await queueAsText(owner(server)))
  const [job] = await jobsIn(owner(server))
  assert.deepEqual(Object.keys(job!.payload).sort(), ['request_id', 'workspace_id'])
  assert.equal(`request_${request_id.split('_')[1]}`, request_id)
  mail.relent()
  const code = codeIn(mail.taken[0]!)
  for (const text of written) {
    assert.ok(text.includes('mail_code'))
    assert.ok(!text.includes(code) && !/\bada\b|studio\.example/i.test(text), text)
  }
})

test('a call that is refused leaves no job', async t => {
  const mail = await startMailServer(t)
  const server = await serverFor(t, mail)
  for (let n = 0; n < 5; n++) await requestCode(server)
  await until(() => mail.taken.length === 5)
  const sixth = { email: EMAIL, ...business, idempotency_key: fresh() }
  assert.equal(await refused({ url: server.url }, 'register_organisation_request', sixth), 'rate_limited')
  await untilDone(server)
  assert.equal(mail.tries, 5)
})

test('with no way for a code to arrive, none is asked for', async t => {
  const server = await startServer(t, { developerMailbox: false })
  const asked = { email: EMAIL, ...business, idempotency_key: fresh() }
  const { isError, body } = await callTool({ url: server.url }, 'register_organisation_request', asked)
  assert.ok(isError)
  assert.equal(body.code, 'provider_error')
  assert.match(body.message, /No mail is configured on this server/)
  const { rowCount } = await owner(server).query('SELECT FROM one_time_codes')
  assert.equal(rowCount, 0)
})

test('the developer mailbox shows the words that are mailed', async t => {
  const mail = await startMailServer(t)
  const server = await serverFor(t, mail)
  await requestCode(server)
  await until(() => mail.taken.length === 1)
  const [shown] = await server.mailbox()
  assert.ok(mail.taken[0]!.includes(`Subject: ${shown!.subject}`))
})
