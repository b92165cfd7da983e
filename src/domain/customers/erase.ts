/**
 * Forgets a person. Invoices and ledgers stay, with nobody's name; what is known from then on is a salted hash of each
 * address, so that no import makes a yes of what was forgotten.
 */

import { and, eq, inArray, isNotNull, isNull, or, type SQL, sql } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { cancelBooking } from '../bookings/cancel.ts'
import { bookingIntakes, bookings } from '../bookings/tables.ts'
import { cancelEnrolment } from '../classes/cancel-enrolment.ts'
import type { Context } from '../context.ts'
import {
  deliveries,
  inboundMessages,
  messageAttachments,
  messages,
  suppressions,
} from '../messaging/tables.ts'
import { startJob } from '../ops/jobs.ts'
import { type Block, blockers } from './erase-blocks.ts'
import { GONE, keepErasure, NOBODY } from './erased.ts'
import { forgetters } from './forgetting.ts'
import { getCustomer, idsOf } from './get.ts'
import { forgetSignIns } from './sign-in.ts'
import { customerNotes, customerRelationships, customers, customFieldValues, importRows } from './tables.ts'
import { comingVisits } from './visits.ts'

export interface Erased {
  customer_id: string
  erased_at: NonNullable<(typeof customers.$inferSelect)['erasedAt']>
  /** What stood against it, and was overridden. */
  forced: Block[]
}

/** The worker's task: what providers hold of them is to go as well. */
export const ERASE = 'erase_at_providers'

/**
 * Once: who is forgotten stays so.
 * @param force in spite of what is open: visits to come are cancelled by the business
 * @throws Refusal `invalid_transition` with `reasons`, `not_found`
 */
export async function eraseCustomer(ctx: Context, id: string, force: boolean): Promise<Erased> {
  const { db, workspace, now, emit } = ctx
  const { customerId, people } = await lockWhole(ctx, id)
  const ids = people.map(person => person.id)
  const present = people.find(person => person.id === customerId)!
  if (present.erasedAt) return { customer_id: customerId, erased_at: present.erasedAt, forced: [] }

  const blocks = (await Promise.all(blockers.map(block => block(ctx, customerId))))
    .flat()
    .filter(({ count }) => count > 0)
  if (blocks.length > 0 && !force) throw blocked(blocks)
  ctx.declare({ kind: 'erase', gate: 'approve' })
  await cancelVisits(ctx, customerId)
  const contacts = contactsOf(people)
  const traces = [
    ...contacts,
    ...people.flatMap(({ name, email }) => (email ? [name, email] : [name])),
    ...ids.map(one => idText('customer', one)),
  ]
  await forgetMessages(ctx, ids, contacts)
  await forgetDetails(ctx, ids)
  await forgetSignIns(ctx, ids, contacts)
  const patterns = sql`${sql.param(traces.map(wordIn))}::text[]`
  for (const forget of forgetters) await forget(ctx, { ids, patterns })
  await forgetImports(ctx, patterns)
  await forgetCalls(ctx, patterns)
  await keepErasure(ctx, contacts)
  await db
    .update(customers)
    .set({
      name: NOBODY,
      nameKey: NOBODY.toLowerCase(),
      email: null,
      emailKey: null,
      phoneE164: null,
      phoneExtension: null,
      note: null,
      tags: [],
      language: null,
      timeZone: null,
      erasedAt: now,
      updatedAt: now,
      version: sql`${customers.version} + 1`,
      status: sql`CASE WHEN ${customers.status} = 'merged' THEN 'merged' ELSE 'archived' END`,
    })
    .where(and(eq(customers.workspaceId, workspace.id), inArray(customers.id, ids)))
  await startJob(ctx, ERASE, 1)
  emit({ type: 'customer.erased', subject: { kind: 'customer', id: customerId } })
  return { customer_id: customerId, erased_at: now, forced: blocks }
}

type Person = typeof customers.$inferSelect

/**
 * The customer with whoever was merged into them, locked before any other row, and under no weaker lock before this one:
 * two erasures that had a share of it would wait for each other. Who comes second waits here, for an erasure, a preview of
 * one or a merge, and looks again whom there is.
 */
