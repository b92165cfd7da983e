/** What somebody sees who sees not everything: every read tool, walked by who may see nothing of what is there. */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { inputOf, newSandbox, type Sandbox } from './support/example.ts'
import { startServer, type TestServer } from './support/server.ts'
import { type Colleague, colleague } from './support/team.ts'

const closing: (() => unknown)[] = []
let server: TestServer
let sandbox: Sandbox
before(async () => {
  server = await startServer({ after: work => void closing.push(work) })
  sandbox = await newSandbox(server, await server.signUp())
})
after(async () => {
  for (const close of closing) await close()
})

const as = (key: string) => ({ url: server.url, key })
const keyed = (args: Body) => ({ ...args, idempotency_key: fresh() })

/** A member of the lowest role who signs in as a new member of staff. */
async function linked(name: string, desk = sandbox): Promise<Colleague & { staffId: string }> {
  const { id } = await done(desk, 'create_staff', keyed({ name }))
  const host = { key: desk.key, email: '', workspaceId: desk.workspaceId }
  return { ...(await colleague(server, host, { staff_id: id, person: desk.person })), staffId: id }
}

/** A shop in which each of these has one booking, with a customer of their own. */
async function shop(staffIds: string[]) {
  const location = await done(
    sandbox,
    'create_location',
    keyed({ name: 'Centro', time_zone: 'Europe/Madrid' }),
  )
  const service = await done(
    sandbox,
    'create_service',
    keyed({ name: 'Cut', duration_minutes: 30, price: { amount: 1000, currency: 'EUR' } }),
  )
  const booked: { customer: string; booking: string }[] = []
  for (const [at, staff_id] of staffIds.entries()) {
    const person = (await done(sandbox, 'list_staff', { limit: 100 })).find(({ id }: Body) => id === staff_id)
    await done(sandbox, 'update_staff', { staff_id, version: person.version, location_ids: [location.id] })
    await done(sandbox, 'set_staff_services', { staff_id, services: [{ service_id: service.id }] })
    const customer = await done(
      sandbox,
      'create_customer',
      keyed({ name: `Client ${at} of ${staff_id.slice(-6)}` }),
    )
    const where = { service_id: service.id, location_id: location.id, staff_id }
    const { slots } = await done(sandbox, 'find_next_available_slot', where)
    const booking = await done(
      sandbox,
      'create_booking',
      keyed({ ...where, start: slots[0].start, customer_id: customer.id }),
    )
    booked.push({ customer: customer.id, booking: booking.id })
  }
  return { location, service, booked }
}

test('a member who is linked to a staff record sees only assigned bookings and their customers', async () => {
  const [eva, lia] = [await linked('Eva'), await linked('Lia')]
  const { booked } = await shop([eva.staffId, lia.staffId])
  const [own, other] = booked as [Body, Body]
  const bookings = await done(as(eva.key), 'list_bookings', { limit: 100 })
  assert.deepEqual(
    bookings.map(({ id }: Body) => id),
    [own.booking],
  )
  const customers = await done(as(eva.key), 'search_customers', { limit: 100 })
  assert.deepEqual(
    customers.map(({ id }: Body) => id),
    [own.customer],
  )
  assert.equal((await done(as(eva.key), 'get_booking', { booking_id: own.booking })).id, own.booking)
  assert.equal((await done(as(eva.key), 'get_customer', { customer_id: own.customer })).id, own.customer)

  // What is out of sight answers as what does not exist, to reads and writes alike.
  const random = 'booking_01kx0000000000000000000000'
  for (const tool of ['get_booking', 'cancel_booking', 'check_in_booking']) {
    const ask = (booking_id: string) =>
      callTool(
        as(eva.key),
        tool,
        tool === 'cancel_booking' ? keyed({ booking_id, by: 'business' }) : { booking_id },
      )
    const [hidden, unknown] = [await ask(other.booking), await ask(random)]
    assert.equal(hidden.body.code, 'not_found', tool)
    assert.deepEqual(hidden.body, unknown.body, tool)
  }
  const hidden = await callTool(as(eva.key), 'get_customer', { customer_id: other.customer })
  assert.equal(hidden.body.code, 'not_found')

  // By another tool, too.
  const through = await callTool(as(eva.key), 'run_read_tool', {
    tool: 'get_booking',
    arguments: { booking_id: other.booking },
  })
  assert.equal(through.body.code, 'not_found')

  // Whom they put in themself is theirs to book for.
  const walkIn = await done(as(eva.key), 'create_customer', keyed({ name: 'Walk in' }))
  assert.equal((await done(as(eva.key), 'get_customer', { customer_id: walkIn.id })).id, walkIn.id)
  assert.equal(
    (await callTool(as(lia.key), 'get_customer', { customer_id: walkIn.id })).body.code,
    'not_found',
  )

  // An admin who is linked sees everything: the rule is the lowest role's.
  assert.ok((await done(sandbox, 'list_bookings', { limit: 100 })).length >= 2)
})

