/** What the console shows by the clock: the day's bookings by their hours, the viewer's hours beside them, and which days are free. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openDesk, textOf } from './support/booking.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after: work => after(work as () => void) })
/** Its clock stands still where a test puts it: no page here depends on the hour at which the test runs. */
const desk = await openDesk(server, { staff: 2 })
const { cookie } = await desk.person()
const today = desk.morning(1).with({ hour: 8 })

async function page(path: string, viewerZone?: string): Promise<string> {
  const zone = viewerZone ? `; backdesk_zone=${viewerZone}` : ''
  const answer = await fetch(server.url + path, { headers: { cookie: cookie + zone } })
  assert.equal(answer.status, 200, path)
  return answer.text()
}

function textsOf(html: string, pattern: RegExp): string[] {
  return [...html.matchAll(pattern)].map(([, text]) => text!)
}

test('today leads with the bookings that are still to come, by their hours: not with those of tomorrow, nor the cancelled', async () => {
  const at = (hour: number) => ({ start: textOf(today.with({ hour })) })
  for (const hour of [15, 10, 12]) await desk.booked(at(hour))
  const off = await desk.booked(at(11))
  await desk.confirmed('cancel_booking', { booking_id: off.id, by: 'business' })
  await desk.booked({ start: textOf(today.add({ days: 1 }).with({ hour: 9 })) })
  await desk.jumpTo(today.toInstant())
  const shown = await page('/console')
  assert.deepEqual(textsOf(shown, /<p class="at"><time[^>]*>([^<]*)</g), ['10:00', '12:00', '15:00'])
  assert.ok(shown.indexOf('class="at"') < shown.indexOf('class="day-of"'), 'before what happened')
  await desk.jumpTo(today.with({ hour: 14 }).toInstant())
  assert.deepEqual(textsOf(await page('/console'), /<p class="at"><time[^>]*>([^<]*)</g), ['15:00'])
})

const day = today.toPlainDate().toString()

test('the scale of the calendar has a second clock for who is elsewhere, and for nobody else', async () => {
  const path = `/console/calendar?day=${day}&location=${desk.locationId}`
  const far = await page(path, 'America/Lima')
  assert.match(far, /09:00<span class="own-time">03:00<\/span>/)
  assert.match(far, /The smaller times are yours, of America\/Lima\./)
  for (const zone of [undefined, 'Europe/Madrid', 'Europe/Paris', 'Mars/Olympus'])
    assert.doesNotMatch(await page(path, zone), /own-time|own-clock/, zone)
})

test('in a week in which clocks are put forward there is no second scale: each entry says its own time', async () => {
  const path = (date: string) => `/console/calendar?staff=${desk.staffIds[0]}&day=${date}`
  assert.match(await page(path('2030-03-20'), 'America/Lima'), /two-clocks/)
  assert.doesNotMatch(await page(path('2030-03-28'), 'America/Lima'), /two-clocks/)
})

test('who has nothing on a day, and a day on which nobody has anything, say so in one line', async () => {
  const columns = (html: string) => html.split('<section class="column">').slice(1)
  const isFree = (column: string) => column.includes('Nothing planned')
  const people = columns(await page(`/console/calendar?day=${day}&location=${desk.locationId}`))
  assert.deepEqual(people.map(isFree), [false, true])
  const week = columns(await page(`/console/calendar?staff=${desk.staffIds[0]}&day=${day}`))
  const busy = week.flatMap((column, at) => (isFree(column) ? [] : [at + 1]))
  assert.deepEqual(busy, [today.dayOfWeek, today.dayOfWeek + 1])
})

test('a place at which nobody works says so, instead of an empty day', async () => {
  const { id } = await made(desk, 'create_location', { name: 'Norte', time_zone: 'Europe/Madrid' })
  assert.match(await page(`/console/calendar?day=${day}&location=${id}`), /Nobody works at this place yet/)
})
