import { closest } from 'fastest-levenshtein'
import { z } from 'zod'
import type { PolicyRule } from '../../src/calls/policy.ts'
import { readPolicy } from '../../src/calls/policy-store.ts'
import type { Entry } from '../../src/catalog/catalog.ts'
import { annotationsOf, defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import { refusalsOf } from '../../src/catalog/refusals-of.ts'
import { rulesShown } from '../approvals/shapes.ts'

export default defineTool({
  name: 'describe_tool',
  title: 'Read a tool’s contract',
  description:
    'The whole contract of one tool: schemas, refusals, whether it needs a key, a confirmation or approval (policy: ' +
    'this workspace’s rules), an example. Read it before calling a tool that is not listed to you.',
  keywords: [
    'schema',
    'parameters',
    'required fields',
    'arguments',
    'errors',
    'example',
    'documentation',
    'how to call',
  ],
  domain: 'platform',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/tools/{tool}',
  input: z.strictObject({ tool: Text(64).describe('Its name, from search_tools.') }),
  data: z.object({
    name: z.string(),
    title: z.string(),
    description: z.string(),
    domain: z.string(),
    annotations: z.record(z.string(), z.boolean()),
    scope: z.string(),
    role: z.string(),
    gate: z.enum(['allow', 'confirm', 'approve']),
    policy: z.array(z.unknown()),
    idempotency_key: z.enum(['required', 'not taken']),
    route: z.string(),
    input_schema: z.record(z.string(), z.unknown()),
    output_schema: z.record(z.string(), z.unknown()),
    refusals: z.array(z.string()),
    example: z
      .record(z.string(), z.unknown())
      .describe('"$name.field" stands for an id that an earlier call answered.'),
  }),
  example: { input: { tool: 'create_api_key' } },
  async run({ catalog, db, workspace }, { tool }) {
    const entry = catalog.get(tool)
    if (entry) return describe(entry, await readPolicy(db, workspace.id))
    const nearest = closest(
      tool,
      catalog.entries.map(other => other.tool.name),
    )
    throw new Refusal(
      'not_found',
      `There is no tool of that name. The nearest is ${nearest}.`,
      { kind: 'tool', nearest },
      ['search_tools'],
    )
  },
})

function describe({ tool, scope, inputSchema, outputSchema }: Entry, rules: PolicyRule[]) {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    domain: tool.domain,
    annotations: annotationsOf(tool),
    scope,
    role: tool.role,
    gate: tool.gate ?? ('allow' as const),
    policy: rulesShown(rules.filter(rule => rule.tool === tool.name)),
    idempotency_key: tool.key ? ('required' as const) : ('not taken' as const),
    route: tool.route,
    input_schema: inputSchema,
    output_schema: outputSchema,
    refusals: refusalsOf(tool),
    example: tool.example.input,
  }
}
