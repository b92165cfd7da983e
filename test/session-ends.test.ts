/**
 * A session that ends while its press waits for its turn: "sign-out takes effect at once", so the press does nothing, and
 * says so. Each on connections of its own.
 */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { idText, uuidOf } from '../src/catalog/kinds.ts'
import { unlimited } from './support/booking.ts'
import { callTool, done, fresh } from './support/caller.ts'
import { type Asked, type Gated, openGated, press } from './support/gated.ts'
import { until } from './support/jobs.ts'
import { askToSend } from './support/message.ts'
import { type Person, send, signIn } from './support/person.ts'
import { startServer } from './support/server.ts'
import { colleague, invite } from './support/team.ts'

const server = await startServer({ after }, unlimited)
const { owner } = server.house.database

const NOTHING = /role="alert">Your session had ended, so nothing was decided or changed/

type End = (desk: Gated, elsewhere: Person) => Promise<unknown>
const ends: [what: string, end: End][] = [
  ['signs out in another tab', ({ person }) => press(person, `${server.url}/console/sign-out`)],
  [
    'signs out everywhere else on another device',
    (_, elsewhere) => press(elsewhere, `${server.url}/console/sessions/end-others`),
  ],
  [
    'has been in for fourteen days',
    ({ workspaceId }) =>
      owner.query('UPDATE sessions SET expires_at = clock_timestamp() WHERE workspace_id = $1', [
        workspaceId,
      ]),
  ],
]
const holds: [what: string, hold: (asked: Asked) => Promise<() => Promise<void>>][] = [
  ['its turn', ({ id }) => hold('SELECT FROM approvals WHERE id = $1 FOR UPDATE', uuidOf(id))],
  ['what it runs', () => hold('LOCK TABLE audit_events IN SHARE MODE')],
]

for (const [what, end] of ends) {
  for (const [whom, holdUp] of holds) {
    test(`who ${what} while a press waits for ${whom} has decided nothing, and reads so`, async () => {
      const desk = await open()
      const elsewhere = await signIn(server, desk.business.email)
      const [one, other] = [await desk.ask(), await desk.ask()]
      const release = await holdUp(one)
      const pressed = press(desk.person, `${server.url}${one.path}/approve`, { note: 'Fine by me.' })
      const rejected = desk.person.decide(one.id, 'reject')
      await waitingAre(2)
      await end(desk, elsewhere)
      await release()
      const { status, text } = await pressed
      assert.equal(status, 401, text)
      assert.match(text, NOTHING)
      assert.match(text, new RegExp(`href="/console/sign-in\\?to=${encodeURIComponent(one.path)}"`))
      assert.match(text, /Fine by me\./, 'what was written is not lost')
      assert.doesNotMatch(text, /Nadia/, 'and nothing is read any more')
      const { body } = await rejected
      assert.deepEqual([body.code, /so nothing was/.test(body.message)], ['unauthenticated', true])
      await desk.is(one, 'pending')
      await desk.is(other, 'pending')
    })
  }
}

