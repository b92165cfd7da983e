/** Drizzle's view of migration 0003: the audit, stored answers, approvals, keys and the outbox. */

import { sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Effect } from '../catalog/define.ts'
import type { IdKind } from '../catalog/kinds.ts'
import type { RefusalCode } from '../catalog/refusal.ts'
import { instant } from '../database/columns.ts'
import type { StoredState } from './approval-states.ts'
import type { CallRequest } from './call.ts'
import type { Versions } from './confirm.ts'
import type { PolicyRule } from './policy.ts'
import type { Outcome } from './record.ts'

export const auditEvents = pgTable(
  'audit_events',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    at: instant('at').notNull(),
    recordedAt: instant('recorded_at').notNull().default(sql`clock_timestamp()`),
    requestId: text('request_id').notNull(),
    surface: text('surface').$type<CallRequest['surface']>().notNull(),
    client: text('client'),
    principalKind: text('principal_kind').notNull(),
    principalId: uuid('principal_id'),
    memberId: uuid('member_id'),
    decidedBy: uuid('decided_by'),
    tool: text('tool').notNull(),
    via: text('via'),
    argumentsHash: text('arguments_hash'),
    outcome: text('outcome').$type<Outcome>().notNull(),
    errorCode: text('error_code').$type<RefusalCode>(),
    approvalId: uuid('approval_id'),
    changes: jsonb('changes').$type<{ type: string; kind: IdKind; id: string }[]>().notNull().default([]),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)

export const callDetails = pgTable(
  'call_details',
  {
    workspaceId: uuid('workspace_id').notNull(),
    auditId: uuid('audit_id').notNull(),
    arguments: text('arguments'),
    answer: text('answer'),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.auditId] })],
)

export const approvals = pgTable(
  'approvals',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    tool: text('tool').notNull(),
    argumentsHash: text('arguments_hash').notNull(),
    requestKey: text('request_key').notNull().default(''),
    versions: jsonb('versions').$type<Record<string, string | number>>().notNull(),
    effects: jsonb('effects').$type<Effect[]>().notNull(),
    askedByKind: text('asked_by_kind')
      .$type<'api_key' | 'oauth_client' | 'member' | 'automation'>()
      .notNull(),
    askedBy: uuid('asked_by').notNull(),
    memberId: uuid('member_id'),
    askedAt: instant('asked_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    state: text('state').$type<StoredState>().notNull(),
    edited: boolean('edited').notNull().default(false),
    decidedBy: uuid('decided_by'),
    decidedAt: instant('decided_at'),
    errorCode: text('error_code').$type<RefusalCode>(),
    auditId: uuid('audit_id').notNull(),
    resultAuditId: uuid('result_audit_id'),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)
export type Approval = typeof approvals.$inferSelect

export const approvalDetails = pgTable(
  'approval_details',
  {
    workspaceId: uuid('workspace_id').notNull(),
    approvalId: uuid('approval_id').notNull(),
    arguments: text('arguments'),
    originalArguments: text('original_arguments'),
    preview: text('preview'),
    warnings: text('warnings'),
    note: text('note'),
    answer: text('answer'),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.approvalId] })],
)

export const approvalPolicies = pgTable(
  'approval_policies',
  {
    workspaceId: uuid('workspace_id').notNull(),
    rules: jsonb('rules').$type<PolicyRule[]>().notNull(),
    version: integer('version').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId] })],
)

export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    workspaceId: uuid('workspace_id').notNull(),
    tool: text('tool').notNull(),
    key: text('key').notNull(),
    argumentsHash: text('arguments_hash').notNull(),
    auditId: uuid('audit_id').notNull(),
    approvalId: uuid('approval_id'),
    createdAt: instant('created_at').notNull().default(sql`clock_timestamp()`),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.tool, table.key] })],
)

export const events = pgTable(
  'events',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    type: text('type').notNull(),
    subjectKind: text('subject_kind').notNull(),
    subjectId: uuid('subject_id').notNull(),
    data: jsonb('data').$type<Record<string, unknown>>().notNull().default({}),
    at: instant('at').notNull(),
    auditId: uuid('audit_id').notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)

/** Migration 0043. */
export const undos = pgTable(
  'undos',
  {
    workspaceId: uuid('workspace_id').notNull(),
    id: uuid('id').notNull(),
    memberId: uuid('member_id').notNull(),
    tool: text('tool').notNull(),
    arguments: text('arguments').notNull(),
    versions: jsonb('versions').$type<Versions>().notNull(),
    leadsTo: text('leads_to').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.id] })],
)

/** Migration 0028. */
export const approvalNotices = pgTable(
  'approval_notices',
  {
    workspaceId: uuid('workspace_id').notNull(),
    approvalId: uuid('approval_id').notNull(),
    memberId: uuid('member_id').notNull(),
    state: text('state').$type<'queued' | 'sent' | 'failed'>().notNull(),
    createdAt: instant('created_at').notNull().default(sql`clock_timestamp()`),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.approvalId, table.memberId] })],
)
