import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { business, call, secrets, signUp } from '../../test/support/access.ts'
import { openTestDatabase } from '../../test/support/database.ts'
import type { Refusal } from '../catalog/refusal.ts'
import type { Database } from '../database/pool.ts'
import { authenticateKey } from './authenticate.ts'
import { codeRefused, forgetCodes, mailOf, spendTry } from './one-time-codes.ts'
import { FRONT_DESK } from './principal.ts'
import { allScopes } from './scopes.ts'
import { requestSignUp, type SignUp, verifySignUp } from './sign-up.ts'
import { membershipsOf } from './workspaces.ts'

test('a verified code makes a workspace, its settings, its owner, and a key with every scope', async t => {
  const database = await openTestDatabase(t)
  const { workspace, key, api_key, caller } = await signUp(database)
  assert.deepEqual(
    { ...workspace, id: null },
    {
      id: null,
      name: 'Studio Nord',
      kind: 'live',
      timeZone: 'Europe/Berlin',
      currency: 'EUR',
      country: 'DE',
      clock: null,
    },
  )
  assert.match(api_key, /^bd_live_/)
  assert.deepEqual([key.role, key.scopes], ['owner', allScopes])
  assert.equal(caller.principal.role, 'owner')
  assert.equal((await rows(database, 'SELECT FROM workspace_settings WHERE version = 1')).length, 1)
})

test('a sign-up that is done is back at the front desk', async t => {
  const database = await openTestDatabase(t)
  const request_id = await request(database)
  await call(database, {}, async ctx => {
    await verifySignUp(ctx, { request_id, code: secrets.oneTimeCode(request_id) })
    const { rows } = await ctx.db.execute("SELECT current_setting('app.workspace_id') AS workspace_id")
    assert.deepEqual(rows, [{ workspace_id: FRONT_DESK.id }])
  })
})

test('ten verifications of one code at once make one workspace', async t => {
  const database = await openTestDatabase(t, { max: 10 })
  const id = await request(database)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, () => verifyUnserialised(database, id)),
  )
  assert.equal(outcomes.filter(outcome => outcome.status === 'fulfilled').length, 1)
  assert.equal((await rows(database, "SELECT FROM workspaces WHERE kind = 'live'")).length, 1)
})

test('after five wrong codes the right one is refused too', async t => {
  const database = await openTestDatabase(t)
  const [four, five] = [await request(database), await request(database)]
  for (let n = 0; n < 5; n++)
    await assert.rejects(verify(database, five, wrong(five)), { code: 'invalid_input' })
  await assert.rejects(verify(database, five), { code: 'invalid_input' })
  for (let n = 0; n < 4; n++)
    await assert.rejects(verify(database, four, wrong(four)), { code: 'invalid_input' })
  await verify(database, four)
})

test('a guess that comes while the fifth is being counted is the sixth', async t => {
  const database = await openTestDatabase(t)
  const request_id = await request(database)
  await rows(database, 'UPDATE one_time_codes SET tries = 4')
  let sixth: Promise<PromiseSettledResult<SignUp>[]> | undefined
  const beforeRecord = async () => {
    sixth = Promise.allSettled([verify(database, request_id)])
    await setTimeout(50)
  }
  const fifth = call(database, { spend: db => spendTry(db, request_id), beforeRecord }, ctx =>
    verifySignUp(ctx, { request_id, code: wrong(request_id) }),
  )
  await assert.rejects(fifth, { code: 'invalid_input' })
  assert.equal((await sixth)?.[0]?.status, 'rejected')
})

test('a code ends after ten minutes', async t => {
  const database = await openTestDatabase(t)
  const [inTime, late] = [await request(database), await request(database)]
  const [{ lifetime }] = (await rows<{ lifetime: string }>(
    database,
    'SELECT extract(epoch FROM expires_at - created_at)::numeric(9, 1) AS lifetime FROM one_time_codes LIMIT 1',
  )) as [{ lifetime: string }]
  assert.equal(lifetime, '600.0')
  await rows(
    database,
    `UPDATE one_time_codes SET expires_at = clock_timestamp() + interval '30 s' WHERE id = '${inTime}'`,
  )
  await rows(database, `UPDATE one_time_codes SET expires_at = clock_timestamp() WHERE id = '${late}'`)
  await verify(database, inTime)
  await assert.rejects(verify(database, late), { code: 'invalid_input' })
})

test('wrong, used, expired, used up and unknown are refused in the same words', async t => {
  const database = await openTestDatabase(t)
  const [fresh, used, expired, usedUp] = await Promise.all([1, 2, 3, 4].map(() => request(database)))
  await verify(database, used!)
  await rows(database, `UPDATE one_time_codes SET expires_at = clock_timestamp() WHERE id = '${expired}'`)
  await rows(database, `UPDATE one_time_codes SET tries = 5 WHERE id = '${usedUp}'`)
  const guesses = [
    [fresh!, wrong(fresh!)],
    [fresh!, ''],
    [used!, secrets.oneTimeCode(used!)],
    [expired!, secrets.oneTimeCode(expired!)],
    [usedUp!, secrets.oneTimeCode(usedUp!)],
    [randomUUID(), '000000'],
  ] as const
  for (const [id, code] of guesses) {
    await assert.rejects(verify(database, id, code), (refusal: Refusal) => {
      assert.deepEqual(refusal.toBody(), codeRefused(['register_organisation_request']).toBody())
      return true
    })
  }
})

