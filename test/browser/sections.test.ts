/** Every section of the console in a real browser: on a phone and at a desk, by light and by dark, with no flaw. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { sections } from '../../src/http/console/sections.ts'
import { colourSchemes, flawsOf, launchBrowser, viewports } from '../support/browser.ts'
import { done } from '../support/caller.ts'
import { furnish } from '../support/furnished.ts'
import { type Person, signIn } from '../support/person.ts'
import { startServer } from '../support/server.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const server = await startServer(scope)
const browser: Browser = await launchBrowser(scope)
const business = await furnish(server, await server.signUp('Pulse Studio'))

const pages = {
  ...Object.fromEntries(sections.map(({ href }) => [nameOf(href), href])),
  more: '/console/more',
  ...business.pages,
}

function nameOf(href: string): string {
  return href.split('/').at(-1)!
}

for (const [device, viewport] of Object.entries(viewports)) {
  for (const colorScheme of colourSchemes) {
    test(`each page: axe finds nothing, nothing is too wide, none weighs over 150 kB: ${device}, ${colorScheme}`, async () => {
      const tab = await open({ viewport, colorScheme })
      for (const [name, path] of Object.entries(pages)) {
        const answer = await tab.goto(server.url + path)
        assert.equal(answer!.status(), 200, path)
        assert.equal(new URL(tab.url()).pathname, new URL(path, server.url).pathname, path)
        assert.ok((await answer!.body()).length < 150_000, `${path} is too heavy`)
        await picture(tab, `${name}-${device}-${colorScheme}`)
        assert.deepEqual(await flawsOf(tab), [], path)
        const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
        assert.equal(await tab.evaluate(overflow), 0, `${path} is too wide`)
      }
      await tab.close()
    })
  }
}

test('an empty business is told on each page what belongs there', async () => {
  const { email } = await server.signUp('New Studio')
  const tab = await openAs(await signIn(server, email), { viewport: viewports.phone })
  for (const { href } of sections) {
    const answer = await tab.goto(server.url + href)
    assert.equal(answer!.status(), 200, href)
    assert.equal(new URL(tab.url()).pathname, href)
    await picture(tab, `empty-${nameOf(href)}`)
    assert.deepEqual(await flawsOf(tab), [], href)
  }
  await tab.close()
})

test('a booking is moved by a form, without a script, and put back by Undo', async () => {
  const tab = await open({ javaScriptEnabled: false, viewport: viewports.phone })
  await tab.goto(server.url + business.pages.booking!)
  await tab.getByLabel('With').selectOption({ label: 'Luis Ortega' })
  await tab.getByRole('button', { name: 'Move', exact: true }).click()
  await tab.getByText('Moved.').waitFor()
  const of = () => done(business, 'get_booking', { booking_id: business.booking.id })
  assert.equal((await of()).staff_name, 'Luis Ortega')
  await tab.getByLabel('Time').fill('03:07')
  await tab.getByRole('button', { name: 'Move', exact: true }).click()
  await tab.getByText('Moved.').waitFor()
  assert.match((await of()).local, /T03:07/)
  await tab.getByRole('button', { name: 'Undo' }).click()
  await tab.getByText('Moved.').waitFor()
  assert.equal((await of()).starts_at, business.booking.starts_at)
  await tab.close()
})

test('by keyboard: past the sections to the content, and through them to another', async () => {
  const tab = await open({ viewport: viewports.desk })
  await tab.goto(`${server.url}/console`)
  await tab.keyboard.press('Tab')
  assert.equal(await tab.evaluate('document.activeElement.textContent'), 'Skip to content')
  for (let presses = 0; presses < 20; presses++) {
    await tab.keyboard.press('Tab')
    if ((await tab.evaluate('document.activeElement.textContent')) === 'Customers') break
  }
  await tab.keyboard.press('Enter')
  await tab.waitForURL(/customers$/)
  await tab.getByLabel('Name, phone or email').fill('prieto')
  await tab.keyboard.press('Enter')
  await tab.getByRole('link', { name: 'Nadia Prieto' }).first().waitFor()
  await tab.close()
})

test('a person far away reads the location’s time, and their own beside it', async () => {
  const tab = await open({ timezoneId: 'America/Lima', viewport: viewports.desk })
  await tab.goto(`${server.url}/console`)
  await tab.waitForFunction('document.cookie.includes("America/Lima")')
  await tab.goto(server.url + business.pages.booking!)
  await tab.getByText('your time').first().waitFor()
  await tab.close()
})

type Options = NonNullable<Parameters<Browser['newPage']>[0]>

function open(options: Options): Promise<Page> {
  return openAs(business.owner, options)
}

async function openAs({ cookie }: Person, options: Options): Promise<Page> {
  const tab = await browser.newPage(options)
  const [name, value] = cookie.split('=') as [string, string]
  await tab.context().addCookies([{ name, value, url: server.url }])
  return tab
}

async function picture(tab: Page, name: string): Promise<void> {
  const screens = process.env.BACKDESK_SCREENS
  if (screens) await tab.screenshot({ path: `${screens}/${name}.png`, fullPage: true })
}
