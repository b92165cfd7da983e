/** Reviewers are mailed that something waits: a signed link that opens the page, and decides nothing by itself. */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { House } from '../src/calls/house.ts'
import { noticesOf, PAUSE_SECONDS } from '../src/calls/notices.ts'
import { makeCatalog } from '../src/catalog/catalog.ts'
import { uuidOf } from '../src/catalog/kinds.ts'
import { newId } from '../src/database/columns.ts'
import type { Db } from '../src/database/pool.ts'
import { say } from '../src/http/texts/index.ts'
import { makeLog } from '../src/log.ts'
import { tools } from '../tools/index.ts'
import { secrets, signUp } from './support/access.ts'
import { type Body, done } from './support/caller.ts'
import { openTestDatabase } from './support/database.ts'
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

test('between the noting and the mail things change: who may not decide by then, or wants no mail, is sent none', async t => {
  const { note, queued, ask, boss, marta, owner, policy } = await quietly(t)
  await ask()
  await note()
  const told = async () => (await queued()).map(({ memberId }) => memberId).toSorted()
  const both = [boss, marta].toSorted()
  assert.deepEqual(await told(), both)
  for (const [gone, back] of [
    [`role = 'member'`, `role = 'admin'`],
    [`notify_about = '{}'`, `notify_about = '{approvals}'`],
    [`status = 'deactivated'`, `status = 'active'`],
  ]) {
    await owner.query(`UPDATE members SET ${gone} WHERE id = $1`, [marta])
    assert.deepEqual(await told(), [boss], gone)
    await owner.query(`UPDATE members SET ${back} WHERE id = $1`, [marta])
    assert.deepEqual(await told(), both, back)
  }
  await policy([{ tool: 'send_message', gate: 'approve', reviewers: 'owner', expires_after_minutes: 60 }])
  assert.deepEqual(await told(), [boss], 'left to an owner meanwhile')
})

test('of what was decided between the noting and the mail, or has lapsed, no mail tells', async t => {
  const { note, queued, ask, boss, marta, owner } = await quietly(t)
  const [decided, lapsed, left] = [await ask(), await ask(), await ask()]
  await note()
  await owner.query(`UPDATE approvals SET state = 'rejected' WHERE id = $1`, [decided])
  await owner.query('UPDATE approvals SET expires_at = asked_at WHERE id = $1', [lapsed])
  const waits = (await queued()).map(notice => [notice.memberId, ...notice.waits.map(one => one.approvalId)])
  assert.deepEqual(
    waits.toSorted(),
    [boss, marta].toSorted().map(id => [id, left]),
  )
  await owner.query(`UPDATE approvals SET state = 'executed' WHERE id = $1`, [left])
  assert.deepEqual(await queued(), [], 'nor is a mail sent of nothing')
})

test('what was decided before anybody was told is not noted, and puts off nothing that comes after it', async t => {
  const { note, ask, noted, owner } = await quietly(t)
  const [decided, lapsed] = [await ask(), await ask()]
  await owner.query(`UPDATE approvals SET state = 'executed' WHERE id = $1`, [decided])
  await owner.query('UPDATE approvals SET expires_at = asked_at WHERE id = $1', [lapsed])
  assert.equal(await note(), 0)
  assert.deepEqual(await noted(), [])
  const asked = await ask()
  assert.equal(await note(), 0)
  assert.deepEqual(await noted(), [asked])
  assert.equal(await note(), 0, 'and nothing is left to be told later')
})

