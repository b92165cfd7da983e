/**
 * All that is found about one start, by the engine and on the customer's side, in the order of precedence. Explaining
 * lists it; creating, quoting and moving a booking refuse with the first that does not pass.
 */

import { Temporal } from 'temporal-polyfill'
import { ANY, checkStart, explain } from '../availability/explain.ts'
import { type Finding, inPrecedence } from '../availability/findings.ts'
import type { LoadedPerson, LoadedPlan } from '../availability/load.ts'
import { durationOf } from '../availability/plan.ts'
import type { Context } from '../context.ts'
import type { Interval } from '../time/local.ts'
import { entitlementFindings } from './credits.ts'
import { customerSide } from './customer.ts'
import { limitFindings } from './limits.ts'
import type { Booking, PayWith } from './tables.ts'

export interface Question {
  /** A person's TypeID, or `any`. */
  who: string
  /** The start, in epoch milliseconds. */
  at: number
  customerId?: string
  payWith?: PayWith
  /** The booking that moves. */
  moving?: Booking
}

export interface Judgement {
  findings: Finding[]
  /** Whether the customer can be there for as long as this person takes. */
  suits(person: LoadedPerson): boolean
}

/** @throws Refusal `not_found` for a customer */
export async function judge(context: Context, plan: LoadedPlan, question: Question): Promise<Judgement> {
  const { who, at, customerId, moving, payWith } = question
  const findings = explain(plan, who, at)
  if (customerId === undefined) return { findings, suits: () => true }
  const timeWith = (person: LoadedPerson) => ({ start: at, end: at + durationOf(plan, person) })
  const choices = candidates(plan, who, at).map(timeWith)
  const booking = { customerId, serviceId: plan.service.id, zone: plan.zone, choices, moving, payWith }
  const side = await judgeCustomer(context, booking)
  return {
    findings: inPrecedence([...findings, ...side.findings]),
    suits: person => side.suits(timeWith(person)),
  }
}

export interface CustomerQuestion {
  customerId: string
  serviceId: string
  /** Of the location. */
  zone: string
  /** The times that it may take, with one start: people take different times for one service. */
  choices: Interval[]
  payWith?: PayWith
  moving?: Booking
}

/**
 * The customer's side alone. Limits are of the start: another person at the same time is no matter of theirs; and what
 * pays was decided when it was booked.
 * @throws Refusal `not_found`
 */
export async function judgeCustomer(
  context: Context,
  { customerId, serviceId, zone, choices, payWith, moving }: CustomerQuestion,
): Promise<{ findings: Finding[]; suits(time: Interval): boolean }> {
  const time = choices.reduce((one, other) => (other.end < one.end ? other : one))
  const at = Temporal.Instant.fromEpochMilliseconds(time.start)
  const keepsStart = moving?.startsAt.equals(at)
  const [{ finding, suits }, limits, entitlement] = await Promise.all([
    customerSide(context, customerId, choices, moving),
    keepsStart ? [] : limitFindings(context, { customerId, serviceId, zone, time, moving }),
    moving ? [] : entitlementFindings(context, { customerId, serviceId, at, payWith }),
  ])
  return { findings: [...limits, finding, ...entitlement], suits }
}

/** Who could do it then; everybody, where nobody can. */
function candidates({ staff, ...plan }: LoadedPlan, who: string, at: number): LoadedPerson[] {
  if (who !== ANY) return staff.filter(({ id }) => id === who)
  const able = staff.filter(person => checkStart({ ...plan, staff: [person] }, person.id, at).length === 0)
  return able.length > 0 ? able : staff
}
