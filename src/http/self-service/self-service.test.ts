import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, callTool, done, fresh } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { linkToken } from '../../access/signed-link.ts'
import { uuidOf } from '../../catalog/kinds.ts'
import { SELF_SERVICE } from '../../domain/bookings/self-service.ts'

const server = await startServer({ after }, unlimited)

test('a link is shown once, ends by itself, and only while there is something to change', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const asked = { booking_id: booking.id, idempotency_key: fresh() }
  const { url, expires_at } = await done(desk, 'create_booking_self_service_link', asked)
  const days = (text: string) => (Date.parse(text) - Date.now()) / 864e5
  // The booking ends in 25 hours of the sandbox's clock; a link lives a month beyond, in real time.
  assert.ok(Math.abs(days(expires_at) - 30 - 26 / 24) < 0.1, expires_at)
  assert.equal((await fetch(url)).status, 200)
  const replay = await callTool(desk, 'create_booking_self_service_link', asked)
  assert.deepEqual([replay.body.replayed, replay.body.data.url], [true, undefined])
  const stored = await desk.rows('SELECT answer FROM call_details WHERE workspace_id = $1')
  assert.ok(!stored.some(({ answer }) => answer?.includes('/b/')))
  const short = await made(desk, 'create_booking_self_service_link', {
    booking_id: booking.id,
    valid_days: 2,
  })
  assert.ok(Math.abs(days(short.expires_at) - 2) < 0.1)

  const hold = await made(desk, 'create_slot_hold', desk.slot({ start: textOf(desk.morning(2)) }))
  const gone = await desk.booked({ start: textOf(desk.morning(3)) })
  await desk.confirmed('cancel_booking', { booking_id: gone.id, by: 'business' })
  const refusalFor = async (booking_id: string) =>
    (await callTool(desk, 'create_booking_self_service_link', { booking_id, idempotency_key: fresh() })).body
      .code
  assert.equal(await refusalFor(hold.id), 'not_found', 'a hold is nobody’s yet')
  assert.equal(await refusalFor(gone.id), 'invalid_transition')
  await desk.jumpTo(booking.ends_at)
  assert.equal(await refusalFor(booking.id), 'invalid_transition')
})

test('the page says what, when, where, with whom and on what terms, and is told to nobody else', async () => {
  const desk = await openDesk(server, { service: { name: 'Cut <b>' } })
  await done(desk, 'update_location', { location_id: desk.locationId, version: 1, address: 'Calle Mayor 1' })
  const booking = await desk.booked({ note: 'Difficult customer' })
  const { text, answer } = await open(await linkOf(desk, booking.id))
  for (const said of ['Cut &lt;b&gt;', 'Person 1', 'Centro', 'Calle Mayor 1', '€50.00', 'Europe/Madrid'])
    assert.ok(text.includes(said), said)
  assert.match(text, /Tuesday 8 January 2030, 10:00–11:00<\/time>/)
  assert.match(text, /Cancelling is free until <time[^>]*>Monday 7 January 2030, 10:00/)
  assert.ok(!text.includes('Difficult'), 'a note is for the staff')
  assert.match(text, /<header[\s\S]*Studio Norte[\s\S]*<\/header>/, 'it is the page of the business')
  assert.ok(!text.includes('Backdesk'))
  const header = (name: string) => answer.headers.get(name)
  assert.match(header('x-robots-tag')!, /noindex/)
  assert.equal(header('referrer-policy'), 'same-origin')
  assert.equal(header('cache-control'), 'no-store')
  assert.match(header('content-security-policy')!, /default-src 'none'/)
})

test('a move takes the time of another, once; a taken one leaves it where it was', async () => {
  const desk = await openDesk(server)
  const [booking, other] = [await desk.booked(), await desk.booked({ start: textOf(desk.morning(2)) })]
  const url = await linkOf(desk, booking.id)
  const start = textOf(desk.morning(2).add({ hours: 1 }))
  const taken = await post(url, '/move', { start: other.starts_at, version: '1', day: '2030-01-09' })
  assert.equal(taken.answer.status, 409)
  assert.match(taken.text, /just been taken/)
  assert.match(taken.text, /type="radio"/, 'and offers others')
  for (const _ of [1, 2]) {
    const moved = await post(url, '/move', { start, version: '1' })
    assert.deepEqual(
      [moved.answer.status, new URL(moved.answer.headers.get('location')!, url).href],
      [303, `${url}?done=moved`],
    )
  }
  const now = await done(desk, 'get_booking', { booking_id: booking.id })
  assert.deepEqual([now.starts_at, now.version], [start, 2], 'pressed twice, it moved once')
  const { customer_id } = now
  assert.equal(now.history.at(-1).by, customer_id, 'the history says that the customer did it')
  const { data } = (
    await callTool(desk, 'list_audit_events', { tool: 'reschedule_booking', outcome: 'done' })
  ).body
  assert.deepEqual(
    [data[0].surface, data[0].principal.kind, data[0].principal.id],
    ['page', 'customer', customer_id],
  )
})

