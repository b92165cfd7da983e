import { z } from 'zod'
import { annotationsOf, defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'

export default defineTool({
  name: 'search_tools',
  title: 'Find a tool',
  description:
    'Finds tools beyond the ones listed here, in the words of the task ("refund a payment", "who is on holiday"). ' +
    'Best first. Then describe_tool for the schema, and run_read_tool or run_write_tool to call it.',
  keywords: [
    'discover',
    'browse catalog',
    'capability',
    'function',
    'what can you do',
    'which tool',
    'how do i',
  ],
  domain: 'platform',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/tools',
  input: z.strictObject({
    query: Text(200).describe('What you want to do, in plain words.'),
    effect: z.enum(['read', 'write']).optional().describe('Only tools that read, or only those that write.'),
    limit: z.int().min(1).max(25).default(8).describe('Tools to show.'),
  }),
  data: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      description: z.string(),
      domain: z.string(),
      call_with: z.enum(['run_read_tool', 'run_write_tool']),
      destructive: z.boolean(),
      gate: z.enum(['allow', 'confirm', 'approve']),
      allowed: z.boolean().describe('Whether your scopes reach it.'),
    }),
  ),
  example: { input: { query: 'make an API key for a colleague' } },
  async run({ catalog, principal }, { query, effect, limit }) {
    return catalog.search(query, { limit, effect }).map(({ tool, scope }) => ({
      name: tool.name,
      title: tool.title,
      description: firstSentence(tool.description),
      domain: tool.domain,
      call_with: annotationsOf(tool).readOnlyHint ? ('run_read_tool' as const) : ('run_write_tool' as const),
      destructive: annotationsOf(tool).destructiveHint,
      gate: tool.gate ?? ('allow' as const),
      allowed: tool.role === 'nobody' || principal.scopes.has(scope),
    }))
  },
})

/** A list of eight costs a tenth of eight descriptions. */
function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/s.exec(text)?.[0] ?? text
}
