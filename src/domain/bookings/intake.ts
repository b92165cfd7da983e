/**
 * A booking's intake form: what is asked of its customer, and what they answered. Until somebody answers it is the
 * service's form of the day; the first answers bind the booking to their version, and later ones correct them.
 */

import { and, eq } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { type FormField, formInForce, formOfVersion, type IntakeForm } from '../business/intake-forms.ts'
import { stale } from '../business/stale.ts'
import type { Context } from '../context.ts'
import { type Answers, checkAnswers, type GivenAnswers } from './answers.ts'
import { touchBooking } from './details.ts'
import { lockBooking } from './read.ts'
import { asAt, type BookingState } from './states.ts'
import { type Booking, bookingIntakes } from './tables.ts'

export interface Intake {
  form_version: number
  fields: FormField[]
  /** null: not yet. */
  answered_at: Temporal.Instant | null
  answers: Answers | null
}

/** null where nothing is asked. */
export async function intakeOf(
  context: Context,
  { id, serviceId }: Pick<Booking, 'id' | 'serviceId'>,
): Promise<Intake | null> {
  const given = await answersOf(context, id)
  const form = await formFor(context, serviceId, given?.formVersion)
  return form && { ...form, answered_at: given?.answeredAt ?? null, answers: given?.answers ?? null }
}

export interface Submission {
  /** The version whose questions were asked: from `get_booking`. */
  formVersion: number
  answers: GivenAnswers
}

/**
 * Replaces what was answered before, whole.
 * @throws Refusal `not_found`, `invalid_transition` of what takes no time any more, `stale_version` where another
 *   version is the booking's, `invalid_input` with every issue
 */
export async function submitIntake(
  context: Context,
  bookingId: string,
  { formVersion, answers }: Submission,
): Promise<Booking> {
  const booking = asAt(await lockBooking(context, bookingId), context.now)
  if (!answering.includes(booking.state)) {
    throw new Refusal(
      'invalid_transition',
      `A booking that is ${booking.state} takes no answers.`,
      { state: booking.state },
      ['get_booking'],
    )
  }
  const given = await answersOf(context, bookingId)
  const form = await formFor(context, booking.serviceId, given?.formVersion)
  if (!form) {
    throw new Refusal('invalid_input', 'Its service asks nothing.', { service: 'has no intake form' }, [
      'set_service_intake_form',
    ])
  }
  if (form.form_version !== formVersion) throw stale('form', form.form_version, 'get_booking')
  const row = { answers: checkAnswers(form.fields, answers), answeredAt: context.now }
  await context.db
    .insert(bookingIntakes)
    .values({
      workspaceId: booking.workspaceId,
      bookingId,
      serviceId: booking.serviceId,
      formVersion,
      ...row,
    })
    .onConflictDoUpdate({ target: [bookingIntakes.workspaceId, bookingIntakes.bookingId], set: row })
  return touchBooking(context, booking, 'answer', {}, { form_version: formVersion })
}

const answering: readonly BookingState[] = ['pending', 'confirmed', 'arrived', 'completed']

/** @param bound the version that was answered */
function formFor(context: Context, serviceId: string, bound: number | undefined): Promise<IntakeForm | null> {
  return bound === undefined ? formInForce(context, serviceId) : formOfVersion(context, serviceId, bound)
}

async function answersOf({ db, workspace }: Context, bookingId: string) {
  const [given] = await db
    .select()
    .from(bookingIntakes)
    .where(and(eq(bookingIntakes.workspaceId, workspace.id), eq(bookingIntakes.bookingId, bookingId)))
  return given
}
