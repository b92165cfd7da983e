/** The road itself, without HTTP before it: the caller is known already, and what comes back is the answer's body. */

import { authenticateKey } from '../../../src/access/authenticate.ts'
import type { ReadBody, WriteBody } from '../../../src/calls/call.ts'
import type { ResolvedRequest } from '../../../src/calls/resolve.ts'
import { createCall } from '../../../src/calls/road.ts'
import type { Stage } from './stage.ts'

export interface Road {
  /** What every call of the stage's owner has in common. */
  asker: Pick<ResolvedRequest, 'principal' | 'workspace' | 'requestId' | 'surface'>
  /** @throws Error when the call is refused, or has to wait */
  call(tool: string, args: object): Promise<ReadBody | WriteBody>
}

export async function openRoad({ server, key }: Stage): Promise<Road> {
  const { house } = server
  const { principal, workspace } = await authenticateKey(house.database, key)
  const asker = { principal, workspace, requestId: 'bench', surface: 'rest' } as const
  const call = createCall(house)
  return {
    asker,
    async call(tool, args) {
      const answer = await call({ ...asker, tool, arguments: args })
      if (answer.refusal) throw new Error(`${tool} was refused: ${answer.refusal.message}`)
      if ('status' in answer.body && answer.body.status !== 'done')
        throw new Error(`${tool} was not done: ${answer.body.status}`)
      return answer.body
    },
  }
}
