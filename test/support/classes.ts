/** A studio with classes, used as an agent does: enrolling, waiting, and looking at what is left. */

import { type Desk, openDesk } from './booking.ts'
import { type Body, done } from './caller.ts'
import type { TestServer } from './server.ts'
import { made } from './shop.ts'

export interface Studio extends Desk {
  /** What `create_class_series` answers; at 18:00 on the second day, for ten. */
  series(args?: Record<string, unknown>): Promise<Body>
  /** One class alone. */
  session(args?: Record<string, unknown>): Promise<Body>
  enrol(session: Body, args?: Record<string, unknown>): Promise<Body>
  /** On the waitlist of a full class. */
  waits(session: Body, args?: Record<string, unknown>): Promise<Body>
  leaves(enrolment_id: string, by?: string): Promise<Body>
  /** The session as it is listed now. */
  now(session: Body): Promise<Body>
  line(session: Body): Promise<Body[]>
  roster(session: Body): Promise<Body[]>
  change(session: Body, args: Record<string, unknown>): Promise<Body>
  /** A package of as many sessions for this service, sold to the customer. */
  pass(customer_id: string, sessions?: number): Promise<void>
  /** How many sessions of their packages are left. */
  left(customer_id: string): Promise<number>
}

export async function openStudio(
  server: TestServer,
  options: { staff?: number; service?: Body } = {},
): Promise<Studio> {
  const desk = await openDesk(server, options)
  const classOf = (args: Record<string, unknown>) => ({
    service_id: desk.serviceId,
    location_id: desk.locationId,
    staff_id: desk.staffIds[0],
    starts_on: '2030-01-09',
    start_time: '18:00',
    capacity: 10,
    ...args,
  })
  const studio: Studio = {
    ...desk,
    series: (args = {}) => made(desk, 'create_class_series', classOf({ rrule: 'FREQ=WEEKLY', ...args })),
    session: async (args = {}) => (await made(desk, 'create_class_series', classOf(args))).sessions[0],
    enrol: async ({ id }, args = {}) =>
      made(desk, 'enrol_in_class', {
        session_id: id,
        customer_id: args.customer_id ?? (await desk.customer()),
        ...args,
      }),
    waits: async ({ id }, args = {}) =>
      made(desk, 'join_waitlist', {
        session_id: id,
        customer_id: args.customer_id ?? (await desk.customer()),
        ...args,
      }),
    async leaves(enrolment_id, by = 'customer') {
      const { isError, body } = await desk.confirmed('cancel_class_enrolment', { enrolment_id, by })
      if (isError) throw new Error(JSON.stringify(body))
      return body.data
    },
    async now({ id, starts_at }) {
      for (const state of ['scheduled', 'cancelled']) {
        const rows = await done(desk, 'list_class_sessions', {
          from: '2030-01-01T00:00:00Z',
          state,
          limit: 100,
        })
        const found = rows.find((row: Body) => row.id === id)
        if (found) return found
      }
      throw new Error(`no session ${id} at ${starts_at}`)
    },
    line: ({ id }) => done(desk, 'list_waitlist', { session_id: id }),
    roster: async ({ id }) => (await done(desk, 'list_class_roster', { session_id: id })).enrolments,
    async change(session, args) {
      const { version } = await studio.now(session)
      return done(desk, 'update_class_session', { session_id: session.id, version, ...args })
    },
    async pass(customer_id, sessions = 1) {
      const offered = {
        name: 'Pass',
        sessions,
        price: { amount: 1000, currency: 'EUR' },
        activation: 'on_purchase',
      }
      const { id } = await made(desk, 'create_package', offered)
      await made(desk, 'sell_package', { package_id: id, customer_id })
    },
    async left(customer_id) {
      const lots = await done(desk, 'list_customer_entitlements', { customer_id })
      return (lots as Body[]).reduce((sum, { remaining }) => sum + remaining, 0)
    },
  }
  return studio
}
