/** A small business to book in, set up over MCP as an agent would. */

import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { Temporal } from 'temporal-polyfill'
import { type Body, type Called, type Caller, callTool, done, fresh } from './caller.ts'
import type { TestServer } from './server.ts'

export interface Shop extends Caller {
  key: string
  /** Of the owner, who may decide. */
  email: string
  locationId: string
  serviceId: string
  staffIds: string[]
  /** 10:00 in the shop's zone, so many days after its (standing) clock. */
  morning(days: number): Temporal.ZonedDateTime
}

const ZONE = 'Europe/Madrid'
const NOW = '2030-01-07T08:00:00Z' // A Monday.

const allDay = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map(day => [day, [{ from: '00:00', to: '24:00' }]]),
)

/** A sandbox whose clock stands still, with people who work around the clock and perform one service. */
export async function openShop(
  server: TestServer,
  { staff = 1, service = {} }: { staff?: number; service?: Body } = {},
): Promise<Shop> {
  const owner = await server.signUp()
  const { api_key: key } = await done({ url: server.url, key: owner.key }, 'create_sandbox', {
    idempotency_key: fresh(),
  })
  const agent = { url: server.url, key }
  await done(agent, 'set_sandbox_clock', { to: NOW })
  const location = await made(agent, 'create_location', { name: 'Centro', time_zone: ZONE, hours: allDay })
  const offered = {
    name: 'Session',
    duration_minutes: 60,
    price: { amount: 5000, currency: 'EUR' },
    ...service,
  }
  const { id: serviceId } = await made(agent, 'create_service', offered)
  await done(agent, 'set_service_booking_policy', { service_id: serviceId, window_days: 365 })
  const staffIds: string[] = []
  for (let n = 1; n <= staff; n++) {
    const person = await made(agent, 'create_staff', { name: `Person ${n}`, location_ids: [location.id] })
    await done(agent, 'set_staff_services', { staff_id: person.id, services: [{ service_id: serviceId }] })
    staffIds.push(person.id)
  }
  const today = Temporal.Instant.from(NOW).toZonedDateTimeISO(ZONE).startOfDay()
  return {
    ...agent,
    email: owner.email,
    locationId: location.id,
    serviceId,
    staffIds,
    morning: days => today.add({ days, hours: 10 }),
  }
}

export function made(agent: Caller, tool: string, input: Record<string, unknown>): Promise<Body> {
  return done(agent, tool, { ...input, idempotency_key: fresh() })
}

export interface Rival {
  customerId: string
  call(tool: string, args: Record<string, unknown>): Promise<Called>
}

/** Agents with keys of their own, each a real MCP client, each booking for a customer of their own. */
export async function rivals(
  t: { after(work: () => unknown): void },
  shop: Shop,
  count: number,
): Promise<Rival[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const scopes = ['bookings:read', 'bookings:write', 'availability:read', 'availability:write']
      const { api_key } = await made(shop, 'create_api_key', { name: `Rival ${n}`, scopes })
      const customer = await made(shop, 'create_customer', { name: `Customer ${n}` })
      const client = new Client({ name: `rival-${n}`, version: '1.0.0' })
      const headers = { authorization: `Bearer ${api_key}` }
      await client.connect(
        new StreamableHTTPClientTransport(new URL(`${shop.url}/mcp/x/bookings`), {
          requestInit: { headers },
        }),
      )
      t.after(() => client.close())
      return { customerId: customer.id, call: (tool, args) => callWith(client, tool, args) }
    }),
  )
}

async function callWith(client: Client, name: string, args: Record<string, unknown>): Promise<Called> {
  const result: Body = await client.callTool({ name, arguments: args })
  const body = result.structuredContent ?? JSON.parse(result.content[0].text)
  return { status: 200, isError: result.isError ?? false, body }
}

export { callTool }
