/** One query brings all that availability is decided over: the service, the place, its people, and what fills their time. */

import { type SQL, sql } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Segment } from '../business/tables.ts'
import type { Context } from '../context.ts'
import type { Interval } from '../time/local.ts'
import { DAY, MINUTE } from '../time/zone.ts'
import { type DayOverride, hoursOf, type WeeklyHours } from './hours.ts'
import type { Busy, Need, Part, PersonPlan, Plan, Pool } from './plan.ts'

export interface PlanQuestion {
  serviceId: string
  locationId: string
  /** Only this person; by default everybody who works at the location and performs the service. */
  staffId?: string
  /** Instead of the service's own time and price, and of a person's. */
  variantId?: string
  addonIds?: string[]
  /** Default: one. */
  partySize?: number
  /** What is asked about; the plan knows everything that touches it. */
  range: Interval
  /** Bookings that do not count, for one that moves. */
  ignore?: string[]
  /** As it was booked: it needs these, and variants and add-ons may have left the menu since. */
  booked?: { needs: NeedOfIds[] }
}

/** Of each need its resources, in the order of choice. */
export interface NeedOfIds {
  quantity: number
  choices: string[]
}

export interface LoadedPlan extends Plan {
  service: Plan['service'] & ServiceTerms
  locationId: string
  locationName: string
  staff: LoadedPerson[]
  needs: LoadedNeed[]
  variant: LoadedVariant | null
  /** In the order of the menu. */
  addons: LoadedAddon[]
}

export interface LoadedNeed extends Need {
  choices: LoadedPool[]
  /** The uuids of all choices, those of other locations too. */
  resourceIds: string[]
}

export interface LoadedPool extends Pool {
  /** The uuid. */
  resourceId: string
  unitIds: string[]
  taken: TakenUnit[]
}

interface TakenUnit extends Busy {
  /** The uuid. */
  unit: string
}

interface LoadedVariant {
  id: string
  name: string
  durationMinutes: number | null
  priceAmount: number
}

interface LoadedAddon {
  id: string
  name: string
  minutes: number
  priceAmount: number
}

/** What a booking takes over from its service. */
export interface ServiceTerms {
  id: string
  name: string
  priceAmount: number
  requiresConfirmation: boolean
  answerWithinMinutes: number | null
  cancelCutoffMinutes: number
  holdMinutes: number
}

/** Ids in a plan are text as on every surface, since findings carry them there. */
export interface LoadedPerson extends PersonPlan {
  /** The uuid. */
  staffId: string
  name: string
  /** Minor units, where this person asks another price. */
  priceAmount: number | null
}

/** @throws Refusal `not_found` for a service, location or person that is not of this workspace */
export async function loadPlan(context: Context, question: PlanQuestion): Promise<LoadedPlan> {
  const { db, workspace, now } = context
  const { locationId, staffId, range, booked } = question
  const { rows } = await db.execute<LoadedRow>(planQuery(workspace.id, question, around(range)))
  const { service, location, staff, pools } = rows[0]!
  if (!service) throw notFound('service', ['list_services'])
  if (!location) throw notFound('location', ['list_locations'])
  if (staffId !== undefined && staff.length === 0) throw notFound('staff', ['list_staff'])
  const { segments, needs, ...terms } = service
  const { variant, addons } = optionsOf(service, question)
  const extra = addons.reduce((sum, { minutes }) => sum + minutes, 0)
  const own = segments ? null : variant?.durationMinutes // Segments are the time of every variant.
  const durationMinutes = (own ?? terms.durationMinutes) + extra
  if (!booked) refuseMoreThanADay(durationMinutes)
  return {
    now: now.epochMilliseconds,
    zone: location.zone,
    party: question.partySize,
    locationId,
    locationName: location.name,
    service: {
      ...terms,
      active: terms.active && location.active,
      durationMinutes,
      parts: partsOf(segments),
      intervalMinutes: terms.intervalMinutes ?? undefined,
    },
    variant,
    addons,
    staff: staff.map(row => withOptions(personOf(row, location), variant, extra)),
    needs: needsOf(booked?.needs ?? needs, pools.map(poolOf)),
    ignore: question.ignore && new Set(question.ignore.map(id => idText('booking', id))),
  }
}

