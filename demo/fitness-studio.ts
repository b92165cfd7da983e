/**
 * A fitness studio's first day, played against a running server through MCP as an agent would: `npm run demo`.
 * It exits 1 where the server answers otherwise than it should. BACKDESK_URL says where; default the local one.
 */

import { type Person, signIn } from './browser.ts'
import { nineQuestions } from './nine-questions.ts'
import { type Agent, connect, type Data, Deviation, eventually, expect, fresh, tell } from './story.ts'

const url = (process.env.BACKDESK_URL ?? 'http://127.0.0.1:8420').replace(/\/+$/, '')

const NADIA = `nadia-${Date.now()}@prieto.example`
let maya: Person | undefined
try {
  const owner = `owner-${Date.now()}@pulse-studio.example`
  const agent = await connect(url, 'demo-agent', await signUp(owner))
  const studio = await setUp(agent)
  const booking = await book(agent, studio)
  await rivalIsRefused(agent, studio, booking)
  const early = await confirmationWaits(agent, booking)
  await customerMoves(agent, booking)
  const confirmation = await confirmationWaits(agent, booking, early)
  maya = await signIn(url, owner, codeFor)
  await personApproves(agent, maya, confirmation)
  await policyHolds(agent, maya)
  await auditSaysWho(agent)
  await maya.leaves()
  await nineQuestions(url, agent)
  console.log('\nAll of it went as it should.')
  process.exit(0)
} catch (error) {
  console.error(`\n${error instanceof Deviation ? error.message : error}`)
  await maya?.leaves()
  process.exit(1)
}

async function signUp(email: string): Promise<string> {
  const nobody = await connect(url, 'demo-agent')
  const asked = await nobody.does('register_organisation_request', {
    email,
    organisation_name: 'Pulse Studio',
    person_name: 'Maya',
    time_zone: 'Europe/Madrid',
    currency: 'EUR',
    country: 'ES',
    idempotency_key: fresh(),
  })
  tell('An agent signs Pulse Studio up, with no credentials.', `a code went to ${email}`)
  const { data } = await nobody.asks('register_organisation_verify', {
    request_id: asked.request_id,
    code: await codeFor(email),
    idempotency_key: fresh(),
  })
  tell('Maya reads the code to it from her mail.', `workspace ${data.workspace.name}, and a key shown once`)
  return data.api_key
}

interface Studio {
  location: Data
  yoga: Data
  trainers: Data[]
  nadia: Data
  tom: Data
}

async function setUp(agent: Agent): Promise<Studio> {
  const [location] = await agent.does('run_read_tool', { tool: 'list_locations', arguments: {} })
  const write = (tool: string, args: Record<string, unknown>) =>
    agent.does('run_write_tool', { tool, arguments: args })
  const yoga = await write('create_service', {
    name: 'Personal yoga',
    duration_minutes: 60,
    buffer_after_minutes: 15,
    price: { amount: 6000, currency: 'EUR' },
    idempotency_key: fresh(),
  })
  const trainers = []
  for (const name of ['Luis', 'Irene']) {
    const trainer = await write('create_staff', {
      name,
      location_ids: [location.id],
      idempotency_key: fresh(),
    })
    await write('set_staff_services', { staff_id: trainer.id, services: [{ service_id: yoga.id }] })
    trainers.push(trainer)
  }
  tell(
    'It sets up a service and two trainers.',
    `${yoga.name}, 60 minutes and 15 to tidy up, with Luis or Irene`,
  )
  const nadia = await agent.does('create_customer', {
    name: 'Nadia Prieto',
    phone: '612 345 678',
    email: NADIA,
    idempotency_key: fresh(),
  })
  const tom = await agent.does('create_customer', {
    name: 'Tom Weir',
    email: 'tom@weir.example',
    idempotency_key: fresh(),
  })
  return { location, yoga, trainers, nadia, tom }
}

async function book(agent: Agent, { location, yoga, trainers, nadia }: Studio): Promise<Data> {
  const [luis] = trainers
  const question = { service_id: yoga.id, location_id: location.id, staff_id: luis.id }
  const { slots } = await agent.does('get_available_slots', { ...question, limit: 5 })
  tell(
    'Nadia asks when Luis is free.',
    slots.map((slot: Data) => slot.local.slice(0, 16).replace('T', ' ')).join(', '),
  )
  const booking = await agent.does('create_booking', {
    ...question,
    customer_id: nadia.id,
    start: slots[0].start,
    idempotency_key: fresh(),
  })
  expect(booking.state === 'confirmed', 'the booking is confirmed')
  tell('She takes the first.', `${booking.id} is ${booking.state}`)
  return { ...booking, slots }
}

async function rivalIsRefused(
  agent: Agent,
  { location, yoga, trainers, tom }: Studio,
  { slots }: Data,
): Promise<void> {
  const wish = {
    service_id: yoga.id,
    location_id: location.id,
    staff_id: trainers[0].id,
    start: slots[0].start,
  }
  const refusal = await agent.isRefused('create_booking', 'slot_conflict', {
    ...wish,
    customer_id: tom.id,
    idempotency_key: fresh(),
  })
  tell('Tom wants the same hour with Luis.', `refused: ${refusal.message}`)
  const { rules } = await agent.does('explain_unavailability', wish)
  const reason = rules.find((rule: Data) => !rule.passed)
  tell('The agent asks why.', `${reason.rule}: ${reason.because}`)
  const { staff_id: _, ...anybody } = wish
  const booking = await agent.does('create_booking', {
    ...anybody,
    customer_id: tom.id,
    idempotency_key: fresh(),
  })
  expect(booking.staff_id === trainers[1].id, 'Irene takes it')
  tell('Then anybody will do.', 'Irene takes him')
}

