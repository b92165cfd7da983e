/** A service's rules of booking, and the whole of a service: its terms, its rules, and who performs it. */

import { and, asc, eq, sql } from 'drizzle-orm'
import type { CustomerLimits } from '../../access/settings.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { needsOfService, type ServiceNeed } from './needs.ts'
import { type Options, optionsOf } from './options.ts'
import { amountOf, type Money, priceOf } from './prices.ts'
import { findService, isService, type Service } from './services.ts'
import { type Segment, services, staff, staffServices } from './tables.ts'

export const limitColumns = {
  cooldown_minutes: services.cooldownMinutes,
  on_hand_limit: services.onHandLimit,
  day_limit: services.dayLimit,
  week_limit: services.weekLimit,
}

const columns = {
  slot_interval_minutes: services.slotIntervalMinutes,
  notice_minutes: services.noticeMinutes,
  window_days: services.windowDays,
  requires_confirmation: services.requiresConfirmation,
  answer_within_minutes: services.answerWithinMinutes,
  cancel_cutoff_minutes: services.cancelCutoffMinutes,
  hold_minutes: services.holdMinutes,
  ...limitColumns,
  requires_entitlement: services.requiresEntitlement,
  deposit: services.depositAmount,
  late_cancel_fee: services.lateCancelFeeAmount,
  no_show_fee: services.noShowFeeAmount,
}

export interface BookingPolicy {
  /** Between offered starts; null: the duration. */
  slot_interval_minutes: number | null
  /** A start may be this far from now, and no nearer. */
  notice_minutes: number
  /** The last bookable date is today, in the location's zone, plus these. */
  window_days: number
  /** The business says yes to each booking. */
  requires_confirmation: boolean
  /** For that yes; null: until the start. */
  answer_within_minutes: number | null
  /** Cancelling is free until this long before the start, in elapsed time. */
  cancel_cutoff_minutes: number
  /** How long a place is kept for who is about to book it, and for a deposit to be paid. */
  hold_minutes: number
  /** Of one customer, this service alone. */
  customer_limits: CustomerLimits
  /** A package or pass pays for it, or it is not booked. */
  requires_entitlement: boolean
  /** Asked ahead of who pays with none; never more than the price. */
  deposit: Money | null
  late_cancel_fee: Money | null
  no_show_fee: Money | null
}

/** What is left out is not asked. */
type SetPolicy = Omit<BookingPolicy, Asked> & Partial<Pick<BookingPolicy, Asked>>
type Asked = 'customer_limits' | 'requires_entitlement' | Charged
type Charged = 'deposit' | 'late_cancel_fee' | 'no_show_fee'

export interface PolicyOfService extends BookingPolicy {
  service_id: string
  version: number
}

/** In full, for bookings made from now on. @throws not_found, currency_mismatch */
export async function setBookingPolicy(
  ctx: Context,
  { service_id: id, customer_limits: limits = {}, ...policy }: SetPolicy & { service_id: string },
): Promise<PolicyOfService> {
  const [row] = await ctx.db
    .update(services)
    .set({
      slotIntervalMinutes: policy.slot_interval_minutes,
      noticeMinutes: policy.notice_minutes,
      windowDays: policy.window_days,
      requiresConfirmation: policy.requires_confirmation,
      answerWithinMinutes: policy.answer_within_minutes,
      cancelCutoffMinutes: policy.cancel_cutoff_minutes,
      holdMinutes: policy.hold_minutes,
      cooldownMinutes: limits.cooldown_minutes ?? null,
      onHandLimit: limits.on_hand_limit ?? null,
      dayLimit: limits.day_limit ?? null,
      weekLimit: limits.week_limit ?? null,
      requiresEntitlement: policy.requires_entitlement ?? false,
      depositAmount: amountAsked(ctx, policy.deposit),
      lateCancelFeeAmount: amountAsked(ctx, policy.late_cancel_fee),
      noShowFeeAmount: amountAsked(ctx, policy.no_show_fee),
      version: sql`${services.version} + 1`,
    })
    .where(isService(ctx, id))
    .returning({ ...columns, service_id: services.id, version: services.version })
  if (!row) throw notFound('service', ['list_services'])
  ctx.emit({ type: 'service.policy_changed', subject: { kind: 'service', id } })
  const { service_id, version, ...terms } = row
  return { service_id, version, ...policyOf(ctx, terms) }
}

/** Nothing asked is no charge. */
function amountAsked(ctx: Context, money: Money | null | undefined): number | null {
  return money?.amount ? amountOf(ctx, money) : null
}

type LimitRow = Record<keyof typeof limitColumns, number | null>
type PolicyRow = Omit<BookingPolicy, 'customer_limits' | Charged> & LimitRow & Record<Charged, number | null>

function policyOf(ctx: Context, row: PolicyRow): BookingPolicy {
  const { cooldown_minutes, on_hand_limit, day_limit, week_limit, ...terms } = row
  const asked = (amount: number | null) => (amount === null ? null : priceOf(ctx, amount))
  return {
    ...terms,
    customer_limits: limitsOf({ cooldown_minutes, on_hand_limit, day_limit, week_limit }),
    deposit: asked(terms.deposit),
    late_cancel_fee: asked(terms.late_cancel_fee),
    no_show_fee: asked(terms.no_show_fee),
  }
}

/** Those that are set. */
export function limitsOf(row: LimitRow): CustomerLimits {
  return Object.fromEntries(Object.entries(row).filter(([, limit]) => limit !== null))
}

export interface WholeService extends Service, Options {
  /** Null: one piece. */
  segments: Segment[] | null
  /** What it needs beside a person. */
  resources: ServiceNeed[]
  policy: BookingPolicy
  staff: Performer[]
}

/** Somebody who performs it; null: as the service says. */
export interface Performer {
  staff_id: string
  name: string
  duration_minutes: number | null
  price: Money | null
}

/** @throws not_found */
export async function readService(ctx: Context, id: string): Promise<WholeService> {
  const service = await findService(ctx, id)
  const [[terms], performers, options, resources] = await Promise.all([
    ctx.db.select({ policy: columns, segments: services.segments }).from(services).where(isService(ctx, id)),
    performersOf(ctx, id),
    optionsOf(ctx, [id]),
    needsOfService(ctx, id),
  ])
  const { policy, segments } = terms!
  const own = { policy: policyOf(ctx, policy), segments, staff: performers }
  return { ...service, ...options.get(id)!, resources, ...own }
}

/** The active ones. */
async function performersOf(ctx: Context, serviceId: string): Promise<Performer[]> {
  const { db, workspace } = ctx
  const rows = await db
    .select({
      staff_id: staff.id,
      name: staff.name,
      duration_minutes: staffServices.durationMinutes,
      amount: staffServices.priceAmount,
    })
    .from(staffServices)
    .innerJoin(staff, and(eq(staff.workspaceId, workspace.id), eq(staff.id, staffServices.staffId)))
    .where(
      and(
        eq(staffServices.workspaceId, workspace.id),
        eq(staffServices.serviceId, serviceId),
        eq(staff.status, 'active'),
      ),
    )
    .orderBy(asc(staff.id))
  return rows.map(({ amount, ...row }) => ({ ...row, price: amount === null ? null : priceOf(ctx, amount) }))
}
