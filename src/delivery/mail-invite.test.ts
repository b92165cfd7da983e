import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Body, callTool, done, fresh, refused } from '../../test/support/caller.ts'
import { hurry, jobsIn, queueAsText, until } from '../../test/support/jobs.ts'
import { signIn } from '../../test/support/person.ts'
import { startServer, type TestServer } from '../../test/support/server.ts'
import { type MailServer, startMailServer } from '../../test/support/smtp.ts'

type Context = Parameters<typeof startServer>[0]

const EMAIL = 'marta@studio.example'

interface Desk {
  server: TestServer
  mail: MailServer
  /** Invites her, with the yes that it takes. */
  invite(): Promise<void>
  /** Mails to her that were taken, whole. */
  toHer(): string[]
}

async function openDesk(t: Context): Promise<Desk> {
  const mail = await startMailServer(t)
  const smtp = { url: `${mail.url}?socketTimeout=300`, from: 'Backdesk <no-reply@desk.example>' }
  const server = await startServer(t, { smtp })
  const owner = await server.signUp()
  const person = await signIn(server, owner.email, owner.workspaceId)
  // The codes' own mail, of the sign-up and the sign-in, is over.
  await until(async () => (await jobsIn(server.house.database.owner)).length === 0)
  return {
    server,
    mail,
    async invite() {
      const asked = { email: EMAIL, role: 'member', name: 'Marta', idempotency_key: fresh() }
      const { body } = await callTool({ url: server.url, key: owner.key }, 'create_team_invite', asked)
      const decided = await person.decide(body.approval.id, 'approve')
      assert.equal(decided.body.state, 'executed', JSON.stringify(decided.body))
    },
    toHer: () =>
      mail.taken.filter(text => /^To: marta@/m.test(text)).map(text => text.replace(/=\r?\n/g, '')),
  }
}

const tokenIn = (letter: string) => /^[\w-]{72}(?=\r?$)/m.exec(letter)![0]

/** The one job of an invitation, once a try of it has failed. */
async function failedJob({ server }: Desk): Promise<void> {
  await until(async () =>
    (await jobsIn(server.house.database.owner)).some(
      job => job.task_identifier === 'mail_invite' && job.last_error !== null,
    ),
  )
}

const untilMailed = ({ server }: Desk) =>
  until(async () =>
    (await jobsIn(server.house.database.owner)).every(job => job.task_identifier !== 'mail_invite'),
  )

const ask = ({ server }: Desk, token: string) => {
  const asked: Body = { token, idempotency_key: fresh() }
  return { caller: { url: server.url }, asked }
}

test('an invitation arrives by mail, as text and as HTML, and its token and code make a member', async t => {
  const desk = await openDesk(t)
  await desk.invite()
  await until(() => desk.toHer().length === 1)
  const [letter] = desk.toHer()
  for (const line of [
    /^From: Backdesk <no-reply@desk\.example>/m,
    /^Subject: Studio Norte invites you/m,
    /^Auto-Submitted: auto-generated/m,
    /^Content-Type: text\/plain/m,
    /^Content-Type: text\/html/m,
  ])
    assert.match(letter!, line)
  const { caller, asked } = ask(desk, tokenIn(letter!))
  const { request_id } = await done(caller, 'accept_team_invite_request', asked)
  await until(() => desk.toHer().length === 2)
  const code = /^Subject: (\d{6}) /m.exec(desk.toHer()[1]!)![1]
  const guess = { request_id, code, idempotency_key: fresh() }
  assert.equal((await done(caller, 'accept_team_invite_verify', guess)).role, 'member')
})

test('what the mail server puts off comes again, as the same mail; neither token nor address waits in the queue', async t => {
  const desk = await openDesk(t)
  const { owner } = desk.server.house.database
  desk.mail.manner = 'is silent'
  await desk.invite()
  await failedJob(desk)
  const queue = await queueAsText(owner)
  assert.ok(queue.includes('mail_invite') && !/marta|studio\.example/i.test(queue))
  desk.mail.manner = 'takes'
  desk.mail.relent()
  await hurry(owner)
  await untilMailed(desk)
  const letters = desk.toHer()
  const names = letters.map(text => /^Message-ID: (.*)$/im.exec(text)![1]!.trim())
  assert.deepEqual([names.length, new Set(names).size], [2, 1], 'it had taken the first, and not said so')
  assert.equal(new Set(letters.map(tokenIn)).size, 1)
  assert.ok(!queue.includes(tokenIn(letters[0]!)))
})

test('what is refused for good is not tried again, and a replaced invitation is not sent', async t => {
  const desk = await openDesk(t)
  desk.mail.manner = 'refuses'
  await desk.invite()
  await untilMailed(desk)
  const { tries } = desk.mail
  desk.mail.manner = 'defers'
  await desk.invite()
  await failedJob(desk)
  // A second one takes its place while the first waits.
  desk.mail.manner = 'takes'
  await desk.invite()
  await hurry(desk.server.house.database.owner)
  await untilMailed(desk)
  assert.equal(desk.toHer().length, 1)
  assert.equal(desk.mail.tries, tries + 2)
  const { caller, asked } = ask(desk, tokenIn(desk.toHer()[0]!))
  await done(caller, 'accept_team_invite_request', asked)
  assert.equal(
    await refused(caller, 'accept_team_invite_request', ask(desk, 'x'.repeat(72)).asked),
    'invalid_input',
  )
})
