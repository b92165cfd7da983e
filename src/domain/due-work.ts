/**
 * Scheduled work: a row with a due time. A job only wakes it; the sandbox clock walks it, each item at its own
 * instant. Whoever asks late gets the same answer, so `run` must be a function of the row and its due time.
 */

import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../catalog/refusal.ts'
import { dueWorkAt } from '../database/jobs.ts'
import type { Context } from './context.ts'

export interface DueWork {
  /** What falls due, in a word: `approval`, `hold`. */
  name: string
  /** The earliest due time at or before `until`; null when nothing falls due. */
  next(context: Context, until: Temporal.Instant): Promise<Temporal.Instant | null>
  /** Does all that is due at `context.now`; afterwards `next` answers later than it. Returns how many. */
  run(context: Context): Promise<number>
}

export interface Step {
  name: string
  at: Temporal.Instant
  count: number
}

/** Due instants that one walk may pass. A sandbox year of hourly work fits; a runaway does not. */
const MOST_STEPS = 10_000

/** Does what falls due up to `to`, each item at its own instant, in order. @throws Refusal where that is too much at once */
export async function walk(context: Context, to: Temporal.Instant): Promise<Step[]> {
  const steps: Step[] = []
  for (;;) {
    const due = await earliest(context, to)
    if (!due) return steps
    if (steps.length === MOST_STEPS) {
      throw new Refusal(
        'invalid_input',
        `to: More than ${MOST_STEPS} things fall due on the way; move in smaller steps.`,
        {
          reached: due.at.toString(),
        },
      )
    }
    const then = {
      ...context,
      now: due.at,
      emit: (event => context.emit({ at: due.at, ...event })) satisfies Context['emit'],
    }
    steps.push({ name: due.work.name, at: due.at, count: await due.work.run(then) })
  }
}

async function earliest(context: Context, until: Temporal.Instant) {
  let first: { work: DueWork; at: Temporal.Instant } | null = null
  for (const work of context.dueWork) {
    const at = await work.next(context, until)
    if (at && (!first || Temporal.Instant.compare(at, first.at) < 0)) first = { work, at }
  }
  return first
}

/** Has the worker wake this workspace's due work at `at`. A clock that stands still wakes nobody: it is moved, and walks. */
export async function wakeAt({ workspace, enqueue }: Context, at: Temporal.Instant): Promise<void> {
  if (!workspace.clock) await enqueue(dueWorkAt(at))
}
