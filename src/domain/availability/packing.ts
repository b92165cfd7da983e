/**
 * Which units of a pool. Where the count allows something and yet no single unit is free for all of it, those that
 * hold the pool change places: in order of their starts each goes to a unit that is free then, to its own if it can.
 * Whoever begins, fewer than all units are in use at that moment, so the count alone decides whether all fit.
 */

import type { Interval } from '../time/local.ts'

/** A unit that is taken for a time. */
export interface Placed extends Interval {
  id: string
  unit: string
}

export interface Move {
  id: string
  to: string
}

/**
 * Room for `quantity` more during `time`, and who goes elsewhere for it; null where the count does not allow it.
 * @param placed all that holds one of the units during `time` or later, apart on each
 */
export function packInto(
  units: string[],
  placed: Placed[],
  time: Interval,
  quantity: number,
): { units: string[]; moves: Move[] } | null {
  const asked = Array.from({ length: quantity }, () => ({ ...time }))
  const { unitOf, left } = pack(units, placed, asked)
  return left ? null : { units: asked.map(one => unitOf.get(one)!), moves: movesOf(placed, unitOf) }
}

/** The same in these units alone; where they do not suffice, what is too much for them at the first such moment. */
export function packTighter(
  units: string[],
  placed: Placed[],
): { moves: Move[]; tooMany?: undefined } | { tooMany: Placed[] } {
  const { unitOf, left } = pack(units, placed, [])
  if (!left) return { moves: movesOf(placed, unitOf) }
  const then = placed.filter(({ start, end }) => start <= left.start && left.start < end)
  return { tooMany: then }
}

type Item = Interval | Placed

/** @returns who goes where, or whoever was `left` without a unit first */
function pack(
  units: string[],
  placed: Placed[],
  asked: Interval[],
): { unitOf: Map<Item, string>; left?: Item } {
  const unitOf = new Map<Item, string>()
  const stays = Map.groupBy(inOrder(placed), ({ unit }) => unit)
  const lanes = units.map(unit => ({ unit, until: -Infinity, own: stays.get(unit) ?? [], next: 0 }))
  // Who is there already comes before who asks for the same moment, and so stays.
  for (const item of inOrder<Item>([...placed, ...asked])) {
    const free = lanes.filter(({ until }) => until <= item.start)
    const lane = free.find(({ unit }) => 'unit' in item && unit === item.unit) ?? longestFree(free, item)
    if (!lane) return { unitOf, left: item }
    lane.until = item.end
    unitOf.set(item, lane.unit)
  }
  return { unitOf }
}

interface Lane {
  unit: string
  /** When who has been put there leaves. */
  until: number
  /** Who was there before, in order. */
  own: Placed[]
  next: number
}

/** Where whoever comes next comes latest, so that few have to move. */
function longestFree(free: Lane[], { start }: Interval): Lane | undefined {
  let best: Lane | undefined
  let bestUntil = -Infinity
  for (const lane of free) {
    while (lane.next < lane.own.length && lane.own[lane.next]!.start < start) lane.next++
    const until = lane.own[lane.next]?.start ?? Infinity
    if (!best || until > bestUntil) [best, bestUntil] = [lane, until]
  }
  return best
}

function movesOf(placed: Placed[], unitOf: Map<Item, string>): Move[] {
  return placed.filter(one => unitOf.get(one) !== one.unit).map(one => ({ id: one.id, to: unitOf.get(one)! }))
}

function inOrder<Some extends Interval>(items: Some[]): Some[] {
  return items.toSorted((a, b) => a.start - b.start)
}
