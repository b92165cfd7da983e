/** What a page folds away, opened: it is as clean as what stands open, and the keyboard opens it (issue 7). */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { sections } from '../../src/http/console/sections.ts'
import {
  cutOff,
  flawsByLightAndDark,
  launchBrowser,
  lostToKeyboard,
  picture,
  tabOf,
  tooLowForFingers,
  viewports,
} from '../support/browser.ts'
import { furnish } from '../support/furnished.ts'
import { startServer } from '../support/server.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const [server, browser] = await Promise.all([startServer(scope), launchBrowser(scope)])
const business = await furnish(server, await server.signUp('Pulse Studio'))

const paths = [...sections.map(({ href }) => href), ...Object.values(business.pages), '/catalog']
const folding = await pathsThatFold()

test('pages of every kind fold something away', () => {
  for (const path of ['/console/services', '/console/customers', '/console/settings', '/catalog'])
    assert.ok(folding.includes(path), path)
})

for (const [device, viewport] of Object.entries(viewports)) {
  test(`all that is folded away, opened on a ${device}: axe clean by light and by dark, not too wide, whole by keyboard and finger`, async () => {
    const tab = await tabOf(browser, server.url, business.owner, { viewport })
    for (const path of folding) {
      await tab.goto(server.url + path)
      await tab.evaluate(OPEN_ALL)
      await picture(tab, `opened-${path.split('/').slice(-2).join('-').replaceAll(/\W+/g, '-')}-${device}`)
      assert.deepEqual(await flawsByLightAndDark(tab), [], path)
      assert.deepEqual(await cutOff(tab), [], path)
      if (device === 'phone') assert.deepEqual(await tooLowForFingers(tab), [], path)
      if (device === 'desk') assert.deepEqual(await lostToKeyboard(tab), [], path)
    }
    await tab.close()
  })
}

test('what is closed is opened by the keyboard, and the next Tab leads into it', async () => {
  const tab = await tabOf(browser, server.url, business.owner, { viewport: viewports.desk })
  await tab.goto(`${server.url}/console/customers`)
  const summary = tab.locator('main summary').first()
  await tabTo(tab, await summary.innerText())
  assert.equal(await tab.evaluate(IS_OPEN), false)
  await tab.keyboard.press('Enter')
  assert.equal(await tab.evaluate(IS_OPEN), true)
  await tab.keyboard.press('Tab')
  assert.equal(await tab.evaluate("document.activeElement.closest('main details') !== null"), true)
  await tab.close()
})

/** Those of one name close each other; without it all of them stand open. */
const OPEN_ALL = `for (const one of document.querySelectorAll('main details')) {
  one.removeAttribute('name')
  one.open = true
}`

const IS_OPEN = 'document.activeElement.parentElement.open'

async function tabTo(tab: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await tab.keyboard.press('Tab')
    if ((await tab.evaluate('document.activeElement.textContent')) === text) return
  }
  assert.fail(`no Tab leads to ${text}`)
}

/** The menu of the account stands on each of them, and is looked at in console.test.ts. */
async function pathsThatFold(): Promise<string[]> {
  const pages = await Promise.all(
    [...new Set(paths)].map(async path => {
      const answer = await fetch(server.url + path, { headers: { cookie: business.owner.cookie } })
      return { path, text: await answer.text() }
    }),
  )
  return pages
    .filter(({ text }) => text.replaceAll('<details class="account"', '').includes('<details'))
    .map(({ path }) => path)
}
