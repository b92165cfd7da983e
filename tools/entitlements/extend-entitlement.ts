import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, LocalDate } from '../../src/catalog/kinds.ts'
import { extendLot } from '../../src/domain/entitlements/correct.ts'
import { lotVersion } from '../../src/domain/entitlements/read.ts'
import { Entitlement, entitlementOf, givenSale, Reason } from './shapes.ts'

export default defineTool({
  name: 'extend_entitlement',
  title: 'Extend a package or pass',
  description:
    'Moves the end of what a customer holds to a later day, with a reason. One that has expired is good again, with the ' +
    'sessions that were left. One that begins with its first visit and had none has no end to move yet.',
  keywords: [
    'more time',
    'more weeks',
    'expired pass',
    'prolong',
    'new expiry date',
    'was ill',
    'longer validity',
    'reactivate',
    'valid until',
  ],
  domain: 'entitlements',
  effect: 'write',
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/entitlements/{lot_id}/extensions',
  input: z.strictObject({
    lot_id: Id('lot').describe('From list_customer_entitlements.'),
    valid_through: LocalDate().describe('The new last day, to its end.'),
    reason: Reason(),
  }),
  data: Entitlement,
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { lot_id }) => ({ [lot_id]: await lotVersion(context, lot_id) }),
  },
  example: {
    given: givenSale,
    input: { lot_id: '$sold.id', valid_through: '2099-06-30', reason: 'Closed for works in May' },
  },
  run: async (context, asked) => entitlementOf(context, await extendLot(context, asked)),
})
