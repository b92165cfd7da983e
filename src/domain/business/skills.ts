/** Which services a person performs, and where they take another time or price than the service says. */

import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { amountOf, type Money } from './prices.ts'
import { findPerson, type Person } from './staff.ts'
import { services, staff, staffServices } from './tables.ts'

export interface SkillsAsked {
  staff_id: string
  /** All of them, each once. */
  services: { service_id: string; duration_minutes?: number; price?: Money }[]
}

/** Bookings that they have already stay theirs. @throws not_found for the person or a service, currency_mismatch */
export async function setSkills(
  ctx: Context,
  { staff_id: staffId, services: skills }: SkillsAsked,
): Promise<Person> {
  const workspaceId = ctx.workspace.id
  const changed = await ctx.db
    .update(staff)
    .set({ version: sql`${staff.version} + 1` })
    .where(and(eq(staff.workspaceId, workspaceId), eq(staff.id, staffId)))
    .returning({ id: staff.id })
  if (changed.length === 0) throw notFound('staff', ['list_staff'])
  await ctx.db
    .delete(staffServices)
    .where(and(eq(staffServices.workspaceId, workspaceId), eq(staffServices.staffId, staffId)))
  const rows = skills.map(({ service_id: serviceId, duration_minutes: durationMinutes, price }) => ({
    workspaceId,
    staffId,
    serviceId,
    durationMinutes,
    priceAmount: price && amountOf(ctx, price),
  }))
  if (rows.length > 0) await ctx.db.insert(staffServices).values(rows)
  await refuseOwnTimes(
    ctx,
    rows.flatMap(row => (row.durationMinutes === undefined ? [] : row.serviceId)),
  )
  ctx.emit({ type: 'staff.services_changed', subject: { kind: 'staff', id: staffId } })
  return findPerson(ctx, staffId)
}

/** @throws invalid_input: which part of a service in parts would be shorter or longer, nobody has said */
async function refuseOwnTimes({ db, workspace }: Context, serviceIds: string[]): Promise<void> {
  if (serviceIds.length === 0) return
  const [segmented] = await db
    .select({ id: services.id })
    .from(services)
    .where(
      and(
        eq(services.workspaceId, workspace.id),
        inArray(services.id, serviceIds),
        isNotNull(services.segments),
      ),
    )
  if (!segmented) return
  throw new Refusal(
    'invalid_input',
    'services: One of these has segments, and everybody takes the same time for it: leave duration_minutes out.',
    { service_id: idText('service', segmented.id) },
    ['get_service'],
  )
}
