/** More than any business has, each text as long as it may be: what a page has to be light with. By SQL, as `copies.ts`. */

import { uuidOf } from '../../src/catalog/kinds.ts'
import { done } from './caller.ts'
import { copies } from './copies.ts'
import type { Furnished } from './furnished.ts'
import type { TestServer } from './server.ts'

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
