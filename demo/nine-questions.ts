/**
 * The booking-app trap: nine questions that a booking page made in an hour cannot answer, and that the day's work asks.
 * Each is answered by tools, in a sandbox of the studio whose clock is walked through a week.
 */

import { type Agent, connect, type Data, expect, fresh, tell } from './story.ts'

/** A Monday, 08:00 in Madrid. */
const MONDAY = '2030-01-07T07:00:00Z'

interface Desk {
  url: string
  agent: Agent
  yoga: Data
  luis: Data
  irene: Data
  place: Data
  nadia: Data
  tom: Data
}

export async function nineQuestions(url: string, owner: Agent): Promise<void> {
  const desk = await openDesk(url, owner)
  const missed = await isTheCustomerNew(desk)
  await isTheClassFull(desk)
  const booking = await canTheyDoubleBook(desk)
  await doesItEarnPoints(desk)
  await isThereAnActivePass(desk)
  await mayAConfirmationGoOut(desk, booking)
  await whatIfTheyCancelLate(desk, booking)
  await doesStaffSeeOnlyTheirOwn(desk, missed)
  await whoDidNotCome(desk)
}

async function openDesk(url: string, owner: Agent): Promise<Desk> {
  const { api_key: key } = await owner.does('run_write_tool', {
    tool: 'create_sandbox',
    arguments: { idempotency_key: fresh() },
  })
  const agent = await connect(url, 'demo-desk', key)
  await write(agent, 'set_sandbox_clock', { to: MONDAY })
  const [yoga] = await agent.does('list_services')
  const [place] = await read(agent, 'list_locations')
  const [luis, irene] = await read(agent, 'list_staff')
  await write(agent, 'set_service_booking_policy', {
    service_id: yoga.id,
    cancel_cutoff_minutes: 24 * 60,
    late_cancel_fee: { amount: 2000, currency: 'EUR' },
  })
  const nadia = await made(agent, 'create_customer', {
    name: 'Nadia Prieto',
    phone: '612 345 678',
    email: 'nadia@prieto.example',
  })
  const tom = await made(agent, 'create_customer', { name: 'Tom Weir', email: 'tom@weir.example' })
  tell('A twin of the studio to ask nine questions in.', 'its clock stands at Monday 08:00')
  return { url, agent, yoga, luis, irene, place, nadia, tom }
}

/** @returns the booking that Tom did not come to */
async function isTheCustomerNew(desk: Desk): Promise<Data> {
  const { agent, nadia, tom } = desk
  const visit = await book(desk, nadia, { at: '10:00', staff: desk.luis })
  const missed = await book(desk, tom, { at: '10:00', staff: desk.irene })
  await write(agent, 'set_sandbox_clock', { to: at('12:00') })
  await made(agent, 'complete_booking', { booking_id: visit.id })
  await confirmed(agent, 'mark_booking_no_show', { booking_id: missed.id, idempotency_key: fresh() })

  const [known] = await agent.does('search_customers', { text: '+34 612 34 56 78' })
  const before = await agent.does('list_bookings', { customer_id: known.id, state: 'completed' })
  const strangers = await agent.does('search_customers', { text: '+34 699 000 111' })
  expect(known.id === nadia.id && before.length === 1, 'Nadia is returning, whatever her number looks like')
  expect(strangers.length === 0, 'who was never here is new')
  tell(
    '1. Is the customer new or returning?',
    `${known.name} was here before: ${before[0].local.slice(0, 16)}`,
  )
  return missed
}

async function isTheClassFull({ agent, yoga, luis, place, nadia, tom }: Desk): Promise<void> {
  const series = await made(agent, 'create_class_series', {
    service_id: yoga.id,
    location_id: place.id,
    staff_id: luis.id,
    starts_on: '2030-01-08',
    start_time: '18:00',
    capacity: 1,
  })
  const enrol = (customer: Data) =>
    made(agent, 'enrol_in_class', { session_id: series.sessions[0].id, customer_id: customer.id })
  await enrol(nadia)
  const [session] = await agent.does('list_class_sessions', {})
  const { outcome, position } = await enrol(tom)
  expect(session.places_left === 0, 'the class is full')
  expect(outcome === 'waitlisted' && position === 1, 'who comes to a full class waits')
  tell(
    '2. Is the class full?',
    `${session.enrolled} of ${session.capacity}; Tom is ${outcome}, number ${position}`,
  )
}

async function canTheyDoubleBook(desk: Desk): Promise<Data> {
  const booking = await book(desk, desk.nadia, { at: '09:30', on: '2030-01-09', staff: desk.luis })
  const refusal = await desk.agent.isRefused('create_booking', 'customer_overlap', {
    ...wish(desk, { at: '10:00', on: '2030-01-09', staff: desk.irene }),
    customer_id: desk.nadia.id,
    idempotency_key: fresh(),
  })
  tell('3. Can the same customer double-book?', `${refusal.code}: ${refusal.message}`)
  return booking
}

