import { z } from 'zod'
import { createSandbox } from '../../src/access/workspaces.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Text } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { copyBusiness } from '../../src/domain/business/twin.ts'
import { keyText, WorkspaceSummary } from './shapes.ts'

export default defineTool({
  name: 'create_sandbox',
  title: 'Make a sandbox',
  description:
    'A twin of this workspace to try things in: the same settings, members, locations, staff, services and hours, ' +
    'without customers or bookings; sandbox providers that send nothing, a clock that can be set, and a bd_test_ key of ' +
    'its own, shown once. Nothing done there touches the live business.',
  keywords: ['test environment', 'staging', 'try out', 'playground', 'dry run', 'practice'],
  domain: 'platform',
  effect: 'write',
  role: 'admin',
  key: true,
  route: 'POST /v1/sandboxes',
  input: z.strictObject({
    name: Text(120).optional().describe('Default: the name of this workspace, marked as a sandbox.'),
  }),
  data: z.object({ workspace: WorkspaceSummary, key_id: Id('key'), api_key: keyText }),
  example: { input: { name: 'Trying out July' } },
  async run(context, input) {
    const { workspace, key, api_key } = await createSandbox(context, input)
    await copyBusiness(context, context.workspace.id, workspace.id)
    return { workspace: wire(workspace), key_id: key.id, api_key }
  },
})
