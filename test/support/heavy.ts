/** More than any business has, each text as long as it may be: what a page has to be light with. By SQL, as `copies.ts`. */

import { uuidOf } from '../../src/catalog/kinds.ts'
import { done } from './caller.ts'
import { copies } from './copies.ts'
import type { Furnished } from './furnished.ts'
import type { TestServer } from './server.ts'
import { made } from './shop.ts'

/** In SQL, a text as long as it may be, of characters that take three bytes each; `n` makes it another one. */
export const wide = (length: number) => `(repeat('健', ${length - 4}) || n)`

/** Of entries every five minutes, around the clock. */
export const A_DAY = 288
/** Days of the week, from Monday on, that one person has full. */
export const FULL_DAYS = 2

export async function burden(server: TestServer, business: Furnished): Promise<void> {
  const { service, booking, customer, messages } = business
  const { owner } = server.house.database
  const [location] = await done(business, 'list_locations')
  const [key] = await done(business, 'list_api_keys')
  const of = (table: string, id: string, count: number, change: string) =>
    copies(server, { table, id: uuidOf(id), count, change: `jsonb_build_object(${change})` })
  const staff = await of('staff', business.staff[0].id, 60, `'name', ${wide(120)}, 'member_id', null`)
  const text = `'name', ${wide(120)}, 'description', ${wide(2000)}, 'category', ${wide(80)}`
  const services = await of('services', service.id, 250, text)
  await of('services', service.id, 150, `${text}, 'status', 'archived'`)
  await of('locations', location.id, 120, `'name', ${wide(120)}, 'address', ${wide(300)}`)
  const email = `repeat('a', 235) || n || '@b.example'`
  const customers = await of(
    'customers',
    customer.id,
    200,
    `'name', ${wide(200)}, 'email', ${email}, 'email_key', ${email}`,
  )
  await of('messages', messages.sent, 60, `'subject', ${wide(900)}, 'body', ${wide(20_000)}`)
  await of('api_keys', key.id, 60, `'name', ${wide(100)}, 'secret_hash', '\\x' || repeat(md5(n::text), 2)`)
  const hour = (at: string) => `model.starts_at::date + (8 + n) * interval '1 hour' + interval '${at}'`
  for (const [at, id] of staff.entries())
    await of(
      'bookings',
      booking.id,
      8,
      `'staff_id', '${id}', 'customer_id', '${customers[at]}', 'service_id', '${services[at]}',
       'starts_at', ${hour('0')}, 'ends_at', ${hour('1 hour')}`,
    )
  await owner.query(
    `INSERT INTO staff_services (workspace_id, staff_id, service_id)
     SELECT workspace_id, unnest($2::uuid[]), id FROM services WHERE id = $1`,
    [uuidOf(service.id), staff],
  )
  const fiveMinutes = (count: string) =>
    `date_trunc('week', model.starts_at, '${location.time_zone}') + ${count} * interval '5 minutes'`
  await of(
    'bookings',
    booking.id,
    FULL_DAYS * A_DAY,
    `'staff_id', '${uuidOf(business.staff[1].id)}', 'customer_id', '${customers[0]}', 'service_id', '${services[0]}',
     'starts_at', ${fiveMinutes('(n - 1)')}, 'ends_at', ${fiveMinutes('n')}`,
  )
}

/** One person who is away for years, at a hundred places, and does five hundred things. */
export async function burdenPerson(server: TestServer, business: Furnished): Promise<void> {
  const { owner } = server.house.database
  const staff = uuidOf(business.staff[0].id)
  const away = await made(business, 'create_time_off', {
    staff_id: business.staff[0].id,
    from: '2040-01-01',
    to: '2040-01-01',
  })
  await copies(server, {
    table: 'time_off',
    id: uuidOf(away.id),
    count: 150,
    change: `jsonb_build_object('reason', ${wide(500)}, 'starts_at', model.starts_at + n * interval '1 day',
      'ends_at', model.ends_at + n * interval '1 day')`,
  })
  await owner.query(
    `INSERT INTO staff_locations (workspace_id, staff_id, location_id)
     SELECT workspace_id, $1, id FROM locations WHERE workspace_id = (SELECT workspace_id FROM staff WHERE id = $1)
     ORDER BY id DESC LIMIT 99`,
    [staff],
  )
  await owner.query(
    `INSERT INTO staff_services (workspace_id, staff_id, service_id)
     SELECT workspace_id, $1, id FROM services WHERE workspace_id = (SELECT workspace_id FROM staff WHERE id = $1)
     ON CONFLICT DO NOTHING`,
    [staff],
  )
}

/** A customer with a year of bookings before them, sixty passes and notes as long as they may be. */
export async function burdenCustomer(server: TestServer, business: Furnished): Promise<void> {
  const { booking, customer } = business
  const tags = Array.from({ length: 50 }, (_, at) => '健'.repeat(38) + at)
  await server.house.database.owner.query(
    'UPDATE customers SET tags = $2 WHERE workspace_id = (SELECT workspace_id FROM customers WHERE id = $1)',
    [uuidOf(customer.id), tags],
  )
  const pass = await made(business, 'create_package', {
    name: 'Ten sessions',
    sessions: 10,
    price: { amount: 50_000, currency: 'EUR' },
  })
  const lot = await made(business, 'sell_package', { customer_id: customer.id, package_id: pass.id })
  const note = await made(business, 'create_customer_note', { customer_id: customer.id, text: 'x' })
  const of = (table: string, id: string, count: number, change: string) =>
    copies(server, { table, id: uuidOf(id), count, change: `jsonb_build_object(${change})` })
  const lots = await of('entitlement_lots', lot.lot?.id ?? lot.id, 60, `'name', ${wide(100)}`)
  await server.house.database.owner.query(
    `INSERT INTO entitlement_entries
     SELECT (jsonb_populate_record(e, jsonb_build_object('lot_id', lot))).* FROM entitlement_entries e, unnest($2::uuid[]) lot
     WHERE e.lot_id = $1`,
    [uuidOf(lot.lot?.id ?? lot.id), lots],
  )
  await of('customer_notes', note.id, 40, `'text', ${wide(5_000)}`)
  const later = `interval '10 years' + n * interval '1 day'`
  await of(
    'bookings',
    booking.id,
    25,
    `'starts_at', model.starts_at + ${later}, 'ends_at', model.ends_at + ${later}`,
  )
}