test('of several, those before the sign-out are decided, the rest are not, and that is said once', async () => {
  for (const byPage of [true, false]) {
    const desk = await open()
    const all = [await desk.ask(), await desk.ask(), await desk.ask()]
    const [first, second, third] = all
    const ids = all.map(({ id }) => id)
    const keeper = await owner.connect()
    const lock = (one: Asked) =>
      keeper.query('SELECT FROM approvals WHERE id = $1 FOR UPDATE', [uuidOf(one.id)])
    await keeper.query('BEGIN')
    await lock(third!)
    await keeper.query('SAVEPOINT alone')
    await lock(second!)
    const several = byPage ? pressSeveral(desk.person, ids) : sendSeveral(desk.person, ids)
    await waitingAre(1)
    await press(desk.person, `${server.url}/console/sign-out`)
    await keeper.query('ROLLBACK TO alone')
    const answer = await several // Though nobody could have come to the third.
    await keeper.query('ROLLBACK')
    keeper.release()
    assert.equal(answer.status, 200)
    if ('text' in answer) {
      assert.deepEqual(answer.text.match(/signed out/g)?.length, 1)
      assert.match(answer.text, /You were signed out on the way: 2 were not decided, and wait as before/)
      assert.equal(answer.text.match(/<li class="row/g)?.length, 1)
    } else {
      const told = answer.body.data.map(
        (one: Record<string, { code: string }>) => one.error?.code ?? one.state,
      )
      assert.deepEqual(told, ['executed', 'unauthenticated', 'unauthenticated'])
    }
    await desk.is(first!, 'executed')
    for (const one of all.slice(1)) await desk.is(one, 'pending')
  }
})

test('of several, who is signed out before the first is told that nothing was done', async () => {
  const desk = await open()
  const all = [await desk.ask(), await desk.ask()]
  const ids = all.map(({ id }) => id)
  const release = await hold('SELECT FROM approvals WHERE id = $1 FOR UPDATE', uuidOf(ids[0]!))
  const [page, json] = [pressSeveral(desk.person, ids), sendSeveral(desk.person, ids)]
  await waitingAre(2)
  await press(desk.person, `${server.url}/console/sign-out`)
  await release()
  assert.match((await page).text, NOTHING)
  assert.deepEqual([(await json).status, (await json).body.code], [401, 'unauthenticated'])
  for (const one of all) await desk.is(one, 'pending')
})

for (const [what, leave, status, why] of [
  ['signs out', ({ cookie }: Person) => press({ cookie }, `${server.url}/console/sign-out`), 401, NOTHING],
  [
    'is thrown out',
    (_: Person, memberId: string) =>
      owner.query(`UPDATE members SET status = 'deactivated' WHERE id = $1`, [uuidOf(memberId)]),
    403,
    /no longer a member/,
  ],
] as const) {
  test(`who ${what} while they take back what they asked has not taken it back`, async () => {
    const desk = await open()
    const { email, memberId, key } = await colleague(server, desk.business, { person: desk.person })
    const marta = await signIn(server, email)
    const args = { name: 'Luis', idempotency_key: fresh() }
    const { approval } = (await callTool({ url: server.url, key }, 'create_customer', args)).body
    const release = await hold('SELECT FROM approvals WHERE id = $1 FOR UPDATE', uuidOf(approval.id))
    const pressed = press(marta, `${server.url}/console/approvals/${approval.id}/withdraw`)
    await waitingAre(1)
    await leave(marta, memberId)
    await release()
    const answer = await pressed
    assert.equal(answer.status, status, answer.text)
    assert.match(answer.text, why)
    assert.equal((await done(desk.agent, 'get_approval', { approval_id: approval.id })).state, 'pending')
  })
}

test('an undo that waits is not done once its person has signed out, nor is any other press', async () => {
  const desk = await open()
  const asked = await desk.ask()
  await desk.person.decide(asked.id, 'approve')
  const named = async () =>
    (await owner.query('SELECT id, name FROM customers WHERE workspace_id = $1', [desk.workspaceId])).rows[0]
  const { id, name } = await named()
  const rename = `${server.url}/console/customers/${idText('customer', id)}/edit`
  const renamed = await press(desk.person, rename, { name: 'Nadia P.', version: '1' })
  const undo = new URL(renamed.to!, server.url).searchParams.get('undo')
  for (const [path, fields] of [
    [`${server.url}/console/undo/${undo}`, {}],
    [rename, { name: 'Nadja', version: '2' }],
  ] as const) {
    const person = await signIn(server, desk.business.email)
    const release = await hold('SELECT FROM customers WHERE id = $1 FOR UPDATE', id)
    const pressed = press(person, path, fields)
    await waitingAre(1)
    await press(person, `${server.url}/console/sign-out`)
    await release()
    const { status, text } = await pressed
    assert.deepEqual([status, NOTHING.test(text)], [401, true], text)
    assert.equal((await named()).name, 'Nadia P.')
  }
  const again = await press(desk.person, `${server.url}/console/undo/${undo}`)
  assert.match(again.to ?? again.text, /said=undone/, 'who is still there can')
  assert.equal((await named()).name, name)
})

test('an invitation is not withdrawn by who has signed out meanwhile: what is no tool is no other press', async () => {
  const desk = await open()
  await invite(server, desk.business, { email: 'marta@studio.example', person: desk.person })
  const standing = () => owner.query('SELECT FROM team_invites WHERE workspace_id = $1', [desk.workspaceId])
  const page = await fetch(`${server.url}/console/team`, { headers: { cookie: desk.person.cookie } })
  const path = /\/console\/team\/invites\/\w+\/withdraw/.exec(await page.text())![0]
  const release = await hold('LOCK TABLE audit_events IN SHARE MODE')
  const pressed = press(desk.person, server.url + path)
  await waitingAre(1)
  await press(desk.person, `${server.url}/console/sign-out`)
  await release()
  assert.match((await pressed).text, NOTHING)
  assert.equal((await standing()).rowCount, 1)
})

test('who lets themself be taken off the team has decided it, though it ends their session', async () => {
  const desk = await open()
  const { email, memberId } = await colleague(server, desk.business, { role: 'owner', person: desk.person })
  const marta = await signIn(server, email)
  await desk.rule({ tool: 'deactivate_member' })
  const { approval } = (await callTool(desk.agent, 'deactivate_member', { member_id: memberId })).body
  assert.equal((await marta.decide(approval.id, 'approve')).body.state, 'executed')
  const left = await fetch(`${server.url}/console`, { headers: { cookie: marta.cookie }, redirect: 'manual' })
  assert.equal(left.status, 303)
})

test('two browsers of one person: signing out in one takes nothing from a press that waits in the other', async () => {
  const desk = await open()
  const phone = await signIn(server, desk.business.email)
  const asked = await desk.ask()
  const release = await hold('SELECT FROM approvals WHERE id = $1 FOR UPDATE', uuidOf(asked.id))
  const presses = [desk.person, phone].map(({ cookie }) =>
    press({ cookie }, `${server.url}${asked.path}/approve`),
  )
  await waitingAre(2)
  await press(desk.person, `${server.url}/console/sign-out`)
  await release()
  const [atDesk, onPhone] = await Promise.all(presses)
  assert.match(atDesk!.text, NOTHING)
  assert.deepEqual([onPhone!.status, onPhone!.to], [303, asked.path])
  await desk.is(asked, 'executed')
})

const losses: [what: string, lose: End][] = [
  ...ends,
  [
    'goes to another workspace in another tab',
    async ({ person, business }) => {
      const { workspace } = await done({ url: server.url, key: business.key }, 'create_sandbox', {
        idempotency_key: fresh(),
      })
      const moved = await press(person, `${server.url}/console/workspace`, { workspace_id: workspace.id })
      assert.equal(moved.status, 303)
    },
  ],
]

for (const [what, lose] of losses) {
  test(`the news of who ${what} end, and those of another browser go on`, async t => {
    const desk = await open()
    const elsewhere = await signIn(server, desk.business.email)
    const stopped = new AbortController()
    t.after(() => stopped.abort())
    const [theirs, others] = await Promise.all(
      [desk.person, elsewhere].map(one => newsOf(one, stopped.signal)),
    )
    assert.equal((await theirs!.next()).done, false)
    assert.equal((await others!.next()).done, false)
    await lose(desk, elsewhere)
    while (!(await theirs!.next()).done);
    if (what.includes('fourteen days')) return
    const asked = await desk.ask()
    await until(async () => /^id: /m.test((await others!.next()).value ?? assert.fail('it has ended')))
    await desk.is(asked, 'pending')
  })
}

/** What is said to a page that is open, piece by piece. */
async function newsOf({ cookie }: Person, signal: AbortSignal) {
  const path = `${server.url}/console/approvals/events?since=old`
  const { body } = await fetch(path, { headers: { cookie }, signal })
  return body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
}

async function open() {
  const desk = await openGated(server, 'live')
  return {
    ...desk,
    async is(asked: Asked, state: string): Promise<void> {
      const told = await done(desk.agent, 'get_approval', { approval_id: asked.id })
      assert.deepEqual([told.state, await desk.timesMade(asked)], [state, state === 'executed' ? 1 : 0])
    },
  }
}

test('who writes a letter of 20,000 characters anew and finds themself signed out has it whole, and sends it again', async () => {
  const desk = await open()
  await desk.rule({ tool: 'create_sandbox' })
  const { approvalId, path } = await askToSend(desk.agent)
  const words = `Dear Ana,\n${'<&> ñ. '.repeat(3000)}`.slice(0, 19_990)
  const fields = { 'edit.text': words, 'edit.subject': 'A “new” one', note: 'Warmer.' }
  await press(desk.person, `${server.url}/console/sign-out`)
  const lost = await press(desk.person, `${server.url}${path}/approve`, fields, server.url + path)
  assert.equal(lost.status, 401)
  assert.match(lost.text, NOTHING)
  assert.ok(lost.text.length < 150_000)
  assert.match(
    lost.text,
    new RegExp(`href="/console/sign-in\\?to=${encodeURIComponent(path)}" target="_blank"`),
  )
  const form = formIn(lost.text)
  assert.deepEqual([form.action, form.fields], [`${path}/approve`, fields])
  const back = await signIn(server, desk.business.email)
  assert.equal((await press(back, server.url + form.action, form.fields)).to, path)
  const { edited, state } = await done(desk.agent, 'get_approval', { approval_id: approvalId })
  assert.deepEqual([edited, state], [true, 'executed'])
})

test('what another site had sent, or holds a secret, is on no page', async () => {
  const { person } = await open()
  const settings = `${server.url}/console/settings/providers/smtp/save`
  const secret = await press({ cookie: '' }, settings, { url: 'smtps://user:hunter2@mail.example' })
  assert.equal(secret.status, 303)
  for (const cookie of ['', person.cookie]) {
    const foreign = await fetch(`${server.url}/console/customers`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, 'sec-fetch-site': 'same-site' }, // A neighbour's, to which Lax lets the cookie go.
      body: new URLSearchParams({ name: 'Call 600 666 666 to keep your account' }),
    })
    assert.deepEqual([foreign.status, /600 666 666/.test(await foreign.text())], [cookie ? 403 : 303, false])
  }
})