/** @throws Refusal `not_found` for a variant or an add-on that is not of this service, or is no longer */
function optionsOf(
  { variant, addons }: NonNullable<LoadedRow['service']>,
  { variantId, addonIds = [], booked }: PlanQuestion,
) {
  const offered = ({ status }: { status: string }) => booked !== undefined || status === 'active'
  if (variantId !== undefined && !(variant && offered(variant))) throw notFound('variant', ['get_service'])
  if (addons.filter(offered).length < new Set(addonIds).size) throw notFound('addon', ['get_service'])
  return { variant, addons }
}

/** All that looks for what is near counts on no service being longer than a day. */
function refuseMoreThanADay(minutes: number): void {
  if (minutes <= DAY / MINUTE) return
  throw new Refusal('invalid_input', `addon_ids: With these it takes ${minutes} minutes, more than a day.`)
}

/** As the engine reads them; the last part has what add-ons bring. */
export function partsOf(segments: Segment[] | null): Part[] | undefined {
  return segments?.map(({ minutes, gap_after_minutes: gapAfterMinutes }) => ({ minutes, gapAfterMinutes }))
}

/** With a variant everybody takes its time and its price. */
function withOptions(person: LoadedPerson, variant: LoadedVariant | null, extra: number): LoadedPerson {
  if (variant) return { ...person, durationMinutes: undefined, priceAmount: null }
  const { durationMinutes: own, performs } = person
  if (own === undefined) return person
  // Who would take more than a day with what was added does not do that.
  return { ...person, durationMinutes: own + extra, performs: performs && own + extra <= DAY / MINUTE }
}

/** Of each need what stands at the location. */
function needsOf(needs: NeedOfIds[], pools: LoadedPool[]): LoadedNeed[] {
  return needs.map(({ quantity, choices: resourceIds }) => ({
    quantity,
    choices: resourceIds.flatMap(id => pools.find(({ resourceId }) => resourceId === id) ?? []),
    resourceIds,
  }))
}

function poolOf({ id, name, active, units }: PoolRow): LoadedPool {
  return {
    id: idText('resource', id),
    resourceId: id,
    name,
    active,
    units: units.length,
    unitIds: units.map(({ id }) => id),
    taken: units.flatMap(({ id: unit, taken }) => busyOf(taken).map(busy => Object.assign(busy, { unit }))),
  }
}

/**
 * What begins further away than this touches nothing in the range: a service is at most 24 hours long, and so is a
 * night shift; what is taken has a buffer on both sides, and what is asked for has its own, of at most 8 hours each
 * (tools/services/shapes.ts).
 */
function around({ start, end }: Interval): Interval {
  return { start: start - MARGIN, end: end + MARGIN }
}

const MARGIN = 2 * DAY

interface LoadedRow extends Record<string, unknown> {
  service: (Omit<Plan['service'], 'intervalMinutes'> & ServiceTerms & ServiceRow) | null
  location: LocationRow | null
  staff: StaffRow[]
  pools: PoolRow[]
}

interface ServiceRow {
  intervalMinutes: number | null
  segments: Segment[] | null
  needs: NeedOfIds[]
  variant: (LoadedVariant & { status: string }) | null
  addons: (LoadedAddon & { status: string })[]
}

/** Those of the location alone. */
interface PoolRow {
  id: string
  name: string
  active: boolean
  units: { id: string; taken: TakenColumns }[]
}

interface LocationRow {
  name: string
  zone: string
  active: boolean
  weekly: WeeklyHours
  closures: string[]
}

interface StaffRow {
  id: string
  name: string
  active: boolean
  performs: boolean
  durationMinutes: number | null
  priceAmount: number | null
  weekly: WeeklyHours | null
  overrides: DayOverride[]
  timeOff: [start: number, end: number][]
  external: [start: number, end: number, calendar: string][]
  taken: TakenColumns
}

/** The n-th of each belong together; null where nothing is taken. Instants are epoch seconds. */
interface TakenColumns {
  starts: number[] | null
  ends: number[] | null
  bookings: string[] | null
  /** Of those ids, the sessions of classes. */
  classes: string[] | null
  /** Of those bookings, the few that may lapse. */
  lapsing: [booking: string, at: number, state: string][] | null
}

function personOf(row: StaffRow, location: LocationRow): LoadedPerson {
  const { id, weekly, overrides, timeOff, taken, external, durationMinutes, ...person } = row
  return {
    ...person,
    id: idText('staff', id),
    staffId: id,
    durationMinutes: durationMinutes ?? undefined,
    hours: hoursOf(location, { weekly, overrides }),
    timeOff: timeOff.map(([start, end]) => ({ start: ms(start), end: ms(end) })),
    busy: [...busyOf(taken), ...external.map(elsewhere)],
  }
}

