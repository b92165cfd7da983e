/** Writes a picture of every kind of page to `.backdesk/screens/`, to be looked at: `node test/browser/screens.ts [path…]`. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { idText, uuidOf } from '../../src/catalog/kinds.ts'
import { newId } from '../../src/database/columns.ts'
import { unsubscribeToken } from '../../src/domain/messaging/unsubscribe.ts'
import { openDesk, textOf } from '../support/booking.ts'
import { colourSchemes, launchBrowser, viewports } from '../support/browser.ts'
import { type Body, type Caller, callTool, done } from '../support/caller.ts'
import { type Asked, askToSend } from '../support/message.ts'
import { askingUrl, connectClient } from '../support/oauth.ts'
import { type Person, signIn } from '../support/person.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { made } from '../support/shop.ts'

const pages = [
  '/catalog',
  '/catalog?q=move+an+appointment',
  '/catalog?domain=reports',
  '/catalog/create_booking',
  '/catalog/set_location_hours',
  '/catalog/nothing_here',
  '/connect',
  '/errors/slot_conflict',
  '/dev/mailbox',
  '/console/sign-in',
  '/console/sign-in/code',
]

const directory = join(import.meta.dirname, '../../.backdesk/screens')
const closers: (() => unknown)[] = []
const scope = { after: (close: () => unknown) => void closers.unshift(close) } as Pick<TestContext, 'after'>

try {
  mkdirSync(directory, { recursive: true })
  const server = await startServer(scope)
  const { key, email, workspaceId } = await server.signUp('Pulse Studio')
  const browser = await launchBrowser(scope)
  const asked = process.argv.slice(2)
  await picture(browser, named(asked.length > 0 ? asked : pages))
  if (asked.length === 0) {
    const asking = (await askingUrl(server, 'http://127.0.0.1:9/callback')).slice(server.url.length)
    await picture(browser, { 'oauth-who': asking })
    const maya = await signIn(server, email)
    await connectClient(server, email)
    await picture(
      browser,
      {
        'oauth-consent': asking,
        'console-clients': '/console/clients',
        'console-sessions': '/console/sessions',
      },
      maya.cookie,
    )
    await picture(browser, { 'console-empty': '/console/approvals' }, maya.cookie)
    await picture(browser, await consolePages({ url: server.url, key }, maya), maya.cookie)
    await picture(browser, await customerPages(server))
    await picture(browser, { unsubscribe: await unsubscribePage(server, uuidOf(workspaceId)) })
  }

  /** @param paths by the picture's name */
  async function picture(browser: Browser, paths: Record<string, string>, cookie?: string): Promise<void> {
    for (const [device, viewport] of Object.entries(viewports)) {
      for (const colorScheme of colourSchemes) {
        const tab = await browser.newPage({ viewport, colorScheme })
        const [name = '', value = ''] = cookie?.split('=') ?? []
        if (cookie) await tab.context().addCookies([{ name, value, url: server.url }])
        for (const [page, path] of Object.entries(paths)) {
          await tab.goto(server.url + path)
          const file = join(directory, `${page}-${device}-${colorScheme}.png`)
          // What stays at the bottom of the window is seen there, not in the middle of a long picture.
          await tab.screenshot({ path: file, fullPage: !path.includes('approval_') })
          console.log(file)
        }
        await tab.close()
      }
    }
  }
} finally {
  for (const close of closers) await close()
}

function named(paths: string[]): Record<string, string> {
  return Object.fromEntries(paths.map(path => [path.slice(1).replace(/\W+/g, '-'), path]))
}

/** One approval of every fate, and a queue with three that wait. */
async function consolePages(agent: Caller, maya: Person): Promise<Record<string, string>> {
  const fates = []
  for (let nth = 0; nth < 5; nth++) fates.push(await askToSend(agent))
  const [approved, edited, rejected, changed, stale] = fates as [Asked, Asked, Asked, Asked, Asked]
  await maya.decide(approved.approvalId, 'approve')
  const text = edited.message.text.replace('Hello', 'Dear').replace('with us.', 'with us, dry by now.')
  await maya.decide(edited.approvalId, 'approve', { edits: { text }, note: 'A little warmer.' })
  await maya.decide(rejected.approvalId, 'reject', { note: 'She has it already.' })
  for (const { customer } of [changed, stale])
    await done(agent, 'update_customer', { customer_id: customer.id, version: 1, name: 'Nadia P.' })
  await maya.decide(stale.approvalId, 'approve')
  const confirmation = await askedByAutomation(agent)
  const rules = [{ tool: 'cancel_booking', gate: 'approve', reviewers: 'owner' }]
  const policy = (await callTool(agent, 'set_approval_policy', { rules })).body.approval
  return {
    'console-queue': '/console/approvals',
    'console-pending': `/console/approvals/${confirmation.id}`,
    'console-policy': new URL(policy.url).pathname,
    'console-approved': approved.path,
    'console-edited': edited.path,
    'console-rejected': rejected.path,
    'console-changed': changed.path,
    'console-stale': stale.path,
    'console-missing': `/console/approvals/${idText('approval', newId())}`,
  }
}

/** A booking, whose confirmation an automation drafts a moment later. */
async function askedByAutomation(agent: Caller): Promise<Body> {
  const [location] = await done(agent, 'list_locations')
  const price = { amount: 6000, currency: 'EUR' }
  const service = await made(agent, 'create_service', { name: 'Personal yoga', duration_minutes: 60, price })
  const luis = await made(agent, 'create_staff', { name: 'Luis', location_ids: [location.id] })
  await done(agent, 'set_staff_services', { staff_id: luis.id, services: [{ service_id: service.id }] })
  const nadia = await made(agent, 'create_customer', { name: 'Nadia Prieto', email: 'nadia@prieto.example' })
  const wish = { service_id: service.id, location_id: location.id }
  const { slots } = await done(agent, 'get_available_slots', { ...wish, limit: 1 })
  await made(agent, 'create_booking', { ...wish, customer_id: nadia.id, start: slots[0].start })
  for (let tries = 0; tries < 100; tries++) {
    const waiting = await done(agent, 'list_approvals', { state: 'pending' })
    const found = waiting.find(({ asked_by }: Body) => asked_by.startsWith('automation_'))
    if (found) return found
    await pause(100)
  }
  throw new Error('No automation asked for anything.')
}

/** What a customer's link leads to: while there is something to change, and when it is over. */
async function customerPages(server: TestServer): Promise<Record<string, string>> {
  const desk = await openDesk(server, { service: { name: 'Deep tissue massage' } })
  const pathOf = async (booking: Body) => {
    const { url } = await made(desk, 'create_booking_self_service_link', { booking_id: booking.id })
    return new URL(url).pathname
  }
  const [booking, off] = [await desk.booked(), await desk.booked({ start: textOf(desk.morning(2)) })]
  const [open, cancelled] = [await pathOf(booking), await pathOf(off)]
  await desk.confirmed('cancel_booking', { booking_id: off.id, by: 'customer' })
  return {
    'customer-booking': open,
    'customer-times': `${open}/times?day=2030-01-10`,
    'customer-cancelled': cancelled,
    'customer-missing': '/b/none',
  }
}

/** Where the link of any of the messages leads that were sent above. */
async function unsubscribePage(server: TestServer, workspaceId: string): Promise<string> {
  const { database, secrets } = server.house
  const { rows } = await database.owner.query('SELECT id FROM deliveries WHERE workspace_id = $1 LIMIT 1', [
    workspaceId,
  ])
  return `/unsubscribe/${unsubscribeToken(secrets, { workspaceId, id: rows[0].id })}`
}
