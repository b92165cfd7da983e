/** The page that an invitation's link opens: who sees what, who becomes a member by it, and who does not. */

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { uuidOf } from '../src/catalog/kinds.ts'
import { type Body, callTool, done } from './support/caller.ts'
import { type Person, signIn } from './support/person.ts'
import { type SignedUp, startServer, type TestServer } from './support/server.ts'
import { codeFor, colleague, invite } from './support/team.ts'

let server: TestServer
let owner: SignedUp
let person: Person

const closing: (() => unknown)[] = []
before(async () => {
  server = await startServer({ after: work => void closing.push(work) })
  owner = await server.signUp('Pulse & Studio')
  person = await signIn(server, owner.email, owner.workspaceId)
})

after(async () => {
  for (const close of closing) await close()
})

let count = 0

/** Somebody who has a mail with a link in it. */
async function invited(wish: { role?: string; staff_id?: string } = {}) {
  const email = `marta-${++count}@studio.example`
  const token = await invite(server, owner, { ...wish, email, person })
  return { email, token, path: `/console/join/${token}`, ...visitor() }
}

type Invited = Awaited<ReturnType<typeof invited>>

/** A browser without a script, which follows no redirect by itself. */
function visitor(cookie = '') {
  const jar = { cookie }
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = { ...(init.headers as Record<string, string>), cookie: jar.cookie }
    const answer = await fetch(server.url + path, { ...init, redirect: 'manual', headers })
    const set = answer.headers.get('set-cookie')
    if (set) jar.cookie = set.split(';')[0]!
    const { status, headers: got } = answer
    return { status, headers: got, to: got.get('location'), text: await answer.text() }
  }
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    send(path, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: server.url, 'sec-fetch-site': 'same-origin', ...headers },
    })
  return { jar, get: (path: string) => send(path), post }
}

const notThe = (code: string) => (code === '000000' ? '000001' : '000000')

/** Asks for a code, and answers what the form that it leads to would send. */
async function asked({ path, token, email, post }: Invited) {
  const { status, to } = await post(`${path}/code`, { link: token })
  assert.equal(status, 303)
  const request = new URL(to!, server.url).searchParams.get('request')!
  return { link: token, request, code: await codeFor(server, email, 'join the team') }
}

async function members(): Promise<Body[]> {
  return done({ url: server.url, key: owner.key }, 'list_members', { limit: 100 })
}

async function isMember(email: string): Promise<boolean> {
  return (await members()).some(member => member.email === email)
}

async function keysOf(email: string): Promise<number> {
  const { rows } = await server.house.database.owner.query(
    `SELECT FROM api_keys k JOIN members m ON m.id = k.member_id JOIN accounts a ON a.id = m.account_id WHERE a.email = $1`,
    [email],
  )
  return rows.length
}

test('the mail carries the link, and the page says which business, who invites, in which role, to which address and until when', async () => {
  const { email, token, path, get } = await invited({ role: 'admin' })
  const mail = (await server.mailbox()).find(({ to }) => to === email)!
  assert.ok(mail.text.includes(`\n${server.house.publicUrl}${path}\n`))
  assert.ok(mail.text.includes(`\n${token}`), 'the way for agents')
  const { status, text } = await get(path)
  assert.equal(status, 200)
  for (const said of [
    '<bdi>Pulse &amp; Studio</bdi>',
    '<bdi>Owner</bdi>',
    `<bdi>${email}</bdi>`,
    'Admin: also',
  ])
    assert.ok(text.includes(said), said)
  const until = Date.parse(/<time datetime="([^"]+)"/.exec(text)![1]!)
  assert.ok(Math.abs(until - Date.now() - 7 * 86_400_000) < 60_000)
})

