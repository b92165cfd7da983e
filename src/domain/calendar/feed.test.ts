import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import ICAL from 'ical.js'
import { type Desk, openDesk, plus, textOf, unlimited } from '../../../test/support/booking.ts'
import { type Body, done, fresh, refused } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { linkToken } from '../../access/signed-link.ts'
import { uuidOf } from '../../catalog/kinds.ts'
import { FEED } from './feed.ts'

const server = await startServer({ after }, unlimited)

/** What a calendar program sees. ical.js is not what writes the feed. */
async function eventsOf(url: string) {
  const text = await (await fetch(url)).text()
  const calendar = new ICAL.Component(ICAL.parse(text))
  const events = calendar.getAllSubcomponents('vevent').map(component => ({
    ...Object.fromEntries(
      component.getAllProperties().map(property => [property.name, property.getFirstValue()]),
    ),
    names: component.getAllProperties().map(({ name }) => name),
  })) as Body[]
  return { text, calendar, events }
}

function urlOf(desk: Desk, staff_id = desk.staffIds[0]): Promise<string> {
  return done(desk, 'get_calendar_feed_url', { staff_id }).then(({ url }) => url)
}

test('a booking is an event in UTC with an id of its own, and its sequence rises with every change', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked({ note: 'By wheelchair' })
  const url = await urlOf(desk)
  const only = async () => {
    const { events } = await eventsOf(url)
    assert.equal(events.length, 1)
    return events[0]
  }
  const first = await only()
  assert.equal(first.uid, `${booking.id}@127.0.0.1`)
  assert.equal(first.dtstart.toString(), '2030-01-08T09:00:00Z')
  assert.equal(first.dtend.toString(), '2030-01-08T10:00:00Z')
  assert.deepEqual(
    [first.summary, first.location, first.description, first.status, first.sequence],
    ['Session: Ana Ruiz', 'Centro', 'By wheelchair', 'CONFIRMED', 0],
  )
  for (const name of ['dtstamp', 'last-modified', 'created'])
    assert.equal(first[name].toString(), '2030-01-07T08:00:00Z', name)

  await desk.jumpTo('2030-01-07T08:30:00Z')
  const start = textOf(desk.morning(2))
  await done(desk, 'reschedule_booking', { booking_id: booking.id, start, idempotency_key: fresh() })
  const moved = await only()
  assert.deepEqual(
    [moved.uid, moved.dtstart.toString(), moved.sequence, moved.dtstamp.toString()],
    [first.uid, '2030-01-09T09:00:00Z', 1, '2030-01-07T08:30:00Z'],
  )
  await done(desk, 'update_booking_details', { booking_id: booking.id, version: 2, note: null })
  await desk.confirmed('cancel_booking', { booking_id: booking.id, by: 'business' })
  const cancelled = await only()
  assert.deepEqual([cancelled.uid, cancelled.status, cancelled.sequence], [first.uid, 'CANCELLED', 3])
  await desk.jumpTo('2030-02-06T08:30:00Z')
  assert.equal((await only()).status, 'CANCELLED', 'it stays for 30 days')
  await desk.jumpTo('2030-02-06T08:31:00Z')
  assert.equal((await eventsOf(url)).events.length, 0)
})

test('what waits for a yes is tentative; lapsed it is cancelled, with the sequence it will have once that is noted', async () => {
  const desk = await openDesk(server)
  await desk.policy({ requires_confirmation: true })
  const { id, lapses_at } = await desk.booked()
  await made(desk, 'create_slot_hold', desk.slot({ start: textOf(desk.morning(2)) }))
  const url = await urlOf(desk)
  const seen = async () => (await eventsOf(url)).events.map(({ status, sequence }) => [status, sequence])
  assert.deepEqual(await seen(), [['TENTATIVE', 0]], 'and a hold is nobody’s yet')
  await desk.jumpTo(lapses_at)
  const lapsed = await eventsOf(url)
  assert.deepEqual(
    lapsed.events.map(({ status, sequence }) => [status, sequence]),
    [['CANCELLED', 1]],
  )
  await done(desk, 'set_sandbox_clock', { to: plus(lapses_at, { seconds: 1 }) })
  assert.equal((await done(desk, 'get_booking', { booking_id: id })).history.length, 2)
  assert.equal((await eventsOf(url)).text, lapsed.text, 'noted, it reads the same')
})

