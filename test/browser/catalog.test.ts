/** The developer's pages, in a real browser: for everybody, on a phone and at a desk, with and without scripts. */

import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { restCall } from '../../src/http/pages/catalog/example.ts'
import { colourSchemes, flawsOf, launchBrowser, viewports } from '../support/browser.ts'
import { inputOf, newSandbox } from '../support/example.ts'
import { startServer } from '../support/server.ts'

/** One of each kind, and the hard ones: deep input, long example, nothing found. */
const pages = [
  '/catalog',
  '/catalog?q=move+an+appointment',
  '/catalog?domain=reports',
  '/catalog/create_booking',
  '/catalog/set_location_hours',
  '/catalog/run_write_tool',
  '/catalog/get_current_contex',
  '/connect',
  '/errors/slot_conflict',
  '/dev/mailbox',
]

const file = { after } as Pick<TestContext, 'after'>
const server = await startServer(file)
const browser = await launchBrowser(file)

for (const [name, viewport] of Object.entries(viewports)) {
  for (const colorScheme of colourSchemes) {
    test(`every kind of page is accessible and fits: ${name}, ${colorScheme}`, async () => {
      await browse({ viewport, colorScheme }, async tab => {
        for (const path of pages) {
          await tab.goto(server.url + path)
          // Dark differs from light in nothing but colours.
          assert.deepEqual(
            await flawsOf(tab, colorScheme === 'dark' ? ['color-contrast'] : undefined),
            [],
            path,
          )
          const width = await tab.evaluate('document.documentElement.scrollWidth')
          assert.ok((width as number) <= viewport.width, `${path} is ${width} px wide`)
        }
      })
    })
  }
}

test('pages are styled, and break no rule of their own content security policy', async () => {
  await browse({}, async tab => {
    const complaints: string[] = []
    tab.on('console', message => complaints.push(message.text()))
    tab.on('requestfailed', request => complaints.push(request.url()))
    await tab.goto(`${server.url}/`)
    assert.equal(new URL(tab.url()).pathname, '/catalog')
    const served = await fetch(tab.url())
    assert.match(served.headers.get('content-security-policy')!, /style-src 'self'; script-src 'self'/)
    const margin = await tab.evaluate('getComputedStyle(document.body).margin')
    assert.deepEqual([margin, complaints], ['0px', []])
  })
})

test('the keyboard alone leads to a search and to a tool', async () => {
  await browse({}, async tab => {
    await tab.goto(`${server.url}/catalog`)
    await tabTo(tab, 'Find a tool')
    await tab.keyboard.type('put an appointment at another time')
    await tab.keyboard.press('Enter')
    await tab.waitForURL(/q=put/)
    await tabTo(tab, 'Move a booking')
    await tab.keyboard.press('Enter')
    await tab.waitForURL(/\/catalog\/reschedule_booking$/)
    assert.equal(await tab.locator('h1').textContent(), 'Move a booking')
  })
})

test('without JavaScript, filters narrow the list together and stay chosen', async () => {
  await browse({ javaScriptEnabled: false }, async tab => {
    await tab.goto(`${server.url}/catalog`)
    const all = await tab.locator('.tools > li').count()
    assert.equal(all, server.house.catalog.entries.length)

    await tab.getByLabel('Domain').selectOption('bookings')
    await tab.getByLabel('Effect').selectOption('destroy')
    await tab.getByLabel('Gate').selectOption('confirm')
    await tab.getByRole('button', { name: 'Show' }).click()
    const expected = server.house.catalog.entries.filter(
      ({ tool }) => tool.domain === 'bookings' && tool.effect === 'destroy' && tool.gate === 'confirm',
    )
    assert.deepEqual(
      await tab.locator('.tools code').allInnerTexts(),
      expected.map(({ tool }) => tool.name),
    )
    assert.equal(await tab.getByLabel('Effect').inputValue(), 'destroy')
    assert.match(
      (await tab.getByRole('status').textContent())!,
      new RegExp(`^${expected.length} of ${all} tools`),
    )

    await tab.getByRole('link', { name: 'Show every tool' }).click()
    assert.equal(await tab.locator('.tools > li').count(), all)
  })
})

