/** Every page there is, in a real browser: on a phone and at a desk, by light and by dark, by keyboard, with no flaw. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Temporal } from 'temporal-polyfill'
import { sections } from '../../src/http/console/sections.ts'
import {
  cutOff,
  excessOf,
  flawsByLightAndDark,
  flawsOf,
  idleWithoutScript,
  launchBrowser,
  lostToKeyboard,
  picture,
  tabOf,
  tooLowForFingers,
  viewports,
} from '../support/browser.ts'
import { done } from '../support/caller.ts'
import { furnish } from '../support/furnished.ts'
import { askToSend } from '../support/message.ts'
import { signIn } from '../support/person.ts'
import { isOf, routesOf } from '../support/routes.ts'
import { startServer } from '../support/server.ts'
import { made } from '../support/shop.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const server = await startServer(scope)
const browser = await launchBrowser(scope)
const business = await furnish(server, await server.signUp('Pulse Studio'))

/** Paths by a name. A new page is missed by the first test, and put here or into `furnish`. */
const pages: Record<string, string> = {
  ...Object.fromEntries(sections.map(({ href }) => [nameOf(href), href])),
  more: '/console/more',
  ...business.pages,
  'sign-in': '/console/sign-in',
  'sign-in-code': '/console/sign-in/code',
  catalog: '/catalog?domain=bookings',
  tool: '/catalog/create_booking',
  connect: '/connect',
  error: '/errors/slot_conflict',
  mailbox: '/dev/mailbox',
}