test('a code to the address makes a member with no key, who is signed in there, and the audit says who joined', async () => {
  const guest = await invited({ role: 'admin' })
  const { path, email, post, get } = guest
  const form = await asked(guest)
  assert.match((await get(`${path}/code?request=${form.request}`)).text, /autocomplete="one-time-code"/)
  assert.equal(await isMember(email), false)
  const joined = await post(`${path}/enter`, {
    ...form,
    code: `${form.code.slice(0, 3)} ${form.code.slice(3)}`,
  })
  assert.deepEqual([joined.status, joined.to], [303, '/console?said=joined'])
  assert.match(joined.headers.get('set-cookie')!, /^backdesk_session=.+HttpOnly.*SameSite=Lax/)
  const { text } = await get(joined.to!)
  assert.match(text, /<summary><bdi>Pulse &amp; Studio<\/bdi>/)
  assert.match(text, /role="status"><p>Welcome/)
  assert.equal(await keysOf(email), 0)
  const [row] = await done({ url: server.url, key: owner.key }, 'list_audit_events', { tool: 'join_team' })
  const { id } = (await members()).find(member => member.email === email)!
  assert.deepEqual([row.principal.id, row.principal.name, row.surface], [id, 'Marta', 'console'])
  assert.deepEqual(
    row.changes.map((change: Body) => [change.type, change.id]),
    [['member.joined', id]],
  )
})

test('who is signed in with the invited address joins by one press, and goes on in that workspace', async () => {
  const guest = await invited()
  const other = await server.signUp('Of their own')
  const { rowCount } = await server.house.database.owner.query(
    'UPDATE accounts SET email = $1 WHERE email = $2',
    [guest.email, other.email],
  )
  assert.equal(rowCount, 1)
  guest.jar.cookie = (await signIn(server, guest.email)).cookie
  const page = await guest.get(guest.path)
  assert.match(page.text, /one press is enough/)
  assert.doesNotMatch(page.text, /Send me the code/)
  const joined = await guest.post(guest.path, { link: guest.token })
  assert.deepEqual([joined.status, joined.to], [303, '/console?said=joined'])
  assert.match((await guest.get('/console')).text, /<summary><bdi>Pulse &amp; Studio<\/bdi>/)
  assert.equal(await isMember(guest.email), true)
  // A second press of the same button finds them there.
  assert.equal((await guest.post(guest.path, { link: guest.token })).to, '/console?said=joined')
})

test('who is signed in with another address is told so, joins by no press, and may sign out', async () => {
  const guest = await invited()
  guest.jar.cookie = (await signIn(server, owner.email)).cookie
  const { text } = await guest.get(guest.path)
  assert.ok(text.includes(`signed in as <bdi>${owner.email}</bdi>`))
  assert.doesNotMatch(text, /Send me the code|Join the team/)
  const pressed = await guest.post(guest.path, { link: guest.token })
  assert.equal(pressed.status, 403)
  assert.equal(await isMember(guest.email), false)
  const out = await guest.post(`${guest.path}/sign-out`, { link: guest.token })
  assert.deepEqual([out.status, out.to], [303, guest.path])
  assert.match((await guest.get(guest.path)).text, /Send me the code/)
})

test('nobody signed in joins by no press', async () => {
  const guest = await invited()
  assert.equal((await guest.post(guest.path, { link: guest.token })).status, 401)
  assert.equal(await isMember(guest.email), false)
})