test('free times come by the day, without the one it has and those of others', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const other = await desk.booked({ start: textOf(desk.morning(1).add({ hours: 2 })) })
  const url = await linkOf(desk, booking.id)
  const { text } = await open(`${url}/times?day=2030-01-08`)
  const starts = [...text.matchAll(/value="(2030-[^"]+)"/g)].map(([, start]) => start)
  assert.ok(starts.includes(textOf(desk.morning(1).add({ hours: 1 }))))
  assert.ok(!starts.includes(booking.starts_at) && !starts.includes(other.starts_at))
  assert.ok(starts.every(start => start!.startsWith('2030-01-07T23') || start!.startsWith('2030-01-08')))
  assert.match(text, /Earlier: Monday 7 January 2030/)
  assert.match(text, /Later: Wednesday 9 January 2030/)
  const [, first] = /<legend>([^<]*)/.exec((await open(`${url}/times`)).text)!
  assert.equal(first, 'Monday 7 January 2030', 'it begins with the next free day')
  for (const day of ['2029-01-01', 'x', '2030-02-30'])
    assert.match((await open(`${url}/times?day=${day}`)).text, /<legend>Monday 7 January 2030/, day)
  await desk.confirmed('archive_service', { service_id: desk.serviceId })
  assert.equal((await open(`${url}/times`)).answer.status, 200)
})

test('cancelling takes a second step, and is the customer’s: late after the cut-off', async () => {
  const desk = await openDesk(server)
  const [early, late] = [await desk.booked(), await desk.booked({ start: textOf(desk.morning(2)) })]
  const url = await linkOf(desk, early.id)
  const asked = await post(url, '/cancel', { version: '1' })
  assert.match(asked.text, /It costs you nothing/)
  assert.equal((await done(desk, 'get_booking', { booking_id: early.id })).state, 'confirmed', 'nothing yet')
  await cancelAt(url)
  const gone = await done(desk, 'get_booking', { booking_id: early.id })
  assert.deepEqual([gone.state, gone.cancelled_by, gone.cancelled_late], ['cancelled', 'customer', false])
  assert.match((await open(url)).text, /This booking was cancelled/)
  assert.doesNotMatch((await open(url)).text, /<form/)

  const lateUrl = await linkOf(desk, late.id)
  await desk.jumpTo(plus(late.starts_at, { hours: -23 }))
  assert.match((await open(lateUrl)).text, /Cancelling was free until/)
  assert.match((await post(lateUrl, '/cancel', { version: '1' })).text, /too late to cancel for free/)
  await cancelAt(lateUrl)
  const lost = await done(desk, 'get_booking', { booking_id: late.id })
  assert.deepEqual([lost.cancelled_by, lost.cancelled_late], ['customer', true])
})

test('a confirmation is for what was shown: changed since, it is shown anew', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const url = await linkOf(desk, booking.id)
  const token = tokenIn((await post(url, '/cancel', { version: '1' })).text)
  await done(desk, 'reschedule_booking', {
    booking_id: booking.id,
    start: textOf(desk.morning(3)),
    idempotency_key: fresh(),
  })
  const { answer, text } = await post(url, '/cancel', { version: '1', confirm_token: token })
  assert.equal(answer.status, 409)
  assert.match(text, /has changed meanwhile/)
  assert.match(text, /Thursday 10 January 2030/)
  assert.equal((await done(desk, 'get_booking', { booking_id: booking.id })).state, 'confirmed')
})

