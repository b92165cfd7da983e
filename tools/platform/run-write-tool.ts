import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'

export default defineTool({
  name: 'run_write_tool',
  title: 'Call a writing tool by name',
  description:
    'Calls any tool that writes, found with search_tools. The tool’s own scope, idempotency key, preview and gate ' +
    'apply: put idempotency_key, dry_run and confirm_token inside arguments. Refuses a tool that only reads.',
  keywords: ['execute', 'invoke', 'action', 'mutation', 'change', 'unlisted'],
  domain: 'platform',
  effect: 'destroy',
  openWorld: true,
  role: 'member',
  forwards: 'write',
  route: 'POST /v1/run-write',
  input: z.strictObject({
    tool: Text(64).describe('Its name.'),
    arguments: z.record(z.string(), z.unknown()).default({}).describe("As the tool's own input schema says."),
  }),
  data: z.unknown(),
  example: {
    input: {
      tool: 'create_api_key',
      arguments: { name: 'Reports', idempotency_key: '3f1b0c9e-6f3f-4a58-9a35-5a7f0f6f5a11' },
    },
  },
  run: forwarded,
})

/** The road resolves a forwarding tool before it runs anything (calls/resolve.ts). */
function forwarded(): never {
  throw new Error('run_write_tool has no run of its own')
}
