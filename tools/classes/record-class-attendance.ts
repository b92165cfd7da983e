import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { recordAttendance } from '../../src/domain/classes/attendance.ts'
import { ClassEnrolment, enrolmentShown, givenEnrolment, sessionId } from './shapes.ts'

const Enrolments = () => z.array(Id('enrolment')).max(500).default([])

export default defineTool({
  name: 'record_class_attendance',
  title: 'Record who came',
  description:
    'Notes who came to a class and who did not: from an hour before it begins who is there, and who is not once it has ' +
    'begun. Send it again, in whole or in part, to add or to put right. Who is in it: list_class_roster.',
  keywords: ['take attendance', 'register', 'who showed up', 'tick off', 'missed the class', 'present'],
  domain: 'classes',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/class-sessions/{session_id}/attendance',
  input: z.strictObject({
    ...sessionId,
    attended: Enrolments().describe('Who came.'),
    absent: Enrolments().describe('Who did not.'),
  }),
  data: z.array(ClassEnrolment),
  refusals: ['not_found', 'invalid_transition'],
  example: {
    given: {
      ...givenEnrolment,
      later: { tool: 'set_sandbox_clock', input: { to: '$class.sessions.0.starts_at' } },
    },
    input: { session_id: '$class.sessions.0.id', attended: ['$enrolled.enrolment_id'] },
  },
  async run(context, { session_id: sessionId, attended, absent }) {
    const recorded = await recordAttendance(context, { sessionId, attended, absent })
    return recorded.map(enrolment => enrolmentShown(context, enrolment))
  },
})
