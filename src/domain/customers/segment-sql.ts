/** Compiles a rule to one condition on the table `customers`, true of whoever meets it at `ctx.now`. */

import { and, arrayContains, eq, gt, gte, inArray, isNotNull, not, or, type SQL, sql } from 'drizzle-orm'
import { Refusal } from '../../catalog/refusal.ts'
import { bookings } from '../bookings/tables.ts'
import { classEnrolments } from '../classes/tables.ts'
import type { Context } from '../context.ts'
import { consentEvents } from '../messaging/tables.ts'
import { inactiveSince, visited } from './conditions.ts'
import { labels } from './customer.ts'
import { dateOf, fieldsByKey, matchKey } from './field-values.ts'
import type { Comparison, Condition, Rule } from './segment-rule.ts'
import { type CustomField, customers, customFieldValues } from './tables.ts'

/** The condition of a campaign's audience too. @throws Refusal `invalid_input` of a field or comparison that is not there */
export async function compile(ctx: Context, rule: Rule): Promise<SQL> {
  const fields = await fieldsByKey(ctx, [...new Set(keysOf(rule))])
  const build = (node: Rule): SQL => {
    if ('all' in node) return and(...node.all.map(build))!
    if ('any' in node) return or(...node.any.map(build))!
    if ('not' in node) return not(build(node.not))
    return condition(ctx, node, fields)
  }
  return build(rule)
}

function keysOf(rule: Rule): string[] {
  if ('all' in rule) return rule.all.flatMap(keysOf)
  if ('any' in rule) return rule.any.flatMap(keysOf)
  if ('not' in rule) return keysOf(rule.not)
  return 'field' in rule ? [rule.field] : []
}

function condition(ctx: Context, node: Condition, fields: Map<string, CustomField>): SQL {
  const daysAgo = (days: number) => ctx.now.subtract({ hours: 24 * days })
  if ('tag' in node) return arrayContains(customers.tags, labels([node.tag]))
  if ('field' in node) return fieldIs(ctx, fields.get(node.field)!, node)
  if ('language' in node) return sql`coalesce(${customers.language} = ${node.language}, false)`
  if ('has' in node) return isNotNull(node.has === 'email' ? customers.emailKey : customers.phoneE164)
  if ('visits' in node) return visitsAre(ctx, node.visits)
  if ('inactive_days' in node) return inactiveSince(ctx, daysAgo(node.inactive_days))
  if ('created_within_days' in node) return gte(customers.createdAt, daysAgo(node.created_within_days))
  if ('coming' in node) return visited(ctx, ctx.now)
  return hasConsented(ctx, node.consent)
}

/** Visits that were: what was completed or attended before T, or began and was not missed. */
function visitsAre(
  { db, workspace, now }: Context,
  {
    at_least: least,
    at_most: most,
    within_days: days,
  }: { at_least?: number; at_most?: number; within_days?: number },
): SQL {
  const since = days === undefined ? undefined : now.subtract({ hours: 24 * days })
  const booked = db
    .select({ visits: sql`count(*)` })
    .from(bookings)
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        eq(bookings.customerId, customers.id),
        inArray(bookings.state, ['confirmed', 'arrived', 'completed']),
        sql`${bookings.startsAt} <= ${now.toString()}`,
        since && gt(bookings.startsAt, since),
      ),
    )
  const attended = db
    .select({ visits: sql`count(*)` })
    .from(classEnrolments)
    .where(
      and(
        eq(classEnrolments.workspaceId, workspace.id),
        eq(classEnrolments.customerId, customers.id),
        inArray(classEnrolments.state, ['enrolled', 'attended']),
        sql`${classEnrolments.startsAt} <= ${now.toString()}`,
        since && gt(classEnrolments.startsAt, since),
      ),
    )
  const visits = sql`((${booked}) + (${attended}))`
  return sql`${visits} BETWEEN ${least ?? 0} AND ${most ?? 2_147_483_647}`
}

function hasConsented(
  { db, workspace, now }: Context,
  { channel, purpose }: { channel: string; purpose: string },
): SQL {
  const last = db
    .select({ state: consentEvents.state })
    .from(consentEvents)
    .where(
      and(
        eq(consentEvents.workspaceId, workspace.id),
        eq(consentEvents.customerId, customers.id),
        sql`${consentEvents.channel} = ${channel}`,
        sql`${consentEvents.purpose} = ${purpose}`,
        sql`${consentEvents.at} <= ${now.toString()}`,
      ),
    )
    .orderBy(sql`${consentEvents.at} DESC, ${consentEvents.id} DESC`)
    .limit(1)
  return sql`coalesce((${last}) = 'granted', false)`
}

type FieldCondition = Extract<Condition, { field: string }>

const operators = { less: '<', at_most: '<=', more: '>', at_least: '>=' } as const satisfies Partial<
  Record<Comparison, string>
>

function fieldIs({ db, workspace }: Context, field: CustomField, { op, value }: FieldCondition): SQL {
  const having = (which?: SQL) =>
    inArray(
      customers.id,
      db
        .select({ id: customFieldValues.customerId })
        .from(customFieldValues)
        .where(
          and(
            eq(customFieldValues.workspaceId, workspace.id),
            eq(customFieldValues.fieldId, field.id),
            which,
          ),
        ),
    )
  if (op === 'is_set') return having()
  if (op === 'is_not_set') return not(having())
  if (value === undefined) throw invalid(field.key, 'This comparison takes a value.')
  const same = eq(customFieldValues.matchKey, matchKey(value))
  if (op === 'is') return having(same)
  if (op === 'is_not') return not(having(same))
  const operator = sql.raw(operators[op])
  if (field.type === 'number' && typeof value === 'number') {
    return having(sql`${customFieldValues.numberValue} ${operator} ${value}`)
  }
  if (field.type === 'date' && typeof value === 'string' && dateOf(value)) {
    return having(sql`${customFieldValues.dateValue} ${operator} ${value}::date`)
  }
  throw invalid(field.key, `A ${field.type} cannot be compared so: less and more are of numbers and days.`)
}

function invalid(field: string, message: string): Refusal {
  return new Refusal('invalid_input', `rule: ${field}: ${message}`, { field: 'rule', key: field }, [
    'list_custom_fields',
  ])
}
