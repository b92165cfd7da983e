/** The person of the story: reads and decides in the console, in a real Chromium, as anybody would on a phone. */

import chromium from '@sparticuz/chromium'
import { type Browser, chromium as engine, type Page } from 'playwright-core'

export interface Person {
  /** Opens what waits, hands its page to be read and changed, and approves. @returns what the page then says */
  approves(approvalId: string, look?: (page: Page) => Promise<void>): Promise<string>
  leaves(): Promise<void>
}

/** @param codeFor reads the person's mail */
export async function signIn(
  url: string,
  email: string,
  codeFor: (email: string) => Promise<string>,
): Promise<Person> {
  const browser = await launch()
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  page.setDefaultTimeout(30_000)
  await page.goto(`${url}/console`)
  await page.getByLabel('Your email').fill(email)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('Code').waitFor()
  await page.getByLabel('Code').fill(await codeFor(email))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Today', exact: true }).waitFor()
  return {
    async approves(approvalId, look) {
      await page.goto(`${url}/console/approvals`)
      await page.locator(`#${approvalId}`).click()
      await look?.(page)
      await page.getByRole('button', { name: 'Approve' }).click()
      return (await page.locator('main [role=status]').textContent()) ?? ''
    },
    leaves: () => browser.close(),
  }
}

/** The browser from npm is for Linux; elsewhere it is the Chrome that people have. */
async function launch(): Promise<Browser> {
  if (process.platform !== 'linux') return engine.launch({ channel: 'chrome' })
  return engine.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args.filter(arg => arg !== '--single-process' && arg !== '--disable-web-security'),
  })
}
