import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { principalIdText, Role, WorkspaceSummary } from './shapes.ts'

export default defineTool({
  name: 'get_current_context',
  title: 'Where am I',
  description:
    'Call this first with a new key: which workspace it is for, what it may do, the time zone, the currency and the ' +
    'present time of the business (a sandbox can have a clock of its own). Without credentials it answers 401, which ' +
    'starts the sign-in of a connector.',
  keywords: [
    'who am i',
    'whoami',
    'permissions',
    'current time',
    'my scopes',
    'timezone',
    'today',
    'live or sandbox',
  ],
  domain: 'platform',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/context',
  input: z.strictObject({}),
  data: z.object({
    workspace: WorkspaceSummary,
    principal: z.object({
      kind: z.string(),
      id: z.string().nullable(),
      name: z.string(),
      role: Role,
      scopes: z.array(z.string()),
      may_decide_approvals: z.boolean(),
    }),
    now: Instant(),
    local_now: z.string().describe("The same moment on the workspace's clock."),
    clock: z.enum(['real', 'set']),
  }),
  example: { input: {} },
  async run({ workspace, principal, now }) {
    return {
      workspace: wire(workspace),
      principal: {
        kind: principal.kind,
        id: principalIdText(principal),
        name: principal.name,
        role: principal.role,
        scopes: [...principal.scopes].sort(),
        may_decide_approvals: principal.human,
      },
      now,
      local_now: now.toZonedDateTimeISO(workspace.timeZone).toString({ smallestUnit: 'second' }),
      clock: workspace.clock ? ('set' as const) : ('real' as const),
    }
  },
})
