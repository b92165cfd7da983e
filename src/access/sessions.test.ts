import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { secrets, signUp } from '../../test/support/access.ts'
import { openTestDatabase } from '../../test/support/database.ts'
import type { Refusal } from '../catalog/refusal.ts'
import type { Database } from '../database/pool.ts'
import { unauthenticated } from './authenticate.ts'
import { codeRefused, mailOf } from './one-time-codes.ts'
import { FRONT_DESK } from './principal.ts'
import {
  authenticateSession,
  requestSignIn,
  revokeSession,
  type SignIn,
  sessionsOf,
  signOut,
  switchWorkspace,
  verifySignIn,
} from './sessions.ts'

const refused = { name: 'Refusal', code: 'unauthenticated' }

test('a signed-in person is human, and is the member of the account’s first workspace', async t => {
  const database = await openTestDatabase(t)
  const first = await signUp(database)
  await signUp(database)
  const { token, workspace_id } = await signIn(database)
  const { principal, workspace, rate } = await authenticateSession(database, token)
  assert.equal(workspace_id, first.workspace.id)
  assert.deepEqual(workspace, first.workspace)
  assert.deepEqual(
    {
      kind: principal.kind,
      id: principal.id,
      memberId: principal.memberId,
      role: principal.role,
      human: principal.human,
    },
    { kind: 'member', id: first.member_id, memberId: first.member_id, role: 'owner', human: true },
  )
  assert.equal(rate.remaining, 299)
})

test('only a hash of the token is stored', async t => {
  const database = await openTestDatabase(t)
  await signUp(database)
  const { token } = await signIn(database)
  const [row] = await rows(
    database,
    "SELECT sessions::text AS all_of_it, encode(token_hash, 'escape') AS hash FROM sessions",
  )
  assert.ok(!Object.values(row!).some(text => text.includes(token)))
})

test('an unknown email is answered as a known one, and never gets a code', async t => {
  const database = await openTestDatabase(t)
  await signUp(database)
  const [known, unknown] = await Promise.all(
    ['ada@example.com', 'nobody@example.com'].map(email => request(database, email)),
  )
  assert.deepEqual(Object.keys(known!), Object.keys(unknown!))
  const mail = (id: string) => database.transaction(FRONT_DESK.id, {}, ({ db }) => mailOf(db, secrets, id))
  assert.equal((await mail(known!.request_id))?.to, 'ada@example.com')
  assert.equal(await mail(unknown!.request_id), null)
  for (const code of [secrets.oneTimeCode(unknown!.request_id), '000000']) {
    await assert.rejects(verify(database, unknown!.request_id, code), (refusal: Refusal) => {
      assert.deepEqual(refusal.toBody(), codeRefused().toBody())
      return true
    })
  }
})

test('a guess that comes with the fifth is the sixth', async t => {
  const database = await openTestDatabase(t)
  await signUp(database)
  const { request_id } = await request(database)
  await rows(database, "UPDATE one_time_codes SET tries = 4 WHERE purpose = 'sign_in'")
  const right = secrets.oneTimeCode(request_id)

  // Both are held up at the row, and let go in the order in which they came.
  const gate = await database.owner.connect()
  await gate.query('BEGIN; SELECT FROM one_time_codes FOR UPDATE')
  const guesses: Promise<SignIn>[] = []
  for (const code of [right === '000000' ? '000001' : '000000', right]) {
    guesses.push(verify(database, request_id, code))
    await setTimeout(50)
  }
  const outcomes = Promise.allSettled(guesses)
  await gate.query('COMMIT')
  gate.release()
  assert.deepEqual(
    (await outcomes).map(outcome => outcome.status),
    ['rejected', 'rejected'],
  )
})

test('a code signs in once, and no code of a sign-up does', async t => {
  const database = await openTestDatabase(t)
  await signUp(database)
  const { request_id } = await request(database)
  await verify(database, request_id)
  await assert.rejects(verify(database, request_id), { code: 'invalid_input' })
  const [signedUp] = await rows(
    database,
    "UPDATE one_time_codes SET used_at = NULL WHERE purpose = 'sign_up' RETURNING id",
  )
  await assert.rejects(verify(database, signedUp!.id!), { code: 'invalid_input' })
})

