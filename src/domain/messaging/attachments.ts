/** Files that go with a message: kept as they were when it was released, and carried by whoever carries it. */

import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { type Attachment, messageAttachments } from './tables.ts'

export async function attach(
  { db, workspace }: Context,
  messageId: string,
  attachment: Attachment,
): Promise<void> {
  await db.insert(messageAttachments).values({ workspaceId: workspace.id, messageId, ...attachment })
}

/** By name, so that a mail that is tried again has them in the same order. */
export function attachmentsOf({ db, workspace }: Context, messageId: string): Promise<Attachment[]> {
  const { name, mediaType, content } = messageAttachments
  return db
    .select({ name, mediaType, content })
    .from(messageAttachments)
    .where(and(eq(messageAttachments.workspaceId, workspace.id), eq(messageAttachments.messageId, messageId)))
    .orderBy(asc(name))
}

/** What each message has with it, without the files themselves. */
export async function attachmentNames(
  { db, workspace }: Context,
  messageIds: string[],
): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>()
  if (messageIds.length === 0) return names
  const rows = await db
    .select({ messageId: messageAttachments.messageId, name: messageAttachments.name })
    .from(messageAttachments)
    .where(
      and(
        eq(messageAttachments.workspaceId, workspace.id),
        inArray(messageAttachments.messageId, messageIds),
      ),
    )
    .orderBy(asc(messageAttachments.name))
  for (const { messageId, name } of rows) names.set(messageId, [...(names.get(messageId) ?? []), name])
  return names
}
