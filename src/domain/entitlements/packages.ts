/** Packages: what is sold. What a customer bought keeps the terms of its sale, whatever becomes of the package. */

import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import { Page } from '../../catalog/define.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import { amountOf, type Money, priceOf } from '../business/prices.ts'
import { stale } from '../business/stale.ts'
import { services } from '../business/tables.ts'
import type { Context } from '../context.ts'
import { type Activation, packages } from './tables.ts'

const columns = {
  id: packages.id,
  name: packages.name,
  sessions: packages.sessions,
  validity: packages.validity,
  activation: packages.activation,
  service_ids: packages.serviceIds,
  amount: packages.priceAmount,
  status: packages.status,
  version: packages.version,
}

export interface Package {
  id: string
  name: string
  /** null: as many as one likes while it is valid. */
  sessions: number | null
  /** ISO 8601, whole local days; null: without end. */
  validity: string | null
  activation: Activation
  /** null: every service. */
  service_ids: string[] | null
  price: Money
  status: 'active' | 'archived'
  version: number
}

export interface PackageFilter {
  status: Package['status']
  limit: number
  cursor?: string
}

/** In the order in which they were made. */
export async function listPackages(ctx: Context, filter: PackageFilter): Promise<Page<Package[]>> {
  const { status, limit, cursor } = filter
  const after = readCursor(cursor)
  const rows = await ctx.db
    .select(columns)
    .from(packages)
    .where(
      and(
        eq(packages.workspaceId, ctx.workspace.id),
        eq(packages.status, status),
        after ? gt(packages.id, after) : undefined,
      ),
    )
    .orderBy(asc(packages.id))
    .limit(limit + 1)
  const page = pageOf(rows, limit)
  return new Page(
    page.rows.map(row => shown(ctx, row)),
    page.nextCursor,
  )
}

export type NewPackage = Omit<Package, 'id' | 'status' | 'version'>

/** @throws Refusal `not_found` of a service, `currency_mismatch`, `invalid_input` where it has neither number nor end */
export async function createPackage(ctx: Context, asked: NewPackage): Promise<Package> {
  if (asked.sessions === null && asked.validity === null) {
    throw new Refusal('invalid_input', 'validity: A pass without a number of sessions needs an end.', {
      field: 'validity',
    })
  }
  await mustBeServices(ctx, asked.service_ids)
  const [row] = await ctx.db
    .insert(packages)
    .values({
      workspaceId: ctx.workspace.id,
      id: newId(),
      name: asked.name,
      sessions: asked.sessions,
      validity: asked.validity,
      activation: asked.activation,
      serviceIds: asked.service_ids,
      priceAmount: amountOf(ctx, asked.price),
      createdAt: ctx.now,
    })
    .returning(columns)
  ctx.emit({ type: 'package.created', subject: { kind: 'package', id: row!.id } })
  return shown(ctx, row!)
}

export interface PackagePatch {
  package_id: string
  version: number
  name?: string
  price?: Money
  /** What is archived is not sold; what was sold of it stays good. */
  status?: Package['status']
}

/** For sales from now on. Other terms are another package. @throws Refusal `not_found`, `stale_version`, `currency_mismatch` */
export async function updatePackage(ctx: Context, patch: PackagePatch): Promise<Package> {
  const { package_id: id, version, name, price, status } = patch
  const [row] = await ctx.db
    .update(packages)
    .set({ name, priceAmount: price && amountOf(ctx, price), status, version: version + 1 })
    .where(and(isPackage(ctx, id), eq(packages.version, version)))
    .returning(columns)
  if (!row) throw stale('package', (await findPackage(ctx, id)).version, 'list_packages')
  ctx.emit({ type: 'package.updated', subject: { kind: 'package', id } })
  return shown(ctx, row)
}

/** The archived too. @throws Refusal `not_found` */
export async function findPackage(ctx: Context, id: string): Promise<Package> {
  const [row] = await ctx.db.select(columns).from(packages).where(isPackage(ctx, id))
  if (!row) throw notFound('package', ['list_packages'])
  return shown(ctx, row)
}

async function mustBeServices({ db, workspace }: Context, ids: string[] | null): Promise<void> {
  if (ids === null) return
  const found = await db
    .select({ id: services.id })
    .from(services)
    .where(and(eq(services.workspaceId, workspace.id), inArray(services.id, ids)))
  if (found.length < new Set(ids).size) throw notFound('service', ['list_services'])
}

function shown<Row extends { amount: number }>(ctx: Context, { amount, ...row }: Row) {
  return { ...row, price: priceOf(ctx, amount) }
}

function isPackage({ workspace }: Context, id: string) {
  return and(eq(packages.workspaceId, workspace.id), eq(packages.id, id))
}
