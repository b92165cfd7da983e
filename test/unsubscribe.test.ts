/** One-click unsubscribe (RFC 8058), from the header of a mail to the next mail that does not go out. */

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { newId } from '../src/database/columns.ts'
import type { Database } from '../src/database/pool.ts'
import { customers } from '../src/domain/customers/tables.ts'
import { consentEvents, type Delivery } from '../src/domain/messaging/tables.ts'
import { colourSchemes, flawsOf, launchBrowser, viewports } from './support/browser.ts'
import { deliveriesOf, makeWorkspace, release } from './support/deliveries.ts'
import { until } from './support/jobs.ts'
import { startServer } from './support/server.ts'
import { startMailServer } from './support/smtp.ts'

const marketing = { delivery: { provider: 'smtp' as const }, message: { purpose: 'marketing' as const } }

async function mailedLink(t: TestContext) {
  const mail = await startMailServer(t)
  const server = await startServer(t, {
    smtp: { url: mail.url, from: 'Studio <no-reply@desk.example>' },
  })
  const { database } = server.house
  const workspaceId = await makeWorkspace(database)
  const send = async (): Promise<Delivery> => {
    const [id] = await release(database, workspaceId, marketing)
    let found: Delivery | undefined
    await until(async () => {
      found = (await deliveriesOf(database, workspaceId)).find(delivery => delivery.id === id)
      return found!.state === 'sent' || found!.state === 'failed'
    })
    return found!
  }
  await release(database, workspaceId, {
    delivery: { provider: 'smtp', state: 'cancelled' },
    message: { purpose: 'marketing' },
  }) // Makes the customer.
  await agree(server.house.database, workspaceId)
  assert.equal((await send()).state, 'sent')
  const letter = mail.taken[0]!
  assert.match(letter, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/m)
  const link = /^List-Unsubscribe:\s+<(\S+)>\r?$/m.exec(letter)![1]!
  return { server, workspaceId, send, link }
}

test('looking changes nothing, posting ends it, and again is as well', async t => {
  const { server, workspaceId, send, link } = await mailedLink(t)
  assert.ok(link.startsWith(`${server.house.publicUrl}/unsubscribe/`))
  const looked = await fetch(link)
  assert.equal(looked.status, 200)
  assert.match(await looked.text(), /Studio Norte[\s\S]*guest-0@guests\.example[\s\S]*<form method="post">/)
  assert.equal((await send()).state, 'sent')

  const bodies = [new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), new FormData()]
  bodies[1]!.set('List-Unsubscribe', 'One-Click')
  for (const body of bodies) assert.equal((await fetch(link, { method: 'POST', body })).status, 200)
  const { rows } = await server.house.database.owner.query(
    'SELECT channel, address, scope, reason FROM suppressions WHERE workspace_id = $1',
    [workspaceId],
  )
  assert.deepEqual(rows, [
    { channel: 'email', address: 'guest-0@guests.example', scope: 'marketing', reason: 'opt_out' },
  ])
  const { state, reason } = await send()
  assert.deepEqual([state, reason], ['failed', 'suppressed'])
})

test('a link that was not made here leads nowhere', async t => {
  const { link } = await mailedLink(t)
  const last = link.at(-1) === 'A' ? 'B' : 'A'
  for (const forged of [link.slice(0, -1) + last, `${link}A`, link.replace(/[^/]*$/, 'x')]) {
    assert.equal((await fetch(forged)).status, 404)
    assert.equal((await fetch(forged, { method: 'POST' })).status, 404)
  }
})

/** Every customer of the workspace, to marketing by email. */
async function agree(database: Database, workspaceId: string): Promise<void> {
  await database.transaction(workspaceId, {}, async ({ db }) => {
    const all = await db
      .select({ id: customers.id })
      .from(customers)
      .where(eq(customers.workspaceId, workspaceId))
    const at = Temporal.Instant.fromEpochMilliseconds(Date.now())
    for (const { id: customerId } of all) {
      const said = { channel: 'email', purpose: 'marketing', state: 'granted', source: 'form' } as const
      await db
        .insert(consentEvents)
        .values({ workspaceId, id: newId(), customerId, ...said, at, recordedAt: at })
    }
  })
}

test('its page fits a phone and a desk, is axe clean, and is used by keyboard without a script', async t => {
  const { link } = await mailedLink(t)
  const browser = await launchBrowser(t)
  for (const viewport of Object.values(viewports)) {
    for (const colorScheme of colourSchemes) {
      const context = await browser.newContext({ viewport, colorScheme, javaScriptEnabled: false })
      const tab = await context.newPage()
      await tab.goto(link)
      const { width } = (await tab.locator('html').boundingBox())!
      assert.ok(width <= viewport.width, `${width} px wide at ${viewport.width}`)
      await context.close()
      const scripted = await browser.newPage({ viewport, colorScheme }) // axe is a script itself.
      await scripted.goto(link)
      assert.deepEqual(await flawsOf(scripted), [])
      await scripted.close()
    }
  }
  const context = await browser.newContext({ viewport: viewports.phone, javaScriptEnabled: false })
  const tab = await context.newPage()
  await tab.goto(link)
  const button = tab.getByRole('button')
  for (let presses = 0; presses < 20 && !(await button.evaluate(isFocused)); presses++)
    await tab.keyboard.press('Tab')
  await tab.keyboard.press('Enter')
  await tab.getByRole('button').waitFor({ state: 'detached' })
})

function isFocused(element: { ownerDocument: { activeElement: unknown } }): boolean {
  return element === element.ownerDocument.activeElement
}
