import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Desk, openDesk, textOf, unlimited } from '../../../test/support/booking.ts'
import { callTool, done, refused } from '../../../test/support/caller.ts'
import { startServer } from '../../../test/support/server.ts'
import { made } from '../../../test/support/shop.ts'
import { uuidOf } from '../../catalog/kinds.ts'

const server = await startServer({ after }, unlimited)

const allergies = { key: 'allergies', label: 'Any allergies?', type: 'yes_no', required: true }
const age = { key: 'age', label: 'How old are you?', type: 'number', required: false }

test('a booking says what is asked and what was answered; a newer submission replaces all of the older', async () => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  assert.equal((await intake(desk, id)).intake_form, null, 'nothing is asked')
  await ask(desk, [allergies, age])
  const wanted = { form_version: 1, fields: [allergies, age], answered_at: null, answers: null }
  assert.deepEqual((await intake(desk, id)).intake_form, wanted)

  const answers = { allergies: true, age: 44 }
  const submitted = await answer(desk, id, 1, answers)
  assert.deepEqual(submitted.body.data, {
    booking_id: id,
    form_version: 1,
    answered_at: '2030-01-07T08:00:00.000Z',
    answers,
    version: 2,
  })
  const { data } = (await answer(desk, id, 1, { allergies: false })).body
  assert.deepEqual(data.answers, { allergies: false }, 'her age is gone with what she said before')
  const seen = await intake(desk, id)
  assert.deepEqual([seen.intake_form.answers, seen.version], [{ allergies: false }, 3])
  assert.deepEqual(
    seen.history.slice(1).map(({ event, details }: { event: string; details: object }) => [event, details]),
    [
      ['answer', { form_version: 1 }],
      ['answer', { form_version: 1 }],
    ],
  )
})

test('the first answers bind a booking to their version of the form, and later ones correct them', async () => {
  const desk = await openDesk(server)
  const [answered, waiting] = [await desk.booked(), await desk.booked({ start: textOf(desk.morning(2)) })]
  await ask(desk, [allergies])
  await answer(desk, answered.id, 1, { allergies: true })
  await ask(desk, [age])
  assert.equal((await intake(desk, answered.id)).intake_form.form_version, 1)
  assert.deepEqual((await intake(desk, waiting.id)).intake_form.fields, [age], 'made before it, asked by it')
  const stale = await answer(desk, waiting.id, 1, { allergies: true })
  assert.deepEqual([stale.body.code, stale.body.details], ['stale_version', { current_version: 2 }])
  assert.equal((await answer(desk, answered.id, 2, { age: 4 })).body.code, 'stale_version')
  assert.equal((await answer(desk, answered.id, 1, { allergies: false })).isError, false)
  await ask(desk, [])
  assert.equal((await intake(desk, waiting.id)).intake_form, null)
  assert.deepEqual((await intake(desk, answered.id)).intake_form.answers, { allergies: false })
  assert.equal((await answer(desk, waiting.id, 3, {})).body.code, 'invalid_input')
})

test('answers are checked by the form, and refused ones leave what was there', async () => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  await ask(desk, [allergies, age])
  await answer(desk, id, 1, { allergies: true })
  const { body } = await answer(desk, id, 1, { age: 'old' })
  assert.deepEqual(
    [body.code, body.details.issues.map(({ path }: { path: string }) => path)],
    ['invalid_input', ['answers.allergies', 'answers.age']],
  )
  assert.deepEqual((await intake(desk, id)).intake_form.answers, { allergies: true })
})

test('what takes no time any more, or nobody has booked yet, takes no answers', async () => {
  const desk = await openDesk(server)
  await ask(desk, [age])
  const hold = await made(desk, 'create_slot_hold', desk.slot())
  const gone = await desk.booked({ start: textOf(desk.morning(2)) })
  await desk.confirmed('cancel_booking', { booking_id: gone.id, by: 'business' })
  for (const { id } of [hold, gone])
    assert.equal((await answer(desk, id, 1, { age: 4 })).body.code, 'invalid_transition')
})

test('answers stand in their own row and in the call’s details, and in no audit row, history or event', async () => {
  const desk = await openDesk(server)
  const { id } = await desk.booked()
  await ask(desk, [{ ...age, key: 'secret', type: 'text' }])
  await answer(desk, id, 1, { secret: 'pregnant' })
  const holding = async (table: string) => {
    const rows = await desk.rows(`SELECT t::text AS row FROM ${table} t WHERE workspace_id = $1`)
    return rows.some(({ row }) => row.includes('pregnant'))
  }
  for (const table of ['audit_events', 'events', 'booking_history', 'bookings'])
    assert.equal(await holding(table), false, table)
  assert.equal(await holding('booking_intakes'), true)
  assert.equal(await holding('call_details'), true)
})