test('names and notes are text: escaped, folded at 75 octets, and never a property', async () => {
  const desk = await openDesk(server)
  const hostile = [
    'Ana\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:owned',
    'Ruiz, Ana; \\n literally \\, "quoted": x',
    `${'取消预约'.repeat(20)} ${'👩🏽‍🦱'.repeat(12)}`,
    'x'.repeat(199),
  ]
  for (const [n, name] of hostile.entries()) {
    const { id } = await made(desk, 'create_customer', { name })
    const note = `${name}\r\nX-OWNED:1\u007f`
    await desk.booked({ customer_id: id, note, start: textOf(desk.morning(1 + n)) })
  }
  const people = await done(desk, 'list_staff')
  const own = people.find(({ id }: Body) => id === desk.staffIds[0])
  await done(desk, 'update_staff', {
    staff_id: own.id,
    version: own.version,
    name: 'Eva\nX-OWNED:1, Ltd; \\',
  })
  const { text, calendar, events } = await eventsOf(await urlOf(desk))
  assert.deepEqual(
    events.map(({ summary }) => summary).reverse(),
    hostile.map(name => `Session: ${name}`),
  )
  assert.deepEqual(
    events.map(({ description }) => description).reverse(),
    hostile.map(name => `${name}\nX-OWNED:1 `),
  )
  const { workspace } = await done(desk, 'get_current_context')
  // ical.js leaves a property that it does not know as it is written.
  assert.equal(
    calendar.getFirstPropertyValue('x-wr-calname'),
    String.raw`Eva\nX-OWNED:1\, Ltd\; \\\, ${workspace.name}`,
  )
  assert.doesNotMatch(text, /^X-OWNED/m)
  for (const { names } of events)
    assert.deepEqual(names, [
      'uid',
      'sequence',
      'dtstamp',
      'dtstart',
      'dtend',
      'summary',
      'location',
      'description',
      'status',
      'created',
      'last-modified',
    ])
  for (const line of text.split('\r\n')) {
    assert.ok(Buffer.byteLength(line) <= 75, line)
    assert.ok(line.isWellFormed() && !line.includes('\uFFFD'))
    assert.doesNotMatch(line, /[\r\n]/, 'a line ends in CR LF alone')
  }
  assert.ok(text.endsWith('END:VCALENDAR\r\n'))
})

test('it holds 90 days back and a year ahead', async () => {
  const desk = await openDesk(server)
  await desk.policy({ window_days: 730 })
  const now = '2030-01-07T08:00:00.000Z'
  for (const hours of [365 * 24, 365 * 24 - 2]) await desk.booked({ start: plus(now, { hours }) })
  const { id } = await desk.booked({ start: plus(now, { hours: 1 }) })
  const url = await urlOf(desk)
  assert.equal((await eventsOf(url)).events.length, 2, 'not what begins a year from now')
  await desk.jumpTo(plus(now, { minutes: (1 + 90 * 24) * 60 - 1 }))
  assert.ok((await eventsOf(url)).text.includes(id))
  await desk.jumpTo(plus(now, { hours: 1 + 90 * 24 }))
  assert.ok(!(await eventsOf(url)).text.includes(id))
})

test('it is private, and unchanged it is not sent again', async () => {
  const desk = await openDesk(server)
  await desk.booked()
  const url = await urlOf(desk)
  const first = await fetch(url)
  const etag = first.headers.get('etag')!
  assert.match(first.headers.get('content-type')!, /^text\/calendar; charset=utf-8$/)
  assert.match(first.headers.get('cache-control')!, /^private\b/)
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await fetch(url, { headers: { 'if-none-match': tag } })
    assert.deepEqual([again.status, again.headers.get('etag'), await again.text()], [304, etag, ''], tag)
  }
  await desk.booked({ start: textOf(desk.morning(2)) })
  const changed = await fetch(url, { headers: { 'if-none-match': etag } })
  assert.equal(changed.status, 200)
  assert.notEqual(changed.headers.get('etag'), etag)
})

test('a new URL ends the old; old, forged and unknown answer alike', async () => {
  const desk = await openDesk(server, { staff: 2 })
  const [first, second] = desk.staffIds
  const old = await urlOf(desk)
  assert.equal(await urlOf(desk), old, 'it is the same each time')
  const { body } = await desk.confirmed('reset_calendar_feed_url', { staff_id: first })
  assert.deepEqual(body.data, { staff_id: first, generation: 2 })
  const url = await urlOf(desk)
  assert.notEqual(url, old)
  assert.equal((await fetch(url)).status, 200)
  const { body: again } = await desk.confirmed('reset_calendar_feed_url', { staff_id: first })
  assert.equal(again.data.generation, 3)

  const claims = { workspaceId: desk.workspaceId, subjectId: uuidOf(second!), number: 1 }
  const { secrets } = server.house
  const gone = await urlOf(desk, second)
  assert.ok(gone.includes(linkToken(secrets, FEED, claims)))
  const people = await done(desk, 'list_staff')
  assert.ok(people.length >= 2)
  await desk.confirmed('deactivate_staff', { staff_id: second })
  assert.equal(await refused(desk, 'get_calendar_feed_url', { staff_id: second }), 'not_found')

  const bad = [
    old,
    url,
    gone,
    `${desk.url}/feeds/${linkToken(secrets, FEED, { ...claims, number: 7 })}.ics`,
    `${desk.url}/feeds/${linkToken(secrets, 'another purpose', claims)}.ics`,
    old.replace(/.\.ics$/, character => (character === 'A.ics' ? 'B.ics' : 'A.ics')),
    old.replace('.ics', ''),
    `${desk.url}/feeds/x.ics`,
    `${desk.url}/feeds/%00.ics`,
  ]
  const answers = await Promise.all(
    bad.map(async url => {
      const answer = await fetch(url)
      const { request_id: _, instance: __, ...problem } = (await answer.json()) as Body
      return { status: answer.status, problem }
    }),
  )
  for (const [n, answer] of answers.entries()) assert.deepEqual(answer, answers[0], bad[n])
  assert.equal(answers[0]!.status, 404)
})
