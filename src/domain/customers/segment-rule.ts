/**
 * The rule of a segment: a tree of groups and conditions. The schema is what a caller may write and what is stored; it is
 * compiled to one condition of SQL in `segment-sql.ts`.
 */

import { z } from 'zod'
import { Text } from '../../catalog/kinds.ts'
import { channels, purposes } from '../messaging/tables.ts'

const Days = z.int().min(1).max(3650)
const Count = z.int().min(0).max(100_000)
const Value = z.union([Text(500), z.number(), z.boolean()])

const comparisons = ['is', 'is_not', 'less', 'at_most', 'more', 'at_least', 'is_set', 'is_not_set'] as const
export type Comparison = (typeof comparisons)[number]

/** One thing that is so of a customer at T, or is not. */
export const Condition = z.union([
  z.strictObject({ tag: Text(40) }),
  z.strictObject({ field: z.string().max(40), op: z.enum(comparisons), value: Value.optional() }),
  z.strictObject({ language: Text(35) }),
  z.strictObject({ has: z.enum(['email', 'phone']) }),
  /** Visits that were, within so many days before T or ever. */
  z.strictObject({
    visits: z.strictObject({
      at_least: Count.optional(),
      at_most: Count.optional(),
      within_days: Days.optional(),
    }),
  }),
  z.strictObject({ inactive_days: Days }),
  z.strictObject({ created_within_days: Days }),
  /** Has something booked after T. */
  z.strictObject({ coming: z.literal(true) }),
  z.strictObject({ consent: z.strictObject({ channel: z.enum(channels), purpose: z.enum(purposes) }) }),
])
export type Condition = z.output<typeof Condition>

export type Rule = Condition | { all: Rule[] } | { any: Rule[] } | { not: Rule }

const MOST_NODES = 100
const DEEPEST = 8

/** As a caller writes it. Checked here and not by a recursive schema, which most clients' JSON Schema cannot read. */
export const RuleTree = z.looseObject({}).transform((value, ctx): Rule => {
  let nodes = 0
  const read = (node: unknown, path: (string | number)[], depth: number): Rule => {
    if (++nodes > MOST_NODES || depth > DEEPEST) {
      ctx.addIssue({ code: 'custom', path, message: `At most ${MOST_NODES} conditions, ${DEEPEST} deep.` })
      return z.NEVER
    }
    const [group, another] = node !== null && typeof node === 'object' ? Object.keys(node) : []
    if (group === 'not' && another === undefined)
      return { not: read((node as { not: unknown }).not, [...path, 'not'], depth + 1) }
    if (group === 'all' || group === 'any') {
      const list = (node as Record<string, unknown>)[group]
      if (Array.isArray(list) && list.length > 0 && another === undefined) {
        const inner = list
          .slice(0, MOST_NODES + 1)
          .map((one, index) => read(one, [...path, group, index], depth + 1))
        return group === 'all' ? { all: inner } : { any: inner }
      }
    }
    const condition = Condition.safeParse(node)
    if (condition.success) return condition.data
    ctx.addIssue({ code: 'custom', path, message: HOW })
    return z.NEVER
  }
  return read(value, [], 1)
})

const HOW =
  'Expected one of {all:[…]}, {any:[…]}, {not:…}, {tag}, {field,op,value}, {language}, {has}, ' +
  '{visits:{at_least,at_most,within_days}}, {inactive_days}, {created_within_days}, {coming:true}, {consent:{channel,purpose}}.'
