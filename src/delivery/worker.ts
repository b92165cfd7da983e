/**
 * The worker takes jobs from the queue as the database's owner, and has each done by its handler. With it, hosts of
 * one database share the work: a job is one host's until it is done, has failed, or the host is gone.
 */

import { setTimeout as delay } from 'node:timers/promises'
import { parseCronItems, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import { type Handler, taskOf } from './handler.ts'
import { queueOptions } from './queue.ts'
import { type Called, callRoll } from './roll-call.ts'

export interface WorkerParts extends Called {
  /** By the task's name. A task that has none here waits for a host that knows it. */
  handlers: Record<string, Handler>
  /** What runs by itself, at the front desk: the task's name, and when, in UTC, as cron writes it. */
  schedule?: Record<string, string>
}

export interface Worker {
  /** Waits for running jobs. One that has not ended after 5 s is told to break off, and is tried again later. */
  stop(): Promise<void>
}

/** Looks for jobs from now on; the queue must have been prepared. */
export function startWorker(parts: WorkerParts): Worker {
  let stopping = false
  let runner: Runner | undefined
  const roll = callRoll(parts)
  const life = live()

  return {
    async stop() {
      stopping = true
      await runner?.stop().catch(() => {}) // It has stopped by itself.
      await life
      await roll.stop()
    },
  }

  /** A runner that cannot tell the database how a job went ends itself; another takes its place. */
  async function live(): Promise<void> {
    while (!stopping) {
      try {
        runner = await launch(parts, roll.events)
        if (stopping) await runner.stop()
        await runner.promise
      } catch (error) {
        parts.log.error({ err: error }, 'the worker broke off')
      }
      if (!stopping) await delay(PAUSE_MS)
    }
  }
}

const PAUSE_MS = 1_000

function launch({ handlers, schedule = {}, ...queue }: WorkerParts, events: WorkerEvents): Promise<Runner> {
  const taskList: TaskList = {}
  for (const [name, handler] of Object.entries(handlers)) taskList[name] = taskOf(name, handler, queue.log)
  return run({
    ...queueOptions(queue),
    events,
    taskList,
    parsedCronItems: parseCronItems(Object.entries(schedule).map(([task, match]) => ({ task, match }))),
    concurrency: JOBS_AT_ONCE,
    noHandleSignals: true, // `main` hears them, and closes the host first.
  })
}

/** Of the owner's four connections the worker keeps two, and a running job holds none. */
const JOBS_AT_ONCE = 4
