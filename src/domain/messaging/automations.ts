/** Automations: what drafts a message by itself when something has happened. The draft then asks at the gate as any other. */

import { and, eq } from 'drizzle-orm'
import { type Automation, automations } from '../../access/tables.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import type { Channel } from './tables.ts'
import { listTemplates } from './templates.ts'

export interface AutomationRule {
  key: string
  /** What it answers to: an event of one customer's. */
  on: `${'booking' | 'class_enrolment' | 'waitlist' | 'invoice'}.${string}`
  templateKey: string
  /** Whether it runs in a workspace that has said nothing. */
  enabled: boolean
  /** How long before the start, for a reminder. */
  minutesBefore?: number
}

/** What there is before a workspace says otherwise. Some business is told only where somebody wants it told. */
export const houseRules = [
  {
    key: 'booking_confirmation',
    on: 'booking.confirmed',
    templateKey: 'booking_confirmation',
    enabled: true,
  },
  { key: 'booking_moved', on: 'booking.moved', templateKey: 'booking_moved', enabled: true },
  { key: 'booking_cancelled', on: 'booking.cancelled', templateKey: 'booking_cancelled', enabled: false },
  {
    key: 'booking_reminder',
    on: 'booking.reminder_due',
    templateKey: 'booking_reminder',
    enabled: false,
    minutesBefore: 24 * 60,
  },
  {
    key: 'booking_follow_up',
    on: 'booking.completed',
    templateKey: 'booking_follow_up',
    enabled: false,
  },
  { key: 'class_enrolled', on: 'class_enrolment.enrolled', templateKey: 'class_enrolled', enabled: false },
  {
    key: 'class_reminder',
    on: 'class_enrolment.reminder_due',
    templateKey: 'class_reminder',
    enabled: false,
    minutesBefore: 24 * 60,
  },
  {
    key: 'class_cancelled',
    on: 'class_enrolment.cancelled',
    templateKey: 'class_cancelled',
    enabled: true,
  },
  { key: 'class_moved', on: 'class_enrolment.moved', templateKey: 'class_moved', enabled: true },
  {
    key: 'waitlist_place_given',
    on: 'class_enrolment.enrolled',
    templateKey: 'waitlist_place_given',
    enabled: true,
  },
  {
    key: 'waitlist_place_offered',
    on: 'waitlist.offered',
    templateKey: 'waitlist_place_offered',
    enabled: true,
  },
  {
    key: 'waitlist_slot_free',
    on: 'waitlist.slot_freed',
    templateKey: 'waitlist_slot_free',
    enabled: true,
  },
  { key: 'waitlist_closed', on: 'waitlist.closed', templateKey: 'waitlist_closed', enabled: true },
  // Of an invoice for which somebody has scheduled reminders.
  { key: 'invoice_reminder', on: 'invoice.reminder_due', templateKey: 'invoice_reminder', enabled: true },
  // By itself, of every invoice, on the day after its due date.
  { key: 'invoice_overdue', on: 'invoice.reminder_due', templateKey: 'invoice_overdue', enabled: false },
] as const satisfies AutomationRule[]

/** After these, what was drafted about the booking or the place before is not true any more. */
export const overtaking: readonly string[] = [
  'booking.moved',
  'booking.cancelled',
  'booking.reverted',
  'class_enrolment.moved',
  'class_enrolment.cancelled',
  'waitlist.offer_moved',
  'waitlist.promoted',
  'waitlist.declined',
  'waitlist.lapsed',
  'waitlist.left',
  'waitlist.closed',
]

/** After these an invoice may have another day on which to remind of it, or none. */
const invoiceEvents = [
  'invoice.finalized',
  'invoice.planned',
  'invoice.paid',
  'invoice.voided',
  'invoice.uncollectible',
] as const

/** After these, a start may be free that somebody waits for. */
export const freeing: readonly string[] = [
  'booking.cancelled',
  'booking.moved',
  'booking.reassigned',
  'booking.declined',
  'booking.expired',
]

/** The events that automations must hear of. */
export const heardEvents: ReadonlySet<string> = new Set([
  ...houseRules.map(({ on }) => on),
  ...overtaking,
  ...freeing,
  ...invoiceEvents,
])