test('the rules of the service hold for a customer, and none can be set aside', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  await desk.policy({ notice_minutes: 24 * 60, window_days: 3 })
  const url = await linkOf(desk, booking.id)
  const move = async (start: string, more = {}) =>
    (await post(url, '/move', { start, version: '1', ...more })).text
  assert.match(await move(plus(booking.starts_at, { hours: -10 })), /too soon/)
  assert.match(
    await move(plus(booking.starts_at, { hours: 200 }), { overrides: 'outside_booking_window' }),
    /further ahead/,
  )
  assert.match(await move('nonsense'), /did not work/)
  assert.equal((await done(desk, 'get_booking', { booking_id: booking.id })).version, 1)
})

test('what a policy leaves to a person, no link does', async () => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  await desk.rows(
    `INSERT INTO approval_policies (workspace_id, rules, version, updated_at)
     VALUES ($1, '[{"tool":"cancel_booking","gate":"approve","reviewers":"admin","expires_after_minutes":60}]', 1, now())`,
  )
  const { answer, text } = await post(await linkOf(desk, id), '/cancel', { version: '1' })
  assert.equal(answer.status, 403)
  assert.match(text, /The business decides on this itself/)
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).state, 'confirmed')
})

test('a customer who cancels in time has their deposit back, and nobody is asked', async () => {
  const desk = await openDesk(server)
  const deposit = { amount: 2_000, currency: 'EUR' }
  await desk.policy({ deposit })
  const { id: booking_id } = await desk.booked()
  await made(desk, 'record_manual_payment', { booking_id, tender: 'cash', amount: deposit })
  const { version } = await done(desk, 'get_booking', { booking_id })
  const url = await linkOf(desk, booking_id)
  const asked = { version: String(version) }
  const confirm_token = tokenIn((await post(url, '/cancel', asked)).text)
  await post(url, '/cancel', { ...asked, confirm_token })
  const { state, charges } = await done(desk, 'get_booking', { booking_id })
  assert.deepEqual([state, charges[0].state], ['cancelled', 'refunded'])
})

test('a link is for its booking and these calls alone, whatever a page would ask', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const [mine, other] = [await desk.booked(), await desk.booked({ start: textOf(desk.morning(2)) })]
  const { principal, workspace } = await visitOf(desk, mine.id)
  const call = async (tool: string, args: Record<string, unknown>) => {
    const asked = { principal, workspace, tool, arguments: args, requestId: 'test', surface: 'page' as const }
    const { createCall } = await import('../../calls/road.ts')
    const answer = await createCall(server.house)(asked)
    return answer.refusal?.code ?? 'answered'
  }
  const own = { booking_id: mine.id }
  assert.equal(await call('get_booking', own), 'answered')
  const start = textOf(desk.morning(3))
  const forbidden: [string, Record<string, unknown>][] = [
    ['get_booking', { booking_id: other.id }],
    ['get_booking', {}],
    ['list_bookings', {}],
    ['get_customer', { customer_id: mine.customer_id }],
    ['cancel_booking', { ...own, by: 'business', idempotency_key: fresh() }],
    ['cancel_booking', { booking_id: other.id, by: 'customer', idempotency_key: fresh() }],
    ['reschedule_booking', { ...own, start, staff_id: desk.staffIds[1], idempotency_key: fresh() }],
    ['reschedule_booking', { ...own, start, overrides: ['min_notice'], idempotency_key: fresh() }],
    ['run_read_tool', { tool: 'list_bookings', arguments: {} }],
    ['run_write_tool', { tool: 'complete_booking', arguments: { ...own, idempotency_key: fresh() } }],
    ['get_available_slots', { service_id: desk.serviceId, location_id: desk.locationId }],
  ]
  for (const [tool, args] of forbidden) assert.equal(await call(tool, args), 'forbidden_scope', tool)
})

