/** Reviewers are mailed that something waits: a signed link that opens the page, and decides nothing by itself. */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { PAUSE_SECONDS } from '../src/calls/notices.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Body, done } from './support/caller.ts'
import { newSandbox } from './support/example.ts'
import { jobsIn, until } from './support/jobs.ts'
import { askToSend } from './support/message.ts'
import { startServer, type TestServer } from './support/server.ts'

test('the mail names what waits and by whose business, and nothing of a customer; its link opens the page', async t => {
  const { server, agent, email } = await desk(t)
  const { approvalId, path, message } = await askToSend(agent, { name: 'Nadia Prieto' })
  const mail = await noticeTo(server, email)
  assert.match(mail.subject, /waits for your decision at Studio Norte/)
  assert.match(mail.text, /Send a message/)
  assert.doesNotMatch(`${mail.subject}${mail.text}`, /Nadia|umbrella/)

  const link = linkIn(mail)
  const opened = await fetch(link)
  const text = await opened.text()
  assert.equal(opened.status, 200)
  assert.ok(text.includes('Nadia Prieto') && text.includes('umbrella'), 'the page says all of it')
  assert.doesNotMatch(text, /<form|<button|<textarea/, 'and has nothing that could decide')
  assert.ok(text.includes(`href="${path}"`), 'but a way to where one can')
  assert.equal((await done(agent, 'get_approval', { approval_id: approvalId })).state, 'pending')
  assert.equal((await done(agent, 'get_message_status', { message_id: message.id })).status, 'draft')
  for (const verdict of ['approve', 'reject'])
    assert.equal((await fetch(`${link}/${verdict}`, { method: 'POST' })).status, 404)
})

test('a link that was changed opens nothing, nor does one whose reviewer has left', async t => {
  const { server, agent, email, workspaceId } = await desk(t)
  await askToSend(agent)
  const link = linkIn(await noticeTo(server, email))
  const forged = link.slice(0, -2) + (link.endsWith('AA') ? 'BB' : 'AA')
  assert.equal((await fetch(forged)).status, 404)
  await server.house.database.owner.query(
    `UPDATE members SET status = 'deactivated' WHERE workspace_id = $1`,
    [uuidOf(workspaceId)],
  )
  assert.equal((await fetch(link)).status, 404)
})

test('a flood of questions is one mail, and the next comes no sooner than the pause', async t => {
  const { server, agent, email, workspaceId } = await desk(t)
  await askToSend(agent)
  await noticeTo(server, email)
  await askToSend(agent)
  await askToSend(agent)
  const { owner } = server.house.database
  const later = async () => {
    const { rows } = await owner.query(
      `SELECT extract(epoch FROM run_at - now())::float8 AS seconds FROM graphile_worker.jobs
       WHERE task_identifier = 'notify_reviewers' AND run_at > now() + interval '1 second'`,
    )
    return rows[0]?.seconds as number | undefined
  }
  await until(async () => (await later()) !== undefined)
  assert.ok((await later())! <= PAUSE_SECONDS)
  assert.equal((await noticesTo(server, email)).length, 1)
  const { rows } = await owner.query('SELECT 1 FROM approval_notices WHERE workspace_id = $1', [
    uuidOf(workspaceId),
  ])
  assert.equal(rows.length, 1, 'of the two others nobody has been told yet')
})

test('only who may decide is told, and nobody of a sandbox', async t => {
  const { server, agent, workspaceId } = await desk(t)
  const { owner } = server.house.database
  const here = uuidOf(workspaceId)
  // Two more people: an admin, who may decide, and a member, who may not.
  await owner.query(
    `WITH people AS (INSERT INTO accounts (id, email) VALUES (gen_random_uuid(), 'admin@studio.example'),
       (gen_random_uuid(), 'member@studio.example') RETURNING id, email)
     INSERT INTO members (workspace_id, id, account_id, role, name)
     SELECT $1, gen_random_uuid(), id, split_part(email, '@', 1), 'One' FROM people`,
    [here],
  )
  const sandbox = await newSandbox(server, await server.signUp('Another studio'))
  await askToSend(sandbox)
  await askToSend(agent)
  const told = async () =>
    (
      await owner.query(
        `SELECT w.kind, m.role FROM approval_notices n JOIN workspaces w ON w.id = n.workspace_id
         JOIN members m ON m.workspace_id = n.workspace_id AND m.id = n.member_id ORDER BY m.role`,
      )
    ).rows
  await until(async () => (await told()).length > 0)
  assert.deepEqual(await told(), [
    { kind: 'live', role: 'admin' },
    { kind: 'live', role: 'owner' },
  ])
})

test('who has said that they want no mail of what waits is sent none, and decides as before', async t => {
  const { server, agent, email } = await desk(t)
  const [member] = await done(agent, 'list_members')
  assert.deepEqual(member.notify_about, ['approvals'])
  const { id: member_id, version } = member
  await done(agent, 'update_member', { member_id, version, notify_about: [] })
  const colleague = await server.signUp('Elsewhere')
  await askToSend(agent)
  await askToSend({ url: server.url, key: colleague.key })
  await noticeTo(server, colleague.email)
  const { owner } = server.house.database
  await until(async () => {
    const jobs = await jobsIn(owner)
    return jobs.every(
      ({ task_identifier, run_at }) => task_identifier !== 'notify_reviewers' || run_at > new Date(),
    )
  })
  assert.equal((await noticesTo(server, email)).length, 0)
  assert.equal((await done(agent, 'list_approvals', { state: 'pending' })).length, 1)
})

async function desk(t: TestContext) {
  const server = await startServer(t)
  const { key, email, workspaceId } = await server.signUp()
  const agent = { url: server.url, key }
  return { server, agent, email, workspaceId }
}

async function noticesTo(server: TestServer, email: string): Promise<Body[]> {
  return (await server.mailbox()).filter(
    ({ to, subject }) => to === email && subject?.includes('your decision'),
  )
}

async function noticeTo(server: TestServer, email: string): Promise<Body> {
  await until(async () => (await noticesTo(server, email)).length > 0)
  return (await noticesTo(server, email))[0]
}

function linkIn({ text }: Body): string {
  return /http\S+\/console\/review\/\S+/.exec(text)![0]
}
