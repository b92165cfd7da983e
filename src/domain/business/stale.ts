/** The refusal of a change that rests on an older version of its row. */

import { Refusal } from '../../catalog/refusal.ts'

/** @param tool reads the row as it is now */
export function stale(what: string, current: number, tool: string): Refusal {
  return new Refusal(
    'stale_version',
    `The ${what} is at version ${current} by now. Read it again.`,
    { current_version: current },
    [tool],
  )
}
