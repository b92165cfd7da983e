/** An Undo in a real browser: what offers it, what asks first, and the pages of one that came too late or is nobody's (issue 7). */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { uuidOf } from '../../src/catalog/kinds.ts'
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
import { done } from '../support/caller.ts'
import { furnish } from '../support/furnished.ts'
import { startServer } from '../support/server.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const [server, browser] = await Promise.all([startServer(scope), launchBrowser(scope)])
const signedUp = await server.signUp('Pulse Studio')
const business = await furnish(server, signedUp)
const customerPage = `/console/customers/${business.customer.id}`

for (const [device, viewport] of Object.entries(viewports))
  test(`on a ${device} each page of an undo is axe clean by light and by dark, not too wide, whole by keyboard and finger`, async () => {
    const tab = await tabOf(browser, server.url, business.owner, { viewport })
    const looksRight = async (what: string) => {
      await picture(tab, `undo-${what}-${device}`)
      assert.deepEqual(await flawsByLightAndDark(tab), [], what)
      assert.deepEqual(await cutOff(tab), [], what)
      if (device === 'phone') assert.deepEqual(await tooLowForFingers(tab), [], what)
      if (device === 'desk') assert.deepEqual(await lostToKeyboard(tab), [], what)
    }
    const undo = tab.getByRole('button', { name: 'Undo' })
    await rename(tab, `Nadia on a ${device}`)
    await looksRight('offered')
    await undo.click()
    await tab.getByText('Taken back: it is as it was before.').waitFor()
    await looksRight('done')

    await tab.getByRole('button', { name: 'Archive' }).click()
    await tab.getByRole('button', { name: 'Archive the customer' }).click()
    await undo.waitFor()
    await looksRight('archived')
    await undo.click()
    await tab.getByText('Taken back').waitFor()

    await rename(tab, `Nadia, late on a ${device}`)
    await endUndos()
    await undo.click()
    await tab.getByRole('heading', { name: 'Too late to undo it' }).waitFor()
    await looksRight('late')

    await rename(tab, `Nadia, once more on a ${device}`)
    await tab.evaluate(SOMEBODY_ELSES)
    await undo.click()
    await tab.getByRole('heading', { name: 'Nothing to undo here' }).waitFor()
    await looksRight('unknown')

    await rename(tab, `Nadia, stale on a ${device}`)
    const { id: customer_id } = business.customer
    const { version } = await done(business, 'get_customer', { customer_id })
    await done(business, 'update_customer', { customer_id, version, note: device })
    await undo.click()
    await tab.getByText('An undo would take that change away as well').waitFor()
    await looksRight('stale')

    await tab.goto(server.url + business.pages.template!)
    await tab.getByText('Reword it').click()
    await tab.getByLabel('Text', { exact: true }).fill(`See you, said on a ${device}.`)
    await tab.getByRole('button', { name: 'Save' }).click()
    await undo.waitFor()
    await tab.getByText('The standard words', { exact: true }).click()
    await looksRight('reworded')
    await tab.getByRole('button', { name: 'Use the standard words again' }).click()
    await tab.getByText('It says the standard words again.').waitFor()
    await looksRight('standard')
    await tab.close()
  })

test('by keyboard alone a change is taken back: one Tab from the content leads to Undo', async () => {
  const tab = await tabOf(browser, server.url, business.owner, { viewport: viewports.desk })
  const { name } = await done(business, 'get_customer', { customer_id: business.customer.id })
  await rename(tab, 'Nadia by keyboard')
  await tab.keyboard.press('Tab')
  await tab.keyboard.press('Enter')
  for (let presses = 0; presses < 5; presses++) {
    await tab.keyboard.press('Tab')
    if ((await tab.evaluate('document.activeElement.textContent')) === 'Undo') break
  }
  await tab.keyboard.press('Enter')
  await tab.getByText('Taken back: it is as it was before.').waitFor()
  await tab.getByRole('heading', { level: 1, name }).waitFor()
  await tab.close()
})

const SOMEBODY_ELSES = `document.querySelector('form[action^="/console/undo/"]').action =
  '/console/undo/undo_01h00000000000000000000000'`

async function rename(tab: Page, name: string): Promise<void> {
  await tab.goto(server.url + customerPage)
  await tab.getByText('Change their details').click()
  await tab.getByLabel('Name').fill(name)
  await tab.getByRole('button', { name: 'Save' }).click()
  await tab.getByText('Saved.').waitFor()
}

async function endUndos(): Promise<void> {
  await server.house.database.owner.query(
    "UPDATE undos SET expires_at = clock_timestamp() - interval '1 second' WHERE workspace_id = $1",
    [uuidOf(signedUp.workspaceId)],
  )
}