async function customerMoves(agent: Agent, { id, slots }: Data): Promise<void> {
  const moved = await agent.does('reschedule_booking', {
    booking_id: id,
    start: slots[2].start,
    idempotency_key: fresh(),
  })
  expect(moved.starts_at === slots[2].start, 'the booking has moved')
  const { history } = await agent.does('get_booking', { booking_id: id })
  tell('Nadia moves her hour.', `history: ${history.map((entry: Data) => entry.event).join(', ')}`)
}

/** An automation drafts it and asks. @param early what it had asked for the time before the move */
async function confirmationWaits(agent: Agent, booking: Data, early?: Data): Promise<Data> {
  const approval = await eventually('Nadia’s confirmation waits for a person', async () => {
    const waiting = await agent.does('list_approvals', { state: 'pending' })
    const letters = waiting.filter(({ id, tool }: Data) => tool === 'send_message' && id !== early?.id)
    for (const { id } of letters) {
      const approval = await read(agent, 'get_approval', { approval_id: id })
      if (approval.preview.booking_id === booking.id) return approval
    }
  })
  expect(approval.asked_by.startsWith('automation_'), 'an automation asked, and no agent')
  expect((await mailsTo(NADIA)).length === 0, 'nothing was sent that nobody allowed')
  if (!early) {
    tell('An automation drafts Nadia’s confirmation.', `it waits: ${url}/console/approvals/${approval.id}`)
    return approval
  }
  const { state } = await read(agent, 'get_approval', { approval_id: early.id })
  expect(state === 'withdrawn', 'the confirmation of the old time was taken back')
  expect(approval.preview.text !== early.preview.text, 'the new one says the new time')
  tell('The automation drafts it anew, with the new time.', 'the old one is taken back; the new one waits')
  return approval
}

async function personApproves(agent: Agent, maya: Person, { id, preview }: Data): Promise<void> {
  const words = 'See you soon!'
  const outcome = await maya.approves(id, async page => {
    await page.getByText('Booking confirmation (automation)').waitFor()
    const card = page.getByRole('article', { name: 'The message' })
    const seen = await card.textContent()
    for (const part of ['Nadia Prieto', NADIA, preview.subject, preview.text]) {
      expect(seen?.includes(part) ?? false, `Maya sees the message as Nadia will: ${part}`)
    }
    await page.getByText('Change the wording').click()
    await page.getByLabel('Text').fill(`${preview.text}\n\n${words}`)
  })
  expect(outcome.includes('It was approved, and it was done'), 'Maya’s approval sends it')
  tell('Maya signs in to the console, on her phone.', `adds “${words}”, and approves`)

  const [mail] = await eventually('Nadia has the confirmation', async () => {
    const mails = await mailsTo(NADIA)
    return mails.length > 0 ? mails : undefined
  })
  expect(mail!.text.includes(words), 'what arrives is what Maya approved')
  const approval = await read(agent, 'get_approval', { approval_id: id })
  expect(
    approval.edited && approval.original_arguments.text === preview.text,
    'the asker sees what she changed',
  )
  tell('The confirmation arrives.', `“${mail!.subject}”, in ${url}/dev/mailbox`)
}

async function policyHolds(agent: Agent, maya: Person): Promise<void> {
  const rules = [{ tool: 'cancel_booking', gate: 'approve' }]
  const asked = await agent.asks('run_write_tool', { tool: 'set_approval_policy', arguments: { rules } })
  expect(asked.status === 'needs_approval', 'changing what needs approval needs approval')
  tell('The agent proposes that cancellations need a person.', `waits: ${asked.approval.url}`)

  const outcome = await maya.approves(asked.approval.id, page =>
    page.getByLabel('A note').fill('Yes, please.'),
  )
  expect(outcome.includes('It was approved, and it was done'), 'Maya’s approval runs the call')
  tell('Maya approves that, too.', 'the new policy holds')

  const [booking] = await agent.does('list_bookings', { limit: 1 })
  const held = await agent.asks('cancel_booking', {
    booking_id: booking.id,
    by: 'business',
    idempotency_key: fresh(),
  })
  expect(held.status === 'needs_approval', 'a cancellation waits for a person now')
  tell('The agent tries to cancel a booking.', 'it waits for a person, and nothing has changed')
}

async function auditSaysWho(agent: Agent): Promise<void> {
  const events = await read(agent, 'list_audit_events', { limit: 100 })
  const done = (tool: string) =>
    events.find((event: Data) => event.tool === tool && event.outcome === 'done' && event.decided_by)
  const [policy, letter] = [done('set_approval_policy'), done('send_message')]
  for (const entry of [policy, letter]) {
    expect(entry?.decided_by.name === 'Maya', 'the audit names who allowed it')
  }
  expect(letter.principal.kind === 'automation', 'and who asked')
  tell(
    'The audit has it all.',
    `${events.length} entries; the message: asked by ${letter.principal.name}, allowed by ${letter.decided_by.name}; ` +
      `the policy: asked by ${policy.principal.name}, allowed by ${policy.decided_by.name}`,
  )
}

function read(agent: Agent, tool: string, args: Record<string, unknown>): Promise<Data> {
  return agent.does('run_read_tool', { tool, arguments: args })
}

interface Mail {
  to: string
  subject: string
  text: string
}

/** The newest first. */
async function mailsTo(email: string): Promise<Mail[]> {
  const answer = await fetch(`${url}/dev/mailbox`, { headers: { accept: 'application/json' } })
  return ((await answer.json()) as Mail[]).filter(({ to }) => to === email)
}

async function codeFor(email: string): Promise<string> {
  const [mail] = await mailsTo(email)
  if (!mail) throw new Deviation('The developer mailbox has no mail for the owner.')
  return /\d{6}/.exec(mail.text)![0]
}
