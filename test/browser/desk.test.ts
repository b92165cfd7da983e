/** What somebody at the desk does by themselves: book whoever calls, add a customer, reword a template. No script is needed. */

import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { launchBrowser, tabOf, viewports } from '../support/browser.ts'
import { done } from '../support/caller.ts'
import { furnish } from '../support/furnished.ts'
import { startServer } from '../support/server.ts'
import { made } from '../support/shop.ts'

const scope = { after: (work: () => unknown) => after(work as () => void) }
const server = await startServer(scope)
const browser = await launchBrowser(scope)
const business = await furnish(server, await server.signUp('Pulse Studio'))

test('whoever calls is booked: what, when, for whom, and what it costs before it is done', async t => {
  const tab = await open(t)
  await tab.goto(`${server.url}/console/calendar`)
  await tab.getByRole('link', { name: 'New booking' }).click()
  await tab.getByLabel('What').selectOption({ label: 'Personal yoga' })
  await tab.getByRole('button', { name: 'Show times' }).click()
  await tab.getByLabel('With').selectOption({ label: 'Luis Ortega' })
  await tab.getByLabel('Day').fill(await dayOfFreeTime())
  await tab.getByRole('button', { name: 'Show times' }).click()
  await tab.getByRole('navigation', { name: 'Free times' }).getByRole('link').first().click()
  await tab.getByText('Somebody new').click()
  await tab.getByLabel('Name', { exact: true }).fill('Olga Caller')
  await tab.getByLabel('Phone', { exact: true }).fill('+34 600 111 222')
  await tab.getByRole('button', { name: 'Add them' }).click()
  await tab.getByText('€60.00').waitFor()
  await tab.getByLabel('Note').fill('Rang at noon.')
  await tab.getByRole('button', { name: 'Book', exact: true }).click()
  await tab.getByText('Booked.').waitFor()
  await tab.getByText('Rang at noon.').waitFor()

  const id = new URL(tab.url()).pathname.split('/').at(-1)
  const booking = await done(business, 'get_booking', { booking_id: id })
  assert.equal(booking.state, 'confirmed')
  assert.equal(booking.customer_name, 'Olga Caller')
  assert.equal(booking.staff_id, business.staff[1].id)
})

test('a customer who is known is found, and booked from their own page too', async t => {
  const tab = await open(t)
  await tab.goto(server.url + business.pages.customer!)
  await tab.getByRole('link', { name: 'Book for them' }).click()
  await tab.getByRole('button', { name: 'Show times' }).click()
  await tab.getByRole('navigation', { name: 'Free times' }).getByRole('link').nth(1).click()
  await tab.getByText('Nadia Prieto').waitFor()
  await tab.getByRole('button', { name: 'Book', exact: true }).click()
  await tab.getByText('Booked.').waitFor()
})

test('a time that somebody else took meanwhile is not sold twice: it says so, and offers others', async t => {
  const tab = await open(t)
  const wish = { service_id: business.service.id, staff_id: business.staff[0].id }
  const [location] = await done(business, 'list_locations')
  const { slots } = await done(business, 'get_available_slots', {
    ...wish,
    location_id: location.id,
    limit: 1,
  })
  const [{ start, local }] = slots
  const path = `/console/calendar/new?${new URLSearchParams({
    service: wish.service_id,
    staff: wish.staff_id,
    day: local.slice(0, 10),
    start,
    customer: business.customer.id,
  }).toString()}`
  await tab.goto(server.url + path)
  const other = await made(business, 'create_customer', { name: 'Quick Other' })
  await made(business, 'create_booking', { ...wish, location_id: location.id, customer_id: other.id, start })
  await tab.getByRole('button', { name: 'Book', exact: true }).click()
  await tab.getByText('Somebody else has that time.').waitFor()
  await tab.getByRole('link', { name: 'Go back' }).click()
  await tab.getByRole('heading', { name: 'New booking' }).waitFor()
  assert.equal(
    await tab.getByRole('button', { name: 'Book', exact: true }).count(),
    0,
    'another time comes first',
  )

  await tab.goto(server.url + path)
  await tab.getByRole('alert').waitFor()
  assert.equal(
    await tab.getByRole('button', { name: 'Book', exact: true }).count(),
    0,
    'nor is it offered again',
  )
})