test('to look decides nothing, and the link is told to no other site and to no search engine', async () => {
  const guest = await invited()
  for (const path of [guest.path, `${guest.path}/code`, `${guest.path}/code?request=nonsense`]) {
    const { status, headers, text } = await guest.get(path)
    assert.equal(status, 200, path)
    assert.equal(headers.get('referrer-policy'), 'same-origin')
    assert.equal(headers.get('x-robots-tag'), 'noindex, nofollow')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.doesNotMatch(text, /(href|src|action)="(https?:)?\/\//)
  }
  for (const path of ['', '/enter', '/sign-out'])
    assert.notEqual((await guest.get(`${guest.path}${path}`)).status, 303)
  assert.equal(await isMember(guest.email), false)
  assert.ok(
    !(await server.mailbox()).some(({ to, text }) => to === guest.email && text.includes('join the team')),
  )
})

test('a used, an expired, a withdrawn and a foreign link say so, and tell nothing else', async () => {
  const [used, expired, replaced, left] = [await invited(), await invited(), await invited(), await invited()]
  assert.equal((await used.post(`${used.path}/enter`, await asked(used))).status, 303)
  const { owner: database } = server.house.database
  await database.query(`UPDATE team_invites SET expires_at = created_at WHERE email = $1`, [expired.email])
  await invite(server, owner, { email: replaced.email, person })
  await database.query(
    `UPDATE members SET status = 'deactivated' WHERE id = (SELECT invited_by FROM team_invites WHERE email = $1)
     RETURNING id`,
    [left.email],
  )
  const gone = { title: 'This invitation opens nothing', status: 404 }
  const stands: [string, { title: string; status: number }][] = [
    [used.path, { title: 'This invitation has been used', status: 410 }],
    [left.path, gone],
  ]
  try {
    for (const [path, { title, status }] of stands) await says(path, title, status)
  } finally {
    await database.query(`UPDATE members SET status = 'active' WHERE status = 'deactivated'`)
  }
  await says(expired.path, 'This invitation has expired', 410)
  await says(replaced.path, gone.title, gone.status)
  await says(`/console/join/${randomBytes(54).toString('base64url')}`, gone.title, gone.status)
  await says('/console/join/none', gone.title, gone.status)
  // The forms neither.
  for (const { path, token, post, email } of [used, expired, replaced]) {
    const { status, text } = await post(`${path}/code`, { link: token })
    assert.ok(status >= 404, `${path} ${status}`)
    assert.ok(!text.includes(email) && !text.includes('Pulse'))
  }
})

async function says(path: string, title: string, status: number): Promise<void> {
  const seen = await visitor().get(path)
  assert.equal(seen.status, status, path)
  assert.ok(seen.text.includes(`<h1>${title}</h1>`), path)
  assert.doesNotMatch(seen.text, /Pulse|Marta|marta|Owner|@studio|Admin|Member/)
}

test('a code that was asked for opens the invitation whose page it is, and no other', async () => {
  const [one, other] = [await invited(), await invited()]
  const form = await asked(one)
  const mixed = await other.post(`${other.path}/enter`, { ...form, link: other.token })
  assert.equal(mixed.status, 422)
  assert.deepEqual([await isMember(one.email), await isMember(other.email)], [false, false])
})

test('five wrong codes close it, for the right one too; what is no code costs no try', async () => {
  const guest = await invited()
  const form = await asked(guest)
  const enter = (code: string) => guest.post(`${guest.path}/enter`, { ...form, code })
  assert.match((await enter('12')).text, /role="alert">The code has six digits/)
  for (let at = 0; at < 5; at++) {
    const wrong = await enter(notThe(form.code))
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /role="alert">That code does not fit/)
  }
  assert.equal((await enter(form.code)).status, 422)
  assert.equal(await isMember(guest.email), false)
})

test('codes are sent five times an hour and no more, with Retry-After', async () => {
  const guest = await invited()
  for (let at = 0; at < 5; at++)
    assert.equal((await guest.post(`${guest.path}/code`, { link: guest.token })).status, 303)
  const { status, headers, text } = await guest.post(`${guest.path}/code`, { link: guest.token })
  assert.equal(status, 429)
  assert.ok(Number(headers.get('retry-after')) > 3000)
  assert.match(text, /role="alert">Too many calls/)
})

test('a link is read sixty times a minute and no more', async () => {
  const guest = await invited()
  const seen = await Promise.all(Array.from({ length: 70 }, () => guest.get(guest.path)))
  const refused = seen.filter(({ status }) => status === 429)
  assert.ok(refused.length > 0 && refused.length <= 10, String(refused.length))
  assert.ok(refused.every(({ headers, text }) => headers.get('retry-after') && !text.includes(guest.email)))
})

