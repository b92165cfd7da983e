/** Drizzle's view of migrations 0005, 0016 and 0021: customers, and what a business keeps of them. */

import { sql } from 'drizzle-orm'
import {
  boolean,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { id, instant, localDate, tenantKey } from '../../database/columns.ts'
import type { ImportedFields } from './import-fields.ts'
import type { Rule } from './segment-rule.ts'

export const customers = pgTable(
  'customers',
  {
    ...tenantKey(),
    name: text().notNull(),
    nameKey: text('name_key').notNull(),
    email: text(),
    emailKey: text('email_key'),
    phoneE164: text('phone_e164'),
    phoneExtension: text('phone_extension'),
    timeZone: text('time_zone'),
    language: text(),
    note: text(),
    blocked: boolean().notNull().default(false),
    tags: text().array().notNull().default([]),
    searchText: text('search_text')
      .notNull()
      .generatedAlwaysAs(sql`name_key || ' ' || coalesce(email_key, '') || ' ' || coalesce(phone_e164, '')`),
    status: text().$type<'active' | 'archived' | 'merged'>().notNull().default('active'),
    mergedInto: uuid('merged_into'),
    erasedAt: instant('erased_at'),
    version: integer().notNull().default(1),
    createdBy: id('created_by'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)

export const fieldTypes = ['text', 'number', 'date', 'boolean', 'choice'] as const
export type FieldType = (typeof fieldTypes)[number]

export const customFields = pgTable('custom_fields', {
  ...tenantKey(),
  key: text().notNull(),
  label: text().notNull(),
  type: text().$type<FieldType>().notNull(),
  /** Of a choice alone. */
  choices: text().array(),
  description: text(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type CustomField = typeof customFields.$inferSelect

export const customFieldValues = pgTable('custom_field_values', {
  workspaceId: id('workspace_id').notNull(),
  customerId: id('customer_id').notNull(),
  fieldId: id('field_id').notNull(),
  textValue: text('text_value'),
  numberValue: doublePrecision('number_value'),
  dateValue: localDate('date_value'),
  booleanValue: boolean('boolean_value'),
  matchKey: text('match_key').notNull(),
})

export const visibilities = ['team', 'private', 'clinical'] as const
export type Visibility = (typeof visibilities)[number]

export const customerNotes = pgTable('customer_notes', {
  ...tenantKey(),
  customerId: id('customer_id').notNull(),
  text: text().notNull(),
  pinned: boolean().notNull(),
  visibility: text().$type<Visibility>().notNull(),
  memberId: id('member_id'),
  principalKind: text('principal_kind').notNull(),
  principalId: id('principal_id'),
  at: instant().notNull(),
})
export type CustomerNote = typeof customerNotes.$inferSelect

export const relationshipKinds = ['household', 'payer', 'guardian'] as const
export type RelationshipKind = (typeof relationshipKinds)[number]

export const customerRelationships = pgTable('customer_relationships', {
  workspaceId: id('workspace_id').notNull(),
  customerId: id('customer_id').notNull(),
  kind: text().$type<RelationshipKind>().notNull(),
  otherId: id('other_id').notNull(),
})

export const segments = pgTable('segments', {
  ...tenantKey(),
  key: text().notNull(),
  name: text().notNull(),
  rule: jsonb().$type<Rule>().notNull(),
  version: integer().notNull().default(1),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
export type Segment = typeof segments.$inferSelect

export const importRows = pgTable('import_rows', {
  workspaceId: id('workspace_id').notNull(),
  jobId: id('job_id').notNull(),
  number: integer().notNull(),
  fields: jsonb().$type<ImportedFields>(),
  outcome: text().$type<'created' | 'updated' | 'unchanged' | 'failed'>(),
  customerId: id('customer_id'),
  reason: text(),
})

export const erasedContacts = pgTable('erased_contacts', {
  workspaceId: id('workspace_id').notNull(),
  hash: text().notNull(),
  erasedAt: instant('erased_at').notNull(),
})
