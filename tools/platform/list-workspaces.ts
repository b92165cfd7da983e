import { z } from 'zod'
import { workspacesOf } from '../../src/access/workspaces.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { Role } from './shapes.ts'

export default defineTool({
  name: 'list_workspaces',
  title: 'Workspaces in reach',
  description:
    'The workspaces that this principal can work in. An API key is bound to one; a signed-in person may have several. ' +
    'For the rights inside the present one, get_current_context.',
  keywords: ['organisations', 'businesses', 'shops', 'tenants', 'accounts', 'switch'],
  domain: 'platform',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/workspaces',
  input: z.strictObject({}),
  data: z.array(
    z.object({
      workspace_id: Id('workspace'),
      name: z.string(),
      kind: z.enum(['live', 'sandbox', 'front_desk']),
      role: Role,
      current: z.boolean().describe('The one this call is in.'),
    }),
  ),
  example: { input: {} },
  run: context => workspacesOf(context),
})