async function doesItEarnPoints({ agent, yoga, nadia }: Desk): Promise<void> {
  await confirmed(agent, 'update_loyalty_program', {
    version: 0,
    name: 'Pulse Club',
    expiry: 'P12M',
    earn_rules: [
      { kind: 'visit', points: 10 },
      { kind: 'spend', points: 1, per_amount: 100, tax: 'after_tax' },
    ],
  })
  const earned = await read(agent, 'calculate_loyalty_points', {
    customer_id: nadia.id,
    visit: true,
    lines: [{ net: yoga.price }],
  })
  expect(earned.points === 60, 'the better rule counts, and not the sum')
  tell('4. Does the booking earn points?', `${earned.points}, good until ${earned.expires_at}`)
}

async function isThereAnActivePass({ agent, nadia }: Desk): Promise<void> {
  const ask = () =>
    agent.does('run_read_tool', {
      tool: 'list_customer_entitlements',
      arguments: { customer_id: nadia.id },
    })
  const before = await ask()
  const pack = await made(agent, 'create_package', {
    name: 'Ten hours',
    sessions: 10,
    validity: 'P3M',
    price: { amount: 50_000, currency: 'EUR' },
  })
  await made(agent, 'sell_package', { package_id: pack.id, customer_id: nadia.id })
  const [pass] = await ask()
  expect(
    before.length === 0 && pass.status === 'valid' && pass.remaining === 10,
    'a pass counts once it is sold',
  )
  tell(
    '5. Is there an active pass?',
    `none, and then ${pass.name}: ${pass.remaining} left, through ${pass.valid_through}`,
  )
}

async function mayAConfirmationGoOut({ agent, nadia }: Desk, booking: Data): Promise<void> {
  const draft = await agent.does('draft_message', {
    customer_id: nadia.id,
    booking_id: booking.id,
    template_key: 'booking_confirmation',
    idempotency_key: fresh(),
  })
  const sending = await agent.asks('send_message', { message_id: draft.id, idempotency_key: fresh() })
  expect(sending.status === 'needs_approval', 'no message leaves without a person')
  tell(
    '6. May a confirmation go out?',
    `it would go ${draft.outlook.goes}; ${sending.status}, in the console`,
  )
}

async function whatIfTheyCancelLate({ agent }: Desk, booking: Data): Promise<void> {
  const ask = () => read(agent, 'preview_booking_cancellation', { booking_id: booking.id })
  const early = await ask()
  await write(agent, 'set_sandbox_clock', { to: at('20:00', '2030-01-08') })
  const late = await ask()
  expect(!early.late && early.fee.amount === 0, 'in time it is free')
  expect(late.late, 'after the cut-off it is late')
  tell(
    '7. What if they cancel late?',
    `free until ${early.free_until}; after that ${late.credit ? `the session is ${late.credit}` : `${late.fee.amount / 100} ${late.fee.currency}`}`,
  )
}

async function doesStaffSeeOnlyTheirOwn({ url, agent, luis }: Desk, ofIrene: Data): Promise<void> {
  const { api_key: key } = await made(agent, 'create_api_key', {
    name: 'Luis, on his phone',
    role: 'member',
    staff_id: luis.id,
    scopes: ['bookings:read', 'customers:read'],
  })
  const his = await connect(url, 'luis', key)
  const seen = await his.does('list_bookings', {})
  expect(seen.length > 0 && seen.every(({ staff_id }: Data) => staff_id === luis.id), 'Luis sees what is his')
  await his.isRefused('get_booking', 'not_found', { booking_id: ofIrene.id })
  tell(
    '8. Does staff see only their own?',
    `Luis sees his ${seen.length}; of Irene’s there is none to be found`,
  )
}

async function whoDidNotCome({ agent, tom }: Desk): Promise<void> {
  await write(agent, 'set_sandbox_clock', { to: at('08:00', '2030-01-14') })
  const missed = await agent.does('list_bookings', {
    from: MONDAY,
    until: at('08:00', '2030-01-14'),
    state: 'no_show',
  })
  expect(missed.length === 1 && missed[0].customer_id === tom.id, 'on Monday the week’s no-shows are known')
  tell(
    '9. No-shows, next Monday?',
    `${missed.length}: ${missed[0].customer_name}, ${missed[0].local.slice(0, 16)}`,
  )
}

interface Wish {
  at: string
  on?: string
  staff: Data
}

/** Of the clock in Madrid, in winter. */
function at(time: string, on = '2030-01-07'): string {
  return `${on}T${time}:00+01:00`
}

function wish({ yoga, place }: Desk, { at: time, on, staff }: Wish) {
  return { service_id: yoga.id, location_id: place.id, staff_id: staff.id, start: at(time, on) }
}

function book(desk: Desk, customer: Data, wished: Wish): Promise<Data> {
  return made(desk.agent, 'create_booking', { ...wish(desk, wished), customer_id: customer.id })
}

function read(agent: Agent, tool: string, args: Record<string, unknown> = {}): Promise<Data> {
  return agent.does('run_read_tool', { tool, arguments: args })
}

function write(agent: Agent, tool: string, args: Record<string, unknown>): Promise<Data> {
  return agent.does('run_write_tool', { tool, arguments: args })
}

function made(agent: Agent, tool: string, args: Record<string, unknown>): Promise<Data> {
  return write(agent, tool, { ...args, idempotency_key: fresh() })
}

/** Past its preview. */
async function confirmed(agent: Agent, tool: string, args: Record<string, unknown>): Promise<Data> {
  const { confirm_token } = await agent.asks('run_write_tool', { tool, arguments: args })
  return write(agent, tool, { ...args, confirm_token })
}
