/** “The queue stays live over a dropped connection, a restarted server and 500 waiting items” (issue 7), in Chromium. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { launchBrowser, tabOf, viewports } from '../support/browser.ts'
import { type Caller, callTool, done, fresh } from '../support/caller.ts'
import { lineTo } from '../support/cut-off.ts'
import { testDatabase } from '../support/database.ts'
import { press } from '../support/gated.ts'
import { until } from '../support/jobs.ts'
import { askToSend } from '../support/message.ts'
import { signIn } from '../support/person.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { copyApproval } from '../support/waiting.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const [server, browser] = await Promise.all([startServer(scope), launchBrowser(scope)])
const QUEUE = '/console/approvals'

test('over a dropped connection the queue comes to what it is, with nothing missed and nothing twice', async t => {
  const { agent, owner } = await desk(server)
  const line = await lineTo(t, server.url)
  const tab = await watching(line.url, owner)
  const first = await ask(agent)
  await shows(tab, [first])

  line.cut()
  await says(tab, 'The connection is lost')
  const [second, third] = [await ask(agent), await ask(agent)]
  await owner.decide(first, 'reject')
  line.mend()
  await shows(tab, [third, second])
  await says(tab, '2 waiting')

  const fourth = await ask(agent)
  await shows(tab, [fourth, third, second])
  await sameAsEver(tab)
})

test('news whose page is lost on the way is fetched again', async () => {
  const { agent, owner } = await desk(server)
  const tab = await watching(server.url, owner)
  await tab.route(server.url + QUEUE, route => route.abort(), { times: 1 })
  const asked = await ask(agent)
  await shows(tab, [asked])
  await sameAsEver(tab)
})

test('an answer that a slow page brings late does not undo what came after it', async () => {
  const { agent, owner } = await desk(server)
  const tab = await watching(server.url, owner)
  const [caught, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  await tab.route(
    server.url + QUEUE,
    async route => {
      const old = await route.fetch()
      caught.resolve()
      await released.promise
      await route.fulfill({ response: old })
    },
    { times: 1 },
  )
  const first = await ask(agent)
  await caught.promise
  const second = await ask(agent)
  released.resolve()
  await shows(tab, [second, first])
  await sameAsEver(tab)
})

test('over a restarted server the page recovers by itself, its person still signed in', async t => {
  const { ownerUrl: databaseUrl, appUrl: appDatabaseUrl } = await testDatabase(t)
  const where = { databaseUrl, appDatabaseUrl }
  const before = await startServer(t, where)
  const { agent, owner } = await desk(before)
  const tab = await watching(before.url, owner)
  const first = await ask(agent)
  await shows(tab, [first])
  await before.close()
  await says(tab, 'The connection is lost')

  const again = await startServer(t, { ...where, port: Number(new URL(before.url).port) })
  assert.equal(again.url, before.url)
  const second = await ask(agent)
  await shows(tab, [second, first])
  await says(tab, 'Live.')
  await sameAsEver(tab)
  await tab.close()
})

test('with 500 waiting it is light, and as live: the newest appears, what is ticked stays ticked', async () => {
  const { agent, owner } = await desk(server)
  const { approvalId } = await askToSend(agent, { subject: 'ñ'.repeat(150), body: '<&>"ñ'.repeat(2000) })
  await copyApproval(server, approvalId, 499)
  const tab = await watching(server.url, owner)
  const answer = await fetch(server.url + QUEUE, { headers: { cookie: owner.cookie } })
  const { length } = await answer.bytes()
  assert.ok(length <= 150_000, `${length} bytes`)
  assert.equal(await tab.locator('[data-waiting]').first().textContent(), '500500 waiting')

  const third = tab.locator('.waiting > li').nth(2)
  await third.getByRole('checkbox').check()
  await third.getByRole('link').scrollIntoViewIfNeeded()
  await tab.evaluate('scrollBy(0, 600)')
  const ticked = await third.getByRole('checkbox').getAttribute('id')
  const newest = await ask(agent)
  await says(tab, '501 waiting')
  assert.equal((await shown(tab))[0], newest)
  assert.equal(await tab.locator(`[id="${ticked}"]`).isChecked(), true)

  const seen = new Set(await shown(tab))
  for (let pages = 1; pages < 17; pages++) {
    const older = tab.getByRole('link', { name: 'Show what was asked before' })
    const path = await older.getAttribute('href')
    await older.click()
    await tab.waitForURL(server.url + path)
    for (const id of await shown(tab)) {
      assert.equal(seen.has(id), false, 'once')
      seen.add(id)
    }
  }
  assert.equal(seen.size, 501, 'page by page, all of them')
  await tab.close()
})

test('a queue that is open is left within a second when its person signs out everywhere else', async () => {
  const { owner, email } = await desk(server)
  const elsewhere = await signIn(server, email)
  const tab = await watching(server.url, owner)
  await press(elsewhere, `${server.url}/console/sessions/end-others`)
  await tab.waitForURL(`${server.url}/console/sign-in?to=%2Fconsole%2Fapprovals`)
  await tab.close()
})

test('a queue that is open becomes the other workspace’s, whole, when its person goes there in another tab', async () => {
  const { agent, owner } = await desk(server)
  const { workspace } = await done(agent, 'create_sandbox', { name: 'Elsewhere', idempotency_key: fresh() })
  const asked = await ask(agent)
  const tab = await watching(server.url, owner)
  await shows(tab, [asked])
  await press(owner, `${server.url}/console/workspace`, { workspace_id: workspace.id })
  await tab.locator('.account summary', { hasText: 'Elsewhere' }).waitFor()
  await shows(tab, [])
  await tab.close()
})

test('a tab that nobody looks at holds no connection, and has caught up when it is seen', async () => {
  const { agent, owner } = await desk(server)
  const tab = await watching(server.url, owner)
  const isOpen = () => tab.evaluate('streams.some(({ readyState }) => readyState !== EventSource.CLOSED)')
  assert.equal(await isOpen(), true)
  await hide(tab, true)
  assert.equal(await isOpen(), false)
  const asked = await ask(agent)
  await hide(tab, false)
  await shows(tab, [asked])
  await sameAsEver(tab)
})

/** Chromium without a window never hides a page by itself. */
async function hide(tab: Page, hidden: boolean): Promise<void> {
  await tab.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, value: ${hidden} })
