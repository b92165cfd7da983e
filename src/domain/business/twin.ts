/** A sandbox is a twin: its locations, staff, services, rooms, hours and templates are those of the workspace it is made from. */

import { and, asc, eq, gt, gte } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { members } from '../../access/tables.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { messageTemplates } from '../messaging/tables.ts'
import { providerStateIn } from '../messaging/templates.ts'
import {
  locationClosures,
  locations,
  resources,
  resourceUnits,
  scheduleOverrides,
  schedules,
  serviceAddons,
  serviceIntakeForms,
  serviceResources,
  services,
  serviceVariants,
  staff,
  staffLocations,
  staffServices,
  timeOff,
} from './tables.ts'
import { today } from './week.ts'

/** All with new ids. The second workspace was made in this call; the transaction is in the call's own before and after. */
export async function copyBusiness(
  ctx: Context,
  fromWorkspaceId: string,
  toWorkspaceId: string,
): Promise<void> {
  await ctx.enterWorkspace(fromWorkspaceId)
  const original = await readBusiness(ctx, fromWorkspaceId)
  await ctx.enterWorkspace(toWorkspaceId)
  const membersThere = await membersOf(ctx, toWorkspaceId)
  const memberOf = new Map(membersThere.map(({ accountId, id }) => [accountId, id]))
  const accountOf = new Map(original.members.map(({ id, accountId }) => [id, accountId]))

  const workspaceId = toWorkspaceId
  const twins = twinIds(
    original.locations,
    original.staff,
    original.services,
    original.variants,
    original.addons,
    original.resources,
    original.resourceUnits,
    original.timeOff,
    original.templates,
  )
  const copy = <Row extends Partial<Record<(typeof references)[number], string>>>(row: Row) => {
    const renamed = references.filter(name => name in row).map(name => [name, twins.get(row[name]!)])
    return { ...row, workspaceId, ...Object.fromEntries(renamed) }
  }
  await insertAll(ctx, locations, original.locations.map(copy))
  await insertAll(ctx, locationClosures, original.closures.map(copy))
  const people = original.staff.map(person => ({
    ...copy(person),
    memberId: memberOf.get(accountOf.get(person.memberId ?? '') ?? ''), // Who has left the team is not there.
  }))
  await insertAll(ctx, staff, people)
  await insertAll(ctx, staffLocations, original.staffLocations.map(copy))
  await insertAll(ctx, services, original.services.map(copy))
  await insertAll(ctx, serviceIntakeForms, original.intakeForms.map(copy))
  await insertAll(ctx, serviceVariants, original.variants.map(copy))
  await insertAll(ctx, serviceAddons, original.addons.map(copy))
  await insertAll(ctx, resources, original.resources.map(copy))
  await insertAll(ctx, resourceUnits, original.resourceUnits.map(copy))
  await insertAll(ctx, serviceResources, original.serviceResources.map(copy))
  await insertAll(ctx, staffServices, original.staffServices.map(copy))
  await insertAll(ctx, schedules, original.schedules.map(copy))
  await insertAll(ctx, scheduleOverrides, original.overrides.map(copy))
  // Why somebody is away is nobody's business in a place to try things in.
  await insertAll(
    ctx,
    timeOff,
    original.timeOff.map(entry => ({ ...copy(entry), reason: null })),
  )
  const texts = original.templates.map(template => ({
    ...copy(template),
    providerState: providerStateIn('sandbox', template.channel),
  }))
  await insertAll(ctx, messageTemplates, texts)
  await ctx.enterWorkspace(ctx.workspace.id)
}

const references = ['id', 'locationId', 'staffId', 'serviceId', 'resourceId'] as const

/** Of what has dates, only what is not over. */
async function readBusiness(ctx: Context, workspaceId: string) {
  const { db, now } = ctx
  const own = (table: { workspaceId: PgColumn }) => eq(table.workspaceId, workspaceId)
  const yesterday = today(ctx, 'UTC').subtract({ days: 1 })
  return {
    members: await membersOf(ctx, workspaceId),
    locations: await db.select().from(locations).where(own(locations)).orderBy(asc(locations.id)),
    closures: await db
      .select()
      .from(locationClosures)
      .where(and(own(locationClosures), gte(locationClosures.date, yesterday))),
    staff: await db.select().from(staff).where(own(staff)).orderBy(asc(staff.id)),
    staffLocations: await db.select().from(staffLocations).where(own(staffLocations)),
    intakeForms: await db.select().from(serviceIntakeForms).where(own(serviceIntakeForms)),
    services: await db.select().from(services).where(own(services)).orderBy(asc(services.id)),
    staffServices: await db.select().from(staffServices).where(own(staffServices)),
    variants: await db.select().from(serviceVariants).where(own(serviceVariants)),
    addons: await db.select().from(serviceAddons).where(own(serviceAddons)),
    resources: await db.select().from(resources).where(own(resources)).orderBy(asc(resources.id)),
    resourceUnits: await db.select().from(resourceUnits).where(own(resourceUnits)),
    serviceResources: await db.select().from(serviceResources).where(own(serviceResources)),
    schedules: await db.select().from(schedules).where(own(schedules)),
    overrides: await db
      .select()
      .from(scheduleOverrides)
      .where(and(own(scheduleOverrides), gte(scheduleOverrides.date, yesterday))),
    timeOff: await db
      .select()
      .from(timeOff)
      .where(and(own(timeOff), gt(timeOff.endsAt, now)))
      .orderBy(asc(timeOff.id)),
    templates: await db
      .select()
      .from(messageTemplates)
      .where(own(messageTemplates))
      .orderBy(asc(messageTemplates.id)),
  }
}

function membersOf({ db }: Context, workspaceId: string) {
  return db
    .select({ id: members.id, accountId: members.accountId })
    .from(members)
    .where(eq(members.workspaceId, workspaceId))
}

/** New ids in the order of the old ones, since lists go by them. */
function twinIds(...tables: { id: string }[][]): Map<string, string> {
  const pairs = tables.flatMap(rows => {
    const fresh = rows.map(newId).sort()
    return rows.map(({ id }, index) => [id, fresh[index]!] as const)
  })
  return new Map(pairs)
}

async function insertAll<Table extends PgTable>(
  { db }: Context,
  table: Table,
  rows: Table['$inferInsert'][],
): Promise<void> {
  for (let at = 0; at < rows.length; at += BATCH) await db.insert(table).values(rows.slice(at, at + BATCH))
}

/** A statement takes 65,535 parameters, and the widest row has 20. */
const BATCH = 1000
