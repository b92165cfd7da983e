import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { Refusal } from '../../src/catalog/refusal.ts'
import { viewEntry } from '../../src/domain/classes/read.ts'
import { findSession } from '../../src/domain/classes/sessions.ts'
import { joinClassList, joinSlotList } from '../../src/domain/classes/waitlist.ts'
import { entryShown, givenFullClass, PartySize, WaitlistEntry } from './shapes.ts'

export default defineTool({
  name: 'join_waitlist',
  title: 'Join a waitlist',
  description:
    'Puts a customer on the waitlist of a full class (session_id), or of a service at a location, for a slot that starts ' +
    'between earliest and latest. A class’s freed place goes to the first who can take it; for slots, ' +
    'promote_waitlist_entry. With places left, enrol_in_class.',
  keywords: ['class is full', 'waiting list', 'notify if a spot opens', 'earlier appointment', 'stand-by'],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  key: true,
  route: 'POST /v1/waitlist-entries',
  input: z.strictObject({
    customer_id: Id('customer'),
    session_id: Id('session').optional().describe('A class; or else:'),
    service_id: Id('service').optional(),
    location_id: Id('location').optional(),
    staff_id: Id('staff').optional().describe('Default: anybody.'),
    earliest: Instant().optional().describe('A start from here on …'),
    latest: Instant().optional().describe('… and before this.'),
    party_size: PartySize(),
  }),
  data: WaitlistEntry,
  refusals: ['not_found', 'invalid_transition', 'already_enrolled', 'quota_exceeded'],
  example: {
    given: givenFullClass,
    input: { session_id: '$class.sessions.0.id', customer_id: '$other.id' },
  },
  async run(context, input) {
    const { customer_id: customerId, session_id: sessionId, party_size: partySize, staff_id: staffId } = input
    const { service_id: serviceId, location_id: locationId, earliest, latest } = input
    if (sessionId !== undefined) {
      const entry = await joinClassList(context, { sessionId, customerId, partySize })
      return entryShown(await viewEntry(context, entry, await findSession(context, sessionId)))
    }
    if (!serviceId || !locationId || !earliest || !latest) {
      throw new Refusal(
        'invalid_input',
        'session_id: Give it, or service_id, location_id, earliest and latest.',
        { field: 'session_id' },
        ['list_class_sessions'],
      )
    }
    const wish = { serviceId, locationId, staffId, earliest, latest, customerId }
    return entryShown(await viewEntry(context, await joinSlotList(context, wish), null))
  },
})
