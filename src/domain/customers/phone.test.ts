import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Refusal } from '../../catalog/refusal.ts'
import { phoneParts, readPhone } from './phone.ts'

test('a number is read in any way of writing, in the country of the business', () => {
  const london = { e164: '+442079460958', extension: null }
  for (const [text, country] of [
    ['020 7946 0958', 'GB'],
    ['(020) 7946-0958', 'GB'],
    ['+44 20 7946 0958', 'ES'],
    ['+44 (0)20 7946 0958', 'US'],
    ['0044 20 7946 0958', 'ES'],
    ['０２０ ７９４６ ０９５８', 'GB'],
  ] as const) {
    assert.deepEqual(readPhone(text, country), london, text)
  }
  assert.equal(readPhone('06 698 83931', 'IT').e164, '+390669883931') // Italy keeps its zero.
  assert.equal(readPhone('8 (912) 345-67-89', 'RU').e164, '+79123456789')
})

test('an extension is kept apart', () => {
  for (const text of ['020 7946 0958 ext. 12', '+44 20 7946 0958 x12', '+442079460958;ext=12']) {
    assert.deepEqual(readPhone(text, 'GB'), { e164: '+442079460958', extension: '12' })
  }
})

test('an impossible number is refused with its reason', () => {
  for (const [text, country, reason] of [
    ['600 12', 'ES', 'too_short'],
    ['600 123 456 789 012', 'ES', 'too_long'],
    ['600123456', 'ZZ', 'invalid_country'],
    ['+999 123 456', 'ES', 'invalid_country'],
    ['ask her sister', 'ES', 'not_a_number'],
    ['her mobile: 600 123 456', 'ES', 'not_a_number'],
    ['555-0100', 'US', 'too_short'],
    ['+4912345678901234', 'DE', 'too_long'],
  ] as const) {
    assert.throws(() => readPhone(text, country), {
      code: 'invalid_input',
      details: { field: 'phone', reason, default_country: country },
    })
  }
})

test('whatever is written is E.164 or refused, and E.164 is read as itself', () => {
  const written = fc.oneof(fc.string({ unit: fc.constantFrom(...'+0123456789 ()-x') }), fc.string())
  fc.assert(
    fc.property(written, fc.constantFrom('GB', 'US', 'IT', 'DE', 'AQ'), (text, country) => {
      let phone: ReturnType<typeof readPhone>
      try {
        phone = readPhone(text, country)
      } catch (error) {
        assert.ok(error instanceof Refusal)
        return
      }
      assert.match(phone.e164, /^\+[1-9]\d{1,14}$/)
      assert.deepEqual(readPhone(phone.e164, 'GB'), { ...phone, extension: null })
    }),
    { numRuns: 2_000 },
  )
})

test('a part of a number is looked for without the zeros that it is dialled with', () => {
  const whole = '+442079460958'
  assert.deepEqual(phoneParts('020 7946 0958', 'GB'), { whole, parts: ['2079460958'] })
  assert.deepEqual(phoneParts('0207 946', 'GB').parts, ['207946'])
  assert.deepEqual(phoneParts('0044 207', 'GB').parts, ['44207'])
  assert.deepEqual(phoneParts('020 7946 0958 ext 12', 'GB'), { whole, parts: [] })
  for (const text of ['ana', '54', 'studio 540', '--- ---'])
    assert.deepEqual(phoneParts(text, 'GB'), { whole: null, parts: [] })
})