test('what is searched for is text, wherever the page repeats it', async () => {
  await browse({}, async tab => {
    const words = "\"><img src=x onerror=alert(1)> & 'qqq'"
    await tab.goto(`${server.url}/catalog?q=${encodeURIComponent(words)}`)
    assert.equal(await tab.getByLabel('Find a tool').inputValue(), words)
    assert.equal(await tab.locator('main img').count(), 0)
    await tab.goto(`${server.url}/catalog/${encodeURIComponent('<img src=x>')}`)
    assert.equal(await tab.locator('main img').count(), 0)
    assert.match((await tab.locator('main').textContent())!, /no tool named <img src=x>/)
  })
})

test("every tool's page answers, stays small, and leads only to what exists", async () => {
  const names = server.house.catalog.entries.map(({ tool }) => tool.name)
  const known = new Set<string>()
  for (const path of ['/catalog', ...names.map(name => `/catalog/${name}`)]) {
    const { status, text } = await read(path)
    assert.equal(status, 200, path)
    assert.ok(Buffer.byteLength(text) < 150_000, `${path} has ${text.length} bytes`)
    assert.doesNotMatch(text, /\[object |undefined|\$(?!name\.field)\w+\.\w/, path)
    for (const [, href] of text.matchAll(/href="(\/[^"#]*)/g)) known.add(href!.replaceAll('&amp;', '&'))
  }
  for (const path of known) assert.equal((await read(path)).status, 200, path)
})

test('the REST call on the page is one that the server takes', { timeout: 60_000 }, async () => {
  const owner = await server.signUp()
  // A path and a body, a query with a list, nothing but a path, and a key.
  for (const name of ['set_location_hours', 'get_available_slots', 'get_customer', 'create_booking']) {
    const sandbox = await newSandbox(server, owner)
    const { tool } = server.house.catalog.get(name)!
    const { method, url, headers, body } = restCall(tool, await inputOf(sandbox, tool))
    const answer = await fetch(server.url + url, {
      method,
      headers: { ...headers, authorization: `Bearer ${sandbox.key}` },
      body: body && JSON.stringify(body),
    })
    assert.equal(answer.status, 200, `${name}: ${await answer.text()}`)
  }
})

test('an unknown tool is 404 and leads to the nearest', async () => {
  const { status, text } = await read('/catalog/create_bookin')
  assert.equal(status, 404)
  assert.match(text, /href="\/catalog\/create_booking"/)
})

test('programs read the catalog whole, and only once', async () => {
  const first = await fetch(`${server.url}/catalog.json`)
  const { tools } = (await first.json()) as { tools: Record<string, unknown>[] }
  assert.equal(tools.length, server.house.catalog.entries.length)
  for (const tool of tools)
    assert.ok(['name', 'annotations', 'gate', 'scope', 'input_schema'].every(field => field in tool))
  const etag = first.headers.get('etag')!
  const again = await fetch(`${server.url}/catalog.json`, { headers: { 'if-none-match': `W/${etag}` } })
  assert.equal(again.status, 304)

  const { text } = await read('/llms.txt')
  assert.match(text, /^# Backdesk\n\n> .+\n/)
  for (const { name } of tools) assert.ok(text.includes(`/catalog/${name})`), name as string)
})

test('the front door shows browsers the catalog, and programs a problem', async () => {
  const visit = (accept: string) => fetch(`${server.url}/`, { headers: { accept }, redirect: 'manual' })
  const browsing = await visit('text/html,*/*;q=0.8')
  assert.deepEqual([browsing.status, browsing.headers.get('location')], [303, '/catalog'])
  assert.equal((await visit('application/json')).status, 404)
})

async function read(path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(server.url + path, { headers: { accept: 'text/html,*/*;q=0.8' } })
  return { status: answer.status, text: await answer.text() }
}

async function browse(options: BrowserContextOptions, visit: (tab: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options)
  try {
    await visit(await context.newPage())
  } finally {
    await context.close()
  }
}

/** Presses Tab until what has the focus is labelled so, as a person does who uses no mouse. */
async function tabTo(tab: Page, label: string): Promise<void> {
  const focused = '(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()'
  for (let presses = 0; presses < 30; presses++) {
    await tab.keyboard.press('Tab')
    if ((await tab.evaluate(focused)) === label) return
  }
  assert.fail(`${label} is not within 30 presses of Tab`)
}
