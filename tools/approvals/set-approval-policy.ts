import { z } from 'zod'
import { readPolicyVersion, setPolicy } from '../../src/calls/approval-desk.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant } from '../../src/catalog/kinds.ts'
import { wire } from '../../src/catalog/wire.ts'
import { Rule, RulesShown, rulesShown } from './shapes.ts'

export default defineTool({
  name: 'set_approval_policy',
  title: 'Say what needs approval',
  description:
    'Replaces the rules that say which tools run at once, which show a preview first and which wait for a person, also ' +
    'above an amount or a number of recipients, or between two hours. A person approves the change itself. A rule ' +
    'without a threshold replaces the tool’s default, one with a threshold only adds; destructive tools keep at least ' +
    'their preview.',
  keywords: [
    'permission',
    'require sign-off',
    'allow without asking',
    'human in the loop',
    'limits',
    'guardrails',
    'always ask me first',
    'out of hours',
  ],
  domain: 'approvals',
  effect: 'write',
  role: 'admin',
  gate: 'approve',
  gateIsFixed: true,
  route: 'PUT /v1/approval-policy',
  input: z.strictObject({
    rules: z.array(Rule).max(200).describe('All of them: what is not named here has its default.'),
  }),
  data: z.object({ rules: RulesShown, version: z.int(), updated_at: Instant() }),
  review: {
    versions: async (context, _input) => ({ [context.workspace.id]: await readPolicyVersion(context) }),
  },
  example: { input: { rules: [{ tool: 'revoke_api_key', gate: 'approve', reviewers: 'owner' }] } },
  async run(context, { rules }) {
    const policy = await setPolicy(context, rules)
    return { ...wire(policy), rules: rulesShown(policy.rules) }
  },
})
