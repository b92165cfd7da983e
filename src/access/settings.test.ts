import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { call, signUp } from '../../test/support/access.ts'
import { openTestDatabase } from '../../test/support/database.ts'
import { defaultSettings, readSettings, settingsPatch, settingsShape, updateSettings } from './settings.ts'

test('what nobody set has its default, also in a section that is new since', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  await call(database, { caller }, async ctx => {
    const general = {
      version: 1,
      name: 'Studio Nord',
      time_zone: 'Europe/Berlin',
      currency: 'EUR',
      country: 'DE',
    }
    assert.deepEqual(await readSettings(ctx), { ...general, ...defaultSettings })
    await ctx.db.execute(
      sql`UPDATE workspace_settings SET settings = '{"booking": {}}' WHERE workspace_id = ${ctx.workspace.id}`,
    )
    assert.deepEqual((await readSettings(ctx)).booking, defaultSettings.booking)
  })
})

test('a patch changes what it names and nothing else', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const quiet_hours = { from: '21:00', to: '08:30' }
  await call(database, { caller }, async ctx => {
    await updateSettings(ctx, { version: 1, quiet_hours, booking: { allow_customer_overlap: true } })
    const changed = await updateSettings(ctx, {
      version: 2,
      time_zone: 'Europe/Paris',
      booking: {},
      week_starts: 'sun',
    })
    assert.deepEqual(changed, {
      version: 3,
      name: 'Studio Nord',
      time_zone: 'Europe/Paris',
      currency: 'EUR',
      country: 'DE',
      week_starts: 'sun',
      booking: { allow_customer_overlap: true, customer_limits: {} },
      invoicing: defaultSettings.invoicing,
      quiet_hours,
    })
    assert.equal((await updateSettings(ctx, { version: 3, quiet_hours: null })).quiet_hours, null)
  })
})

test('a patch of an older version is refused with the current one', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const patch = () =>
    call(database, { caller }, ctx => updateSettings(ctx, { version: 1, week_starts: 'sat' }))
  await patch()
  await assert.rejects(patch(), { code: 'stale_version', details: { current_version: 2 } })
})

test('of two patches at once of the same version, the second to come is refused', async t => {
  const database = await openTestDatabase(t)
  const { caller } = await signUp(database)
  const second = await call(database, { caller }, async ctx => {
    await updateSettings(ctx, { version: 1, week_starts: 'sat' })
    const rival = call(database, { caller }, ctx => updateSettings(ctx, { version: 1, week_starts: 'sun' }))
    const outcome = Promise.allSettled([rival])
    await setTimeout(50) // The rival is at the row by now, and this change not yet committed.
    return { outcome }
  })
  const [rival] = await second.outcome
  assert.equal(rival.status === 'rejected' && rival.reason.code, 'stale_version')
})

test('one workspace’s settings are not another’s', async t => {
  const database = await openTestDatabase(t)
  const [one, other] = [await signUp(database), await signUp(database, 'eve@example.com')]
  await call(database, one, ctx => updateSettings(ctx, { version: 1, name: 'Renamed', week_starts: 'sun' }))
  const untouched = await call(database, other, readSettings)
  assert.deepEqual([untouched.name, untouched.week_starts, untouched.version], ['Studio Nord', 'mon', 1])
})

test('a patch says nothing of currency, fills in no default, and takes no half of quiet hours', () => {
  assert.deepEqual(settingsPatch.parse({ version: 1 }), { version: 1 })
  for (const wrong of [
    { currency: 'USD' },
    { quiet_hours: { from: '21:00' } },
    { quiet_hours: { from: '25:00', to: '08:00' } },
  ]) {
    assert.equal(settingsPatch.safeParse({ version: 1, ...wrong }).success, false)
  }
  assert.deepEqual(settingsShape.parse(defaultSettings), defaultSettings)
})
