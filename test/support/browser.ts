/** A real Chromium from npm, without a window, so that nothing needs to be installed by hand. */

import type { TestContext } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as engine, type Page } from 'playwright-core'

/** Closed when the test ends, however it ends. */
export async function launchBrowser(t: Pick<TestContext, 'after'>): Promise<Browser> {
  const browser = await engine.launch({
    executablePath: await chromium.executablePath(),
    // One process for all is for Lambda; there a page that is closed takes the browser with it.
    args: chromium.args.filter(arg => arg !== '--single-process' && arg !== '--disable-web-security'),
    headless: true,
  })
  t.after(() => browser.close())
  return browser
}

/** A phone and a desk. */
export const viewports = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } } as const

export const colourSchemes = ['light', 'dark'] as const

/** What axe finds wrong with a page: `color-contrast: <a …>`. @param rules all of them where nothing is said */
export async function flawsOf(page: Page, rules?: string[]): Promise<string[]> {
  // The other mode opens a tab to sum up frames, which no page of ours has, and takes three times as long.
  const axe = new AxeBuilder({ page }).setLegacyMode()
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html}`))
}
