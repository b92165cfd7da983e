import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { adjustLot } from '../../src/domain/entitlements/correct.ts'
import { lotVersion } from '../../src/domain/entitlements/read.ts'
import { Entitlement, entitlementOf, givenSale, Reason } from './shapes.ts'

export default defineTool({
  name: 'adjust_entitlement',
  title: 'Add or take sessions by hand',
  description:
    'Gives a customer more sessions of a package they hold, or takes some away, never below none, with a reason. A person ' +
    'approves it. A cancelled booking gives its session back by itself; for more time, extend_entitlement.',
  keywords: [
    'correct balance',
    'goodwill',
    'free session',
    'extra session',
    'deduct a session',
    'wrong number of sessions',
    'compensate',
    'restore a credit',
  ],
  domain: 'entitlements',
  effect: 'write',
  role: 'admin',
  gate: 'approve',
  key: true,
  route: 'POST /v1/entitlements/{lot_id}/adjustments',
  input: z.strictObject({
    lot_id: Id('lot').describe('From list_customer_entitlements.'),
    sessions: z
      .int()
      .min(-10_000)
      .max(10_000)
      .refine(sessions => sessions !== 0, 'Zero changes nothing.')
      .describe('Added; below zero: taken.'),
    reason: Reason(),
  }),
  data: Entitlement,
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { lot_id }) => ({ [lot_id]: await lotVersion(context, lot_id) }),
  },
  example: { given: givenSale, input: { lot_id: '$sold.id', sessions: 1, reason: 'The heating was off' } },
  run: async (context, asked) => entitlementOf(context, await adjustLot(context, asked)),
})