test('a form that is set again unchanged is no new version; old versions stay as they were', async () => {
  const desk = await openDesk(server)
  const at = async () => {
    const { intake_form, version } = await done(desk, 'get_service', { service_id: desk.serviceId })
    return [intake_form?.form_version ?? null, version]
  }
  assert.deepEqual(await at(), [null, 2])
  assert.equal((await ask(desk, [])).form_version, 0, 'nothing was asked before')
  assert.deepEqual(await at(), [null, 2])
  assert.equal((await ask(desk, [allergies, age])).form_version, 1)
  const { required: _, ...reordered } = { ...age, required: false }
  assert.equal((await ask(desk, [allergies, reordered])).form_version, 1)
  assert.deepEqual(await at(), [1, 3])
  assert.equal((await ask(desk, [age, allergies])).form_version, 2, 'in another order it is another form')
  assert.equal((await ask(desk, [])).form_version, 3)
  assert.deepEqual(await at(), [null, 5])
  const rows = await desk.rows(
    'SELECT version, jsonb_array_length(fields) AS asked FROM service_intake_forms WHERE workspace_id = $1 ORDER BY 1',
  )
  assert.deepEqual(rows, [
    { version: 1, asked: 2 },
    { version: 2, asked: 2 },
    { version: 3, asked: 0 },
  ])
})

test('two who change a form at once make two versions, or one where they say the same', async () => {
  const desk = await openDesk(server)
  const answers = await Promise.all([ask(desk, [age]), ask(desk, [allergies]), ask(desk, [allergies])])
  const versions = answers.map(({ form_version }) => form_version)
  assert.ok(Math.max(...versions) <= 3 && new Set(versions).size >= 2, String(versions))
  const rows = await desk.rows('SELECT version FROM service_intake_forms WHERE workspace_id = $1')
  assert.equal(rows.length, Math.max(...versions))
})

test('a form is sound: keys once, options for who chooses, and no longer than can be read', async () => {
  const desk = await openDesk(server)
  const choice = { key: 'skin', label: 'Your skin', type: 'choice' }
  const flaws: [object[], RegExp][] = [
    [[age, { ...allergies, key: 'age' }], /fields\.1: Another question has the key age/],
    [[choice], /needs options/],
    [[{ ...age, options: ['a', 'b'] }], /Only a choice/],
    [[{ ...choice, options: ['a', 'a'] }], /twice/],
    [[{ ...age, key: 'How old?' }], /Expected a key/],
    [Array.from({ length: 40 }, (_, n) => ({ ...age, key: `k${n}`, help: 'x'.repeat(490) })), /20000/],
  ]
  for (const [fields, message] of flaws) {
    const { body } = await callTool(desk, 'set_service_intake_form', { service_id: desk.serviceId, fields })
    assert.equal(body.code, 'invalid_input')
    assert.match(body.message, message)
  }
})

test('a note is replaced at the version it was read at, and changes neither state nor time', async () => {
  const desk = await openDesk(server)
  const booking = await desk.booked()
  const patch = { booking_id: booking.id, version: 1, note: 'By wheelchair.' }
  const changed = await done(desk, 'update_booking_details', patch)
  const { paid_with: _, deposit_due: __, ...row } = booking
  assert.deepEqual(changed, { ...row, version: 2, note: 'By wheelchair.' })
  assert.equal(await refused(desk, 'update_booking_details', patch), 'stale_version')
  const cleared = await done(desk, 'update_booking_details', { ...patch, version: 2, note: null })
  assert.equal(cleared.note, null)
  const { history } = await done(desk, 'get_booking', { booking_id: booking.id })
  assert.deepEqual(history.at(-1).details, { changed: ['note'] }, 'and the history does not repeat it')
  const told = await desk.rows(
    `SELECT id FROM events WHERE workspace_id = $1 AND type = 'booking.details_changed' AND subject_id = $2`,
    uuidOf(booking.id),
  )
  assert.equal(told.length, 2)
})

async function ask(desk: Desk, fields: object[]) {
  return done(desk, 'set_service_intake_form', { service_id: desk.serviceId, fields })
}

function answer(desk: Desk, booking_id: string, form_version: number, answers: object) {
  return callTool(desk, 'submit_intake_form', { booking_id, form_version, answers })
}

function intake(desk: Desk, booking_id: string) {
  return done(desk, 'get_booking', { booking_id })
}
