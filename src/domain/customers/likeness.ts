/** How like two names are: what a person would call the same name with a slip in it scores 0.8 or more. */

import { distance } from 'fastest-levenshtein'
import { fold } from './fold.ts'

/** From here on two names may well be one person's. */
export const ALIKE = 0.8

/**
 * @returns 0 to 1, in hundredths. 1: the same when folded. The same words in another order score 0.95, since a family
 * name comes first in half the world.
 */
export function nameLikeness(one: string, other: string): number {
  const [a, b] = [fold(one), fold(other)]
  if (a === b) return 1
  const likeness = Math.max(closeness(a, b), ANOTHER_ORDER * closeness(sorted(a), sorted(b)))
  return Math.min(Math.round(likeness * 100), 99) / 100
}

const ANOTHER_ORDER = 0.95

/** The share of letters that can stay. */
function closeness(a: string, b: string): number {
  return 1 - distance(a, b) / Math.max(a.length, b.length, 1)
}

function sorted(name: string): string {
  return name.split(' ').sort().join(' ')
}