test('a press that meets another workspace says that nothing was done, and goes back to be done there, with what was written', async () => {
  const desk = await open()
  const asked = await desk.ask()
  const at = `${server.url}${asked.path}/reject`
  const { workspace } = await done({ url: server.url, key: desk.business.key }, 'create_sandbox', {
    name: 'Elsewhere',
    idempotency_key: fresh(),
  })
  const go = (to: string) => press(desk.person, `${server.url}/console/workspace`, { workspace_id: to })
  await go(workspace.id)
  const plain = await press(desk.person, `${server.url}${asked.path}/approve`, {}, server.url + asked.path)
  assert.equal(plain.status, 404)
  assert.match(plain.text, /Elsewhere.*Nothing was decided or changed/)
  assert.match(plain.text, new RegExp(`name="to" value="${asked.path}"`))
  const unknown = 'approval_01kx0000000000000000000000'
  const never = await press(
    desk.person,
    `${server.url}/console/approvals/${unknown}/approve`,
    {},
    `${server.url}/console/approvals/${unknown}`,
  )
  assert.equal(never.text.replaceAll(unknown, asked.id), plain.text, 'as of one that never was')
  await desk.is(asked, 'pending')

  const { text } = await press(desk.person, at, { note: 'Not this one.' })
  const { action, fields } = formIn(text)
  const again = await press(desk.person, server.url + action, {
    ...fields,
    workspace_id: idText('workspace', desk.workspaceId),
  })
  assert.deepEqual([again.status, again.to], [307, `${asked.path}/reject`])
  assert.equal((await press(desk.person, server.url + again.to!, fields)).to, asked.path)
  const told = await done(desk.agent, 'get_approval', { approval_id: asked.id })
  assert.deepEqual([told.state, told.note], ['rejected', 'Not this one.'])
  const evil = await press(desk.person, `${server.url}/console/workspace`, {
    workspace_id: workspace.id,
    again: '//evil.example',
  })
  assert.equal(evil.to, '/console')
})

