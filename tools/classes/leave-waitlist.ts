import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { viewEntry } from '../../src/domain/classes/read.ts'
import { leaveWaitlist } from '../../src/domain/classes/waitlist.ts'
import { entryId, entryShown, givenWaiting, WaitlistEntry } from './shapes.ts'

export default defineTool({
  name: 'leave_waitlist',
  title: 'Leave a waitlist',
  description:
    'Takes a customer off a waitlist; a place that was offered to them goes on to the next. Leaving twice is the same as ' +
    'once. Who has a place already: cancel_class_enrolment.',
  keywords: ['remove from the queue', 'does not want to wait', 'take off'],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  route: 'POST /v1/waitlist-entries/{entry_id}/leave',
  input: z.strictObject(entryId),
  data: WaitlistEntry,
  refusals: ['not_found', 'invalid_transition'],
  example: { given: givenWaiting, input: { entry_id: '$entry.id' } },
  run: async (context, { entry_id }) =>
    entryShown(await viewEntry(context, await leaveWaitlist(context, entry_id), null)),
})
