/**
 * General settings of a workspace: what holds until somebody sets it, and the patch that sets it. A later domain adds
 * its section to `settingsShape` and `defaultSettings`; rows hold only what was set, so no migration is needed.
 */

import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { Country, Text, TimeZone, Version } from '../catalog/kinds.ts'
import { Refusal } from '../catalog/refusal.ts'
import type { Context } from '../domain/context.ts'
import { workspaceSettings, workspaces } from './tables.ts'

const WallTime = () => z.iso.time({ precision: -1 })

export const limitNames = ['cooldown_minutes', 'on_hand_limit', 'day_limit', 'week_limit'] as const

/** What one customer may have: minutes from visit to visit, bookings to come, starts a day and a week. At most a year's minutes. */
export const customerLimits = z.partialRecord(z.enum(limitNames), z.int().min(1).max(527_040))
export type CustomerLimits = z.output<typeof customerLimits>

const booking = z.strictObject({
  allow_customer_overlap: z.boolean().describe('Two bookings of one customer at once.'),
  customer_limits: customerLimits.describe('Of one customer, all services together. Left out: none.'),
})

const invoicing = z.strictObject({
  tax_mode: z.enum(['inclusive', 'exclusive']).describe('inclusive: prices have their tax in them.'),
  rounding: z.enum(['line', 'invoice']),
  tax_rates: z
    .record(z.string().max(40), z.number().min(0).max(100))
    .describe('Percent by category: { standard: 21 }.'),
  due_days: z.int().min(0).max(365),
  on_completion: z.enum(['off', 'draft', 'open']),
})

/** No zod defaults here: zod 4 fills them into a partial object too, and a patch would reset what it leaves out. */
export const settingsShape = z.strictObject({
  week_starts: z.enum(['mon', 'sat', 'sun']).describe('Of calendars and reports.'),
  booking,
  invoicing,
  quiet_hours: z
    .strictObject({ from: WallTime(), to: WallTime() })
    .nullable()
    .describe("When no marketing goes out, in the recipient's zone. It may span midnight; null: never."),
})
export type Settings = z.output<typeof settingsShape>

export const defaultSettings: Settings = {
  week_starts: 'mon',
  booking: { allow_customer_overlap: false, customer_limits: {} },
  invoicing: { tax_mode: 'inclusive', rounding: 'line', tax_rates: {}, due_days: 14, on_completion: 'off' },
  quiet_hours: null,
}

/** Sections are patched field by field, plain values replaced. A workspace's currency never changes: its ledger is in it. */
export const settingsPatch = z.strictObject({
  version: Version(),
  name: Text(120).optional().describe('As customers know the business.'),
  time_zone: TimeZone().optional().describe('For dates without a location.'),
  country: Country().optional().describe('Default region of phone numbers.'),
  ...settingsShape.partial().shape,
  booking: booking.partial().optional().describe('How bookings are taken.'),
  invoicing: invoicing.partial().optional().describe('How invoices are made.'),
})
export type SettingsPatch = z.output<typeof settingsPatch>

export interface WorkspaceSettings extends Settings {
  version: number
  name: string
  time_zone: string
  currency: string
  country: string
}

export async function readSettings(ctx: Context): Promise<WorkspaceSettings> {
  const [stored] = await selectSettings(ctx)
  const { settings, ...general } = stored!
  return { ...general, ...settingsShape.parse(patched(defaultSettings, settings)) }
}

/** @throws stale_version with `current_version` */
export async function updateSettings(ctx: Context, patch: SettingsPatch): Promise<WorkspaceSettings> {
  const { version, name, time_zone: timeZone, country, ...sections } = patch
  const [stored] = await selectSettings(ctx).for('update', { of: workspaceSettings })
  if (stored!.version !== version) {
    throw new Refusal(
      'stale_version',
      `The settings are at version ${stored!.version} by now. Read them again.`,
      { current_version: stored!.version },
      ['get_workspace_settings'],
    )
  }
  await ctx.db
    .update(workspaceSettings)
    .set({ settings: patched(stored!.settings, sections), version: version + 1, updatedAt: ctx.now })
    .where(eq(workspaceSettings.workspaceId, ctx.workspace.id))
  const general = { name, timeZone, country }
  if (Object.values(general).some(value => value !== undefined)) {
    await ctx.db.update(workspaces).set(general).where(eq(workspaces.id, ctx.workspace.id))
  }
  ctx.emit({ type: 'workspace.settings_changed', subject: { kind: 'workspace', id: ctx.workspace.id } })
  return readSettings(ctx)
}

function selectSettings(ctx: Context) {
  return ctx.db
    .select({
      settings: workspaceSettings.settings,
      version: workspaceSettings.version,
      name: workspaces.name,
      time_zone: workspaces.timeZone,
      currency: workspaces.currency,
      country: workspaces.country,
    })
    .from(workspaceSettings)
    .innerJoin(workspaces, eq(workspaces.id, workspaceSettings.workspaceId))
    .where(eq(workspaceSettings.workspaceId, ctx.workspace.id))
}

/** Field by field within a section, and no deeper. */
function patched(base: Record<string, unknown>, patch: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base }
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue
    result[name] = isSection(value) && isSection(base[name]) ? { ...base[name], ...value } : value
  }
  return result
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
