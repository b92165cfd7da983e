/** What can be chosen with a service: one of its variants, and any of its add-ons. Bookings keep what they were made with. */

import { and, asc, eq, inArray, notInArray, sql } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { amountOf, type Money, priceOf } from './prices.ts'
import { isService, touchService } from './services.ts'
import { serviceAddons, services, serviceVariants } from './tables.ts'

export interface Variant {
  id: string
  name: string
  /** Null: the service's. */
  duration_minutes: number | null
  price: Money
}

export interface Addon {
  id: string
  name: string
  /** At the end of the service. */
  minutes: number
  price: Money
}

export interface Options {
  variants: Variant[]
  addons: Addon[]
}

/**
 * In full, by name: who keeps the name keeps the id, and what is left out can no longer be booked.
 * @throws not_found, currency_mismatch, invalid_input for a time of its own where the service has segments
 */
export async function setVariants(
  ctx: Context,
  { service_id: serviceId, variants }: { service_id: string; variants: Omit<Variant, 'id'>[] },
): Promise<{ service_id: string; version: number; variants: Variant[] }> {
  const { db, workspace } = ctx
  const version = await touchService(ctx, serviceId)
  refuseTwice('variants', variants)
  const ownTime = variants.some(({ duration_minutes }) => duration_minutes !== null)
  if (ownTime && (await hasSegments(ctx, serviceId))) {
    throw new Refusal(
      'invalid_input',
      'duration_minutes: This service has segments, and they are its time. Its variants take the same: leave it out.',
    )
  }
  const isOwn = and(eq(serviceVariants.workspaceId, workspace.id), eq(serviceVariants.serviceId, serviceId))
  const names = variants.map(({ name }) => name)
  await db
    .update(serviceVariants)
    .set({ status: 'archived' })
    .where(and(isOwn, names.length > 0 ? notInArray(serviceVariants.name, names) : undefined))
  const rows = variants.map(({ name, duration_minutes: durationMinutes, price }, position) => ({
    workspaceId: workspace.id,
    id: newId(),
    serviceId,
    position,
    name,
    durationMinutes,
    priceAmount: amountOf(ctx, price),
  }))
  if (rows.length > 0) {
    await db
      .insert(serviceVariants)
      .values(rows)
      .onConflictDoUpdate({
        target: [serviceVariants.workspaceId, serviceVariants.serviceId, serviceVariants.name],
        set: {
          position: sql`excluded.position`,
          durationMinutes: sql`excluded.duration_minutes`,
          priceAmount: sql`excluded.price_amount`,
          status: 'active',
        },
      })
  }
  ctx.emit({ type: 'service.variants_changed', subject: { kind: 'service', id: serviceId } })
  const options = await optionsOf(ctx, [serviceId])
  return { service_id: serviceId, version, variants: options.get(serviceId)!.variants }
}

/** The same for add-ons. @throws not_found, currency_mismatch, invalid_input */
export async function setAddons(
  ctx: Context,
  { service_id: serviceId, addons }: { service_id: string; addons: Omit<Addon, 'id'>[] },
): Promise<{ service_id: string; version: number; addons: Addon[] }> {
  const { db, workspace } = ctx
  const version = await touchService(ctx, serviceId)
  refuseTwice('addons', addons)
  const isOwn = and(eq(serviceAddons.workspaceId, workspace.id), eq(serviceAddons.serviceId, serviceId))
  const names = addons.map(({ name }) => name)
  await db
    .update(serviceAddons)
    .set({ status: 'archived' })
    .where(and(isOwn, names.length > 0 ? notInArray(serviceAddons.name, names) : undefined))
  const rows = addons.map(({ name, minutes, price }, position) => ({
    workspaceId: workspace.id,
    id: newId(),
    serviceId,
    position,
    name,
    minutes,
    priceAmount: amountOf(ctx, price),
  }))
  if (rows.length > 0) {
    await db
      .insert(serviceAddons)
      .values(rows)
      .onConflictDoUpdate({
        target: [serviceAddons.workspaceId, serviceAddons.serviceId, serviceAddons.name],
        set: {
          position: sql`excluded.position`,
          minutes: sql`excluded.minutes`,
          priceAmount: sql`excluded.price_amount`,
          status: 'active',
        },
      })
  }
  ctx.emit({ type: 'service.addons_changed', subject: { kind: 'service', id: serviceId } })
  const options = await optionsOf(ctx, [serviceId])
  return { service_id: serviceId, version, addons: options.get(serviceId)!.addons }
}

/** Of each service what can be booked now, in the order of the menu. */
export async function optionsOf(ctx: Context, serviceIds: string[]): Promise<Map<string, Options>> {
  const options = new Map(serviceIds.map(id => [id, { variants: [], addons: [] } as Options]))
  if (serviceIds.length === 0) return options
  const [variants, addons] = await Promise.all([
    menuOf(ctx, serviceVariants, serviceIds),
    menuOf(ctx, serviceAddons, serviceIds),
  ])
  for (const { id, serviceId, name, durationMinutes, priceAmount } of variants)
    options
      .get(serviceId)!
      .variants.push({ id, name, duration_minutes: durationMinutes, price: priceOf(ctx, priceAmount) })
  for (const { id, serviceId, name, minutes, priceAmount } of addons)
    options.get(serviceId)!.addons.push({ id, name, minutes, price: priceOf(ctx, priceAmount) })
  return options
}

async function menuOf<Menu extends typeof serviceVariants | typeof serviceAddons>(
  { db, workspace }: Context,
  menu: Menu,
  serviceIds: string[],
): Promise<Menu['$inferSelect'][]> {
  const table = menu as typeof serviceVariants
  const rows = await db
    .select()
    .from(table)
    .where(
      and(
        eq(table.workspaceId, workspace.id),
        inArray(table.serviceId, serviceIds),
        eq(table.status, 'active'),
      ),
    )
    .orderBy(asc(table.position))
  return rows as Menu['$inferSelect'][]
}

async function hasSegments(ctx: Context, serviceId: string): Promise<boolean> {
  const [row] = await ctx.db
    .select({ segments: services.segments })
    .from(services)
    .where(isService(ctx, serviceId))
  return row!.segments !== null
}

function refuseTwice(field: string, options: { name: string }[]): void {
  const names = options.map(({ name }) => name)
  const twice = names.find((name, n) => names.indexOf(name) < n)
  if (twice === undefined) return
  throw new Refusal('invalid_input', `${field}: Two have the same name, and a name stands for one of them.`, {
    name: twice,
  })
}