test('nothing is told twice, whether the mail went or was refused, and of another’s mail one’s own is still told', async t => {
  const { note, queued, told, ask, noted, boss, marta, owner } = await quietly(t)
  const first = await ask()
  await note()
  const ofOwner = (await queued()).find(({ memberId }) => memberId === boss)!
  await told(ofOwner, 'sent')
  assert.deepEqual(
    (await queued()).map(({ memberId }) => memberId),
    [marta],
  )
  await told((await queued())[0]!, 'failed')
  assert.deepEqual(await queued(), [])

  // When the pause is over, of what is new alone.
  await owner.query(
    `UPDATE approval_notices SET created_at = created_at - interval '${PAUSE_SECONDS} seconds'`,
  )
  const second = await ask()
  assert.equal(await note(), 0)
  const waits = (await queued()).map(notice => notice.waits.map(({ approvalId }) => approvalId))
  assert.deepEqual(waits, [[second], [second]])
  assert.deepEqual(await noted(), [first, second].toSorted())

  // What comes while a mail is on its way is not told by it.
  const onTheWay = await queued()
  await owner.query(
    `UPDATE approval_notices SET created_at = created_at - interval '${PAUSE_SECONDS} seconds'`,
  )
  const third = await ask()
  await note()
  for (const notice of onTheWay) await told(notice, 'sent')
  const later = (await queued()).map(notice => notice.waits.map(({ approvalId }) => approvalId))
  assert.deepEqual(later, [[third], [third]])
})

test('a mail has at most twenty links; of the rest it says how many they are, and where', async t => {
  const { note, queued, text, ask } = await quietly(t)
  for (let n = 0; n < 20; n++) await ask()
  await note()
  const [notice] = await queued()
  const full = await text(notice!)
  assert.equal(full.text.match(/\/console\/review\//g)!.length, 20)
  assert.doesNotMatch(full.text, /more:/)

  const [one] = notice!.waits
  const over = await text({ ...notice!, waits: [...notice!.waits, one!, one!, one!] })
  assert.equal(over.text.match(/\/console\/review\//g)!.length, 20)
  assert.match(over.text, /And 3 more: http:\/\/localhost\/console\/approvals\n/)
  assert.match(over.subject, /^23 /)
})

/** A business of an owner and an admin, Marta, where no worker goes on by itself; what waits is put there. */
async function quietly(t: TestContext) {
  const database = await openTestDatabase(t)
  const { owner } = database
  const { caller, member_id: boss } = await signUp(database)
  const here = caller.workspace.id
  const marta = newId()
  await owner.query(
    `WITH person AS (INSERT INTO accounts (id, email) VALUES ($2, 'marta@studio.example') RETURNING id)
     INSERT INTO members (workspace_id, id, account_id, role, name) SELECT $1, $2, id, 'admin', 'Marta' FROM person`,
    [here, marta],
  )
  const house: House = {
    catalog: makeCatalog(tools, []),
    database,
    secrets,
    dueWork: [],
    heard: new Set(),
    mail: 'none',
    letters: { language: say.locale, ...say.letters },
    publicUrl: 'http://localhost',
    log: makeLog('silent'),
  }
  const notices = noticesOf(house)
  const within = <T>(work: (db: Db) => Promise<T>) => database.transaction(here, {}, ({ db }) => work(db))
  return {
    owner,
    boss,
    marta,
    note: () => within(db => notices.note(db, here)),
    queued: () => within(db => notices.queued(db, here)),
    told: (notice: Parameters<typeof notices.told>[2], state: 'sent' | 'failed') =>
      within(db => notices.told(db, here, notice, state)),
    text: (notice: Parameters<typeof notices.text>[1]) => notices.text(here, notice),
    /** The ids of what anybody was noted to be told of. */
    async noted(): Promise<string[]> {
      const { rows } = await owner.query(
        'SELECT DISTINCT approval_id FROM approval_notices ORDER BY approval_id',
      )
      return rows.map(({ approval_id }) => approval_id)
    },
    async ask(): Promise<string> {
      const id = newId()
      await owner.query(
        `INSERT INTO approvals (workspace_id, id, tool, arguments_hash, request_key, versions, effects, asked_by_kind,
           asked_by, member_id, asked_at, expires_at, state, audit_id)
         VALUES ($1, $2::uuid, 'send_message', 'x', $2::text, '{}', '[]', 'api_key', $3, $4, now(),
           now() + interval '1 hour', 'pending', $2::uuid)`,
        [here, id, caller.principal.id, boss],
      )
      return id
    },
    async policy(rules: unknown[]) {
      await owner.query(
        `INSERT INTO approval_policies (workspace_id, rules, version, updated_at) VALUES ($1, $2, 1, now())`,
        [here, JSON.stringify(rules)],
      )
    },
  }
}

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