/** After these, reminders of an invoice that nobody has sent yet are not true any more. */
export const endingReminders: readonly string[] = [
  'invoice.reminder_due',
  'invoice.paid',
  'invoice.voided',
  'invoice.uncollectible',
]

export type AutomationKey = (typeof houseRules)[number]['key']

export interface AutomationView extends AutomationRule {
  channel: Channel | null
  version: number
}

export async function listAutomations({ db, workspace }: Context): Promise<AutomationView[]> {
  const rows = await db.select().from(automations).where(eq(automations.workspaceId, workspace.id))
  return houseRules.map(rule =>
    viewOf(
      rule,
      rows.find(({ key }) => key === rule.key),
    ),
  )
}

export async function findAutomation(
  { db, workspace }: Context,
  key: AutomationKey,
): Promise<AutomationView> {
  const [row] = await db
    .select()
    .from(automations)
    .where(and(eq(automations.workspaceId, workspace.id), eq(automations.key, key)))
  return viewOf(ruleOf(key), row)
}

/** 0 where nobody has changed it. */
export async function automationVersion(context: Context, key: AutomationKey): Promise<number> {
  return (await findAutomation(context, key)).version
}

export interface AutomationChange {
  key: AutomationKey
  enabled: boolean
  templateKey?: string
  /** null: the first that reaches the customer. */
  channel?: Channel | null
  /** Only a reminder has it. */
  minutesBefore?: number
}

/** Says in full how one automation works from now on. @throws Refusal `not_found`, `invalid_input` */
export async function setAutomation(context: Context, change: AutomationChange): Promise<AutomationView> {
  const { db, workspace, now, emit } = context
  const rule = ruleOf(change.key)
  const { templateKey = rule.templateKey, minutesBefore } = change
  await mustHaveTemplate(context, templateKey)
  if (minutesBefore !== undefined && rule.minutesBefore === undefined) {
    throw new Refusal('invalid_input', 'minutes_before: Only a reminder has it.', { field: 'minutes_before' })
  }
  const { id, version } = await automationOf(context, rule)
  const [row] = await db
    .update(automations)
    .set({
      enabled: change.enabled,
      templateKey,
      channel: change.channel ?? null,
      minutesBefore,
      version: version + 1,
      updatedAt: now,
    })
    .where(and(eq(automations.workspaceId, workspace.id), eq(automations.id, id)))
    .returning()
  emit({ type: 'automation.changed', subject: { kind: 'automation', id } })
  return viewOf(rule, row)
}

async function mustHaveTemplate(context: Context, key: string): Promise<void> {
  const { rows } = await listTemplates(context, { key, limit: 1 })
  if (rows.length > 0) return
  throw new Refusal('invalid_input', 'template: There is none of this key.', { field: 'template' }, [
    'list_message_templates',
  ])
}

/** The row by which an automation is known; made when it is first needed. */
export async function automationOf(
  { db, workspace, now }: Context,
  rule: AutomationRule,
): Promise<Automation> {
  const here = and(eq(automations.workspaceId, workspace.id), eq(automations.key, rule.key))
  const [found] = await db.select().from(automations).where(here)
  if (found) return found
  await db
    .insert(automations)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      key: rule.key,
      enabled: rule.enabled,
      templateKey: rule.templateKey,
      version: 0, // That it is met for the first time changes nothing of it.
      updatedAt: now,
    })
    .onConflictDoNothing()
  const [made] = await db.select().from(automations).where(here)
  return made!
}

export function ruleOf(key: string): AutomationRule {
  const rule = houseRules.find(rule => rule.key === key)
  if (!rule) throw new Refusal('not_found', 'There is no such automation.', {}, ['list_automations'])
  return rule
}

function viewOf(rule: AutomationRule, row: Automation | undefined): AutomationView {
  const {
    enabled,
    templateKey,
    channel = null,
    version = 0,
  } = row ?? (rule as Partial<Automation> & AutomationRule)
  const minutesBefore = row?.minutesBefore ?? rule.minutesBefore
  return { ...rule, enabled, templateKey, channel, minutesBefore, version }
}