/** Of these the reason why they are not visited here. */
const others = [
  { path: /^\/(v1|mcp|webhooks)\b/, why: 'calls' },
  { path: /^\/(\*|feeds\/:file|console\/approvals\/events|oauth\/authorize(\/:uid)?)$/, why: 'no pages' },
  { path: /\/pdf$/, why: 'files' },
  { path: /^\/oauth\/consent\//, why: 'steps that lie in each other: oauth.test.ts' },
]

test('no page is forgotten: each address that answers with one is among those that are looked at', async () => {
  const paths = Object.values(pages).map(path => new URL(path, server.url).pathname)
  const unseen = routesOf(server.app)
    .filter(route => !paths.some(path => isOf(route, path)))
    .filter(route => !others.some(({ path }) => path.test(route)))
  for (const route of unseen) {
    assert.doesNotMatch(route, /[:*]/, `${route} is in no list of pages`)
    const answer = await fetch(server.url + route, {
      headers: { cookie: business.owner.cookie },
      redirect: 'manual',
    })
    assert.doesNotMatch(answer.headers.get('content-type') ?? '', /html/, `${route} is in no list of pages`)
  }
})

function nameOf(href: string): string {
  return href.split('/').at(-1)!
}

for (const [device, viewport] of Object.entries(viewports)) {
  test(`each page on a ${device}: axe clean and of the window's width by light and by dark, whole by keyboard and finger, at most 150 kB`, async () => {
    const tab = await open({ viewport })
    for (const [name, path] of Object.entries(pages)) {
      const answer = await tab.goto(server.url + path)
      assert.equal(answer!.status(), 200, path)
      assert.equal(new URL(tab.url()).pathname, new URL(path, server.url).pathname, path)
      const body = await answer!.body()
      assert.ok(body.length <= 150_000, `${path} is too heavy: ${body.length}`)
      assert.deepEqual(await idleWithoutScript(tab, body.toString()), [], path)
      await picture(tab, `${name}-${device}`)
      assert.deepEqual(await flawsByLightAndDark(tab), [], path)
      assert.deepEqual(await cutOff(tab), [], path)
      if (device === 'phone') assert.deepEqual(await tooLowForFingers(tab), [], path)
      if (device === 'desk') assert.deepEqual(await lostToKeyboard(tab), [], path)
    }
    await tab.close()
  })
}

test('names without an end make no page wider than its window, and none is cut off', async () => {
  const name = `${'Krankenversicherungskostenübernahme'.repeat(2)} 黒柳徹子とその長い名前を持つ友人たちの会東京支部`
  const email = `wolfeschlegelsteinhausenbergerdorff.${'maximiliane'.repeat(2)}@rueckenschmerzbehandlungszentrum.example`
  const [location] = await done(business, 'list_locations')
  const price = { amount: 999_999_999, currency: 'EUR' }
  const service = await made(business, 'create_service', { name, duration_minutes: 60, price })
  const staff = await made(business, 'create_staff', { name, location_ids: [location.id] })
  await done(business, 'set_staff_services', { staff_id: staff.id, services: [{ service_id: service.id }] })
  const customer = await made(business, 'create_customer', { name, email, tags: [name.slice(0, 30)] })
  const wish = { service_id: service.id, location_id: location.id, staff_id: staff.id }
  const { slots } = await done(business, 'get_available_slots', { ...wish, limit: 1 })
  const { start } = slots[0]
  const booking = await made(business, 'create_booking', { ...wish, customer_id: customer.id, start })
  const { url } = await made(business, 'create_booking_self_service_link', { booking_id: booking.id })
  const { approvalId } = await askToSend(business, { name, subject: name, body: name })
  const paths = [
    `/console/customers/${customer.id}`,
    `/console/calendar/${booking.id}`,
    `/console/calendar?day=${booking.local.slice(0, 10)}`,
    `/console/services/${service.id}`,
    `/console/team/${staff.id}`,
    `/console/approvals/${approvalId}`,
    ...['', '/approvals', '/customers', '/messages', '/services', '/team', '/activity'].map(
      at => `/console${at}`,
    ),
    new URL(url).pathname,
    `${new URL(url).pathname}/times`,
  ]
  for (const [device, viewport] of Object.entries(viewports)) {
    const tab = await open({ viewport })
    for (const path of paths) {
      await tab.goto(server.url + path)
      await picture(tab, `long-${path.split('/').slice(2).join('-').slice(0, 20)}-${device}`)
      assert.equal(await excessOf(tab), 0, `${path} on a ${device}`)
      assert.deepEqual(await cutOff(tab), [], `${path} on a ${device}`)
    }
    await tab.close()
  }
})

test('what a form leads to is as clean: several at once, a preview that asks, a refusal', async () => {
  const tab = await open({ viewport: viewports.phone })
  const looksRight = async (title: string) => {
    await tab.getByRole('heading', { name: title }).waitFor()
    await picture(tab, `form-${title.replaceAll(/\W+/g, '-').toLowerCase()}`)
    assert.deepEqual(await flawsByLightAndDark(tab), [], title)
  }
  const asked = await askToSend(business)
  await tab.goto(`${server.url}/console/approvals`)
  await tab.locator(`[id="pick.${asked.approvalId}"]`).check()
  await tab.getByRole('button', { name: 'Reject these' }).click()
  await looksRight('Reject 1?')
  await tab.getByRole('button', { name: 'Reject them' }).click()
  await looksRight('What came of it')
  await tab.goto(server.url + business.pages.booking!)
  await tab.getByRole('button', { name: 'Cancel' }).click()
  await looksRight('Cancel this booking?')
  const nowhere = await tab.goto(`${server.url}/console/customers/nobody`)
  assert.equal(nowhere!.status(), 404, 'an address that is none is no form filled in wrongly')
  await looksRight('Not found')
  await tab.goto(`${server.url}/console/approvals/none`)
  await looksRight('No such approval here')
  await tab.goto(`${server.url}/pay/none`)
  assert.deepEqual(await flawsByLightAndDark(tab), [])
  await tab.close()
})

/** Last among those that look: it decides what waits. */
for (const verdict of ['Approve', 'Reject'])
  test(`${verdict} several without a script: chosen, read again, decided`, async () => {
    const { approvalId } = await askToSend(business)
    await askToSend(business)
    const tab = await open({ javaScriptEnabled: false, viewport: viewports.phone })
    await tab.goto(`${server.url}/console/approvals`)
    for (const box of (await tab.getByRole('checkbox').all()).slice(0, 2)) await box.check()
    await tab.getByRole('button', { name: `${verdict} these` }).click()
    await tab.getByRole('heading', { name: `${verdict} 2?` }).waitFor()
    await tab.getByRole('button', { name: `${verdict} them` }).click()
    await tab.getByRole('heading', { name: 'What came of it' }).waitFor()
    const { state } = await done(business, 'get_approval', { approval_id: approvalId })
    assert.equal(state, verdict === 'Approve' ? 'executed' : 'rejected')
    await tab.close()
  })

test('an empty business is told on each page what belongs there', async () => {
  const { email } = await server.signUp('New Studio')
  const tab = await tabOf(browser, server.url, await signIn(server, email), { viewport: viewports.phone })
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
  const nextDay = Temporal.PlainDateTime.from(business.booking.local)
    .toPlainDate()
    .add({ days: 1 })
    .toString()
  await tab.getByLabel('Day').fill(nextDay)
  await tab.getByLabel('Time').fill('23:37')
  await tab.getByRole('button', { name: 'Move', exact: true }).click()
  await tab.getByText('Moved.').waitFor()
  assert.equal((await of()).local.slice(0, 16), `${nextDay}T23:37`)
  assert.equal(await excessOf(tab), 0, 'past midnight its time is of two days, and fits a phone')
  await tab.getByRole('button', { name: 'Undo' }).click()
  await tab.getByText('Taken back').waitFor()
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
  const { booking, letter, customer, failed, story } = business.pages
  for (const path of ['/console/approvals', '/console/activity', booking, letter, customer, failed, story]) {
    await tab.goto(server.url + path)
    const alone = `[...document.querySelectorAll('main time')].filter(({ nextElementSibling: next }) =>
      !next?.matches('.own-time')).map(({ textContent }) => textContent)`
    assert.deepEqual(await tab.evaluate(alone), [], path)
    assert.notEqual(await tab.getByText('your time').count(), 0, path)
  }
  await tab.close()
})

function open(options: Parameters<typeof browser.newPage>[0]): Promise<Page> {
  return tabOf(browser, server.url, business.owner, options)
}
