import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { openBusiness } from '../../../test/support/customers.ts'
import type { Context } from '../context.ts'
import { setClosures, withClosures } from './closures.ts'
import {
  createLocation,
  listLocations,
  openFirstLocation,
  setLocationHours,
  updateLocation,
} from './locations.ts'

const morning = [{ from: '09:00', to: '13:00' }]

test('the first location is the business itself: its name, its zone, office hours', async t => {
  const { run, caller, events } = await openBusiness(t)
  await run(ctx => openFirstLocation(ctx, caller.workspace))
  const { rows } = await run(ctx => listLocations(ctx, { limit: 5 }))
  const [{ id, ...first }] = rows as [(typeof rows)[number]]
  const day = [{ from: '09:00', to: '17:00' }]
  assert.deepEqual(first, {
    name: 'Studio Nord',
    time_zone: 'Europe/Berlin',
    address: null,
    hours: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [], sun: [] },
    status: 'active',
    version: 1,
  })
  assert.deepEqual(events.at(-1), { type: 'location.created', subject: { kind: 'location', id } })
})

test('hours are replaced whole: a day that is left out is closed', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createLocation(ctx, { name: 'Nord' }))
  const changed = await run(ctx => setLocationHours(ctx, { location_id: id, hours: { sat: morning } }))
  assert.deepEqual(Object.keys(changed.hours), ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])
  assert.deepEqual(changed.hours, { mon: [], tue: [], wed: [], thu: [], fri: [], sat: morning, sun: [] })
  assert.equal(changed.version, 2)
})

test('hours that overlap are refused, the night of Sunday into Monday too', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createLocation(ctx, { name: 'Nord' }))
  const hours = { sun: [{ from: '20:00', to: '02:00' }], mon: [{ from: '01:00', to: '08:00' }] }
  await assert.rejects(
    run(ctx => setLocationHours(ctx, { location_id: id, hours })),
    { code: 'invalid_input' },
  )
  await assert.rejects(
    run(ctx => createLocation(ctx, { name: 'Süd', hours })),
    { code: 'invalid_input' },
  )
})

test('a patch changes what it names, of the version it was based on', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createLocation(ctx, { name: 'Nord', address: 'Am Kai 1' }))
  const patch = { location_id: id, version: 1, name: 'Hafen', time_zone: 'Atlantic/Azores' }
  const changed = await run(ctx => updateLocation(ctx, patch))
  assert.deepEqual(
    [changed.name, changed.time_zone, changed.address, changed.version],
    ['Hafen', 'Atlantic/Azores', 'Am Kai 1', 2],
  )
  await assert.rejects(
    run(ctx => updateLocation(ctx, patch)),
    { code: 'stale_version', details: { current_version: 2 } },
  )
  const without = await run(ctx => updateLocation(ctx, { location_id: id, version: 2, address: null }))
  assert.equal(without.address, null)
})

test('a location that is not there is not found', async t => {
  const { run } = await openBusiness(t)
  const location_id = randomUUID()
  const [from, to] = ['2030-01-01', '2030-01-02'].map(date => Temporal.PlainDate.from(date)) as [never, never]
  for (const change of [
    (ctx: Context) => updateLocation(ctx, { location_id, version: 1 }),
    (ctx: Context) => setLocationHours(ctx, { location_id, hours: {} }),
    (ctx: Context) => setClosures(ctx, { location_id, from, to, closures: [] }),
  ])
    await assert.rejects(run<unknown>(change), { code: 'not_found', details: { kind: 'location' } })
})

test('lists show closures from the location’s own today on', async t => {
  const { run } = await openBusiness(t)
  const { id } = await run(ctx => createLocation(ctx, { name: 'Apia', time_zone: 'Pacific/Apia' }))
  const dates = ['2030-01-07', '2030-01-08', '2030-01-09'].map(date => Temporal.PlainDate.from(date))
  const shown = await run(async ctx => {
    const closures = dates.map(date => ({ date }))
    await setClosures(ctx, { location_id: id, from: dates[0]!, to: dates[2]!, closures })
    const { rows } = await listLocations(ctx, { limit: 5 })
    const now = Temporal.Instant.from('2030-01-07T12:00:00Z') // In Apia it is 01:00 of the 8th.
    return withClosures({ ...ctx, now }, rows)
  })
  assert.deepEqual(
    shown[0]!.closures.map(({ date }) => date.toString()),
    ['2030-01-08', '2030-01-09'],
  )
})
