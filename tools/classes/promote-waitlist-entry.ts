import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { entryVersion } from '../../src/domain/classes/entries.ts'
import { viewEntry } from '../../src/domain/classes/read.ts'
import { promoteEntry } from '../../src/domain/classes/waitlist.ts'
import { entryId, entryShown, givenLatePlace, WaitlistEntry } from './shapes.ts'

export default defineTool({
  name: 'promote_waitlist_entry',
  title: 'Move somebody up by hand',
  description:
    'Gives a free place to somebody who waits, past others or shortly before the class, when nobody moves up by ' +
    'themselves; never into a full class. It takes a credit where they have one. Who waits for a slot is booked at start. ' +
    'Shows a preview first.',
  keywords: ['give her the spot', 'jump the queue', 'let in from waiting list', 'bump up'],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/waitlist-entries/{entry_id}/promote',
  input: z.strictObject({
    ...entryId,
    start: Instant().optional().describe('Of the slot, from get_available_slots; not for a class.'),
    staff_id: Id('staff')
      .optional()
      .describe('For a slot; default: whom they asked for, or whoever is free.'),
  }),
  data: WaitlistEntry,
  refusals: [
    'not_found',
    'invalid_transition',
    'slot_conflict',
    'customer_blocked',
    'customer_overlap',
    'no_entitlement',
    'outside_hours',
    'outside_booking_window',
    'min_notice',
  ],
  review: {
    versions: async (context, { entry_id }) => ({ [entry_id]: await entryVersion(context, entry_id) }),
  },
  example: { given: givenLatePlace, input: { entry_id: '$entry.id' } },
  run: async (context, { entry_id, start, staff_id: staffId }) =>
    entryShown(await viewEntry(context, await promoteEntry(context, entry_id, { start, staffId }), null)),
})
