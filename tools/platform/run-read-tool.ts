import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'

export default defineTool({
  name: 'run_read_tool',
  title: 'Call a reading tool by name',
  description:
    'Calls any tool that only reads, found with search_tools, with its own arguments and scope, and answers as that ' +
    'tool does. Refuses a tool that writes.',
  keywords: ['execute', 'invoke', 'query', 'fetch', 'unlisted'],
  domain: 'platform',
  effect: 'read',
  role: 'member',
  forwards: 'read',
  route: 'POST /v1/run-read',
  input: z.strictObject({
    tool: Text(64).describe('Its name.'),
    arguments: z.record(z.string(), z.unknown()).default({}).describe("As the tool's own input schema says."),
  }),
  data: z.unknown(),
  example: { input: { tool: 'get_workspace_settings', arguments: {} } },
  run: forwarded,
})

/** The road resolves a forwarding tool before it runs anything (calls/resolve.ts). */
function forwarded(): never {
  throw new Error('run_read_tool has no run of its own')
}
