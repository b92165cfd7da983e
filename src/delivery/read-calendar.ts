/** Reads a calendar that somebody has elsewhere, again and again, and writes down when they are busy. */

import type { AsSystem } from '../calls/as-system.ts'
import { beginReading, settleReading } from '../domain/calendar/external.ts'
import type { ReadProblem } from '../domain/calendar/tables.ts'
import { fetchText, NotFetched } from './fetch-text.ts'
import type { Handler } from './handler.ts'

export interface ReadingCalendars {
  asSystem: AsSystem
  /** Whether addresses of private networks may be reached: on a developer's own machine. */
  privateToo: boolean
}

export function readCalendar({ asSystem, privateToo }: ReadingCalendars): Handler {
  return async ({ workspaceId, ids, signal }) => {
    const id = ids.calendar_id!
    const begun = await asSystem(workspaceId, DOING, context => beginReading(context, id))
    if (!begun) return
    const answer = await textAt(begun.url, { privateToo, signal })
    await asSystem(workspaceId, DOING, context => settleReading(context, id, answer))
  }
}

const DOING = 'read_calendar'

async function textAt(
  url: string | null,
  options: { privateToo: boolean; signal: AbortSignal },
): Promise<{ text: string } | { problem: ReadProblem }> {
  if (url === null) return { problem: 'unreachable' } // Sealed under a secret that this server does not know.
  try {
    return { text: await fetchText(new URL(url), options) }
  } catch (error) {
    if (error instanceof NotFetched) return { problem: error.problem }
    throw error
  }
}
