/** The rules that a booking meets on its customer's side. */

import { and, asc, eq, gt, inArray, lt, ne, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { readSettings } from '../../access/settings.ts'
import { idText } from '../../catalog/kinds.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Finding } from '../availability/findings.ts'
import { enrolmentsOverlapping } from '../classes/overlap.ts'
import type { Context } from '../context.ts'
import { customers } from '../customers/tables.ts'
import type { Interval } from '../time/local.ts'
import { DAY } from '../time/zone.ts'
import { notLapsed } from './read.ts'
import { type Booking, bookings } from './tables.ts'

/** Taken after the people's locks: two bookings of one customer at once see each other. */
export async function lockCustomer({ db, workspace }: Context, customerId: string): Promise<void> {
  await db.execute(
    sql`SELECT FROM customers WHERE workspace_id = ${workspace.id} AND id = ${customerId} FOR NO KEY UPDATE`,
  )
}

export interface CustomerSide {
  finding: Finding
  /** Whether the customer can be there for all of it. */
  suits(service: Interval): boolean
}

/**
 * What the customer's rules find about a booking.
 * @param choices the times that it may take: people take different times for one service; the rule passes where it
 *   leaves one of them
 * @param moving the booking that moves: it may overlap itself, and whose it is was decided when it was made
 * @throws Refusal `not_found`
 */
export async function customerSide(
  context: Context,
  customerId: string,
  choices: Interval[],
  moving?: Booking,
): Promise<CustomerSide> {
  const wanted = {
    start: Math.min(...choices.map(({ start }) => start)),
    end: Math.max(...choices.map(({ end }) => end)),
  }
  const [appointments, classes] = await Promise.all([
    overlapping(context, customerId, wanted, moving),
    enrolmentsOverlapping(context, customerId, wanted),
    moving ?? mustBeActive(context, customerId),
  ])
  const others = [
    ...appointments.map(booking => ({ ...booking, kind: 'booking' as const })),
    ...classes.map(enrolment => ({ ...enrolment, kind: 'enrolment' as const })),
  ]
  const allowed = others.length > 0 && (await readSettings(context)).booking.allow_customer_overlap
  const suits = ({ start, end }: Interval) =>
    allowed ||
    others.every(
      ({ startsAt, endsAt }) => endsAt.epochMilliseconds <= start || end <= startsAt.epochMilliseconds,
    )
  return { finding: findingOf(others, choices.some(suits)), suits }
}

function findingOf([other]: Other[], passed: boolean): Finding {
  const rule = { rule: 'customer_free', code: 'customer_overlap', passed } as const
  if (!other) return { ...rule, because: 'The customer has no other booking then.', details: {} }
  const details = {
    [`${other.kind}_id`]: idText(other.kind, other.id),
    starts_at: other.startsAt.toString(),
    ends_at: other.endsAt.toString(),
  }
  const what = other.kind === 'booking' ? 'has another booking' : 'is in a class'
  const because = passed
    ? `The customer ${what} around then, which is not in the way.`
    : `The customer ${what} then.`
  return { ...rule, because, details }
}

/** @throws Refusal `not_found` */
export async function mustBeActive({ db, workspace }: Context, customerId: string): Promise<void> {
  const [customer] = await db
    .select({ status: customers.status })
    .from(customers)
    .where(and(eq(customers.workspaceId, workspace.id), eq(customers.id, customerId)))
  if (customer?.status !== 'active') throw notFound('customer', ['search_customers'])
}

type OtherBooking = Pick<Booking, 'id' | 'startsAt' | 'endsAt'>

interface Other extends OtherBooking {
  kind: 'booking' | 'enrolment'
}

function overlapping(
  { db, workspace, now }: Context,
  customerId: string,
  { start, end }: Interval,
  moving?: Booking,
): Promise<OtherBooking[]> {
  return db
    .select({ id: bookings.id, startsAt: bookings.startsAt, endsAt: bookings.endsAt })
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        eq(bookings.customerId, customerId),
        inArray(bookings.state, ['pending', 'confirmed', 'arrived']),
        notLapsed(now),
        gt(bookings.startsAt, Temporal.Instant.fromEpochMilliseconds(start - DAY)), // No service is longer; no need to look at years.
        lt(bookings.startsAt, Temporal.Instant.fromEpochMilliseconds(end)),
        gt(bookings.endsAt, Temporal.Instant.fromEpochMilliseconds(start)),
        moving && ne(bookings.id, moving.id),
      ),
    )
    .orderBy(asc(bookings.startsAt), asc(bookings.id))
}