test('a customer is added where customers are', async t => {
  const tab = await open(t)
  await tab.goto(`${server.url}/console/customers`)
  await tab.getByText('Add a customer').click()
  await tab.getByLabel('Name', { exact: true }).fill('Walker In')
  await tab.getByLabel('Note').fill('Came by.')
  await tab.getByRole('button', { name: 'Add them' }).click()
  await tab.getByRole('heading', { name: 'Walker In' }).waitFor()
  await tab.locator('dl').getByText('Came by.').waitFor()
})

test('a template is reworded as another version; what cannot be is said, and nothing that was written is lost', async t => {
  const tab = await open(t)
  await tab.goto(server.url + business.pages.template!)
  await tab.getByText('Reword it').click()
  await tab.getByLabel('Text').fill('Dear {{customer_nmae}}, see you!')
  await tab.getByRole('button', { name: 'Save' }).click()
  await tab.getByRole('alert').getByText('customer_nmae').waitFor()
  assert.equal(await tab.getByLabel('Text').inputValue(), 'Dear {{customer_nmae}}, see you!')
  await tab.getByLabel('Text').fill('Dear {{customer_name}}, see you!')
  await tab.getByRole('button', { name: 'Save' }).click()
  await tab.getByText('Saved.').waitFor()
  const [template] = await done(business, 'list_message_templates', {
    key: 'booking_confirmation',
    channel: 'email',
  })
  assert.equal(template.body, 'Dear {{customer_name}}, see you!')
  assert.equal(template.source, 'workspace')
})

test('a language is kept as it is written properly, and that page is the one it leads to', async t => {
  const tab = await open(t)
  await tab.goto(server.url + business.pages.template!)
  await tab.getByText('Reword it').click()
  await tab.getByLabel('Text').fill('Olá {{customer_name}}!')
  await tab.getByLabel('Language').fill('pt-br')
  await tab.getByRole('button', { name: 'Save' }).click()
  await tab.getByText('Saved.').waitFor()
  assert.equal(new URL(tab.url()).pathname, '/console/settings/templates/booking_confirmation/email/pt-BR')
})

test('in the night in which clocks are put back, an hour that is shown twice says which of the two it is', async t => {
  await letBook({ window_days: 730 })
  const tab = await open(t)
  await tab.goto(`${server.url}/console/calendar/new?service=${business.service.id}&day=${CLOCKS_BACK}`)
  const times = await tab.getByRole('navigation', { name: 'Free times' }).getByRole('link').allTextContents()
  assert.deepEqual(times.slice(1, 5), ['01:00', '02:00 (+02:00)', '02:00 (+01:00)', '03:00'])
})

test('a day with more times than a page is gone through to its end', async t => {
  await letBook({ window_days: 730, slot_interval_minutes: 10 })
  const tab = await open(t)
  await tab.goto(`${server.url}/console/calendar/new?service=${business.service.id}&day=2027-06-07`)
  const times = tab.getByRole('navigation', { name: 'Free times' }).getByRole('link')
  assert.equal(await times.count(), 100)
  await tab.getByRole('link', { name: 'Later that day' }).click()
  assert.equal(await times.first().textContent(), '16:40')
  assert.equal(await times.last().textContent(), '23:50')
})

/** Of Madrid, in 2027: at 03:00 it is 02:00 once more. */
const CLOCKS_BACK = '2027-10-31'

async function letBook(policy: Record<string, unknown>): Promise<void> {
  await done(business, 'set_service_booking_policy', { service_id: business.service.id, ...policy })
}

async function dayOfFreeTime(): Promise<string> {
  const [location] = await done(business, 'list_locations')
  const { slots } = await done(business, 'find_next_available_slot', {
    service_id: business.service.id,
    location_id: location.id,
    staff_id: business.staff[1].id,
    count: 1,
  })
  return slots[0].local.slice(0, 10)
}

/** On a phone, signed in, with no script. */
async function open(t: TestContext): Promise<Page> {
  const tab = await tabOf(browser, server.url, business.owner, {
    javaScriptEnabled: false,
    viewport: viewports.phone,
  })
  t.after(() => tab.close())
  return tab
}