test('what names nothing, from a page that was left open, is not done in the workspace of another tab', async () => {
  const desk = await open()
  const { workspace } = await done({ url: server.url, key: desk.business.key }, 'create_sandbox', {
    name: 'Elsewhere',
    idempotency_key: fresh(),
  })
  const home = idText('workspace', desk.workspaceId)
  const services = `${server.url}/console/services`
  const page = await fetch(services, { headers: { cookie: desk.person.cookie } })
  assert.equal(/name="workspace" value="([^"]+)"/.exec(await page.text())![1], home)
  const called = async (id: string) =>
    (await owner.query(`SELECT FROM services WHERE workspace_id = $1 AND name = 'Deep tissue'`, [uuidOf(id)]))
      .rowCount
  await press(desk.person, `${server.url}/console/workspace`, { workspace_id: workspace.id })
  const filled = {
    workspace: home,
    name: 'Deep tissue',
    price: '60',
    duration: '60',
    idempotency_key: fresh(),
  }
  const lost = await press(desk.person, services, filled, services)
  assert.equal(lost.status, 404)
  assert.match(lost.text, /Elsewhere.*Nothing was decided or changed/)
  assert.deepEqual([await called(home), await called(workspace.id)], [0, 0])
  const { action, fields } = formIn(lost.text)
  const back = { ...fields, workspace_id: home }
  const again = await press(desk.person, server.url + action, back)
  assert.deepEqual([again.status, again.to], [307, '/console/services'])
  const added = await press(desk.person, server.url + again.to!, back)
  assert.match(added.to ?? added.text, /said=added/)
  assert.deepEqual([await called(home), await called(workspace.id)], [1, 0])
})