test('a known email is answered as an unknown one, and its owner gets a second workspace', async t => {
  const database = await openTestDatabase(t)
  const first = await signUp(database, 'ada@example.com')
  const answers = await Promise.all(
    ['ada@example.com', 'new@example.com'].map(email =>
      call(database, {}, ctx => requestSignUp(ctx, { ...business, email, person_name: 'Augusta' })),
    ),
  )
  assert.deepEqual(Object.keys(answers[0]!), Object.keys(answers[1]!))
  const second = await verify(database, answers[0]!.request_id)
  const accounts = await rows<{ id: string; name: string }>(database, 'SELECT id, name FROM accounts')
  assert.deepEqual(
    accounts.map(account => account.name),
    ['Ada'],
  )
  const memberships = await database.transaction(FRONT_DESK.id, {}, ({ db }) =>
    membershipsOf(db, accounts[0]!.id),
  )
  assert.deepEqual(
    memberships.map(({ workspaceId, memberId, role, name }) => [workspaceId, memberId, role, name]),
    [
      [first.workspace.id, first.member_id, 'owner', 'Ada'],
      [second.workspace.id, second.member_id, 'owner', 'Augusta'],
    ],
  )
})

test('an email gets five codes an hour, however many are asked for at once', async t => {
  const database = await openTestDatabase(t, { max: 10 })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 12 }, () => request(database, 'ada@example.com')),
  )
  assert.equal(outcomes.filter(outcome => outcome.status === 'fulfilled').length, 5)
  await assert.rejects(request(database, 'ada@example.com'), (refusal: Refusal) => {
    const seconds = refusal.details.retry_after_seconds as number
    return refusal.code === 'rate_limited' && seconds > 3590 && seconds <= 3600
  })
  await request(database, 'other@example.com')
  await rows(database, "UPDATE one_time_codes SET created_at = created_at - interval '1 hour'")
  await request(database, 'ada@example.com')
})

test('all emails together have a limit too', async t => {
  const database = await openTestDatabase(t, { max: 10 })
  const ask = (email: string) =>
    call(database, {}, ctx => requestSignUp(ctx, { email, ...business }, { perAddress: 5, overall: 3 }))
  const outcomes = await Promise.allSettled([...'abcdefgh'].map(name => ask(`${name}@example.com`)))
  assert.equal(outcomes.filter(outcome => outcome.status === 'fulfilled').length, 3)
})

test('the mail holds the code as long as it serves, and no row ever holds it', async t => {
  const database = await openTestDatabase(t)
  const id = await request(database, 'ada@example.com')
  const mail = () => database.transaction(FRONT_DESK.id, {}, ({ db }) => mailOf(db, secrets, id))
  const code = secrets.oneTimeCode(id)
  assert.deepEqual(await mail(), {
    purpose: 'sign_up',
    to: 'ada@example.com',
    code,
    business: null,
    workspaceId: null,
    channel: 'email',
    provider: null,
  })
  const [row] = await rows(database, 'SELECT * FROM one_time_codes')
  assert.ok(!JSON.stringify(row).includes(`"${code}"`))
  await verify(database, id)
  assert.equal(await mail(), null)
})

test('what was asked at sign-up is emptied by its use, and the email goes after a day', async t => {
  const database = await openTestDatabase(t)
  await signUp(database)
  assert.deepEqual(await rows(database, 'SELECT details FROM one_time_codes'), [{ details: {} }])
  const forget = () => database.transaction(FRONT_DESK.id, {}, ({ db }) => forgetCodes(db))
  await forget()
  assert.equal((await rows(database, 'SELECT FROM one_time_codes')).length, 1)
  await rows(database, "UPDATE one_time_codes SET created_at = created_at - interval '1 day'")
  await forget()
  assert.equal((await rows(database, 'SELECT FROM one_time_codes')).length, 0)
})

test('the key of a sign-up opens its own workspace alone', async t => {
  const database = await openTestDatabase(t)
  const [one, other] = [await signUp(database, 'a@example.com'), await signUp(database, 'b@example.com')]
  assert.equal((await authenticateKey(database, one.api_key)).workspace.id, one.workspace.id)
  await database.transaction(one.workspace.id, {}, async ({ db }) => {
    const { rows } = await db.execute(
      'SELECT workspace_id FROM api_keys UNION SELECT workspace_id FROM members',
    )
    assert.deepEqual(rows, [{ workspace_id: one.workspace.id }])
  })
  assert.notEqual(one.workspace.id, other.workspace.id)
})

let count = 0

async function request(database: Database, email = `person-${++count}@example.com`): Promise<string> {
  return (await call(database, {}, ctx => requestSignUp(ctx, { email, ...business }))).request_id
}

function verify(database: Database, id: string, code = secrets.oneTimeCode(id)): Promise<SignUp> {
  return call(database, { spend: db => spendTry(db, id) }, ctx => verifySignUp(ctx, { request_id: id, code }))
}

/** Without the lock of a spent try: the row's own must do. */
function verifyUnserialised(database: Database, id: string): Promise<SignUp> {
  return call(database, {}, ctx => verifySignUp(ctx, { request_id: id, code: secrets.oneTimeCode(id) }))
}

function wrong(id: string): string {
  return secrets.oneTimeCode(id) === '000000' ? '000001' : '000000'
}

async function rows<Row = Record<string, unknown>>(database: Database, statement: string): Promise<Row[]> {
  return (await database.owner.query(statement)).rows
}
