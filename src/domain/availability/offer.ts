/** What can be booked: slots of a range of dates, the first few, and why a start cannot. The engine, over one loaded plan. */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { judge } from '../bookings/judge.ts'
import type { Context } from '../context.ts'
import { addDays, dayOf, type LocalDate, localDateOf } from '../time/local.ts'
import { DAY } from '../time/zone.ts'
import { ANY, nobodyPerforms } from './explain.ts'
import type { Finding } from './findings.ts'
import { type LoadedPlan, loadPlan } from './load.ts'
import { durationOf, windowEnd } from './plan.ts'
import { type AnySlot, firstOf, type PersonSlots, slotsOf, union } from './slots.ts'

export interface SlotQuestion {
  serviceId: string
  locationId: string
  staffId?: string
  variantId?: string
  addonIds?: string[]
  partySize?: number
}

export interface OfferedSlot {
  start: Temporal.Instant
  /** The latest of those free, where people take different times. */
  end: Temporal.Instant
  /** On the clock of the location, with its zone (RFC 9557). */
  local: string
  /** TypeIDs of who is free. */
  staff: string[]
}

/** Dates of the location, both included. @throws Refusal `not_found`, `invalid_input` */
export async function availableSlots(
  context: Context,
  question: SlotQuestion & { from?: LocalDate; to?: LocalDate; after?: number; limit: number },
): Promise<{ plan: LoadedPlan; slots: OfferedSlot[]; more: boolean }> {
  const { from, to, after = Number.NEGATIVE_INFINITY, limit } = question
  // Which date it is there is known once the location is: at most one away from UTC's.
  const today = localDateOf(context.now.epochMilliseconds, 'UTC')
  const furthest = addDays(from ?? today, MOST_DAYS)
  const end = to ?? addDays(from ?? today, DEFAULT_DAYS)
  const plan = await loadPlan(context, {
    ...question,
    range: {
      start: Math.max(dayOf(from ?? today, 'UTC').start - DAY, after),
      end: Math.min(dayOf(end, 'UTC').end, dayOf(furthest, 'UTC').end) + DAY,
    },
  })
  mustPerform(plan, question)
  const first = from ?? localDateOf(plan.now, plan.zone)
  const last = to ?? addDays(first, DEFAULT_DAYS - 1)
  mustBeRange(first, last)
  const rest = { start: Math.max(dayOf(first, plan.zone).start, after + 1), end: dayOf(last, plan.zone).end }
  const found = union(firstOf(slotsOf(plan, rest), limit + 1))
  return { plan, slots: offeredOf(plan, found.slice(0, limit)), more: found.length > limit }
}

/**
 * The first `count` starts from `from` on: of anybody, or of each person. Looks at a week, then at twice as long each
 * time, for most calendars have room soon; at the widest booking window's end that is the seventh time.
 */
export async function nextAvailable(
  context: Context,
  question: SlotQuestion & { from?: Temporal.Instant; count: number; perPerson: boolean },
): Promise<{ plan: LoadedPlan; slots: OfferedSlot[] }> {
  const { count, perPerson } = question
  let start = Math.max((question.from ?? context.now).epochMilliseconds, context.now.epochMilliseconds)
  let next: PersonSlots[] = []
  for (let length = 7 * DAY; ; length *= 2) {
    const end = start + length
    const plan = await loadPlan(context, { ...question, range: { start, end } })
    mustPerform(plan, question)
    next = firstOf(joined(next, slotsOf(plan, { start, end })), count)
    const slots = perPerson
      ? next.flatMap(({ personId, starts }) => starts.map(start => ({ start, personIds: [personId] })))
      : union(next).slice(0, count)
    const enough = perPerson ? next.every(({ starts }) => starts.length === count) : slots.length === count
    if (enough || next.length === 0 || end >= windowEnd(plan)) return { plan, slots: offeredOf(plan, slots) }
    start = end
  }
}

/** What each person of the later ones is offered in both. */
function joined(earlier: PersonSlots[], later: PersonSlots[]): PersonSlots[] {
  const startsOf = new Map(earlier.map(({ personId, starts }) => [personId, starts]))
  return later.map(({ personId, starts }) => ({
    personId,
    starts: [...(startsOf.get(personId) ?? []), ...starts],
  }))
}

/** Every rule's finding about one start, in the order in which `create_booking` would refuse. */
export async function explainStart(
  context: Context,
  question: SlotQuestion & { start: Temporal.Instant; customerId?: string },
): Promise<{ plan: LoadedPlan; findings: Finding[] }> {
  const at = question.start.epochMilliseconds
  const plan = await loadPlan(context, { ...question, range: { start: at, end: at } })
  mustPerform(plan, question)
  const who = question.staffId === undefined ? ANY : plan.staff[0]!.id
  const { findings } = await judge(context, plan, { who, at, customerId: question.customerId })
  return { plan, findings }
}

const DEFAULT_DAYS = 7
const MOST_DAYS = 93

function mustBeRange(from: LocalDate, to: LocalDate): void {
  if (to < from) throw new Refusal('invalid_input', 'to: It lies before from.', { from, to })
  if (to >= addDays(from, MOST_DAYS))
    throw new Refusal('invalid_input', `to: At most ${MOST_DAYS} days at once.`, { from, to })
}

function mustPerform(plan: LoadedPlan, { staffId }: SlotQuestion): void {
  if (staffId === undefined && plan.staff.length === 0) throw nobodyPerforms()
}

function offeredOf(plan: LoadedPlan, slots: AnySlot[]): OfferedSlot[] {
  const durations = new Map(plan.staff.map(person => [person.id, durationOf(plan, person)]))
  return slots.map(({ start, personIds }) => {
    const longest = Math.max(...personIds.map(id => durations.get(id)!))
    const instant = Temporal.Instant.fromEpochMilliseconds(start)
    return {
      start: instant,
      end: Temporal.Instant.fromEpochMilliseconds(start + longest),
      local: instant.toZonedDateTimeISO(plan.zone).toString({ smallestUnit: 'minute' }),
      staff: personIds,
    }
  })
}
