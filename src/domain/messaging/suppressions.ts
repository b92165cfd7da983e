/** Addresses that get no messages. Put on by hand, by a reply, by a bounce; taken off by a new consent, and what a reply put on by START. */

import { and, desc, eq, isNull, lt } from 'drizzle-orm'
import { pageOf, readCursor } from '../../catalog/cursor.ts'
import type { Page } from '../../catalog/define.ts'
import { Email } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { readPhone } from '../customers/phone.ts'
import { type Channel, type Suppression, suppressions } from './tables.ts'

export interface SuppressionFilter {
  channel?: Channel
  /** In any way of writing; needs its channel. */
  address?: string
  /** Also those that were lifted since. */
  includeLifted: boolean
  limit: number
  cursor?: string
}

/** Newest first. @throws Refusal `invalid_input` for an impossible address */
export async function listSuppressions(
  context: Context,
  filter: SuppressionFilter,
): Promise<Page<Suppression[]>> {
  const { db, workspace } = context
  const { channel, address, includeLifted, limit } = filter
  const after = readCursor(filter.cursor)
  if (address !== undefined && channel === undefined) {
    throw new Refusal('invalid_input', 'channel: Say of which channel the address is.', { field: 'channel' })
  }
  const rows = await db
    .select()
    .from(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, workspace.id),
        channel && eq(suppressions.channel, channel),
        channel && address ? eq(suppressions.address, readAddress(context, channel, address)) : undefined,
        includeLifted ? undefined : isNull(suppressions.liftedAt),
        after === undefined ? undefined : lt(suppressions.id, after),
      ),
    )
    .orderBy(desc(suppressions.id))
    .limit(limit + 1)
  return pageOf(rows, limit)
}

export interface NewSuppression extends Pick<Suppression, 'channel' | 'address' | 'scope'> {
  /** Default: somebody asked for it. */
  reason?: Suppression['reason']
}

/** @throws Refusal `invalid_input` for an impossible address */
export function addSuppression(context: Context, asked: NewSuppression): Promise<Suppression> {
  const { channel, scope, reason = 'manual' } = asked
  const address = readAddress(context, channel, asked.address)
  return suppress(context, { channel, address, scope, reason })
}

/** @param known.address as suppressions keep it. One in force for an address, scope and reason is enough. */
export async function suppress(
  context: Context,
  known: Required<NewSuppression> & { byReply?: boolean },
): Promise<Suppression> {
  const { db, workspace, now, emit } = context
  const { channel, address, scope, reason } = known
  const [added] = await db
    .insert(suppressions)
    .values({ workspaceId: workspace.id, id: newId(), ...known, createdAt: now })
    .onConflictDoNothing()
    .returning()
  if (added) {
    emit({
      type: 'suppression.added',
      subject: { kind: 'suppression', id: added.id },
      data: { channel, scope, reason },
    })
    return added
  }
  const [inForce] = await db
    .select()
    .from(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, workspace.id),
        eq(suppressions.channel, channel),
        eq(suppressions.address, address),
        eq(suppressions.scope, scope),
        eq(suppressions.reason, reason),
        isNull(suppressions.liftedAt),
      ),
    )
  return inForce ?? suppress(context, known) // It was lifted as this one looked for it.
}

function readAddress({ workspace }: Context, channel: Channel, address: string): string {
  if (channel !== 'email') return readPhone(address, workspace.country).e164
  const email = Email().safeParse(address)
  if (email.success) return email.data
  throw new Refusal('invalid_input', 'address: Expected an email address.', { field: 'address' })
}
