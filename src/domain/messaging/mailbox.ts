/**
 * The developer mailbox: one-time codes, invitations, and the messages of every workspace that went no further than here, newest
 * first. It looks across workspaces with the owner's connection, and exists on a developer's machine alone.
 */

import { listMail } from '../../access/mailbox.ts'
import { idText } from '../../catalog/kinds.ts'
import type { Database } from '../../database/pool.ts'
import { type InviteMaker, listInvitesPosted } from '../team/invites.ts'
import type { Channel } from './tables.ts'

const MOST = 100

export interface Posted {
  id: string
  channel: string
  to: string
  subject: string | null
  text: string
  /** When it came in here: real time, whatever a sandbox's clock shows. */
  created_at: string
}

export async function listPosted(house: InviteMaker & { database: Database }): Promise<Posted[]> {
  const [codes, invites, messages] = await Promise.all([
    listMail(house),
    listInvitesPosted(house),
    listDelivered(house.database),
  ])
  return [...codes, ...invites, ...messages]
    .sort((a, b) => compare(b.created_at, a.created_at))
    .slice(0, MOST)
}

async function listDelivered({ owner }: Database): Promise<Posted[]> {
  const { rows } = await owner.query<{
    id: string
    channel: Channel
    recipient: string
    subject: string | null
    body: string
    attempted_at: Date
  }>(
    `SELECT id, channel, recipient, subject, body, attempted_at FROM deliveries
     WHERE provider IN ('mailbox', 'sandbox') AND state = 'sent'
     ORDER BY attempted_at DESC, id DESC LIMIT $1`,
    [MOST],
  )
  return rows.map(({ id, channel, recipient, subject, body, attempted_at }) => ({
    id: idText('delivery', id),
    channel,
    to: recipient,
    subject,
    text: body,
    created_at: attempted_at.toISOString(),
  }))
}

/** Instants in UTC sort as text. Equal ones keep their order, in which each kind is newest first. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