async function lockWhole(ctx: Context, id: string): Promise<{ customerId: string; people: Person[] }> {
  const { db, workspace } = ctx
  for (;;) {
    const { id: customerId } = await getCustomer(ctx, id)
    const people = await db
      .select()
      .from(customers)
      .where(
        and(eq(customers.workspaceId, workspace.id), inArray(customers.id, await idsOf(ctx, customerId))),
      )
      .orderBy(customers.id)
      .for('update')
    const now = await idsOf(ctx, (await getCustomer(ctx, id)).id)
    if (now.length === people.length && people.every(person => now.includes(person.id)))
      return { customerId, people }
  }
}

function blocked(reasons: Block[]): Refusal {
  return new Refusal(
    'invalid_transition',
    `There is something open: ${reasons.map(({ reason, count }) => `${count} ${reason}`).join(', ')}. Settle it, or force.`,
    { reasons },
    ['list_bookings', 'get_customer_timeline'],
  )
}

function contactsOf(people: Person[]): string[] {
  return [...new Set(people.flatMap(({ emailKey, phoneE164 }) => [emailKey, phoneE164]))]
    .filter(contact => contact !== null)
    .sort() // People who share a phone may be erased at once.
}

async function cancelVisits(ctx: Context, customerId: string): Promise<void> {
  for (const { kind, id } of await comingVisits(ctx, customerId)) {
    if (kind === 'booking') await cancelBooking(ctx, id, 'business')
    else await cancelEnrolment(ctx, id, 'business')
  }
}

/** That something was written, and when, stays; to whom and what does not. What waits is not sent. */
async function forgetMessages({ db, workspace }: Context, ids: string[], contacts: string[]): Promise<void> {
  const theirs = and(eq(messages.workspaceId, workspace.id), inArray(messages.customerId, ids))
  const ofThem = db.select({ id: messages.id }).from(messages).where(theirs)
  const emptied = (column: typeof messages.subject | typeof deliveries.subject) =>
    sql`CASE WHEN ${column} IS NULL THEN NULL ELSE ${GONE} END`
  await db
    .update(deliveries)
    .set({
      recipient: GONE,
      subject: emptied(deliveries.subject),
      body: GONE,
      providerRef: null,
      state: sql`CASE WHEN ${deliveries.state} = 'queued' THEN 'cancelled' ELSE ${deliveries.state} END`,
    })
    .where(and(eq(deliveries.workspaceId, workspace.id), inArray(deliveries.messageId, ofThem)))
  await db
    .delete(messageAttachments)
    .where(
      and(eq(messageAttachments.workspaceId, workspace.id), inArray(messageAttachments.messageId, ofThem)),
    )
  await db
    .update(messages)
    .set({
      recipient: GONE,
      subject: emptied(messages.subject),
      body: GONE,
      templateValues: null,
      state: sql`CASE WHEN ${messages.state} = 'draft' THEN 'cancelled' ELSE ${messages.state} END`,
    })
    .where(theirs)
  // What they wrote goes whole: at WhatsApp even its id has the number in it.
  await db
    .delete(inboundMessages)
    .where(
      and(
        eq(inboundMessages.workspaceId, workspace.id),
        or(inArray(inboundMessages.customerId, ids), inArray(inboundMessages.sender, contacts)),
      ),
    )
  if (contacts.length > 0) {
    await db
      .delete(suppressions)
      .where(and(eq(suppressions.workspaceId, workspace.id), inArray(suppressions.address, contacts)))
  }
}

/** What was written of them, by them, and about whom they belong to. */
async function forgetDetails({ db, workspace }: Context, ids: string[]): Promise<void> {
  await db
    .delete(customerNotes)
    .where(and(eq(customerNotes.workspaceId, workspace.id), inArray(customerNotes.customerId, ids)))
  await db
    .delete(customFieldValues)
    .where(and(eq(customFieldValues.workspaceId, workspace.id), inArray(customFieldValues.customerId, ids)))
  await db
    .delete(customerRelationships)
    .where(
      and(
        eq(customerRelationships.workspaceId, workspace.id),
        sql`(${inArray(customerRelationships.customerId, ids)} OR ${inArray(customerRelationships.otherId, ids)})`,
      ),
    )
  const theirBookings = db
    .select({ id: bookings.id })
    .from(bookings)
    .where(and(eq(bookings.workspaceId, workspace.id), inArray(bookings.customerId, ids)))
  await db
    .update(bookingIntakes)
    .set({ answers: {} })
    .where(
      and(eq(bookingIntakes.workspaceId, workspace.id), inArray(bookingIntakes.bookingId, theirBookings)),
    )
  await db
    .update(bookings)
    .set({ note: null })
    .where(
      and(
        eq(bookings.workspaceId, workspace.id),
        inArray(bookings.customerId, ids),
        isNotNull(bookings.note),
      ),
    )
  await db.execute(sql`SELECT erase_words(${sql.param(ids)}::uuid[])`)
}