test('no other site sends its forms, and no form without the link in it', async () => {
  const guest = await invited()
  guest.jar.cookie = (await signIn(server, owner.email)).cookie
  const form = await asked({ ...guest, ...visitor() })
  for (const path of ['', '/code', '/enter', '/sign-out']) {
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    assert.equal((await guest.post(`${guest.path}${path}`, form, foreign)).status, 403, path)
    assert.equal((await guest.post(`${guest.path}${path}`, { ...form, link: '' })).status, 403, path)
  }
  assert.equal(await isMember(guest.email), false)
  assert.equal((await guest.get('/console')).status, 200, 'and they are signed in still')
})

test('the same code in parallel, and by an agent at once, joins once', async () => {
  const guest = await invited()
  const form = await asked(guest)
  const agent = callTool({ url: server.url }, 'accept_team_invite_verify', {
    request_id: form.request,
    code: form.code,
    idempotency_key: form.request,
  })
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => visitor().post(`${guest.path}/enter`, form)),
  )
  const joined = answers.filter(({ status }) => status === 303).length + ((await agent).isError ? 0 : 1)
  assert.equal(joined, 1)
  const { rows } = await server.house.database.owner.query(
    `SELECT FROM members m JOIN accounts a ON a.id = m.account_id WHERE a.email = $1`,
    [guest.email],
  )
  assert.equal(rows.length, 1)
  for (const { status, text } of answers)
    if (status !== 303) assert.match(text, /This invitation has been used/)
})

test('two presses at once join once', async () => {
  const guest = await invited()
  const account = await server.signUp('Twice')
  await server.house.database.owner.query('UPDATE accounts SET email = $1 WHERE email = $2', [
    guest.email,
    account.email,
  ])
  guest.jar.cookie = (await signIn(server, guest.email)).cookie
  const pressed = await Promise.all(
    Array.from({ length: 4 }, () => guest.post(guest.path, { link: guest.token })),
  )
  assert.deepEqual(
    pressed.map(({ to }) => to),
    Array(4).fill('/console?said=joined'),
  )
  const rows = await done({ url: server.url, key: owner.key }, 'list_audit_events', { tool: 'join_team' })
  const { id } = (await members()).find(member => member.email === guest.email)!
  assert.equal(rows.filter((row: Body) => row.principal.id === id).length, 1)
})

test('an invitation with a staff record links who joins by the page', async () => {
  const eva = await done({ url: server.url, key: owner.key }, 'create_staff', {
    name: 'Eva',
    idempotency_key: crypto.randomUUID(),
  })
  const guest = await invited({ staff_id: eva.id })
  await guest.post(`${guest.path}/enter`, await asked(guest))
  const { staff_id } = (await members()).find(({ email }) => email === guest.email)!
  assert.equal(staff_id, eva.id)
})

