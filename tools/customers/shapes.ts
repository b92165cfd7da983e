/** Shapes that the customers' tools share. */

import { z } from 'zod'
import { Id, Instant, idText, outside, Text, TimeZone } from '../../src/catalog/kinds.ts'
import type { Merge } from '../../src/domain/customers/merge.ts'
import { fieldTypes, visibilities } from '../../src/domain/customers/tables.ts'
import { channels, purposes } from '../../src/domain/messaging/tables.ts'

export const Customer = z.object({
  id: Id('customer'),
  name: outside(z.string()),
  email: z.string().nullable(),
  phone: z.string().nullable().describe('E.164.'),
  phone_extension: z.string().nullable(),
  time_zone: z.string(),
  language: z.string().nullable(),
  note: outside(z.string().nullable()),
  tags: z.array(outside(z.string())),
  blocked: z.boolean(),
  status: z.enum(['active', 'archived', 'merged']),
  version: z.int(),
  created_at: Instant(),
  updated_at: Instant(),
})

/** As lists show them; get_customer has the rest. */
export const CustomerRow = Customer.pick({
  id: true,
  name: true,
  email: true,
  phone: true,
  note: true,
  tags: true,
  blocked: true,
  version: true,
})

export const mergedFrom = Id('customer')
  .nullable()
  .describe('The id you gave, where that customer was merged into this one.')

/** Kept as given; compared without case, and with its +tag. */
const EmailAsGiven = () => z.string().trim().max(254).pipe(z.email()).meta({ format: 'email' })

const Language = () => Text(35).refine(isLanguage, 'Expected a BCP 47 tag, as in es or pt-BR.')

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/** What is said of a customer; each tool says beside a field what leaving it out or null means there. */
export const fields = {
  name: Text(200),
  email: EmailAsGiven(),
  phone: Text(60),
  time_zone: TimeZone(),
  language: Language(),
  note: Text(2000),
  tags: z.array(Text(40)).max(50),
}

export const ConsentEvent = z.object({
  id: Id('consent'),
  customer_id: Id('customer'),
  channel: z.enum(channels),
  purpose: z.enum(purposes),
  state: z.enum(['granted', 'withdrawn']),
  source: outside(z.string()),
  wording_version: z.string().nullable(),
  at: Instant().describe('When they said it.'),
  recorded_at: Instant(),
})

/** What a business calls a field of its own, in programs. */
export const FieldKey = () =>
  z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'Expected small letters, digits and _, as in shoe_size.')

/** By its type: text or choice, number, boolean; a date as 2026-03-29. */
export const FieldValue = z.union([Text(500), z.number(), z.boolean()])

export const FieldValuesShown = outside(
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
).describe('By key.')

export const Note = z.object({
  id: Id('note'),
  customer_id: Id('customer'),
  text: outside(z.string()),
  pinned: z.boolean(),
  visibility: z.enum(visibilities),
  at: Instant(),
})

/** household, payer and guardian are what the other is to them; pays_for and guardian_of what they are to the other. */
export const Relations = z.array(
  z.object({
    relation: z.string(),
    customer_id: Id('customer'),
    name: outside(z.string()),
  }),
)

export const givenCustomer = {
  customer: { tool: 'create_customer', input: { name: 'Lucía García', phone: '600 123 456' } },
}

export const FieldShown = z.object({
  id: Id('field'),
  key: z.string(),
  label: z.string(),
  type: z.enum(fieldTypes),
  choices: z.array(z.string()).nullable(),
  description: z.string().nullable(),
})

/** What becomes of two customers who are one. */
export const MergeShown = z.object({
  survivor_id: Id('customer'),
  merged_id: Id('customer'),
  name: outside(z.string()),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  tags: z.array(outside(z.string())),
  filled: z.array(z.string()).describe('Fields that were empty, now as the other had them.'),
  given_up: z.array(z.string()).describe('Fields of the other that give way.'),
  consent: z.array(
    z.object({
      channel: z.string(),
      purpose: z.string(),
      state: z.string().nullable().describe('The more restrictive; null: not said.'),
    }),
  ),
  moved: z.record(z.string(), z.int()).describe('How many of what change hands.'),
  refunds: z
    .array(
      z.object({
        enrolment_id: Id('enrolment'),
        session_id: Id('session'),
        paid_with: z.string(),
        amount: z.int(),
      }),
    )
    .describe('Twice in one class: this enrolment goes, to be paid back where it was paid.'),
  conflicts: z
    .array(
      z.object({
        kind: z.string(),
        id: z.string(),
        other_kind: z.string(),
        other_id: z.string(),
        starts_at: Instant(),
      }),
    )
    .describe('Visits that overlap; they stay.'),
})

export function mergeShown(merge: Merge) {
  const conflicts = merge.conflicts.map(conflict => ({
    ...conflict,
    id: idText(conflict.kind, conflict.id),
    other_id: idText(conflict.other_kind, conflict.other_id),
  }))
  return { ...merge, conflicts }
}

export const mergeFields = {
  survivor_id: Id('customer').describe('Who stays.'),
  merged_id: Id('customer').describe('Whose id becomes an alias.'),
}

export const givenTwins = {
  one: { tool: 'create_customer', input: { name: 'Lucía García', phone: '600 123 456' } },
  other: { tool: 'create_customer', input: { name: 'Lucia Garcia', email: 'lucia@example.com' } },
}

export const SegmentKey = () =>
  z.string().regex(/^[a-z][a-z0-9_]{0,59}$/, 'Expected small letters, digits and _, as in lapsed_vips.')

export const SegmentShown = z.object({
  id: Id('segment'),
  key: z.string(),
  name: z.string(),
  rule: z.record(z.string(), z.unknown()),
  version: z.int(),
  updated_at: Instant(),
})

export const ruleHelp =
  'A rule is {all:[…]}, {any:[…]}, {not:…} of {tag}, {field,op,value} (op: is, is_not, less, at_most, more, at_least, ' +
  'is_set, is_not_set), {language}, {has:email|phone}, {visits:{at_least,at_most,within_days}}, {inactive_days}, ' +
  '{created_within_days}, {coming:true}, {consent:{channel,purpose}}.'
