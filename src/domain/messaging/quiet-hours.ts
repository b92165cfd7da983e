/** Quiet hours: when no marketing goes out, on the clock of whoever would get it. */

import { addDays, instantAt, localDateOf, type WallTime } from '../time/local.ts'

/** May span midnight; of no length where both are the same. */
export interface QuietHours {
  from: WallTime
  to: WallTime
}

/**
 * The instant at which they end; null outside of them. Their edges are wall times: a night in which clocks change is
 * an hour shorter or longer, and an edge that is skipped is the first instant after the gap.
 * @param now epoch milliseconds, as the answer
 */
export function quietUntil(now: number, { from, to }: QuietHours, zone: string): number | null {
  if (from === to) return null
  const today = localDateOf(now, zone)
  for (const date of [addDays(today, -1), today]) {
    const start = instantAt(date, from, zone)
    const end = instantAt(from < to ? date : addDays(date, 1), to, zone)
    // A gap can make two quiet times touch: the first's end is in the second then.
    if (start <= now && now < end) return quietUntil(end, { from, to }, zone) ?? end
  }
  return null
}