test('a key bound to a staff record or to locations sees what is there alone, of any of its maker’s', async () => {
  const [mia, noa] = [await linked('Mia'), await linked('Noa')]
  const first = await shop([mia.staffId])
  const second = await shop([noa.staffId])
  const scopes = ['bookings:read', 'customers:read', 'team:read', 'availability:read']
  const make = async (bound: Body): Promise<Body> =>
    done(sandbox, 'create_api_key', keyed({ name: 'Bound', scopes, ...bound }))
  for (const bound of [{ staff_id: mia.staffId }, { location_ids: [first.location.id] }]) {
    const key = await make(bound)
    assert.equal(key.role, 'member')
    const bookings = await done(as(key.api_key), 'list_bookings', { limit: 100 })
    assert.deepEqual(
      bookings.map(({ id }: Body) => id),
      [first.booked[0]!.booking],
    )
    const customers = await done(as(key.api_key), 'search_customers', { limit: 100 })
    assert.ok(customers.some(({ id }: Body) => id === first.booked[0]!.customer))
    assert.ok(!customers.some(({ id }: Body) => id === second.booked[0]!.customer))
    const hidden = await callTool(as(key.api_key), 'get_booking', { booking_id: second.booked[0]!.booking })
    assert.equal(hidden.body.code, 'not_found')
  }
  const here = await make({ location_ids: [first.location.id] })
  const elsewhere = { service_id: second.service.id, location_id: second.location.id }
  assert.equal(
    (await callTool(as(here.api_key), 'find_next_available_slot', elsewhere)).body.code,
    'not_found',
  )
})

test('a key can create none stronger than itself: a bound one has the lowest role, and creates none', async () => {
  const eva = await linked('Eva')
  const bind = (more: Body) =>
    callTool(sandbox, 'create_api_key', keyed({ name: 'Bound', staff_id: eva.staffId, ...more }))
  assert.equal((await bind({ role: 'admin' })).body.code, 'invalid_input')
  assert.equal((await bind({ scopes: ['payments:write'] })).body.code, 'forbidden_scope')
  const { body } = await bind({ scopes: ['bookings:read', 'bookings:write'] })
  const more = await callTool(as(body.data.api_key), 'create_api_key', keyed({ name: 'More' }))
  assert.equal(more.body.code, 'forbidden_scope')
})

test('no read tool, of what is here now or later, shows who sees nothing a booking or a customer', {
  timeout: 300_000,
}, async () => {
  let desk = sandbox
  let stranger = await linked('Nobody’s', desk)
  const { rows: before } = await server.house.database.owner.query('SELECT count(*)::int AS n FROM bookings')
  let walked = 0
  for (const { tool } of server.house.catalog.entries) {
    if (tool.effect !== 'read' || tool.role !== 'member' || tool.forwards) continue
    // A business of its own for an example that makes one.
    if (tool.example.given) {
      desk = await newSandbox(server, await server.signUp())
      stranger = await linked('Nobody’s', desk)
    }
    const input = await inputOf(desk, tool)
    const { body, isError } = await callTool(as(stranger.key), tool.name, input)
    const text = JSON.stringify(body)
    assert.ok(!isError || ['not_found', 'forbidden_scope'].includes(body.code), `${tool.name}: ${text}`)
    assert.doesNotMatch(text, /"(booking|customer)_[0-7]/, tool.name)
    assert.doesNotMatch(text, /Ana Ruiz|612 ?345 ?678/, tool.name)
    walked++
  }
  assert.ok(walked > 20)
  const { rows: afterwards } = await server.house.database.owner.query(
    'SELECT count(*)::int AS n FROM bookings',
  )
  assert.ok(afterwards[0].n > before[0].n, 'there was something to see')
})

test('a rotated key and the old one both open for the overlap, then the new one alone', async () => {
  const old = await done(sandbox, 'create_api_key', keyed({ name: 'Website', scopes: ['services:read'] }))
  const rotate = async (key_id: string, overlap_hours: number): Promise<Body> => {
    const args = keyed({ key_id, overlap_hours })
    const { body } = await callTool(sandbox, 'rotate_api_key', args)
    return done(sandbox, 'rotate_api_key', { ...args, confirm_token: body.confirm_token })
  }
  const works = async ({ api_key }: Body) => (await callTool(as(api_key), 'list_services')).status === 200
  const next = await rotate(old.id, 24)
  assert.deepEqual([next.scopes, next.role, next.name], [old.scopes, old.role, old.name])
  assert.ok((await works(old)) && (await works(next)))
  const last = await rotate(next.id, 0)
  assert.deepEqual([await works(old), await works(next), await works(last)], [true, false, true])
  await server.house.database.owner.query(
    `UPDATE api_keys SET expires_at = clock_timestamp() WHERE expires_at > clock_timestamp() AND name = 'Website'`,
  )
  assert.deepEqual([await works(old), await works(last)], [false, true])
})
