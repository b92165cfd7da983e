/**
 * All that happened with a customer, in one feed. Each domain brings its own source and knows its own tables; this file
 * knows how their pages come together. A new domain adds itself to the list.
 */

import { Temporal } from 'temporal-polyfill'
import type { Scope } from '../../access/principal.ts'
import { Page } from '../../catalog/define.ts'
import type { IdKind } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { bookingsTimeline } from '../bookings/timeline.ts'
import { classesTimeline } from '../classes/timeline.ts'
import type { Context } from '../context.ts'
import { entitlementsTimeline } from '../entitlements/timeline.ts'
import { giftCardsTimeline } from '../gift-cards/timeline.ts'
import { invoicesTimeline } from '../invoices/timeline.ts'
import { loyaltyTimeline } from '../loyalty/timeline.ts'
import { consentTimeline, inboundTimeline, messagesTimeline } from '../messaging/timeline.ts'
import { paymentsTimeline } from '../payments/timeline.ts'
import { getCustomer, idsOf } from './get.ts'
import { notesTimeline } from './notes.ts'

export interface TimelineEntry {
  at: Temporal.Instant
  /** What the entry is about. */
  kind: IdKind
  id: string
  /** A word of ours, as `booked` or `sent`. */
  event: string
  /** What people wrote of it, or are shown it by; from outside. */
  text: string | null
  /** Ids as text, codes, numbers. */
  details: Record<string, unknown>
  /** Of two entries of one instant the greater comes first; unique in its source. */
  order: string
}

/** The end of the page before: what is older is asked for, and of its very instant only what comes after it. */
export interface Before {
  at: Temporal.Instant
  order: string
}

export interface Asked {
  /** The customer, and whoever was merged into them. */
  ids: string[]
  /** Entries of this instant and earlier. */
  until: Temporal.Instant | null
  limit: number
}

/** The newest first, at most `limit`. */
export type TimelineSource = (context: Context, asked: Asked) => Promise<TimelineEntry[]>

/** Each with the scope without which it is nobody's to see: a key for customers alone does not show what they paid. */
export const sources = {
  bookings: [bookingsTimeline, 'bookings:read'],
  classes: [classesTimeline, 'classes:read'],
  entitlements: [entitlementsTimeline, 'entitlements:read'],
  gift_cards: [giftCardsTimeline, 'entitlements:read'],
  loyalty: [loyaltyTimeline, 'loyalty:read'],
  invoices: [invoicesTimeline, 'invoices:read'],
  payments: [paymentsTimeline, 'payments:read'],
  messages: [messagesTimeline, 'messaging:read'],
  replies: [inboundTimeline, 'messaging:read'],
  consent: [consentTimeline, 'customers:read'],
  notes: [notesTimeline, 'customers:read'],
} as const satisfies Record<string, readonly [TimelineSource, Scope]>
export type SourceName = keyof typeof sources

export const sourceNames = Object.keys(sources) as [SourceName, ...SourceName[]]

export interface TimelineFilter {
  customerId: string
  /** Default: all. */
  only?: SourceName[]
  limit: number
  cursor?: string
}

/** The newest first. @throws Refusal `not_found`; `forbidden_scope` of a source that is asked for by name */
export async function timelineOf(ctx: Context, filter: TimelineFilter): Promise<Page<TimelineEntry[]>> {
  const { id } = await getCustomer(ctx, filter.customerId)
  const before = readBefore(filter.cursor)
  // Each source begins with the whole of the last page's instant, and the feed leaves out what was shown of it.
  const asked = {
    ids: await idsOf(ctx, id),
    until: before?.at ?? null,
    limit: filter.limit + 1 + MOST_AT_ONCE,
  }
  const parts = await Promise.all(named(ctx, filter.only).map(name => sources[name][0](ctx, asked)))
  const entries = parts
    .flat()
    .sort(newestFirst)
    .filter(entry => !before || newestFirst(before, entry) < 0)
  const shown = entries.slice(0, filter.limit)
  return new Page(shown, entries.length > filter.limit ? writeBefore(shown.at(-1)!) : undefined)
}

/** Of all, those that the caller may see. */
function named({ principal }: Context, only: SourceName[] | undefined): SourceName[] {
  const lacks = (name: SourceName) => !principal.scopes.has(sources[name][1])
  const lacking = only?.filter(lacks).map(name => sources[name][1]) ?? []
  if (lacking.length > 0) {
    throw new Refusal('forbidden_scope', `only: This takes ${[...new Set(lacking)].join(', ')}.`, {
      missing_scopes: [...new Set(lacking)],
    })
  }
  return only ?? sourceNames.filter(name => !lacks(name))
}

/** Entries of one source at one instant: a class that is moved, a series that is booked. */
const MOST_AT_ONCE = 200

function newestFirst(one: Before, other: Before): number {
  return (
    Temporal.Instant.compare(other.at, one.at) ||
    (one.order < other.order ? 1 : one.order > other.order ? -1 : 0)
  )
}

function writeBefore({ at, order }: Before): string {
  return Buffer.from(`${at.epochMilliseconds} ${order}`).toString('base64url')
}

function readBefore(cursor: string | undefined): Before | null {
  if (cursor === undefined) return null
  const [, at, order] = /^(\d{1,15}) ([\w/-]{1,200})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const ms = Number(at)
  if (order === undefined || ms > LATEST) {
    throw new Refusal('invalid_input', "cursor: Take it from the last answer's next_cursor.")
  }
  return { at: Temporal.Instant.fromEpochMilliseconds(ms), order }
}

const LATEST = Date.UTC(2200, 0)
