import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'
import {
  type AutomationKey,
  automationVersion,
  houseRules,
  setAutomation,
} from '../../src/domain/messaging/automations.ts'
import { wakeInvoiceReminders } from '../../src/domain/messaging/invoice-reminders.ts'
import { wakeReminders } from '../../src/domain/messaging/reminders.ts'
import { channels } from '../../src/domain/messaging/tables.ts'
import { AutomationRow, rowOf } from './shapes.ts'

const keys = houseRules.map(({ key }) => key) as [AutomationKey, ...AutomationKey[]]

export default defineTool({
  name: 'upsert_automation',
  title: 'Set an automation',
  description:
    'Says in full how one automation works: on or off, from which template, over which channel, a reminder how long before. A person approves the ' +
    'change. It drafts; whether its messages then need approval is for set_approval_policy.',
  keywords: [
    'turn off confirmation emails',
    'enable cancellation notice',
    'automatic message settings',
    'stop automatic texts',
  ],
  domain: 'ops',
  effect: 'write',
  role: 'admin',
  gate: 'approve',
  route: 'PUT /v1/automations/{key}',
  input: z.strictObject({
    key: z.enum(keys).describe('From list_automations.'),
    enabled: z.boolean().describe('Whether it drafts.'),
    template: Text(64).optional().describe('Key of a template; default: the one it came with.'),
    minutes_before: z.int().min(1).max(43_200).optional().describe('Of a reminder; default: a day.'),
    channel: z.enum(channels).optional().describe('Default: the first that reaches the customer.'),
  }),
  data: AutomationRow,
  refusals: ['not_found'],
  review: {
    versions: async (context, { key }) => ({ [key]: await automationVersion(context, key) }),
  },
  example: { input: { key: 'booking_cancelled', enabled: true } },
  run: async (context, { template: templateKey, minutes_before: minutesBefore, ...change }) => {
    const set = await setAutomation(context, { ...change, templateKey, minutesBefore })
    await wakeReminders(context)
    await wakeInvoiceReminders(context)
    return rowOf(set)
  },
})
