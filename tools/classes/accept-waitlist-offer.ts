import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { viewEntry } from '../../src/domain/classes/read.ts'
import { acceptOffer } from '../../src/domain/classes/waitlist.ts'
import { entryId, entryShown, givenOffer, WaitlistEntry } from './shapes.ts'

export default defineTool({
  name: 'accept_waitlist_offer',
  title: 'Accept an offered place',
  description:
    'Turns a place that was offered from the waitlist into an enrolment, before its deadline: at that very instant it has ' +
    'gone on (hold_expired). Accepting twice is the same as once.',
  keywords: ['she takes the spot', 'yes to the place', 'claim offered place'],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  route: 'POST /v1/waitlist-entries/{entry_id}/accept',
  input: z.strictObject(entryId),
  data: WaitlistEntry,
  refusals: [
    'not_found',
    'invalid_transition',
    'hold_expired',
    'customer_blocked',
    'customer_overlap',
    'no_entitlement',
  ],
  example: { given: givenOffer, input: { entry_id: '$entry.id' } },
  run: async (context, { entry_id }) =>
    entryShown(await viewEntry(context, await acceptOffer(context, entry_id), null)),
})
