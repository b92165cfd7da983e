/** Services: what can be booked, for how long and how much. The rules of booking them are in `booking-policy.ts`. */

import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { comingBookings } from './coming.ts'
import { type Options, optionsOf } from './options.ts'
import { amountOf, type Money, priceOf } from './prices.ts'
import { stale } from './stale.ts'
import { services } from './tables.ts'

const columns = {
  id: services.id,
  name: services.name,
  description: services.description,
  category: services.category,
  duration_minutes: services.durationMinutes,
  buffer_before_minutes: services.bufferBeforeMinutes,
  buffer_after_minutes: services.bufferAfterMinutes,
  amount: services.priceAmount,
  capacity: services.capacity,
  tax_category: services.taxCategory,
  status: services.status,
  version: services.version,
}

export interface Service {
  id: string
  name: string
  description: string | null
  category: string | null
  duration_minutes: number
  buffer_before_minutes: number
  buffer_after_minutes: number
  price: Money
  /** The largest party that one booking takes. */
  capacity: number
  /** null: the standard one. */
  tax_category: string | null
  status: 'active' | 'archived'
  version: number
}

export interface ServiceFilter {
  status: Service['status']
  category?: string
  limit: number
  cursor?: string
}

/** In the order in which they were made. */
export async function listServices(
  ctx: Context,
  filter: ServiceFilter,
): Promise<Page<(Service & Options)[]>> {
  const { status, category, limit, cursor } = filter
  const after = readCursor(cursor)
  const rows = await ctx.db
    .select(columns)
    .from(services)
    .where(
      and(
        eq(services.workspaceId, ctx.workspace.id),
        eq(services.status, status),
        category === undefined ? undefined : eq(sql`lower(${services.category})`, category.toLowerCase()),
        after ? gt(services.id, after) : undefined,
      ),
    )
    .orderBy(asc(services.id))
    .limit(limit + 1)
  const page = pageOf(rows, limit)
  const options = await optionsOf(
    ctx,
    page.rows.map(({ id }) => id),
  )
  return new Page(
    page.rows.map(row => ({ ...shown(ctx, row), ...options.get(row.id)! })),
    page.nextCursor,
  )
}

export interface NewService {
  name: string
  description?: string
  category?: string
  duration_minutes: number
  buffer_before_minutes?: number
  buffer_after_minutes?: number
  price: Money
  capacity?: number
  tax_category?: string
}

/** @throws currency_mismatch */
export async function createService(ctx: Context, asked: NewService): Promise<Service> {
  const [row] = await ctx.db
    .insert(services)
    .values({
      workspaceId: ctx.workspace.id,
      id: newId(),
      name: asked.name,
      description: asked.description,
      category: asked.category,
      durationMinutes: asked.duration_minutes,
      bufferBeforeMinutes: asked.buffer_before_minutes,
      bufferAfterMinutes: asked.buffer_after_minutes,
      priceAmount: amountOf(ctx, asked.price),
      capacity: asked.capacity,
      taxCategory: asked.tax_category,
      createdAt: ctx.now,
    })
    .returning(columns)
  ctx.emit({ type: 'service.created', subject: { kind: 'service', id: row!.id } })
  return shown(ctx, row!)
}

export interface ServicePatch {
  service_id: string
  version: number
  name?: string
  description?: string | null
  category?: string | null
  duration_minutes?: number
  buffer_before_minutes?: number
  buffer_after_minutes?: number
  price?: Money
  capacity?: number
  tax_category?: string | null
  /** Brings an archived service back. */
  status?: 'active'
}

/** How many bookings to come were made on other terms than the service has now. */
export interface Impact {
  bookings_keeping_old_terms: number
}

/** Bookings keep what they were made with: they took it along. @throws not_found, stale_version, currency_mismatch */
export async function updateService(ctx: Context, patch: ServicePatch): Promise<Service & Impact> {
  const { service_id: id, version } = patch
  const [row] = await ctx.db
    .update(services)
    .set({
      name: patch.name,
      description: patch.description,
      category: patch.category,
      durationMinutes: patch.duration_minutes,
      bufferBeforeMinutes: patch.buffer_before_minutes,
      bufferAfterMinutes: patch.buffer_after_minutes,
      priceAmount: patch.price && amountOf(ctx, patch.price),
      capacity: patch.capacity,
      taxCategory: patch.tax_category,
      status: patch.status,
      version: version + 1,
    })
    .where(and(isService(ctx, id), eq(services.version, version)))
    .returning(columns)
  if (!row) throw stale('service', await serviceVersion(ctx, id), 'get_service')
  if (patch.duration_minutes !== undefined) await refuseSegmented(ctx, id)
  ctx.emit({ type: 'service.updated', subject: { kind: 'service', id } })
  return { ...shown(ctx, row), bookings_keeping_old_terms: await countComing(ctx, id) }
}

/** @throws invalid_input: the time of a service in parts is theirs */
async function refuseSegmented(ctx: Context, id: string): Promise<void> {
  const [row] = await ctx.db.select({ segments: services.segments }).from(services).where(isService(ctx, id))
  if (!row?.segments) return
  throw new Refusal(
    'invalid_input',
    'duration_minutes: This service has segments, and their sum is its duration. Change those.',
    { segments: row.segments },
    ['set_service_segments'],
  )
}

/** No longer to be booked; its bookings and its history stay. Once more changes nothing. @throws not_found */
export async function archiveService(
  ctx: Context,
  { service_id: id }: { service_id: string },
): Promise<Service & Impact> {
  const [changed] = await ctx.db
    .update(services)
    .set({ status: 'archived', version: sql`${services.version} + 1` })
    .where(and(isService(ctx, id), eq(services.status, 'active')))
    .returning({ id: services.id })
  if (changed) ctx.emit({ type: 'service.archived', subject: { kind: 'service', id } })
  return { ...(await findService(ctx, id)), bookings_keeping_old_terms: await countComing(ctx, id) }
}

async function countComing(ctx: Context, serviceId: string): Promise<number> {
  return (await comingBookings(ctx, { serviceId })).length
}

/** The archived too: what was booked can always be read. @throws not_found */
export async function findService(ctx: Context, id: string): Promise<Service> {
  const [row] = await ctx.db.select(columns).from(services).where(isService(ctx, id))
  if (!row) throw notFound('service', ['list_services'])
  return shown(ctx, row)
}

/** For a confirmation that rests on the service as it is now. @throws not_found */
export async function serviceVersion(ctx: Context, id: string): Promise<number> {
  return (await findService(ctx, id)).version
}

/** Something that belongs to it has changed. @returns its new version @throws not_found */
export async function touchService(ctx: Context, id: string): Promise<number> {
  const [row] = await ctx.db
    .update(services)
    .set({ version: sql`${services.version} + 1` })
    .where(isService(ctx, id))
    .returning({ version: services.version })
  if (!row) throw notFound('service', ['list_services'])
  return row.version
}

function shown<Row extends { amount: number }>(ctx: Context, { amount, ...row }: Row) {
  return { ...row, price: priceOf(ctx, amount) }
}

export function isService({ workspace }: Pick<Context, 'workspace'>, id: string) {
  return and(eq(services.workspaceId, workspace.id), eq(services.id, id))
}