test('the team page shows what is pending and until when; sent again it is another link; withdrawn it opens nothing', async () => {
  const guest = await invited({ role: 'admin' })
  const boss = visitor(person.cookie)
  const rowOf = async (email: string) =>
    (await boss.get('/console/team')).text.split('<li').find(row => row.includes(email))
  const row = (await rowOf(guest.email))!
  assert.match(row, /Admin · Its link works until <time/)
  const fields = fieldsOf(row)
  assert.deepEqual([fields.email, fields.role, fields.name], [guest.email, 'admin', 'Marta'])
  const preview = await boss.post('/console/team/invites', fields)
  assert.match(preview.text, /<h1>Invite this person\?<\/h1>/)
  assert.doesNotMatch(preview.text, /<dt>Token/)
  assert.equal((await guest.get(guest.path)).status, 200, 'a preview replaces nothing')
  const confirmed = fieldsOf(preview.text.split('<main')[1]!)
  for (let press = 0; press < 2; press++)
    assert.equal((await boss.post('/console/team/invites', confirmed)).to, '/console/team?said=invited')
  await says(guest.path, 'This invitation opens nothing', 404)
  const links = (await server.mailbox()).flatMap(({ to, text }) =>
    to === guest.email ? [...text.matchAll(/\/console\/join\/\S+/g)].map(([path]) => path) : [],
  )
  assert.equal(links.length, 1, 'one is open, however often it was sent')
  assert.equal((await visitor().get(links[0]!)).status, 200)

  const action = /action="(\S+\/withdraw)"/.exec((await rowOf(guest.email))!)![1]!
  const withdrawn = await boss.post(action, {})
  assert.equal(withdrawn.to, '/console/team?said=withdrawn')
  await says(links[0]!, 'This invitation opens nothing', 404)
  assert.equal(await rowOf(guest.email), undefined)
  assert.equal((await boss.post(action, {})).to, '/console/team?said=withdrawn', 'twice is once')
  const [event] = await done({ url: server.url, key: owner.key }, 'list_audit_events', {
    tool: 'withdraw_invite',
  })
  assert.equal(event.changes[0].type, 'team_invite.withdrawn')
})

function fieldsOf(row: string): Record<string, string> {
  const form = row.split('</form>').find(part => part.includes('name="email"'))
  return Object.fromEntries(
    [...form!.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
}

test('who has joined is withdrawn no more, and an expired invitation is shown as such', async () => {
  const guest = await invited()
  const boss = visitor(person.cookie)
  const page = (await boss.get('/console/team')).text
  const action = /action="(\S+\/withdraw)"/.exec(
    page.split('<li').find(row => row.includes(guest.email))!,
  )![1]!
  await guest.post(`${guest.path}/enter`, await asked(guest))
  assert.equal((await boss.post(action, {})).status, 409)
  assert.equal(await isMember(guest.email), true)
  const late = await invited()
  await server.house.database.owner.query(
    `UPDATE team_invites SET expires_at = created_at WHERE email = $1`,
    [late.email],
  )
  const row = (await boss.get('/console/team')).text.split('<li').find(one => one.includes(late.email))!
  assert.match(row, /Expired<\/span>/)
})

test('an admin sends and withdraws nothing above their role, and a member neither sees nor withdraws any', async () => {
  const guest = await invited({ role: 'owner' })
  const admin = await colleague(server, owner, { person, role: 'admin' })
  const member = await colleague(server, owner, { person })
  const [theirs, his] = await Promise.all(
    [admin, member].map(async ({ email }) =>
      visitor((await signIn(server, email, owner.workspaceId)).cookie),
    ),
  )
  const page = (await visitor(person.cookie).get('/console/team')).text
  const action = /action="(\S+\/withdraw)"/.exec(
    page.split('<li').find(row => row.includes(guest.email))!,
  )![1]!
  assert.match((await theirs!.get('/console/team')).text, new RegExp(guest.email))
  assert.equal((await theirs!.post(action, {})).status, 403)
  assert.equal(
    (
      await theirs!.post('/console/team/invites', {
        email: guest.email,
        role: 'owner',
        idempotency_key: crypto.randomUUID(),
      })
    ).status,
    403,
  )
  assert.doesNotMatch((await his!.get('/console/team')).text, /@studio\.example|Invite somebody/)
  assert.equal((await his!.post(action, {})).status, 403)
  assert.equal((await guest.get(guest.path)).status, 200)
  const elsewhere = await server.signUp('Elsewhere')
  const foreign = visitor((await signIn(server, elsewhere.email)).cookie)
  await foreign.post(action, {})
  assert.equal((await guest.get(guest.path)).status, 200)
  assert.ok(uuidOf(/invite_\w+/.exec(action)![0]))
})
