import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { openBusiness } from '../../../test/support/customers.ts'
import { createLocation } from './locations.ts'
import { deleteOverride, overrideVersion, setOverride } from './overrides.ts'
import { listSchedules, setWeeklySchedule } from './schedules.ts'
import { createStaff } from './staff.ts'

type Business = Awaited<ReturnType<typeof openBusiness>>

const hours = { mon: [{ from: '09:00', to: '17:00' }], fri: [{ from: '20:00', to: '02:00' }] }
const late = { mon: [{ from: '12:00', to: '20:00' }] }

const monday = Temporal.PlainDate.from('2030-01-07')
const saturday = Temporal.PlainDate.from('2030-01-12')

/** A person at a location that is open on Mondays, and from Friday evening into Saturday. */
async function employ({ run }: Business) {
  return run(async ctx => {
    const { id: location_id } = await createLocation(ctx, { name: 'Nord', hours })
    const { id: staff_id } = await createStaff(ctx, { name: 'Ida' })
    return { staff_id, location_id }
  })
}

function scheduleOf({ run }: Business, staff_id: string, from = monday) {
  return run(async ctx => {
    const { rows } = await listSchedules(ctx, { staff_id, from, days: 14, limit: 5 })
    return rows[0]!.schedules[0]!
  })
}

test('a person without a schedule has the location’s hours, with one their own, and without it the location’s again', async t => {
  const business = await openBusiness(t)
  const { run } = business
  const job = await employ(business)
  const before = await scheduleOf(business, job.staff_id)
  assert.deepEqual([before.own, before.weekly.mon], [false, hours.mon])

  const set = await run(ctx => setWeeklySchedule(ctx, { ...job, weekly: late }))
  assert.deepEqual([set.own, set.weekly.mon, set.weekly.fri], [true, late.mon, []])
  assert.deepEqual((await scheduleOf(business, job.staff_id)).weekly, set.weekly)

  await run(ctx => setWeeklySchedule(ctx, { ...job, weekly: null }))
  assert.deepEqual(await scheduleOf(business, job.staff_id), before)
})

test('an override replaces its date, and deleting it answers the hours of the week', async t => {
  const business = await openBusiness(t)
  const { run } = business
  const day = { ...(await employ(business)), date: monday }
  await run(ctx => setOverride(ctx, { ...day, intervals: [{ from: '10:00', to: '11:00' }] }))
  const closed = await run(ctx => setOverride(ctx, { ...day, intervals: [] }))
  assert.deepEqual(closed.intervals, [])
  const { overrides } = await scheduleOf(business, day.staff_id)
  assert.deepEqual(
    overrides.map(({ date, intervals }) => [date.toString(), intervals]),
    [['2030-01-07', []]],
  )
  assert.deepEqual((await run(ctx => deleteOverride(ctx, day))).intervals, hours.mon)
  assert.deepEqual((await scheduleOf(business, day.staff_id)).overrides, [])
})

test('deleting an override that is not there changes nothing and says nothing', async t => {
  const business = await openBusiness(t)
  const { run, events } = business
  const day = { ...(await employ(business)), date: monday }
  const said = events.length
  assert.deepEqual((await run(ctx => deleteOverride(ctx, day))).intervals, hours.mon)
  assert.equal(events.length, said)
})

test('an override may not begin in the night shift of the evening before, unless that evening is off', async t => {
  const business = await openBusiness(t)
  const { run } = business
  const job = await employ(business)
  const early = { ...job, date: saturday, intervals: [{ from: '01:00', to: '06:00' }] }
  await assert.rejects(
    run(ctx => setOverride(ctx, early)),
    { code: 'invalid_input' },
  )
  await run(ctx => setOverride(ctx, { ...job, date: saturday.subtract({ days: 1 }), intervals: [] }))
  await run(ctx => setOverride(ctx, early))
  const night = { fri: [{ from: '22:00', to: '03:00' }] }
  await run(ctx => setWeeklySchedule(ctx, { ...job, weekly: night })) // That Friday is off all the same.
  await assert.rejects(
    run(ctx => setOverride(ctx, { ...early, date: saturday.add({ days: 7 }) })),
    { code: 'invalid_input' },
  )
})

test('a week may not run into an override to come', async t => {
  const business = await openBusiness(t)
  const { run } = business
  const job = await employ(business)
  await run(ctx => setOverride(ctx, { ...job, date: saturday, intervals: [{ from: '02:00', to: '06:00' }] }))
  await assert.rejects(
    run(ctx => setWeeklySchedule(ctx, { ...job, weekly: { fri: [{ from: '20:00', to: '03:00' }] } })),
    { code: 'invalid_input' },
  )
})

test('a confirmation rests on what the override says', async t => {
  const business = await openBusiness(t)
  const { run } = business
  const day = { ...(await employ(business)), date: monday }
  const none = await run(ctx => overrideVersion(ctx, day))
  await run(ctx => setOverride(ctx, { ...day, intervals: [] }))
  const closed = await run(ctx => overrideVersion(ctx, day))
  await run(ctx => setOverride(ctx, { ...day, intervals: [{ from: '10:00', to: '11:00' }] }))
  assert.equal(new Set([none, closed, await run(ctx => overrideVersion(ctx, day))]).size, 3)
})

test('hours are of people who are there, at locations where they work', async t => {
  const business = await openBusiness(t)
  const { run } = business
  const job = await employ(business)
  const elsewhere = await run(ctx => createLocation(ctx, { name: 'Süd' }))
  const set = (who: Partial<typeof job>) =>
    run(ctx => setWeeklySchedule(ctx, { ...job, ...who, weekly: late }))
  await assert.rejects(set({ location_id: elsewhere.id }), { code: 'invalid_input' })
  await assert.rejects(set({ location_id: randomUUID() }), {
    code: 'not_found',
    details: { kind: 'location' },
  })
  await assert.rejects(set({ staff_id: randomUUID() }), { code: 'not_found', details: { kind: 'staff' } })
})
