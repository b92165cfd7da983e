import { z } from 'zod'
import { readSettings } from '../../src/access/settings.ts'
import { readPolicy } from '../../src/calls/policy-store.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { RulesShown, rulesShown } from '../approvals/shapes.ts'
import { Settings } from './shapes.ts'

export default defineTool({
  name: 'get_workspace_settings',
  title: 'Settings of the workspace',
  description:
    'The policies of this business: name, time zone, how it takes bookings, quiet hours, the first day of its week, and ' +
    'what needs approval; with the version that update_workspace_settings asks for. set_approval_policy sets the rules.',
  keywords: ['configuration', 'preferences', 'policy', 'options', 'rules', 'quiet hours', 'week start'],
  domain: 'platform',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/settings',
  input: z.strictObject({}),
  data: Settings.extend({ approval_rules: RulesShown }),
  example: { input: {} },
  async run(context) {
    const rules = await readPolicy(context.db, context.workspace.id)
    return { ...(await readSettings(context)), approval_rules: rulesShown(rules) }
  },
})
