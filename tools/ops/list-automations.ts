import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { listAutomations } from '../../src/domain/messaging/automations.ts'
import { AutomationRow, rowOf } from './shapes.ts'

export default defineTool({
  name: 'list_automations',
  title: 'List automations',
  description:
    'The rules that draft messages by themselves, such as the confirmation of a booking or the reminder of an overdue invoice, and whether each is on. What ' +
    'they draft waits for approval like everything that is sent. To change one, upsert_automation.',
  keywords: [
    'automatic messages',
    'confirmation emails',
    'triggers',
    'workflow',
    'what is sent automatically',
  ],
  domain: 'ops',
  effect: 'read',
  role: 'admin',
  route: 'GET /v1/automations',
  input: z.strictObject({}),
  data: z.array(AutomationRow),
  example: { input: {} },
  run: async context => (await listAutomations(context)).map(rowOf),
})
