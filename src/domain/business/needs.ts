/** What a service needs beside a person: rooms and equipment, some of one of several. */

import { and, asc, eq, inArray } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import type { Context } from '../context.ts'
import { touchService } from './services.ts'
import { resources, resourceUnits, serviceResources } from './tables.ts'

/** So many of one of these, the first that is free in this order. */
export interface ServiceNeed {
  quantity: number
  resource_ids: string[]
}

/**
 * In full, for bookings made from now on.
 * @throws not_found for the service or a resource, invalid_input for a resource named twice, or that has too few units
 */
export async function setServiceNeeds(
  ctx: Context,
  { service_id: serviceId, needs }: { service_id: string; needs: ServiceNeed[] },
): Promise<{ service_id: string; version: number; resources: ServiceNeed[] }> {
  const { db, workspace } = ctx
  const version = await touchService(ctx, serviceId)
  await refuseUnfit(ctx, needs)
  const own = and(eq(serviceResources.workspaceId, workspace.id), eq(serviceResources.serviceId, serviceId))
  await db.delete(serviceResources).where(own)
  const rows = needs.flatMap(({ quantity, resource_ids }, need) =>
    resource_ids.map((resourceId, choice) => ({
      workspaceId: workspace.id,
      serviceId,
      need,
      choice,
      resourceId,
      quantity,
    })),
  )
  if (rows.length > 0) await db.insert(serviceResources).values(rows)
  ctx.emit({ type: 'service.resources_changed', subject: { kind: 'service', id: serviceId } })
  return { service_id: serviceId, version, resources: needs }
}

export async function needsOfService({ db, workspace }: Context, serviceId: string): Promise<ServiceNeed[]> {
  const rows = await db
    .select()
    .from(serviceResources)
    .where(and(eq(serviceResources.workspaceId, workspace.id), eq(serviceResources.serviceId, serviceId)))
    .orderBy(asc(serviceResources.need), asc(serviceResources.choice))
  const byNeed = Map.groupBy(rows, ({ need }) => need)
  return [...byNeed.values()].map(choices => ({
    quantity: choices[0]!.quantity,
    resource_ids: choices.map(({ resourceId }) => resourceId),
  }))
}

async function refuseUnfit({ db, workspace }: Context, needs: ServiceNeed[]): Promise<void> {
  const ids = needs.flatMap(({ resource_ids }) => resource_ids)
  const twice = ids.find((id, n) => ids.indexOf(id) < n)
  if (twice) {
    const resource_id = idText('resource', twice)
    throw new Refusal('invalid_input', 'needs: A resource stands in them once; say how many as quantity.', {
      resource_id,
    })
  }
  if (ids.length === 0) return
  const units = await db
    .select({ id: resources.id, name: resources.name, unit: resourceUnits.id })
    .from(resources)
    .leftJoin(
      resourceUnits,
      and(eq(resourceUnits.workspaceId, resources.workspaceId), eq(resourceUnits.resourceId, resources.id)),
    )
    .where(and(eq(resources.workspaceId, workspace.id), inArray(resources.id, ids)))
  for (const { quantity, resource_ids } of needs)
    for (const id of resource_ids) {
      const own = units.filter(unit => unit.id === id)
      if (own.length === 0) throw notFound('resource', ['list_resources'])
      if (own.length >= quantity) continue
      throw new Refusal(
        'invalid_input',
        `needs: ${own[0]!.name} has ${own.length}, fewer than ${quantity}.`,
        {
          resource_id: idText('resource', id),
          units: own.length,
        },
      )
    }
}
