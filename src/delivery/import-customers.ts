/** Imports customers, part by part. Killed between two parts, it goes on with the next; within one, with that one. */

import type { AsSystem } from '../calls/as-system.ts'
import { IMPORT, importPart } from '../domain/customers/import.ts'
import { type Handler, JobFailed } from './handler.ts'

export function importCustomers(asSystem: AsSystem): Handler {
  return async ({ workspaceId, ids, signal }) => {
    while (await asSystem(workspaceId, IMPORT, context => importPart(context, ids.job_id!))) {
      if (signal.aborted) throw new JobFailed('The server stops; the rest comes later.')
    }
  }
}