function elsewhere([start, end, calendar]: StaffRow['external'][number]): Busy {
  return { start: ms(start), end: ms(end), ref: { kind: 'external', id: idText('calendar', calendar) } }
}

function busyOf({ starts, ends, bookings, classes, lapsing }: TakenColumns): Busy[] {
  if (!starts) return []
  const lapses = new Map(lapsing?.map(([booking, at, state]) => [booking, { at: ms(at), state }]))
  const sessions = new Set(classes)
  return starts.map((start, n) => {
    const id = bookings![n]!
    const lapse = lapses.get(id)
    const kind = sessions.has(id) ? 'class' : lapse?.state === 'hold' ? 'hold' : 'booking'
    return new Taken({ start: ms(start), end: ms(ends![n]!) }, { kind, id }, lapse?.at)
  })
}

/** Says by whom where a finding shows it: to write out 5,000 ids that listing only steps over took 21–62 ms. */
class Taken implements Busy {
  readonly start: number
  readonly end: number
  readonly until: number | undefined
  readonly #by: Busy['ref']

  constructor({ start, end }: Interval, by: Busy['ref'], until?: number) {
    this.start = start
    this.end = end
    this.until = until
    this.#by = by
  }

  get ref(): Busy['ref'] {
    const { kind, id } = this.#by
    return { kind, id: idText(kind === 'class' ? 'session' : 'booking', id) }
  }
}

function ms(epochSeconds: number): number {
  return Math.round(epochSeconds * 1000)
}

/**
 * One row of JSON: PostgreSQL gathers it faster than rows of a join could be taken apart here. Of the time that is
 * taken, a column is one array: an array for each booking took half as long again. What was released does not come
 * along, what has lapsed says when.
 *
 * Each person's time is looked up by itself, by one index (migration 0009) and in no join: whatever the planner knows
 * or does not, 50 people's 30 days take 20 ms. Joined with bookings they took more than 20 s before the first ANALYZE,
 * for each booking was looked for among all allocations of the workspace.
 */
