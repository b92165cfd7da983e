/** A real Chromium from npm, without a window, so that nothing needs to be installed by hand. */

import type { TestContext } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as engine, type Page } from 'playwright-core'
import type { Person } from './person.ts'

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

/** A page of somebody who is signed in already. @param options of the browser's context */
export async function tabOf(
  browser: Browser,
  url: string,
  { cookie }: Pick<Person, 'cookie'>,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<Page> {
  const tab = await browser.newPage(options)
  const [name, value] = cookie.split('=') as [string, string]
  await tab.context().addCookies([{ name, value, url }])
  return tab
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

/** The same by light and by dark, which differ in nothing but colours; and whether the page is wider than its window. */
export async function flawsByLightAndDark(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light' })
  const flaws = await flawsOf(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  const inDark = await flawsOf(page, ['color-contrast'])
  const excess = await excessOf(page)
  return [
    ...flaws,
    ...inDark.map(flaw => `by dark: ${flaw}`),
    ...(excess === 0 ? [] : [`${excess} px too wide`]),
  ]
}

/** By how many pixels the page is wider than its window. */
export function excessOf(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

/**
 * What a finger would miss: a button, a field, a link of a navigation less than 44 px high (WCAG 2.2, 2.5.5). A box to
 * tick is as high as its label. Links in text are not meant.
 */
export function tooLowForFingers(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('button, .button, summary, nav a, .trail a, input, select, textarea')]
    .filter(element => element.type !== 'hidden' && element.checkVisibility({ visibilityProperty: true }))
    .map(element => [element, (element.matches('[type=checkbox], [type=radio]') && element.closest('label')) || element])
    .filter(([, target]) => target.getBoundingClientRect().height < 43.5)
    .map(([element]) => element.outerHTML.slice(0, 200))`)
}

/** Texts of which a part is cut off with nothing that says so: no ellipsis, no way to scroll. A field scrolls by itself. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('body :not(input)')].filter(element => {
    const { overflowX, textOverflow } = getComputedStyle(element)
    return ['hidden', 'clip'].includes(overflowX) && textOverflow === 'clip' && element.clientWidth > 1 &&
      element.checkVisibility() && element.scrollWidth > element.clientWidth + 1
  }).map(element => element.outerHTML.slice(0, 200))`)
}

/** By light and by dark, where `BACKDESK_SCREENS` says into which directory. */
export async function picture(page: Page, name: string): Promise<void> {
  const screens = process.env.BACKDESK_SCREENS
  if (!screens) return
  for (const colorScheme of colourSchemes) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `${screens}/${name}-${colorScheme}.png`, fullPage: true })
  }
}

/**
 * What the Tab key does not come to, or comes to without showing where it is (WCAG 2.2, 2.1.1 and 2.4.7). Of a group of
 * radio buttons, one is enough.
 */
export async function lostToKeyboard(page: Page): Promise<string[]> {
  const count = await page.evaluate<number>(WATCH_FOCUS)
  // A field of a date takes a press for each of its parts.
  for (let presses = 0; presses < 4 * count + 20; presses++) {
    if (presses % 10 === 0 && (await page.evaluate<number>('awaited.size')) === 0) break
    await page.keyboard.press('Tab')
  }
  return page.evaluate(`[...awaited].map(element => 'unreached: ' + element.outerHTML.slice(0, 200))
    .concat([...unmarked].map(element => 'unmarked: ' + element.outerHTML.slice(0, 200)))`)
}

const WATCH_FOCUS = `window.unmarked = new Set()
window.awaited = new Set([...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
  .filter(element => !element.disabled && element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true })))
document.addEventListener('focusin', ({ target }) => {
  for (const one of [...awaited])
    if (one === target || (target.type === 'radio' && one.name === target.name)) awaited.delete(one)
  const { outlineStyle, boxShadow } = getComputedStyle(target)
  if (outlineStyle === 'none' && boxShadow === 'none') unmarked.add(target)
})
awaited.size`

/** Buttons that belong to no form, so that without a script nothing comes of them. @param text the page as it was sent */
export function idleWithoutScript(page: Page, text: string): Promise<string[]> {
  return page.evaluate(
    `[...new DOMParser().parseFromString(${JSON.stringify(text)}, 'text/html').querySelectorAll('button')]
      .filter(button => !button.form).map(button => button.outerHTML)`,
  )
}