test('forged and foreign tokens lead to one 404 page; an ended link to a calm page that shows nothing', async () => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  const url = await linkOf(desk, id)
  const claims = {
    workspaceId: desk.workspaceId,
    subjectId: uuidOf(id),
    number: Math.floor(Date.now() / 1000) - 1,
  }
  const { secrets } = server.house
  const token = url.split('/').at(-1)!
  const bad = [
    'x',
    `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    `${token}A`,
    linkToken(secrets, 'calendar feed', { ...claims, number: claims.number + 1000 }),
    linkToken(secrets, SELF_SERVICE, {
      ...claims,
      subjectId: crypto.randomUUID(),
      number: claims.number + 1000,
    }),
  ]
  const pages = await Promise.all(bad.map(token => open(`${desk.url}/b/${token}`)))
  for (const { answer, text } of pages) {
    assert.deepEqual([answer.status, text], [404, pages[0]!.text])
    assert.match(answer.headers.get('content-type')!, /text\/html/)
  }
  const ended = `${desk.url}/b/${linkToken(secrets, SELF_SERVICE, claims)}`
  const { answer, text } = await open(ended)
  assert.equal(answer.status, 410)
  assert.match(text, /This link has ended/)
  assert.doesNotMatch(text, /Session|Person 1|Centro/)
  for (const path of ['/move', '/cancel']) {
    const { answer } = await post(ended, path, {
      start: textOf(desk.morning(3)),
      version: '1',
      confirm_token: 'x',
    })
    assert.equal(new URL(answer.headers.get('location')!, desk.url).href, ended)
  }
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).version, 1)
})

test('once it has begun nothing is changed; once it is over, the page says so', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const url = await linkOf(desk, booking.id)
  await desk.jumpTo(booking.starts_at)
  const begun = await open(url)
  assert.doesNotMatch(begun.text, /<form|See free times/)
  await post(url, '/cancel', { version: '1' })
  await post(url, '/move', { version: '1', start: plus(booking.starts_at, { hours: 5 }) })
  assert.equal((await done(desk, 'get_booking', { booking_id: booking.id })).version, 1)
  await desk.jumpTo(booking.ends_at)
  const over = await open(url)
  assert.deepEqual([over.answer.status, /This booking is over/.test(over.text)], [200, true])
})

test('another site’s form does nothing, nor one without the token in its body', async () => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  const url = await linkOf(desk, id)
  const start = textOf(desk.morning(2))
  const sends: [Record<string, string>, Record<string, string>][] = [
    [{ start, version: '1' }, { 'sec-fetch-site': 'cross-site' }],
    [{ start, version: '1' }, { 'sec-fetch-site': 'same-site' }],
    [{ start, version: '1' }, { origin: 'null' }],
    [{ start, version: '1' }, { origin: 'https://elsewhere.example' }],
    [{ start, version: '1', link: 'x' }, {}],
  ]
  for (const [form, headers] of sends)
    assert.equal((await post(url, '/move', form, headers)).answer.status, 403)
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).version, 1)
  assert.equal(
    (await post(url, '/move', { start, version: '1' }, { 'sec-fetch-site': 'same-origin' })).answer.status,
    303,
  )
})

test('who leafs through it like a program is slowed down', async () => {
  const desk = await openDesk(server)
  const url = await linkOf(desk, (await desk.booked()).id)
  const answers = await Promise.all(Array.from({ length: 70 }, () => open(url)))
  const statuses = new Set(answers.map(({ answer }) => answer.status))
  assert.deepEqual([...statuses].sort(), [200, 429])
  const { answer, text } = answers.find(({ answer }) => answer.status === 429)!
  assert.match(text, /a little fast/)
  assert.match(answer.headers.get('retry-after')!, /^\d+$/)
})

async function linkOf(desk: Desk, booking_id: string): Promise<string> {
  return (await made(desk, 'create_booking_self_service_link', { booking_id })).url
}

async function visitOf(desk: Desk, bookingId: string) {
  const { asSystem } = await import('../../calls/as-system.ts')
  const { openSelfService } = await import('../../domain/bookings/self-service.ts')
  const claims = { workspaceId: desk.workspaceId, subjectId: uuidOf(bookingId), number: 2_000_000_000 }
  const visit = await asSystem(server.house)(desk.workspaceId, 'test', context =>
    openSelfService(context, claims),
  )
  return visit!
}

async function open(url: string): Promise<{ answer: Response; text: string }> {
  const answer = await fetch(url)
  return { answer, text: await answer.text() }
}

async function post(
  url: string,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(url).origin, ...headers },
    body: new URLSearchParams({ link: url.split('/').at(-1)!, ...form }),
  })
  return { answer, text: await answer.text() }
}

function tokenIn(text: string): string {
  return /name="confirm_token" value="([^"]+)"/.exec(text)![1]!
}

/** Both steps. */
async function cancelAt(url: string): Promise<Body> {
  const { text } = await post(url, '/cancel', { version: '1' })
  return post(url, '/cancel', { version: '1', confirm_token: tokenIn(text) })
}
