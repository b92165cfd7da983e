/** Notes that the team keeps of a customer: for everybody, or for whoever may read what is private or clinical. */

import { and, count, desc, eq, inArray, lte, or, type SQL } from 'drizzle-orm'
import { mayReadNote } from '../../access/notes.ts'
import { idText } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { getCustomer } from './get.ts'
import type { Mover } from './moving.ts'
import { type CustomerNote, customerNotes, type Visibility, visibilities } from './tables.ts'
import type { TimelineSource } from './timeline.ts'

export interface NewNote {
  customerId: string
  text: string
  pinned: boolean
  visibility: Visibility
}

/** Anybody may write one that they cannot read later: what they saw is still to be kept. @throws Refusal `not_found` */
export async function createNote(ctx: Context, { customerId, ...note }: NewNote): Promise<CustomerNote> {
  const { db, workspace, principal, now, emit } = ctx
  const customer = await getCustomer(ctx, customerId)
  const [made] = await db
    .insert(customerNotes)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      customerId: customer.id,
      ...note,
      memberId: principal.memberId,
      principalKind: principal.kind,
      principalId: principal.id,
      at: now,
    })
    .returning()
  emit({
    type: 'customer_note.created',
    subject: { kind: 'note', id: made!.id },
    data: { customer_id: idText('customer', customer.id), visibility: note.visibility },
  })
  return made!
}

const MOST_PINNED = 20

/** Those that the caller may read, the newest first. */
export function pinnedNotes(ctx: Context, customerId: string): Promise<CustomerNote[]> {
  const { db, workspace } = ctx
  return db
    .select()
    .from(customerNotes)
    .where(
      and(
        eq(customerNotes.workspaceId, workspace.id),
        eq(customerNotes.customerId, customerId),
        eq(customerNotes.pinned, true),
        readable(ctx),
      ),
    )
    .orderBy(desc(customerNotes.at), desc(customerNotes.id))
    .limit(MOST_PINNED)
}

/** The rule of `mayReadNote` as a condition, so that a page is full of what its reader may see. */
export function readable({ principal }: Context): SQL | undefined {
  const byAnybody = visibilities.filter(visibility => mayReadNote(principal, { visibility, memberId: null }))
  const open = inArray(customerNotes.visibility, byAnybody)
  const { memberId } = principal
  const byThemself = memberId !== null && mayReadNote(principal, { visibility: 'private', memberId })
  return byThemself ? or(open, eq(customerNotes.memberId, memberId)) : open
}

/** For the timeline: those that the caller may read. */
export const notesTimeline: TimelineSource = async (ctx, { ids, until, limit }) => {
  const rows = await ctx.db
    .select()
    .from(customerNotes)
    .where(
      and(
        eq(customerNotes.workspaceId, ctx.workspace.id),
        inArray(customerNotes.customerId, ids),
        readable(ctx),
        until ? lte(customerNotes.at, until) : undefined,
      ),
    )
    .orderBy(desc(customerNotes.at), desc(customerNotes.id))
    .limit(limit)
  return rows.map(({ at, id, text, pinned, visibility }) => ({
    at,
    kind: 'note',
    id,
    event: 'noted',
    text,
    details: { pinned, visibility },
    order: id,
  }))
}

/** Of a customer who is merged. */
export const moveNotes: Mover = async ({ db, workspace }, from, to, commit) => {
  const theirs = and(eq(customerNotes.workspaceId, workspace.id), eq(customerNotes.customerId, from))
  const [row] = await db.select({ notes: count() }).from(customerNotes).where(theirs)
  if (commit) await db.update(customerNotes).set({ customerId: to }).where(theirs)
  return { counts: { notes: row!.notes } }
}
