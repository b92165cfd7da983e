/** The messages of a customer who is merged: the survivor's from now on. To whom each went stays in its delivery. */

import { and, count, eq } from 'drizzle-orm'
import type { Mover } from '../customers/moving.ts'
import { inboundMessages, messages } from './tables.ts'

export const moveMessages: Mover = async ({ db, workspace }, from, to, commit) => {
  const theirs = and(eq(messages.workspaceId, workspace.id), eq(messages.customerId, from))
  const byThem = and(eq(inboundMessages.workspaceId, workspace.id), eq(inboundMessages.customerId, from))
  const [written] = await db.select({ count: count() }).from(messages).where(theirs)
  const [received] = await db.select({ count: count() }).from(inboundMessages).where(byThem)
  if (commit) {
    await db.update(messages).set({ customerId: to }).where(theirs)
    await db.update(inboundMessages).set({ customerId: to }).where(byThem)
  }
  return { counts: { messages: written!.count + received!.count } }
}
