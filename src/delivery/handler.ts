/** What does a job. It may be asked twice, and late: so it looks up what is still to be done. */

import type { Task } from 'graphile-worker'
import type { Logger } from 'pino'
import { FRONT_DESK } from '../access/principal.ts'

/** Works on the application's connections, in the job's workspace. What it throws is tried again, ever more rarely. */
export type Handler = (job: Assignment) => Promise<void>

export interface Assignment {
  workspaceId: string
  ids: Record<string, string>
  /** Aborts when the server is stopping and has waited long enough. */
  signal: AbortSignal
}

/** A failure that was to be expected. Its message is kept with the job: it holds nothing of a person. */
export class JobFailed extends Error {
  override readonly name = 'JobFailed'
}

export function taskOf(name: string, handler: Handler, log: Logger): Task {
  return async (payload, { job, abortSignal }) => {
    const { workspace_id: workspaceId = FRONT_DESK.id, ...ids } = payload as Record<string, string>
    try {
      await handler({ workspaceId, ids, signal: abortSignal })
    } catch (error) {
      if (error instanceof JobFailed) throw error
      log.error({ err: error, task: name, job: job.id }, 'a job failed')
      throw new JobFailed('Something went wrong on our side; the log has it.')
    }
  }
}
