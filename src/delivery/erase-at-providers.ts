/**
 * Has providers forget whom a business forgot. Those that carry mail keep logs that no call of theirs deletes; until one
 * does, the job says that it is to be done by hand, at whom.
 */

import type { AsSystem } from '../calls/as-system.ts'
import { ERASE } from '../domain/customers/erase.ts'
import { lockJob, noteProgress } from '../domain/ops/jobs.ts'
import type { FindCarriers } from './carrier.ts'
import type { Handler } from './handler.ts'

export function eraseAtProviders(asSystem: AsSystem, find: FindCarriers): Handler {
  return async ({ workspaceId, ids }) => {
    const carriers = Object.entries(await find(workspaceId)).flatMap(([name, carrier]) =>
      carrier ? [name] : [],
    )
    await asSystem(workspaceId, ERASE, async context => {
      const job = await lockJob(context, ids.job_id!)
      if (job) await noteProgress(context, job, { done: job.total, result: { by_hand_at: carriers } })
    })
  }
}
