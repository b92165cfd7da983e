/** Notes in time what has fallen due in a workspace. Nothing depends on it: whoever asks late gets the same answer. */

import type { AsSystem } from '../calls/as-system.ts'
import { walk } from '../domain/due-work.ts'
import type { Handler } from './handler.ts'

/** A sandbox whose clock was set is left to those who move it. */
export function dueWork(asSystem: AsSystem): Handler {
  return ({ workspaceId }) =>
    asSystem(workspaceId, 'due_work', async context => {
      if (!context.workspace.clock) await walk(context, context.now)
    })
}