/** Rows of a file that wait for their turn: they would make them anew. */
async function forgetImports({ db, workspace }: Context, patterns: SQL): Promise<void> {
  await db
    .update(importRows)
    .set({ fields: null, outcome: 'failed', reason: 'erased' })
    .where(
      and(
        eq(importRows.workspaceId, workspace.id),
        isNull(importRows.outcome),
        sql`${importRows.fields}::text ~* ANY (${patterns})`,
      ),
    )
}

/**
 * Arguments, answers, keys, previews and undos of calls in which they stand; that a call was made, by whom and when, stays. What
 * waits for a yes and is about them is withdrawn.
 */
async function forgetCalls({ db, workspace, emit }: Context, patterns: SQL): Promise<void> {
  // In order: two people who share a name or a phone may be erased at once.
  await db.execute(sql`
    WITH theirs AS (
      SELECT audit_id FROM call_details
      WHERE workspace_id = ${workspace.id} AND (arguments ~* ANY (${patterns}) OR answer ~* ANY (${patterns}))
      ORDER BY audit_id FOR UPDATE
    )
    UPDATE call_details SET arguments = NULL, answer = NULL
    WHERE workspace_id = ${workspace.id} AND audit_id IN (SELECT audit_id FROM theirs)`)
  await db.execute(
    sql`DELETE FROM idempotency_keys WHERE workspace_id = ${workspace.id} AND key ~* ANY (${patterns})`,
  )
  await db.execute(
    sql`DELETE FROM undos WHERE workspace_id = ${workspace.id} AND arguments ~* ANY (${patterns})`,
  )
  const { rows } = await db.execute<{ id: string }>(sql`
    SELECT a.id FROM approvals a
    JOIN approval_details d ON d.workspace_id = a.workspace_id AND d.approval_id = a.id
    WHERE a.workspace_id = ${workspace.id} AND a.tool <> 'erase_customer'
      AND concat_ws(' ', d.arguments, d.original_arguments, d.preview, d.warnings, d.note, d.answer) ~* ANY (${patterns})
    ORDER BY a.id FOR UPDATE OF a`)
  if (rows.length === 0) return
  const touched = sql`${sql.param(rows.map(({ id }) => id))}::uuid[]`
  const { rows: overtaken } = await db.execute<{ id: string }>(sql`
    UPDATE approvals SET state = 'stale', error_code = 'approval_stale'
    WHERE workspace_id = ${workspace.id} AND state = 'pending' AND id = ANY (${touched}) RETURNING id`)
  for (const { id } of overtaken) emit({ type: 'approval.stale', subject: { kind: 'approval', id } })
  await db.execute(sql`
    UPDATE approval_details
    SET arguments = '{}', original_arguments = NULL, preview = NULL, warnings = NULL, note = NULL, answer = NULL
    WHERE workspace_id = ${workspace.id} AND approval_id = ANY (${touched})`)
}

/**
 * A pattern for the text as it stands inside JSON, and not inside another word: with Al, what was said of an approval stays.
 * Scripts that put no spaces between words have no such edges. Before it may be one of JSON's escapes, which ends in a letter.
 */
function wordIn(text: string): string {
  const literal = JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^\p{L}\p{N}]/gu, '\\$&')
  const before = SPACED.test(text[0]!) ? `(^|[^${LETTERS}]|\\\\[bfnrt]|\\\\u[0-9a-f]{4})` : ''
  return `${before}${literal}${SPACED.test(text.at(-1)!) ? `($|[^${LETTERS}])` : ''}`
}

/** Digits, Latin, Greek, Cyrillic. */
const LETTERS = '0-9A-Za-zÀ-ɏͰ-ԯ'
const SPACED = new RegExp(`[${LETTERS}]`)
