import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { defaultTemplates } from './default-templates.ts'
import { render } from './render.ts'
import { standardVariables } from './standard-variables.ts'
import { MOST_VERSIONS } from './templates.ts'

/** A text that changes here has a new version: add its line, and leave the old one. */
const frozen: Record<string, string> = {
  'booking_confirmation email en 1': 'f6d0672be5c91d32',
  'booking_confirmation sms en 1': '31a6f51bdd166cbd',
  'booking_moved email en 1': 'a73de043e348dcef',
  'booking_moved sms en 1': '46cc73fdadc07bd0',
  'booking_cancelled email en 1': 'fdafe36b3fd930c0',
  'booking_cancelled sms en 1': 'f44d44fa631b5e30',
  'booking_reminder email en 1': 'e62edcccc6e6437d',
  'booking_reminder sms en 1': '9bc2506fdffce65b',
  'booking_follow_up email en 1': 'e862519dcfd6f172',
  'booking_follow_up sms en 1': '0e48e6391514db5f',
  'invoice email en 1': '445e87d389e4c84f',
  'invoice sms en 1': 'f7b8cc51c5169816',
  'invoice_receipt email en 1': '880937fbc3766c90',
  'invoice_receipt sms en 1': 'b069b1a82e5b5357',
  'class_enrolled email en 1': 'e0c388d32f33491a',
  'class_enrolled sms en 1': '1ae0c33aabc8e063',
  'class_reminder email en 1': '384c1096ce5f0ca8',
  'class_reminder sms en 1': 'b83c0eec1faf5a52',
  'class_cancelled email en 1': 'a1a3798d86631479',
  'class_cancelled sms en 1': '4bbf0eb7111a53a4',
  'class_moved email en 1': '298c88746233e2a3',
  'class_moved sms en 1': '9489c559f6e530a0',
  'waitlist_place_given email en 1': '1821cf52a7b7ac0b',
  'waitlist_place_given sms en 1': '1bffb1cee840d295',
  'waitlist_place_offered email en 1': '566695de34d73986',
  'waitlist_place_offered sms en 1': 'e58b3ef192308b14',
  'waitlist_slot_free email en 1': '62523c9a1fa39d6a',
  'waitlist_slot_free sms en 1': '99121949d12c20ba',
  'waitlist_closed email en 1': '9eedb64ee2694a99',
  'waitlist_closed sms en 1': '7cb7f7daae534d2b',
  'invoice_reminder email en 1': 'c65e3b984f5cb9bc',
  'invoice_reminder sms en 1': '4071d615c7c8a21f',
  'invoice_overdue email en 1': '77ee12341c97074e',
  'invoice_overdue sms en 1': '7074119de7dea9ce',
}

test('each version of a default text is what it was when somebody let it through', () => {
  for (const { subject, body, purpose, ...template } of defaultTemplates) {
    const name = `${template.key} ${template.channel} ${template.language} ${template.version}`
    assert.equal(hash([purpose, subject, body]), frozen[name], `${name}: another text is another version`)
    const { version } = template
    assert.ok(version === 1 || version > MOST_VERSIONS, `${name}: a workspace's text may have this version`)
  }
})

test('defaults say nothing that a booking, a class or an invoice does not know', () => {
  const variables = Object.entries(standardVariables).map(([name, type]) => ({ name, type }))
  const values = {
    customer_name: 'Ana',
    business_name: 'Studio Norte',
    service_name: 'Haircut',
    staff_name: 'Eva',
    location_name: 'Centro',
    date: '2030-01-08',
    time: '10:00',
    end_time: '11:00',
    until_date: '2030-01-07',
    until_time: '18:00',
    price: { amount: 3500, currency: 'EUR' },
    invoice_number: 'SN-7',
    invoice_total: { amount: 12_100, currency: 'EUR' },
    amount_due: { amount: 12_100, currency: 'EUR' },
    due_date: '2030-01-21',
    invoice_link: 'https://desk.example/i/x',
  }
  for (const { subject, body, key, channel } of defaultTemplates) {
    const text = render({ subject, body, variables }, values, { language: 'en', zone: 'UTC' })
    assert.doesNotMatch(`${text.subject} ${text.body}`, /[{}]/, `${key} ${channel}`)
  }
})

test('an SMS of the house fits into two, in the letters of GSM-7', () => {
  for (const { body, channel } of defaultTemplates) {
    if (channel === 'sms') assert.match(body, /^[A-Za-z0-9 .,:{}_]{1,200}$/)
  }
})

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}
