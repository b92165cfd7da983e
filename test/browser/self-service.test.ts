/** A customer's link in a real browser: with a script and without, on a phone and at a desk, by light and by dark. */

import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { type Desk, openDesk, plus, textOf, unlimited } from '../support/booking.ts'
import { colourSchemes, flawsOf, launchBrowser, viewports } from '../support/browser.ts'
import { type Body, done } from '../support/caller.ts'
import { startServer } from '../support/server.ts'
import { made } from '../support/shop.ts'

const file = { after } as Pick<TestContext, 'after'>
const server = await startServer(file, unlimited)
const browser = await launchBrowser(file)

for (const javaScriptEnabled of [false, true]) {
  test(`see, move and cancel, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async () => {
    const { desk, booking, url } = await linked()
    await browse({ javaScriptEnabled, timezoneId: 'Europe/Madrid', viewport: viewports.phone }, async tab => {
      await tab.goto(url)
      await tab.getByText('Tuesday 8 January 2030, 10:00').first().waitFor()
      assert.equal(await tab.locator('.here').count(), 0, 'the same clocks need no second time')
      await tab.getByRole('link', { name: 'See free times' }).click()
      await tab.getByRole('link', { name: 'Later: Tuesday 8 January' }).click()
      await tab.getByRole('radio', { name: '15:00' }).check()
      await tab.getByRole('button', { name: 'Move it to this time' }).click()
      await tab.getByText('Done: your booking has moved.').waitFor()
      await tab.getByText('Tuesday 8 January 2030, 15:00').first().waitFor()
      assert.equal((await seen(desk, booking)).starts_at, plus(booking.starts_at, { hours: 5 }))

      await tab.getByRole('button', { name: 'Cancel this booking' }).click()
      await tab.getByRole('heading', { name: 'Cancel this booking?' }).waitFor()
      await tab.getByRole('link', { name: 'No, keep it' }).click()
      assert.equal((await seen(desk, booking)).state, 'confirmed')
      await tab.getByRole('button', { name: 'Cancel this booking' }).click()
      await tab.getByRole('button', { name: 'Yes, cancel it' }).click()
      await tab.getByText('Done: your booking is cancelled.').waitFor()
      await tab.getByRole('heading', { name: 'This booking was cancelled' }).waitFor()
      const { state, cancelled_by } = await seen(desk, booking)
      assert.deepEqual([state, cancelled_by], ['cancelled', 'customer'])
    })
  })
}

test('who is elsewhere sees their own clocks beside, and without a script those of the location', async () => {
  const { url } = await linked()
  await browse({ timezoneId: 'America/New_York' }, async tab => {
    await tab.goto(url)
    await tab.getByText('(04:00–05:00 your time)').waitFor()
    await tab.goto(`${url}/times?day=2030-01-09`)
    await tab.getByText('(Tue 18:00 your time)').waitFor()
  })
  await browse({ timezoneId: 'America/New_York', javaScriptEnabled: false }, async tab => {
    await tab.goto(url)
    await tab.getByText('Times are those of Europe/Madrid.').waitFor()
    assert.equal(await tab.locator('.here').count(), 0)
  })
})

test('a time that was taken meanwhile says so, and another can be chosen', async () => {
  const { desk, booking, url } = await linked()
  await browse({ timezoneId: 'Europe/Madrid' }, async tab => {
    await tab.goto(`${url}/times?day=2030-01-09`)
    await desk.booked({ start: textOf(desk.morning(2)) })
    await tab.getByRole('radio', { name: '10:00' }).check()
    await tab.getByRole('button', { name: 'Move it to this time' }).click()
    await tab.getByRole('alert').getByText('just been taken').waitFor()
    await tab.getByRole('radio', { name: '11:00' }).check()
    await tab.getByRole('button', { name: 'Move it to this time' }).click()
    await tab.getByText('Done: your booking has moved.').waitFor()
    assert.equal((await seen(desk, booking)).version, 2)
  })
})

test('by keyboard alone: to another time, and to a cancelled booking', async () => {
  const { desk, booking, url } = await linked()
  await browse({}, async tab => {
    await tab.goto(url)
    await tabTo(tab, 'See free times')
    await tab.keyboard.press('Enter')
    await tab.getByRole('heading', { name: 'Choose another time' }).waitFor()
    await tabTo(tab, 'Later: Tuesday 8 January')
    await tab.keyboard.press('Enter')
    await tab.getByRole('group', { name: 'Tuesday 8 January' }).waitFor()
    await tabTo(tab, 'start')
    await tab.keyboard.press('Space')
    await tabTo(tab, 'Move it to this time')
    await tab.keyboard.press('Enter')
    await tab.getByText('Done: your booking has moved.').waitFor()
    await tabTo(tab, 'Cancel this booking')
    await tab.keyboard.press('Enter')
    await tab.getByRole('heading', { name: 'Cancel this booking?' }).waitFor()
    await tabTo(tab, 'Yes, cancel it')
    await tab.keyboard.press('Enter')
    await tab.getByText('Done: your booking is cancelled.').waitFor()
    assert.equal((await seen(desk, booking)).state, 'cancelled')
  })
})

test('whatever a name says, nothing of it runs, becomes markup or widens the page', async () => {
  const name = `<img src=x onerror=alert(1)>\u202e${'N'.repeat(80)}`
  const { url } = await linked({ name })
  await browse({ viewport: viewports.phone }, async tab => {
    tab.on('dialog', () => assert.fail('a script ran'))
    for (const path of ['', '/times']) {
      await tab.goto(url + path)
      assert.equal(await tab.locator('main :is(img, script, iframe)').count(), 0)
      await fits(tab, path)
    }
  })
})

for (const [device, viewport] of Object.entries(viewports)) {
  for (const colorScheme of colourSchemes) {
    test(`axe finds nothing and nothing overflows: ${device}, ${colorScheme}`, async () => {
      const { desk, booking, url } = await linked()
      await browse({ viewport, colorScheme, timezoneId: 'Pacific/Auckland' }, async tab => {
        const check = async (name: string) => {
          const rules = colorScheme === 'dark' ? ['color-contrast'] : undefined
          assert.deepEqual(await flawsOf(tab, rules), [], name)
          await fits(tab, name)
        }
        await tab.goto(url)
        await check('overview')
        await tab.goto(`${url}/times`)
        await tab.getByRole('radio').first().check()
        await check('times')
        await tab.goto(url)
        await tab.getByRole('button', { name: 'Cancel this booking' }).click()
        await check('cancel')
        await tab.goto(`${desk.url}/b/none`)
        await check('missing')
        await desk.jumpTo(booking.ends_at)
        await tab.goto(url)
        await check('over')
      })
    })
  }
}

async function linked(service: Body = {}): Promise<{ desk: Desk; booking: Body; url: string }> {
  const desk = await openDesk(server, { service })
  const booking = await desk.booked()
  const { url } = await made(desk, 'create_booking_self_service_link', { booking_id: booking.id })
  return { desk, booking, url }
}

async function browse(options: BrowserContextOptions, work: (tab: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options)
  try {
    await work(await context.newPage())
  } finally {
    await context.close()
  }
}

function seen(desk: Desk, { id }: Body): Promise<Body> {
  return done(desk, 'get_booking', { booking_id: id })
}

async function fits(tab: Page, name: string): Promise<void> {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  assert.equal(await tab.evaluate(overflow), 0, `${name} is too wide`)
}

/** Presses Tab until what has the focus is called so. */
async function tabTo(tab: Page, name: string): Promise<void> {
  const focused = 'document.activeElement.name + document.activeElement.textContent'
  for (let presses = 0; presses < 30; presses++) {
    await tab.keyboard.press('Tab')
    if (((await tab.evaluate(focused)) as string).includes(name)) return
  }
  assert.fail(`no Tab leads to ${name}`)
}