document.dispatchEvent(new Event('visibilitychange'))`)
}

async function desk(of: TestServer) {
  const { key, email } = await of.signUp()
  const agent = { url: of.url, key }
  return { agent, email, owner: await signIn(of, email) }
}

let count = 0

/** The approval's id. */
async function ask(agent: Caller): Promise<string> {
  const rules = [{ tool: 'send_message', gate: 'approve', recipients_over: ++count }]
  return (await callTool(agent, 'set_approval_policy', { rules })).body.approval.id
}

async function watching(url: string, owner: Parameters<typeof tabOf>[2]): Promise<Page> {
  const tab = await tabOf(browser, url, owner, { viewport: viewports.phone })
  await tab.addInitScript(KNOWN_STREAMS)
  await tab.goto(url + QUEUE)
  await says(tab, 'Live:')
  await tab.evaluate("window.theSame = 'page'")
  return tab
}

const KNOWN_STREAMS = `const Stream = EventSource
window.streams = []
window.EventSource = class extends Stream {
  constructor(url) {
    super(url)
    streams.push(this)
  }
}`

/** Waits until these wait on the page, in this order, and no others. */
async function shows(tab: Page, ids: string[]): Promise<void> {
  await until(async () => JSON.stringify(await shown(tab)) === JSON.stringify(ids))
}

function shown(tab: Page): Promise<string[]> {
  return tab.evaluate("[...document.querySelectorAll('.waiting a[id]')].map(link => link.id)")
}

async function sameAsEver(tab: Page): Promise<void> {
  assert.equal(await tab.evaluate('window.theSame'), 'page', 'the page was never reloaded')
}

function says(tab: Page, text: string): Promise<void> {
  return tab.locator('.live', { hasText: text }).waitFor()
}
