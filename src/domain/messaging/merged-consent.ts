/** What two customers who turn out to be one are taken to have said: the more restrictive word, by channel and purpose. */

import { and, eq, inArray, isNull } from 'drizzle-orm'
import { idText } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { addressKey, addressOf } from './channels.ts'
import { covers } from './checks.ts'
import { lastWords } from './consent.ts'
import {
  type Channel,
  type ConsentEvent,
  channels,
  consentEvents,
  type Purpose,
  purposes,
  suppressions,
} from './tables.ts'

export interface MergedConsent {
  channel: Channel
  purpose: Purpose
  /** null: neither has said anything that holds. */
  state: ConsentEvent['state'] | null
}

/** What one of the two has said, and where they are written to. */
export interface Side {
  word: ConsentEvent['state'] | null
  /** An opt-out of their address, which is a no as well. */
  optedOut: boolean
  address: string | null
}

/**
 * A no of either is a no. A yes of the one who goes was said for their address: it holds where the survivor keeps that
 * address, and gives way to silence where they do not.
 * @param survivor with the address that they have after the merge
 */
export function strictest(survivor: Side, merged: Side): ConsentEvent['state'] | null {
  if ([survivor, merged].some(({ word, optedOut }) => word === 'withdrawn' || optedOut)) return 'withdrawn'
  if (survivor.word === 'granted') return 'granted'
  const sameAddress = merged.address !== null && merged.address === survivor.address
  return merged.word === 'granted' && sameAddress ? 'granted' : null
}

interface Person {
  id: string
  email: string | null
  phone: string | null
}

/**
 * Where the outcome is not what the survivor has said, it is written down as theirs; what was said stays with whom it was
 * said by.
 * @param survivor with the addresses that they have after the merge
 */
export async function mergeConsent(
  ctx: Context,
  survivor: Person,
  merged: Person,
  commit: boolean,
): Promise<MergedConsent[]> {
  const sides = await Promise.all([survivor, merged].map(person => sidesOf(ctx, person)))
  const outcomes: MergedConsent[] = []
  for (const channel of channels) {
    for (const purpose of purposes) {
      const [kept, gone] = sides.map(side => side(channel, purpose))
      const state = strictest(kept!, gone!)
      outcomes.push({ channel, purpose, state })
      if (commit && state !== null && state !== kept!.word)
        await write(ctx, survivor.id, merged.id, { channel, purpose, state }, gone!.event)
    }
  }
  return outcomes
}

async function sidesOf(ctx: Context, person: Person) {
  const { db, workspace } = ctx
  const words = await lastWords(ctx, person.id)
  const optOuts = await db
    .select()
    .from(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, workspace.id),
        eq(suppressions.reason, 'opt_out'),
        isNull(suppressions.liftedAt),
        inArray(suppressions.address, addressesOf(person)),
      ),
    )
  return (channel: Channel, purpose: Purpose) => {
    const event = words.find(word => word.channel === channel && word.purpose === purpose)
    const recipient = addressOf(person, channel)
    return {
      event,
      word: event?.state ?? null,
      optedOut: optOuts.some(row => row.channel === channel && covers(row.scope, purpose)),
      address: recipient === null ? null : addressKey(channel, recipient),
    }
  }
}

function addressesOf(person: Person): string[] {
  return channels.flatMap(channel => {
    const recipient = addressOf(person, channel)
    return recipient === null ? [] : [addressKey(channel, recipient)]
  })
}

async function write(
  { db, workspace, now, emit }: Context,
  survivorId: string,
  mergedId: string,
  { channel, purpose, state }: MergedConsent,
  said: ConsentEvent | undefined,
): Promise<void> {
  const id = newId()
  const repeated = said?.state === state ? said : undefined
  await db.insert(consentEvents).values({
    workspaceId: workspace.id,
    id,
    customerId: survivorId,
    channel,
    purpose,
    state: state!,
    source: `Merged from ${idText('customer', mergedId)}`,
    wordingVersion: repeated?.wordingVersion,
    // A no holds from now on, whatever the survivor has said since; a yes is as old as it is.
    at: state === 'granted' ? repeated!.at : now,
    recordedAt: now,
  })
  emit({
    type: 'consent.recorded',
    subject: { kind: 'consent', id },
    data: { customer_id: idText('customer', survivorId), channel, purpose, state },
  })
}
