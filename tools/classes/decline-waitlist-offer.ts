import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { viewEntry } from '../../src/domain/classes/read.ts'
import { declineOffer } from '../../src/domain/classes/waitlist.ts'
import { entryId, entryShown, givenOffer, WaitlistEntry } from './shapes.ts'

export default defineTool({
  name: 'decline_waitlist_offer',
  title: 'Decline an offered place',
  description:
    'Says no to a place that was offered from the waitlist; it goes on to the next, once, and the customer waits no more. ' +
    'Declining twice is the same as once.',
  keywords: ['does not want the spot', 'no to the place', 'pass on the offer'],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  route: 'POST /v1/waitlist-entries/{entry_id}/decline',
  input: z.strictObject(entryId),
  data: WaitlistEntry,
  refusals: ['not_found', 'invalid_transition'],
  example: { given: givenOffer, input: { entry_id: '$entry.id' } },
  run: async (context, { entry_id }) =>
    entryShown(await viewEntry(context, await declineOffer(context, entry_id), null)),
})
