/**
 * Tiers: functions of what was earned, when, and the instant. Nothing is stored, so a refund re-evaluates by itself, at
 * once and without grace, while time alone takes a tier away only after its grace.
 *
 * What was earned on a local date counts to the end of the date that is the window later. Whoever has reached a tier by
 * it keeps it while they qualify, and from the last day on which they did to the end of the day that is the grace later.
 */

import { Temporal } from 'temporal-polyfill'
import { endOfDay, expiryOf, lastDayOf } from '../entitlements/validity.ts'

export const tierMetrics = ['points', 'spend', 'visits'] as const
export type TierMetric = (typeof tierMetrics)[number]

export interface Tier {
  name: string
  /** Of the metric, at least; above nothing, and more than the one before it. */
  threshold: number
}

export interface TierScheme {
  metric: TierMetric
  /** ISO 8601; null: what was earned counts for good. */
  window: string | null
  /** ISO 8601; null: none. */
  grace: string | null
  /** The lowest first. */
  tiers: Tier[]
}

/** What was earned once; `amount` of the metric, as refunds have left it. */
export interface Qualifying {
  at: Temporal.Instant
  amount: number
  /** Whose days its window is counted in. */
  zone: string
}

export interface Standing {
  /** null: below the first. */
  tier: string | null
  /** What counts now. */
  progress: number
  /** The next one up, and how much of the metric it is away; null: it is the highest. */
  next: { tier: string; missing: number } | null
  /** When the tier is lost if nothing more is earned; null: never, or there is none. */
  downgradeAt: Temporal.Instant | null
}

/** All begin by now; what counts from `from` on and no more from `until`, in epoch milliseconds. */
interface Span {
  from: number
  until: number
  amount: number
}

export function standingAt(
  scheme: TierScheme,
  earned: Qualifying[],
  now: Temporal.Instant,
  zone: string,
): Standing {
  const at = now.epochMilliseconds
  const spans = earned.filter(one => one.at.epochMilliseconds <= at).map(one => spanOf(one, scheme.window))
  const progress = countedAt(spans, at)
  const ends = scheme.tiers.map(({ threshold }) => keptUntil(spans, threshold, scheme.grace, zone))
  const held = ends.findLastIndex(end => end > at)
  const next = scheme.tiers[held + 1]
  return {
    tier: scheme.tiers[held]?.name ?? null,
    progress,
    next: next ? { tier: next.name, missing: Math.max(0, next.threshold - progress) } : null,
    downgradeAt:
      held < 0 || ends[held] === Number.POSITIVE_INFINITY
        ? null
        : Temporal.Instant.fromEpochMilliseconds(ends[held]!),
  }
}

function spanOf({ at, amount, zone }: Qualifying, window: string | null): Span {
  const end = expiryOf(at, window, zone)
  return { from: at.epochMilliseconds, until: end?.epochMilliseconds ?? Number.POSITIVE_INFINITY, amount }
}

function countedAt(spans: Span[], at: number): number {
  return spans.reduce((sum, span) => sum + (span.from <= at && at < span.until ? span.amount : 0), 0)
}

/**
 * The end of the latest stretch in which the threshold was reached, with its grace. What counts changes
 * only where something begins or ends to count, so those instants are all that there is to look at.
 */
function keptUntil(spans: Span[], threshold: number, grace: string | null, zone: string): number {
  const changes = new Map<number, number>()
  for (const { from, until, amount } of spans) {
    changes.set(from, (changes.get(from) ?? 0) + amount)
    changes.set(until, (changes.get(until) ?? 0) - amount)
  }
  let end = Number.NEGATIVE_INFINITY
  let sum = 0
  for (const instant of [...changes.keys()].sort((one, other) => one - other)) {
    const reached = sum >= threshold
    sum += changes.get(instant)!
    if (sum >= threshold) end = Number.POSITIVE_INFINITY
    else if (reached) end = instant
  }
  return Number.isFinite(end) ? afterGrace(end, grace, zone) : end
}

function afterGrace(end: number, grace: string | null, zone: string): number {
  if (grace === null) return end
  const last = lastDayOf(Temporal.Instant.fromEpochMilliseconds(end), zone)
  return endOfDay(last.add(grace), zone).epochMilliseconds
}