function planQuery(
  workspaceId: string,
  { serviceId, locationId, staffId, variantId, addonIds = [], booked }: PlanQuestion,
  { start, end }: Interval,
): SQL {
  const from = sql`to_timestamp(${start / 1000}::float8)`
  const until = sql`to_timestamp(${end / 1000}::float8)`
  const dates = sql`BETWEEN (${from} - interval '1 day')::date AND (${until} + interval '1 day')::date`
  const option = (own: SQL, menu: SQL, ids: string[], gathered: SQL) => sql`
    (SELECT ${gathered} FROM (
      SELECT id, name, price_amount AS "priceAmount", status, position, ${own} FROM ${menu}
      WHERE workspace_id = ${workspaceId} AND service_id = ${serviceId} AND id = ANY(${sql.param(ids)}::uuid[])) o)`
  const isNeeded = booked
    ? sql`r.id = ANY(${sql.param(booked.needs.flatMap(({ choices }) => choices))}::uuid[])`
    : sql`r.id IN (SELECT resource_id FROM service_resources
        WHERE workspace_id = ${workspaceId} AND service_id = ${serviceId})`
  const taken = (key: SQL) => sql`
    (SELECT json_build_object(
        'starts', array_agg(${seconds(sql`a.starts_at`)}),
        'ends', array_agg(${seconds(sql`a.ends_at`)}),
        'bookings', array_agg(coalesce(a.booking_id, a.session_id)),
        'classes', array_agg(a.session_id) FILTER (WHERE a.session_id IS NOT NULL),
        'lapsing', json_agg(json_build_array(a.booking_id, ${seconds(sql`a.lapses_at`)},
          (SELECT b.state FROM bookings b WHERE b.workspace_id = a.workspace_id AND b.id = a.booking_id)))
          FILTER (WHERE a.lapses_at IS NOT NULL))
      FROM allocations a
      WHERE a.workspace_id = ${workspaceId} AND a.resource_key = ${key} AND a.state <> 'released'
        AND a.starts_at > ${from} AND a.starts_at < ${until})`
  return sql`
    SELECT
      (SELECT to_json(x) FROM (
        SELECT id, name, status = 'active' AS active, duration_minutes AS "durationMinutes", capacity,
          buffer_before_minutes AS "bufferBeforeMinutes", buffer_after_minutes AS "bufferAfterMinutes",
          slot_interval_minutes AS "intervalMinutes", notice_minutes AS "noticeMinutes", window_days AS "windowDays",
          price_amount AS "priceAmount", requires_confirmation AS "requiresConfirmation",
          answer_within_minutes AS "answerWithinMinutes", cancel_cutoff_minutes AS "cancelCutoffMinutes",
          hold_minutes AS "holdMinutes", segments,
          (SELECT coalesce(json_agg(n ORDER BY n.need), '[]') FROM (
            SELECT need, min(quantity) AS quantity, array_agg(resource_id ORDER BY choice) AS choices
            FROM service_resources WHERE workspace_id = ${workspaceId} AND service_id = ${serviceId}
            GROUP BY need) n) AS needs,
          ${variantId === undefined ? sql`NULL` : option(sql`duration_minutes AS "durationMinutes"`, sql`service_variants`, [variantId], sql`to_json(o)`)} AS variant,
          ${addonIds.length === 0 ? sql`'[]'::json` : option(sql`minutes`, sql`service_addons`, addonIds, sql`coalesce(json_agg(o ORDER BY o.position), '[]')`)} AS addons
        FROM services WHERE workspace_id = ${workspaceId} AND id = ${serviceId}) x) AS service,
      (SELECT to_json(x) FROM (
        SELECT name, time_zone AS zone, status = 'active' AS active, hours AS weekly,
          ARRAY(SELECT date::text FROM location_closures c
            WHERE c.workspace_id = l.workspace_id AND c.location_id = l.id AND c.date ${dates}) AS closures
        FROM locations l WHERE workspace_id = ${workspaceId} AND id = ${locationId}) x) AS location,
      (SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (
        SELECT s.id, s.name, s.status = 'active' AS active, ss.service_id IS NOT NULL AS performs,
          ss.duration_minutes AS "durationMinutes", ss.price_amount AS "priceAmount", sc.weekly,
          (SELECT coalesce(json_agg(json_build_object('date', o.date, 'intervals', o.intervals)), '[]')
            FROM schedule_overrides o
            WHERE o.workspace_id = s.workspace_id AND o.staff_id = s.id AND o.location_id = sl.location_id
              AND o.date ${dates}) AS overrides,
          (SELECT coalesce(json_agg(json_build_array(${seconds(sql`t.starts_at`)}, ${seconds(sql`t.ends_at`)})), '[]')
            FROM time_off t
            WHERE t.workspace_id = s.workspace_id AND t.staff_id = s.id
              AND t.starts_at < ${until} AND t.ends_at > ${from}) AS "timeOff",
          (SELECT coalesce(json_agg(json_build_array(${seconds(sql`e.starts_at`)}, ${seconds(sql`e.ends_at`)}, e.calendar_id)), '[]')
            FROM external_busy e
            WHERE e.workspace_id = s.workspace_id AND e.staff_id = s.id
              AND e.starts_at < ${until} AND e.ends_at > ${from}) AS external,
          ${taken(sql`s.id`)} AS taken
        FROM staff s
        JOIN staff_locations sl ON sl.workspace_id = s.workspace_id AND sl.staff_id = s.id AND sl.location_id = ${locationId}
        LEFT JOIN staff_services ss
          ON ss.workspace_id = s.workspace_id AND ss.staff_id = s.id AND ss.service_id = ${serviceId}
        LEFT JOIN schedules sc
          ON sc.workspace_id = s.workspace_id AND sc.staff_id = s.id AND sc.location_id = sl.location_id
        WHERE s.workspace_id = ${workspaceId}
          AND ${staffId === undefined ? sql`s.status = 'active' AND ss.service_id IS NOT NULL` : sql`s.id = ${staffId}`}
      ) x) AS staff,
      (SELECT coalesce(json_agg(x), '[]') FROM (
        SELECT r.id, r.name, r.status = 'active' AS active,
          (SELECT coalesce(json_agg(json_build_object('id', u.id, 'taken', ${taken(sql`u.id`)}) ORDER BY u.id), '[]')
            FROM resource_units u WHERE u.workspace_id = r.workspace_id AND u.resource_id = r.id) AS units
        FROM resources r
        WHERE r.workspace_id = ${workspaceId} AND r.location_id = ${locationId} AND ${isNeeded}
      ) x) AS pools`
}

/** With their fraction. `extract` would make a numeric, at twice the time. */
function seconds(instant: SQL): SQL {
  return sql`date_part('epoch', ${instant})`
}
