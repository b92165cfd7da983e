/** A business with something in every part of its console: a day of bookings, a message that failed, one that waits. */

import { setTimeout as pause } from 'node:timers/promises'
import { uuidOf } from '../../src/catalog/kinds.ts'
import { unsubscribeToken } from '../../src/domain/messaging/unsubscribe.ts'
import { type Body, type Caller, callTool, done, fresh } from './caller.ts'
import { askToSend } from './message.ts'
import { type Person, signIn } from './person.ts'
import type { SignedUp, TestServer } from './server.ts'
import { made } from './shop.ts'
import { invite } from './team.ts'

export interface Furnished extends Caller {
  owner: Person
  email: string
  booking: Body
  customer: Body
  /** Of Eva, who has the booking, and Luis. */
  staff: [Body, Body]
  service: Body
  /** One that was sent, one that failed, one of which nobody can tell. */
  messages: { sent: string; failed: string; unknown: string }
  /** Paths of a page of every kind, by a word. */
  pages: Record<string, string>
}

export async function furnish(server: TestServer, { key, email, workspaceId }: SignedUp): Promise<Furnished> {
  const agent = { url: server.url, key }
  const owner = await signIn(server, email)
  const [location] = await done(agent, 'list_locations')
  const always = [{ from: '00:00', to: '24:00' }]
  const week = { mon: always, tue: always, wed: always, thu: always, fri: always, sat: always, sun: always }
  await done(agent, 'set_location_hours', { location_id: location.id, hours: week })
  const service = await made(agent, 'create_service', {
    name: 'Personal yoga',
    category: 'Yoga',
    duration_minutes: 60,
    price: { amount: 6000, currency: 'EUR' },
  })
  const [eva, luis] = await Promise.all(
    ['Eva Marín', 'Luis Ortega'].map(name =>
      made(agent, 'create_staff', { name, location_ids: [location.id] }),
    ),
  )
  for (const { id } of [eva, luis])
    await done(agent, 'set_staff_services', { staff_id: id, services: [{ service_id: service.id }] })
  const customer = await made(agent, 'create_customer', {
    name: 'Nadia Prieto',
    email: `nadia-${fresh()}@prieto.example`,
    phone: '+34 612 345 678',
    tags: ['regular'],
    note: 'Prefers the mat by the window.',
  })
  const wish = { service_id: service.id, location_id: location.id, staff_id: eva.id }
  const { slots } = await done(agent, 'get_available_slots', { ...wish, limit: 20 })
  const booking = await made(agent, 'create_booking', {
    ...wish,
    customer_id: customer.id,
    start: slots.at(-1).start,
  })
  const approvals: string[] = []
  const messages = { sent: '', failed: '', unknown: '' }
  for (const state of ['sent', 'failed', 'unknown'] as const) {
    const asked = await askToSend(agent, { bookingId: undefined })
    await owner.decide(asked.approvalId, 'approve')
    messages[state] = asked.message.id
    approvals.push(asked.path)
    await settle(server, asked.message.id, state)
  }
  const { path: letter } = await askToSend(agent)
  const rules = [{ tool: 'cancel_booking', gate: 'approve' }]
  const policy = (await callTool(agent, 'set_approval_policy', { rules })).body.approval
  const invoice = await openInvoice(agent, customer.id)
  const link = await made(agent, 'create_payment_link', { invoice_id: invoice.id })
  const self = await made(agent, 'create_booking_self_service_link', { booking_id: booking.id })
  const [event] = await done(agent, 'list_audit_events', { tool: 'create_booking' })
  const free = { service: service.id, day: slots[0].local.slice(0, 10) }
  const invited = await invite(
    server,
    { key, email, workspaceId },
    { email: `marta-${fresh()}@studio.example`, person: owner },
  )
  const pages = {
    letter,
    approval: new URL(policy.url).pathname,
    decided: approvals[0]!,
    review: await reviewLink(server, email),
    join: `/console/join/${invited}`,
    'join-code': `/console/join/${invited}/code`,
    booking: `/console/calendar/${booking.id}`,
    week: `/console/calendar?staff=${eva.id}`,
    day: `/console/calendar?day=${booking.local.slice(0, 10)}`,
    customer: `/console/customers/${customer.id}`,
    'new-booking': `/console/calendar/new?${new URLSearchParams({ ...free, start: slots[0].start, customer: customer.id }).toString()}`,
    'new-booking-times': `/console/calendar/new?${new URLSearchParams({ ...free, start: slots[0].start, q: 'Nadia' }).toString()}`,
    rule: '/console/settings/rules?tool=send_message',
    templates: '/console/settings/templates',
    template: '/console/settings/templates/booking_confirmation/email/en',
    failed: `/console/messages/${messages.failed}`,
    'whatsapp-template': '/console/settings/templates/running_late/whatsapp/es',
    unknown: `/console/messages/${messages.unknown}`,
    workspaces: '/console/workspaces',
    service: `/console/services/${service.id}`,
    person: `/console/team/${eva.id}`,
    story: `/console/activity/${event.id}`,
    invoice: `/console/invoices/${invoice.id}`,
    'hosted-invoice': new URL((await done(agent, 'get_invoice', { invoice_id: invoice.id })).url).pathname,
    pay: new URL(link.url).pathname,
    'customer-booking': new URL(self.url).pathname,
    'customer-times': `${new URL(self.url).pathname}/times`,
    unsubscribe: await unsubscribePath(server, messages.sent),
  }
  await done(agent, 'upsert_message_template', {
    key: 'running_late',
    channel: 'whatsapp',
    language: 'es',
    purpose: 'transactional',
    body: 'Hola {{customer_name}}, vamos unos minutos tarde. Hasta ahora.',
  })
  return { ...agent, owner, email, booking, customer, staff: [eva, luis], service, messages, pages }
}

async function openInvoice(agent: Caller, customerId: string): Promise<Body> {
  const price = { amount: 6000, currency: 'EUR' }
  const lines = [{ description: 'Personal yoga', quantity: 2, unit_price: price, tax_percent: 21 }]
  const draft = await made(agent, 'create_invoice', { customer_id: customerId, lines })
  return made(agent, 'finalize_invoice', { invoice_id: draft.id })
}

/** Of the newest notice to the reviewer. */
async function reviewLink({ mailbox }: TestServer, email: string): Promise<string> {
  for (;;) {
    const notice = (await mailbox()).find(({ to, text }) => to === email && text.includes('/console/review/'))
    if (notice) return /\/console\/review\/\S+/.exec(notice.text)![0]
    await pause(20)
  }
}

/** Where a link in the message leads that says that no more are wanted. */
async function unsubscribePath({ house }: TestServer, messageId: string): Promise<string> {
  const { rows } = await house.database.owner.query(
    'SELECT workspace_id AS "workspaceId", id FROM deliveries WHERE message_id = $1',
    [uuidOf(messageId)],
  )
  return `/unsubscribe/${unsubscribeToken(house.secrets, rows[0])}`
}

/** As if the provider had said so: once the worker has carried it. */
async function settle(server: TestServer, messageId: string, state: string): Promise<void> {
  const { owner } = server.house.database
  const reason = state === 'failed' ? 'refused' : state === 'unknown' ? 'no_answer' : null
  for (;;) {
    const { rowCount } = await owner.query(
      `UPDATE deliveries SET state = $2, reason = $3 WHERE message_id = $1 AND state = 'sent'`,
      [uuidOf(messageId), state, reason],
    )
    if (rowCount) return
    await pause(20)
  }
}
