import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { cancelSession } from '../../src/domain/classes/cancel-session.ts'
import { viewSession } from '../../src/domain/classes/read.ts'
import { sessionVersion } from '../../src/domain/classes/sessions.ts'
import { ClassSession, givenEnrolment, sessionId, sessionShown } from './shapes.ts'

export default defineTool({
  name: 'cancel_class_session',
  title: 'Cancel a class',
  description:
    'Cancels one class for everybody: credits go back, its time is free again, and notices to who was enrolled or waited ' +
    'are queued for approval. A person approves it. One customer leaves a class with cancel_class_enrolment.',
  keywords: ['call off the class', 'no class today', 'instructor is ill', 'class is off'],
  domain: 'classes',
  effect: 'destroy',
  role: 'member',
  gate: 'approve',
  declares: ['recipients'],
  key: true,
  route: 'POST /v1/class-sessions/{session_id}/cancel',
  input: z.strictObject(sessionId),
  data: z.object({
    session: ClassSession,
    cancelled_enrolments: z.array(
      z.object({
        id: Id('enrolment'),
        customer_id: Id('customer'),
        credit: z.string().nullable().describe('What became of it.'),
      }),
    ),
    left_waitlist: z.int(),
  }),
  refusals: ['not_found', 'invalid_transition'],
  review: {
    versions: async (context, { session_id }) => ({
      [session_id]: await sessionVersion(context, session_id),
    }),
  },
  example: { given: givenEnrolment, input: { session_id: '$class.sessions.0.id' } },
  async run(context, { session_id }) {
    const { enrolments, waiting } = await cancelSession(context, session_id)
    return {
      session: sessionShown(await viewSession(context, session_id)),
      cancelled_enrolments: enrolments.map(({ id, customerId, credit }) => ({
        id,
        customer_id: customerId,
        credit,
      })),
      left_waitlist: waiting,
    }
  },
})
