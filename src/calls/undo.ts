/**
 * Taking a call back. Its inverse is kept with it, in its transaction, for a while and for the person who made it; an undo
 * is then a call like any other, by the same road and through its own gate. It acts once, by the claim of the road
 * (`idempotency.ts`), and only while what it would put back stands as the call left it.
 */

import { and, eq, lt, sql } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import type { Entry } from '../catalog/catalog.ts'
import { Id, idText } from '../catalog/kinds.ts'
import { Refusal } from '../catalog/refusal.ts'
import { newId } from '../database/columns.ts'
import type { Context } from '../domain/context.ts'
import type { Versions } from './confirm.ts'
import type { House } from './house.ts'
import { idsIn } from './names.ts'
import { hashOf, type Parsed, parseArguments } from './parse.ts'
import type { Viewer } from './review-desk.ts'
import { undos } from './tables.ts'
import { lockNamed, versionsOf } from './versions.ts'

/** A call that takes another back. */
export interface Inverse {
  tool: string
  /** As a caller writes them, without a key: the undo is one by itself. */
  arguments: Record<string, unknown>
  /** The page on which what it takes back can be seen. */
  leadsTo: string
}

export interface Undo extends Inverse {
  /** A uuid. */
  id: string
  /** Of the rows it rests on, as the call left them. */
  versions: Versions
}

/** As long as the token of a preview: somebody who sees at once that they were wrong, and not next week's. */
export const UNDO_MINUTES = 15

/** How long it is known that there was one, so that who comes late is told why it is over. */
const KNOWN_FOR = sql`interval '1 day'`

/**
 * To be called where the call has just run, within its transaction. Nothing is kept where there is nothing to go back to, or
 * where what stood before would not be taken today: then the change is not refused for want of an undo.
 * @returns its TypeID
 */
export async function keepUndo(context: Context, inverse: Inverse | null): Promise<string | undefined> {
  const { db, workspace, principal, catalog } = context
  const entry = inverse && catalog.get(inverse.tool)
  if (!inverse || !entry || !principal.memberId) return undefined
  const id = newId()
  const written = { ...inverse.arguments, ...(entry.tool.key && { idempotency_key: id }) }
  const versions = await versionsLeft(context, entry, written)
  if (!versions) return undefined
  const own = and(eq(undos.workspaceId, workspace.id), eq(undos.memberId, principal.memberId))
  await db.delete(undos).where(and(own, lt(undos.expiresAt, sql`clock_timestamp() - ${KNOWN_FOR}`)))
  await db.insert(undos).values({
    workspaceId: workspace.id,
    id,
    memberId: principal.memberId,
    tool: inverse.tool,
    arguments: JSON.stringify(written),
    versions,
    leadsTo: inverse.leadsTo,
    expiresAt: Temporal.Now.instant().add({ minutes: UNDO_MINUTES }),
  })
  return idText('undo', id)
}

async function versionsLeft(context: Context, entry: Entry, written: object): Promise<Versions | null> {
  return unlessRefused(async () => versionsOf(context, entry, parseArguments(entry, written)))
}

async function unlessRefused<Result>(read: () => Promise<Result>): Promise<Result | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

type Written = Pick<Parsed, 'written' | 'input'>

/**
 * Before it runs. What is told apart by more than a number stands still from here on.
 * @throws Refusal `stale_version` where somebody has changed it since
 */
export async function mustStandAsLeft(
  context: Context,
  entry: Entry,
  call: Written,
  { versions }: Undo,
): Promise<void> {
  const isByText = Object.values(versions).some(version => typeof version === 'string')
  if (isByText) await lockNamed(context, idsIn(call.written))
  if (hashOf(await versionsOf(context, entry, call)) !== hashOf(versions)) throw changedSince()
}

/**
 * Once it has run, and so holds what it changed: a row that went further than by this one change was changed by somebody
 * else as well, after it was looked at above, and that is not to be lost.
 * @throws Refusal `stale_version`
 */
export async function mustHaveComeAlone(
  context: Context,
  entry: Entry,
  call: Written,
  { versions }: Undo,
): Promise<void> {
  // What the call has removed has none any more.
  const after = (await unlessRefused(() => versionsOf(context, entry, call))) ?? {}
  for (const [key, version] of Object.entries(after))
    if (typeof version === 'number' && version > Number(versions[key]) + 1) throw changedSince()
}

function changedSince(): Refusal {
  return new Refusal(
    'stale_version',
    'It has been changed since, so that this would take back more than one change.',
  )
}

export interface UndoDesk {
  /** Theirs alone: somebody else's is none, as is one that was never made. */
  find(viewer: Viewer, id: string): Promise<(Undo & { isOver: boolean }) | null>
}

export function undoDesk({ database }: House): UndoDesk {
  return {
    async find({ principal, workspace }, text) {
      const id = Id('undo').safeParse(text)
      if (!id.success || !principal.human || !principal.memberId) return null
      const theirs = and(
        eq(undos.workspaceId, workspace.id),
        eq(undos.id, id.data),
        eq(undos.memberId, principal.memberId),
      )
      const [row] = await database.transaction(workspace.id, { readOnly: true }, ({ db }) =>
        db.select().from(undos).where(theirs),
      )
      if (!row) return null
      const { tool, versions, leadsTo, expiresAt } = row
      const isOver = Temporal.Instant.compare(expiresAt, Temporal.Now.instant()) <= 0
      return { id: row.id, tool, arguments: JSON.parse(row.arguments), versions, leadsTo, isOver }
    },
  }
}
