/** Team: who is let in, with how much, and how they are thrown out. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callTool, done, fresh, refused } from './support/caller.ts'
import { type Person, signIn } from './support/person.ts'
import { type SignedUp, startServer, type TestServer } from './support/server.ts'
import { approved, codeFor, colleague, invite } from './support/team.ts'

let server: TestServer
let owner: SignedUp
let person: Person

const closing: (() => unknown)[] = []
before(async () => {
  server = await startServer({ after: work => void closing.push(work) })
  owner = await server.signUp()
  person = await signIn(server, owner.email, owner.workspaceId)
})

after(async () => {
  for (const close of closing) await close()
})

const as = (key?: string) => ({ url: server.url, key })

test('invite, accept request, accept verify with the code to the invitee, then a member with the role and a key', async () => {
  const { email, key, memberId } = await colleague(server, owner, { person, role: 'admin' })
  const context = await done(as(key), 'get_current_context')
  assert.equal(context.principal.role, 'admin')
  const found = (await done(as(owner.key), 'list_members')).find(({ id }: { id: string }) => id === memberId)
  assert.deepEqual([found.email, found.role, found.status, found.name], [email, 'admin', 'active', 'Marta'])
})

test('an invitation waits for a person, and its token serves once', async () => {
  const email = 'once@studio.example'
  const token = await invite(server, owner, { email, person })
  const ask = () => done(as(), 'accept_team_invite_request', { token, idempotency_key: fresh() })
  const [first, second] = [await ask(), await ask()]
  const code = await codeFor(server, email, 'join')
  const verify = (request_id: string, code: string) =>
    callTool(as(), 'accept_team_invite_verify', { request_id, code, idempotency_key: fresh() })
  const codes = (await server.mailbox())
    .filter(({ to }) => to === email)
    .map(({ text }) => /\d{6}/.exec(text)?.[0])
  assert.ok(codes.includes(code))
  assert.equal((await verify(second.request_id, code)).isError, false)
  for (const other of codes.filter(Boolean))
    assert.equal((await verify(first.request_id, other!)).body.code, 'invalid_input')
  assert.equal(
    await refused(as(), 'accept_team_invite_request', { token, idempotency_key: fresh() }),
    'invalid_input',
  )
})

test('a forged, a replaced and a used invitation are answered alike', async () => {
  const email = 'replaced@studio.example'
  const replaced = await invite(server, owner, { email, person })
  const open = await invite(server, owner, { email, person })
  const forged = `${open.slice(0, -4)}AAAA`
  const [toReplaced, toForged] = await Promise.all(
    [replaced, forged].map(token =>
      callTool(as(), 'accept_team_invite_request', { token, idempotency_key: fresh() }),
    ),
  )
  assert.deepEqual(toReplaced!.body, toForged!.body)
  assert.equal(toForged!.body.code, 'invalid_input')
})

test('nobody invites, promotes or throws out above their own role', async () => {
  const { key } = await colleague(server, owner, { person, role: 'admin' })
  const [boss] = await done(as(owner.key), 'list_members')
  const calls: [string, Record<string, unknown>][] = [
    ['create_team_invite', { email: 'x@studio.example', role: 'owner', idempotency_key: fresh() }],
    ['set_member_role', { member_id: boss.id, role: 'member' }],
    ['deactivate_member', { member_id: boss.id }],
    ['update_member', { member_id: boss.id, version: boss.version, name: 'Nobody' }],
  ]
  for (const [tool, args] of calls) assert.equal(await refused(as(key), tool, args), 'forbidden_scope', tool)
})

test('team, keys and approval policies need admin or owner', async () => {
  const { key, memberId } = await colleague(server, owner, { person })
  const calls: [string, Record<string, unknown>][] = [
    ['list_members', {}],
    ['set_member_role', { member_id: memberId, role: 'admin' }],
    ['create_api_key', { name: 'Mine', idempotency_key: fresh() }],
    ['set_approval_policy', { rules: [] }],
  ]
  for (const [tool, args] of calls) assert.equal(await refused(as(key), tool, args), 'forbidden_scope', tool)
})

test('the last owner can be neither demoted nor removed', async () => {
  const alone = await server.signUp('Alone')
  const [boss] = await done(as(alone.key), 'list_members')
  assert.equal(
    await refused(as(alone.key), 'set_member_role', { member_id: boss.id, role: 'admin' }),
    'invalid_transition',
  )
  assert.equal(
    await refused(as(alone.key), 'deactivate_member', { member_id: boss.id }),
    'invalid_transition',
  )
})

test('of two owners who demote each other at once, one stays', async () => {
  for (let round = 0; round < 4; round++) {
    const first = await server.signUp(`Two owners ${round}`)
    const second = await colleague(server, first, { role: 'owner' })
    const people = await Promise.all([
      signIn(server, first.email, first.workspaceId),
      signIn(server, second.email, first.workspaceId),
    ])
    const members = await done(as(first.key), 'list_members')
    const other = (email: string) => members.find((member: { email: string }) => member.email !== email).id
    const asked = await Promise.all(
      [first, second].map(({ key, email }) =>
        callTool(as(key), 'set_member_role', { member_id: other(email), role: 'member' }),
      ),
    )
    // Each lets the demotion of the other through, at the same time.
    await Promise.all(people.map((one, at) => one.decide(asked[at]!.body.approval.id, 'approve')))
    const { rows } = await server.house.database.owner.query(
      `SELECT m.role FROM members m JOIN accounts a ON a.id = m.account_id WHERE a.email = ANY($1) AND m.status = 'active'`,
      [[first.email, second.email]],
    )
    assert.deepEqual(rows.map(({ role }) => role).sort(), ['member', 'owner'])
  }
})

test('of two owners who throw each other out at once, one stays', async () => {
  for (let round = 0; round < 4; round++) {
    const first = await server.signUp(`Two more ${round}`)
    const second = await colleague(server, first, { role: 'owner' })
    const members = await done(as(first.key), 'list_members')
    const other = (email: string) => members.find((member: { email: string }) => member.email !== email).id
    const throwOut = async ({ key, email }: { key: string; email: string }) => {
      const args = { member_id: other(email) }
      const { body } = await callTool(as(key), 'deactivate_member', args)
      return () => callTool(as(key), 'deactivate_member', { ...args, confirm_token: body.confirm_token })
    }
    const confirm = await Promise.all([first, second].map(throwOut))
    const answers = await Promise.all(confirm.map(go => go()))
    assert.equal(answers.filter(({ isError }) => !isError).length, 1)
    const { rows } = await server.house.database.owner.query(
      `SELECT FROM members m JOIN accounts a ON a.id = m.account_id
       WHERE a.email = ANY($1) AND m.status = 'active' AND m.role = 'owner'`,
      [[first.email, second.email]],
    )
    assert.equal(rows.length, 1)
  }
})

test('who is deactivated is out at once: sessions here end, keys are revoked, and coming back revives none', async () => {
  const { email, key, memberId } = await colleague(server, owner, { person, role: 'admin' })
  const their = await signIn(server, email, owner.workspaceId)
  const args = { member_id: memberId }
  const { body } = await callTool(as(owner.key), 'deactivate_member', args)
  assert.equal(body.status, 'needs_confirmation')
  assert.equal((await done(as(key), 'list_members')).length > 0, true)
  const gone = await done(as(owner.key), 'deactivate_member', { ...args, confirm_token: body.confirm_token })
  assert.deepEqual([gone.status, gone.revoked_keys, gone.ended_sessions], ['deactivated', 1, 1])
  const locked = async () => {
    assert.equal((await callTool(as(key), 'list_members')).status, 401)
    const answer = await fetch(`${server.url}/console/approvals`, {
      headers: { cookie: their.cookie },
      redirect: 'manual',
    })
    assert.match(answer.headers.get('location') ?? '', /sign-in/)
  }
  await locked()
  const back = await colleague(server, owner, { person, email, role: 'member' })
  assert.equal(back.memberId, memberId)
  assert.equal((await done(as(back.key), 'get_current_context')).principal.role, 'member')
  await locked()
})

test('a member is linked to one member of staff, from either side, and no one is linked twice', async () => {
  const { memberId } = await colleague(server, owner, { person })
  const other = await colleague(server, owner, { person })
  const owned = as(owner.key)
  const [eva, lia] = [
    await done(owned, 'create_staff', { name: 'Eva', member_id: memberId, idempotency_key: fresh() }),
    await done(owned, 'create_staff', { name: 'Lia', idempotency_key: fresh() }),
  ]
  const update = (member_id: string, staff_id: string | null, version: number) =>
    callTool(owned, 'update_member', { member_id, staff_id, version })
  assert.equal((await update(other.memberId, eva.id, 1)).body.code, 'invalid_input')
  const moved = await update(memberId, lia.id, 1)
  assert.equal(moved.body.data.staff_id, lia.id)
  assert.equal((await update(other.memberId, eva.id, 1)).body.data.staff_id, eva.id)
  assert.equal((await update(memberId, null, 2)).body.data.staff_id, null)
  assert.equal((await update(memberId, null, 2)).body.code, 'stale_version')
})

test('an invitation with a staff record links whoever joins', async () => {
  const eva = await done(as(owner.key), 'create_staff', { name: 'Eva', idempotency_key: fresh() })
  const { memberId } = await colleague(server, owner, { person, staff_id: eva.id })
  const staff = await done(as(owner.key), 'list_staff', { limit: 100 })
  assert.equal(staff.find(({ id }: { id: string }) => id === eva.id).member_id, memberId)
})

test('who invited and was thrown out lets nobody in any more', async () => {
  const admin = await colleague(server, owner, { person, role: 'admin' })
  const email = 'late@studio.example'
  const token = await invite(server, { ...owner, key: admin.key }, { email, person })
  const args = { member_id: admin.memberId }
  const { body } = await callTool(as(owner.key), 'deactivate_member', args)
  await done(as(owner.key), 'deactivate_member', { ...args, confirm_token: body.confirm_token })
  assert.equal(
    await refused(as(), 'accept_team_invite_request', { token, idempotency_key: fresh() }),
    'invalid_input',
  )
})

test('five wrong codes close an invitation’s request, for the right one too', async () => {
  const email = 'guessed@studio.example'
  const token = await invite(server, owner, { email, person })
  const { request_id } = await done(as(), 'accept_team_invite_request', { token, idempotency_key: fresh() })
  const code = await codeFor(server, email, 'join')
  const verify = (code: string) =>
    refused(as(), 'accept_team_invite_verify', { request_id, code, idempotency_key: fresh() })
  for (let at = 0; at < 5; at++) await verify(code === '000000' ? '000001' : '000000')
  assert.equal(await verify(code), 'invalid_input')
})

test('a change of role waits for a person, who sees whom it is about', async () => {
  const { memberId } = await colleague(server, owner, { person })
  const answer = await approved(server, owner, person, 'set_member_role', {
    member_id: memberId,
    role: 'admin',
  })
  assert.equal(answer.answer.data.role, 'admin')
})
