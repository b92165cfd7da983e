/** Messages that somebody has released, with their jobs: rows alone, for tests of what carries them. */

import { eq } from 'drizzle-orm'
import { Temporal } from 'temporal-polyfill'
import { workspaceSettings, workspaces } from '../../src/access/tables.ts'
import { newId } from '../../src/database/columns.ts'
import { enqueue } from '../../src/database/jobs.ts'
import type { Database, Db } from '../../src/database/pool.ts'
import { customers } from '../../src/domain/customers/tables.ts'
import {
  type Attachment,
  type Delivery,
  deliveries,
  type Message,
  messageAttachments,
  messages,
} from '../../src/domain/messaging/tables.ts'

/** A business, of which nothing is there but its name and its settings. */
export async function makeWorkspace(
  { transaction }: Database,
  changes: Partial<typeof workspaces.$inferInsert> = {},
): Promise<string> {
  const id = newId()
  await transaction(id, {}, async ({ db }) => {
    await db.insert(workspaces).values({
      id,
      name: 'Studio Norte',
      kind: 'live',
      timeZone: 'Europe/Madrid',
      currency: 'EUR',
      country: 'ES',
      ...changes,
    })
    await db.insert(workspaceSettings).values({ workspaceId: id })
  })
  return id
}

export interface Wanted {
  count?: number
  /** The number of the first. */
  first?: number
  delivery: Pick<Delivery, 'provider'> & Partial<Delivery>
  message?: Partial<Message>
  attachments?: Attachment[]
}

/** @returns the uuids of the deliveries, each to an address of its own: `guest-0@…`, `guest-1@…` */
export async function release(
  { transaction }: Database,
  workspaceId: string,
  { count = 1, first = 0, delivery, message, attachments = [] }: Wanted,
): Promise<string[]> {
  const now = Temporal.Instant.fromEpochMilliseconds(Date.now())
  const ids = Array.from({ length: count }, newId)
  await transaction(workspaceId, {}, async ({ db }) => {
    const customerId = await theCustomer(db, workspaceId, now)
    const rows = ids.map((id, n) => {
      const letter = {
        workspaceId,
        channel: 'email' as const,
        recipient: `guest-${first + n}@guests.example`,
        subject: 'See you tomorrow',
        body: 'Hello Ada,\n\nsee you tomorrow at 10.',
        createdAt: now,
      }
      const written = { id: newId(), ...letter, ...message }
      return {
        message: {
          ...written,
          state: 'released' as const,
          customerId,
          purpose: message?.purpose ?? ('transactional' as const),
          language: 'en',
          updatedAt: now,
        },
        delivery: { ...letter, id, messageId: written.id, state: 'queued' as const, dueAt: now, ...delivery },
      }
    })
    await db.insert(messages).values(rows.map(row => row.message))
    const files = rows.flatMap(({ message }) =>
      attachments.map(file => ({ workspaceId, messageId: message.id, ...file })),
    )
    if (files.length > 0) await db.insert(messageAttachments).values(files)
    await db.insert(deliveries).values(rows.map(row => row.delivery))
    for (const id of ids) await enqueue(db, { task: 'deliver', ids: { delivery_id: id }, jobKey: id })
  })
  return ids
}

/** One for all. */
async function theCustomer(db: Db, workspaceId: string, now: Temporal.Instant): Promise<string> {
  const [known] = await db.select().from(customers).where(eq(customers.workspaceId, workspaceId))
  if (known) return known.id
  const customer = { id: newId(), name: 'Ada', nameKey: 'ada', createdAt: now, updatedAt: now }
  await db.insert(customers).values({ workspaceId, ...customer })
  return customer.id
}

export async function deliveriesOf({ transaction }: Database, workspaceId: string): Promise<Delivery[]> {
  return transaction(workspaceId, { readOnly: true }, ({ db }) =>
    db.select().from(deliveries).where(eq(deliveries.workspaceId, workspaceId)).orderBy(deliveries.id),
  )
}

/** What was told of deliveries, in order. */
export async function toldOf(
  { owner }: Database,
  workspaceId: string,
): Promise<{ type: string; reason?: string }[]> {
  const { rows } = await owner.query(
    `SELECT type, data ->> 'reason' AS reason FROM events
     WHERE workspace_id = $1 AND type IN ('message.sent', 'message.failed', 'message.unknown') ORDER BY id`,
    [workspaceId],
  )
  return rows.map(({ type, reason }) => (reason === null ? { type } : { type, reason }))
}

/** A delivery that waits for its next try is due now. */
export async function hasten({ owner }: Database, workspaceId: string): Promise<void> {
  await owner.query(
    `UPDATE deliveries SET due_at = now() - interval '1 second'
     WHERE workspace_id = $1 AND state = 'queued' AND due_at > now()`,
    [workspaceId],
  )
}
