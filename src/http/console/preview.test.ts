import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idText } from '../../catalog/kinds.ts'
import { newId } from '../../database/columns.ts'
import { previewOf } from './preview.ts'

const madrid = { timeZone: 'Europe/Madrid', viewerZone: 'America/Lima' }

const booking = {
  id: idText('booking', newId()),
  state: 'cancelled',
  starts_at: '2030-01-07T09:00:00Z',
  ends_at: '2030-01-07T10:00:00Z',
  local: '2030-01-07T09:00+00:00[Atlantic/Canary]',
  time_zone: 'Atlantic/Canary',
  price: { amount: 6000, currency: 'EUR' },
  version: 2,
}

/** What a reader sees of it. */
function textOf(tool: string, data: Record<string, unknown>): string {
  return previewOf(tool, data, madrid)
    .text.replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
}

test('a preview is told in words and times of people: the location’s clock, the viewer’s beside it, nothing of the machine', () => {
  const text = textOf('cancel_booking', booking)
  assert.match(text, /Mon 7 Jan 2030, 09:00–10:00 \(04:00–05:00 your time\)/)
  assert.match(text, /State Cancelled/)
  assert.match(text, /Price €60\.00/)
  assert.doesNotMatch(text, /booking_|Version|Local|\[|T09:00/)
})

test('of a key are shown its name and what it may do, not how it is kept; a message is shown as it would be read', () => {
  const key = {
    id: idText('key', newId()),
    name: 'Website',
    role: 'admin',
    hint: '4f2a',
    kind: 'live',
    scopes: ['*'],
  }
  assert.equal(textOf('revoke_api_key', key).trim(), 'Name Website Role Admin')
  const message = {
    channel: 'email',
    to: 'nadia@prieto.example',
    subject: 'Your umbrella',
    text: 'It is here.',
  }
  const text = textOf('cancel_message', {
    ...message,
    status: 'cancelled',
    purpose: 'transactional',
    version: 2,
  })
  assert.match(text, /Email.*Your umbrella.*It is here\./)
  assert.doesNotMatch(text, /transactional|Version/)
})

test('rules are shown as the sentences that they are', () => {
  const rules = [{ tool: 'cancel_booking', gate: 'approve', reviewers: 'owner', expires_after_minutes: 1440 }]
  assert.match(
    textOf('set_approval_policy', { rules, version: 3 }),
    /Cancel booking An owner decides, within 1 day\./,
  )
})
