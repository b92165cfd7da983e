/**
 * One click ends marketing mail to an address (RFC 8058). The link is for ever, says nothing of who it is for, and is
 * the same each time that a mail is sent again.
 */

import { timingSafeEqual } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import type { Secrets } from '../../access/secrets.ts'
import type { Context } from '../context.ts'
import { addSuppression } from './suppressions.ts'
import { deliveries } from './tables.ts'

/** Of which delivery a link is. */
export interface Origin {
  workspaceId: string
  /** The delivery's uuid. */
  id: string
}

/** Two uuids and a proof, 48 bytes: 64 characters. */
export function unsubscribeToken(secrets: Secrets, origin: Origin): string {
  const { workspaceId, id } = origin
  return Buffer.concat([bytesOf(workspaceId), bytesOf(id), proofOf(secrets, origin)]).toString('base64url')
}

/** null: this server has made no such link. */
export function readUnsubscribeToken(secrets: Secrets, token: string): Origin | null {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== 48 || bytes.toString('base64url') !== token) return null
  const origin = { workspaceId: uuidOf(bytes.subarray(0, 16)), id: uuidOf(bytes.subarray(16, 32)) }
  return timingSafeEqual(bytes.subarray(32), proofOf(secrets, origin)) ? origin : null
}

function proofOf(secrets: Secrets, { workspaceId, id }: Origin): Buffer {
  return secrets.proof('unsubscribe', `${workspaceId} ${id}`)
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex')
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export interface Subscription {
  business: string
  address: string
}

/** Whose mail, to whom; null: the delivery is gone. */
export async function subscriptionOf(
  { db, workspace }: Context,
  deliveryId: string,
): Promise<Subscription | null> {
  const [found] = await db
    .select({ address: deliveries.recipient })
    .from(deliveries)
    .where(and(eq(deliveries.workspaceId, workspace.id), eq(deliveries.id, deliveryId)))
  return found ? { business: workspace.name, ...found } : null
}

/** From now on no marketing mail goes to the delivery's address. Said again, it is so already. */
export async function unsubscribe(context: Context, deliveryId: string): Promise<Subscription | null> {
  const subscription = await subscriptionOf(context, deliveryId)
  if (!subscription) return null
  const { address } = subscription
  await addSuppression(context, { channel: 'email', address, scope: 'marketing', reason: 'opt_out' })
  return subscription
}