/** The form that holds what was written, as a browser sends it. */
function formIn(text: string): { action: string; fields: Record<string, string> } {
  const [, action, inner] = /<form class="card fields" method="post" action="([^"]+)">(.*?)<\/form>/s.exec(
    text,
  )!
  const inputs = inner!.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)
  const areas = inner!.matchAll(/<textarea id="[^"]+" name="([^"]+)"[^>]*>\n([^<]*)<\/textarea>/g)
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  const plain = (value: string) => value.replace(/&(#?\w+);/g, (_, entity) => entities[entity]!)
  return {
    action: action!,
    fields: Object.fromEntries([...inputs, ...areas].map(([, name, value]) => [name, plain(value!)])),
  }
}

async function pressSeveral(person: Person, ids: string[]) {
  const picks = Object.fromEntries(ids.map(id => [`pick.${id}`, 'on']))
  const fields = { ...picks, verdict: 'approve', sure: 'yes' }
  return press(person, `${server.url}/console/approvals/several`, fields)
}

function sendSeveral({ cookie }: Person, ids: string[]) {
  const body = { approval_ids: ids, verdict: 'approve' }
  return send(server.url, 'POST', '/v1/approvals/decide', body, { cookie })
}

/** Holds it on a connection of its own. @returns lets the others go on */
async function hold(sql: string, ...values: string[]): Promise<() => Promise<void>> {
  const keeper = await owner.connect()
  await keeper.query('BEGIN')
  await keeper.query(sql, values)
  return async () => {
    await keeper.query('ROLLBACK')
    keeper.release()
  }
}

function waitingAre(count: number): Promise<void> {
  return until(async () => {
    const { rowCount } = await owner.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    return rowCount === count
  })
}
