/** The messages of a customer who is merged: the survivor's from now on. To whom each went stays in its delivery. */

import { and, count, eq } from 'drizzle-orm'
import type { Mover } from '../customers/moving.ts'
import { messages } from './tables.ts'

export const moveMessages: Mover = async ({ db, workspace }, from, to, commit) => {
  const theirs = and(eq(messages.workspaceId, workspace.id), eq(messages.customerId, from))
  const [row] = await db.select({ messages: count() }).from(messages).where(theirs)
  if (commit) await db.update(messages).set({ customerId: to }).where(theirs)
  return { counts: { messages: row!.messages } }
}
