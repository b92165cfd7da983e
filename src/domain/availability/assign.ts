/** Any staff: who does it. */

import { checkStart } from './explain.ts'
import type { Plan } from './plan.ts'

/**
 * Everybody who can take this start, the first choice first: the least loaded that local day, then by id, so that
 * the same question has the same answer. Where a rival was quicker, the caller tries the next.
 * @param loadOfDay bookings of each person on the start's local date; nobody's is 0
 * @param end where the service takes another time than planned
 */
export function assign(
  plan: Plan,
  start: number,
  loadOfDay: ReadonlyMap<string, number>,
  end?: number,
): string[] {
  const load = (id: string) => loadOfDay.get(id) ?? 0
  return plan.staff
    .map(({ id }) => id)
    .filter(id => checkStart(plan, id, start, end).length === 0)
    .sort((a, b) => load(a) - load(b) || (a < b ? -1 : 1))
}
