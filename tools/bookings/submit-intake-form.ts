import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Instant, outside } from '../../src/catalog/kinds.ts'
import { intakeOf, submitIntake } from '../../src/domain/bookings/intake.ts'
import { AnswersShown, bookingId, givenBooking } from './shapes.ts'

export default defineTool({
  name: 'submit_intake_form',
  title: 'Answer the intake form',
  description:
    'Stores a customer’s answers to the questions of a booking’s service; get_booking shows the questions. A newer ' +
    'submission replaces all of the older. The first one binds the booking to that version of the form. Ask the ' +
    'customer; never make answers up.',
  keywords: [
    'questionnaire',
    'health questions',
    'consent form',
    'fill in the form',
    'customer answered',
    'client told us',
    'allergies we ask for',
    'anamnesis',
    'form answers',
  ],
  domain: 'bookings',
  effect: 'write',
  role: 'member',
  route: 'PUT /v1/bookings/{booking_id}/intake-form',
  input: z.strictObject({
    ...bookingId,
    form_version: z.int().min(1).max(2_147_483_647).describe('Of the questions you asked: from get_booking.'),
    answers: z
      .record(
        z.string().max(40),
        z.union([z.string(), z.array(z.string()).max(50), z.boolean(), z.number()]).nullable(),
      )
      .describe(
        'By question key: yes_no true/false, date "2026-03-29", multi_choice a list. null or left out: no answer.',
      ),
  }),
  data: z.object({
    ...bookingId,
    form_version: z.int(),
    answered_at: Instant(),
    answers: outside(AnswersShown),
    version: z.int().describe('Of the booking.'),
  }),
  refusals: ['not_found', 'invalid_transition', 'stale_version'],
  example: {
    given: {
      ...givenBooking,
      form: {
        tool: 'set_service_intake_form',
        input: {
          service_id: '$service.id',
          fields: [{ key: 'allergies', label: 'Any allergies?', type: 'yes_no', required: true }],
        },
      },
    },
    input: {
      booking_id: '$booking.id',
      form_version: '$form.form_version',
      answers: { allergies: false },
    },
  },
  async run(context, { booking_id, form_version: formVersion, answers }) {
    const booking = await submitIntake(context, booking_id, { formVersion, answers })
    const intake = await intakeOf(context, booking)
    return {
      booking_id,
      form_version: formVersion,
      answered_at: intake!.answered_at!,
      answers: intake!.answers!,
      version: booking.version,
    }
  },
})