test('a session ends after 12 idle hours, and after 14 days however busy', async t => {
  const database = await openTestDatabase(t)
  await signUp(database)
  const [idle, old] = [await signIn(database), await signIn(database)]
  const turn = (column: string, back: string, { token }: SignIn) =>
    rows(
      database,
      `UPDATE sessions SET ${column} = ${column} - interval '${back}' WHERE token_hash = sha256('${token}') RETURNING id`,
    )

  await turn('last_seen_at', '11:59:00', idle)
  await authenticateSession(database, idle.token) // Seen, and so young again.
  await turn('last_seen_at', '11:59:00', idle)
  await authenticateSession(database, idle.token)
  await turn('last_seen_at', '12:00:00', idle)
  await assert.rejects(authenticateSession(database, idle.token), refused)

  await turn('expires_at', '13 days 23 hours 59 minutes', old)
  await authenticateSession(database, old.token)
  await turn('expires_at', '1 minute', old)
  await assert.rejects(authenticateSession(database, old.token), refused)
})

test('a session ends by signing out, by being revoked, and with the membership', async t => {
  const database = await openTestDatabase(t)
  const { workspace } = await signUp(database)
  const [one, two, three] = [await signIn(database), await signIn(database), await signIn(database)]
  const { session } = await authenticateSession(database, two.token)
  const inDesk = <T>(work: (db: Parameters<typeof sessionsOf>[0]) => Promise<T>) =>
    database.transaction(FRONT_DESK.id, {}, ({ db }) => work(db))

  await signOut(database, one.token)
  await inDesk(db => revokeSession(db, session.accountId, session.id))
  for (const { token } of [one, two]) await assert.rejects(authenticateSession(database, token), refused)
  assert.equal((await inDesk(db => sessionsOf(db, session.accountId))).length, 1)

  await database.transaction(workspace.id, {}, ({ db }) =>
    db.execute("UPDATE members SET status = 'deactivated'"),
  )
  await assert.rejects(authenticateSession(database, three.token), (refusal: Refusal) => {
    assert.deepEqual(refusal.toBody(), unauthenticated().toBody())
    return true
  })
})

test('nobody revokes another person’s session', async t => {
  const database = await openTestDatabase(t)
  await signUp(database)
  await signUp(database, 'eve@example.com')
  const [mine, hers] = [await signIn(database), await signIn(database, 'eve@example.com')]
  const [me, her] = [
    await authenticateSession(database, mine.token),
    await authenticateSession(database, hers.token),
  ]
  await database.transaction(FRONT_DESK.id, {}, ({ db }) =>
    revokeSession(db, her.session.accountId, me.session.id),
  )
  await authenticateSession(database, mine.token)
})

test('a person switches among their own workspaces, and a foreign one is not found', async t => {
  const database = await openTestDatabase(t)
  await signUp(database)
  const second = await signUp(database)
  const foreign = await signUp(database, 'eve@example.com')
  const { token } = await signIn(database)
  await switchWorkspace(database, token, second.workspace.id)
  assert.equal((await authenticateSession(database, token)).workspace.id, second.workspace.id)
  for (const id of [foreign.workspace.id, '0197f4a0-0000-7000-8000-000000000000']) {
    await assert.rejects(switchWorkspace(database, token, id), { code: 'not_found' })
  }
})

function request(database: Database, email = 'ada@example.com') {
  return database.transaction(FRONT_DESK.id, {}, ({ db }) => requestSignIn(db, email))
}

function verify(database: Database, id: string, code = secrets.oneTimeCode(id)): Promise<SignIn> {
  return verifySignIn(database, secrets, { request_id: id, code })
}

async function signIn(database: Database, email?: string): Promise<SignIn> {
  return verify(database, (await request(database, email)).request_id)
}

async function rows(database: Database, statement: string): Promise<Record<string, string>[]> {
  return (await database.owner.query(statement)).rows
}
