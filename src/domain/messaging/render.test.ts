import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { Refusal } from '../../catalog/refusal.ts'
import { numbered, oneLine, placeholdersIn, render } from './render.ts'
import type { TemplateVariable } from './tables.ts'

const madrid = { language: 'en', zone: 'Europe/Madrid' }

function text(type: TemplateVariable['type'], value: unknown, locale = madrid): string {
  const template = { subject: null, body: '{{it}}', variables: [{ name: 'it', type }] }
  return render(template, { it: value }, locale).body
}

function refusal(work: () => unknown): Refusal {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new assert.AssertionError({ message: 'was not refused' })
}

test('what a value says is never read as a template', () => {
  const template = {
    subject: '{{customer_name}}',
    body: '{{customer_name}}|{{ booking }}|{{customer_name}}',
    variables: [
      { name: 'booking', type: 'text' },
      { name: 'customer_name', type: 'name' },
    ] satisfies TemplateVariable[],
  }
  const values = {
    customer_name: '{{booking}}',
    booking: '{{customer_name}} $& $1 <script>alert(1)</script>',
  }
  assert.deepEqual(render(template, values, madrid), {
    subject: '{{booking}}',
    body: '{{booking}}|{{customer_name}} $& $1 <script>alert(1)</script>|{{booking}}',
    values: ['{{booking}}', '{{customer_name}} $& $1 <script>alert(1)</script>'],
  })
})

test('what WhatsApp fills in itself: each value once, in the order of the places, on one line where it asks so', () => {
  const body = '{{b}}, {{a}} and {{b}}'
  const variables: TemplateVariable[] = [
    { name: 'a', type: 'text' },
    { name: 'b', type: 'text' },
  ]
  const rendered = render(
    { subject: null, body, variables },
    { a: 'one\n\ttwo    three ', b: 'four' },
    { ...madrid, flat: true },
  )
  assert.deepEqual(rendered, {
    subject: null,
    body: 'four, one two three and four',
    values: ['four', 'one two three'],
  })
  assert.equal(numbered(body), '{{1}}, {{2}} and {{1}}')
})

test('every text stays as it is, whatever it looks like', () => {
  const pieces = fc.array(
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('{{', '}}', '{{a}}', '{{b}}', '$&', '<', '\\')),
  )
  const hostile = pieces.map(parts => parts.join('').replace(/[\p{Cc}\u2028\u2029]/gu, ''))
  const variables: TemplateVariable[] = [
    { name: 'a', type: 'name' },
    { name: 'b', type: 'text' },
  ]
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      fc.pre(a.length <= 2000 && b.length <= 2000)
      const { body } = render({ subject: null, body: '<{{a}}> [{{b}}] <{{a}}>', variables }, { a, b }, madrid)
      assert.equal(body, `<${a}> [${b}] <${a}>`)
    }),
    { seed: 21, numRuns: 1000 },
  )
})

test('nothing in a value begins another line of a subject, nor of what takes one line', () => {
  const breaks = fc.constantFrom('\r', '\n', '\r\n', '\u000b', '\u000c', '\u0085', '\u2028', '\u2029', '\0')
  const value = fc.array(fc.oneof(breaks, fc.string()), { maxLength: 20 }).map(parts => parts.join(''))
  const variables: TemplateVariable[] = [
    { name: 'a', type: 'name' },
    { name: 'b', type: 'text' },
  ]
  fc.assert(
    fc.property(value, value, (a, b) => {
      const written = render({ subject: '{{a}}{{b}}', body: '{{a}}', variables }, { a, b }, madrid)
      for (const line of [written.subject!, written.body]) assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029]/u)
    }),
    { seed: 22, numRuns: 1000 },
  )
  assert.equal(oneLine('Ana\r\nBcc: all@example.com'), 'Ana Bcc: all@example.com')
})

test('a text keeps its lines in a body, and loses other control characters', () => {
  assert.equal(text('text', 'one\r\ntwo\u2028three\rfour\u0007'), 'one\ntwo\nthree\nfour ')
})

test('dates and times are on the clock of the zone, in the language', () => {
  const instant = Temporal.Instant.from('2030-03-31T00:30:00Z') // Half an hour before the clocks change.
  assert.equal(text('date', instant), 'Sunday, March 31, 2030')
  assert.equal(text('time', instant), '1:30 AM')
  assert.equal(text('time', instant.add({ hours: 1 })), '3:30 AM')
  assert.equal(
    text('date', instant, { language: 'es', zone: 'America/New_York' }),
    'sábado, 30 de marzo de 2030',
  )
  assert.equal(text('time', instant, { language: 'de', zone: 'Asia/Kathmandu' }), '06:15')
  assert.equal(text('time', '2030-03-31T00:30:00Z'), '1:30 AM')
})

test('a date or a time without a place is what it says, wherever the server is', () => {
  for (const zone of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Madrid']) {
    assert.equal(text('date', '2030-03-31', { language: 'en', zone }), 'Sunday, March 31, 2030')
    assert.equal(text('time', '02:30', { language: 'en', zone }), '2:30 AM')
  }
})

test('money is exact, by the minor units of its currency', () => {
  assert.equal(text('money', { amount: 3500, currency: 'EUR' }), '€35.00')
  assert.equal(text('money', { amount: 3500, currency: 'EUR' }, { language: 'de', zone: 'UTC' }), '35,00 €')
  assert.equal(text('money', { amount: 3500, currency: 'JPY' }), '¥3,500')
  assert.equal(text('money', { amount: 3500, currency: 'KWD' }), 'KWD 3.500')
  assert.equal(text('money', { amount: 5, currency: 'USD' }), '$0.05')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000_000 }), amount => {
      const digits = text('money', { amount, currency: 'USD' }).replace(/[$,.]/g, '')
      assert.equal(BigInt(digits), BigInt(amount))
    }),
    { seed: 23 },
  )
})

test('no value brings a space that an SMS has no letter for', () => {
  for (const language of ['en', 'fr', 'de', 'es', 'pl', 'ru']) {
    const locale = { language, zone: 'UTC' }
    const all = [
      text('time', '14:30', locale),
      text('money', { amount: 123_456_789, currency: 'EUR' }, locale),
      text('number', 1_234_567.5, locale),
    ]
    assert.doesNotMatch(all.join(''), /[\u00a0\u202f]/)
  }
})

test('a language that nobody knows is written as English, however the server speaks', () => {
  assert.equal(text('date', '2030-03-31', { language: 'xx', zone: 'UTC' }), 'Sunday, March 31, 2030')
})

test('a link goes to the web and nowhere else', () => {
  assert.equal(text('link', 'https://example.com/a?b=c'), 'https://example.com/a?b=c')
  for (const bad of [
    'javascript:alert(1)',
    'data:text/html,x',
    'example.com',
    'https://',
    ' https://x.y',
    7,
  ]) {
    assert.equal(refusal(() => text('link', bad)).code, 'invalid_input')
  }
  assert.doesNotMatch(text('link', 'https://example.com/\r\nBcc: x'), /[\r\n]/)
})

test('a value that is missing, or of another type, is named', () => {
  for (const [type, bad] of [
    ['text', 7],
    ['text', null],
    ['text', undefined],
    ['text', 'x'.repeat(2001)],
    ['text', '\ud800'],
    ['name', {}],
    ['date', '2030-02-30'],
    ['date', 'tomorrow'],
    ['date', '2030-03-31T00:30:00'],
    ['time', '25:00'],
    ['money', 35],
    ['money', { amount: 1.5, currency: 'EUR' }],
    ['money', { amount: 100, currency: 'ZZZ' }],
    ['number', '7'],
    ['number', Number.NaN],
  ] as const) {
    const { code, details } = refusal(() => text(type, bad))
    assert.deepEqual([code, details], ['invalid_input', { field: 'variables.it', type }], `${type} ${bad}`)
  }
})

test('a value by a name that every object has is none', () => {
  const variables: TemplateVariable[] = [{ name: 'constructor', type: 'text' }]
  const template = { subject: null, body: '{{constructor}}', variables }
  assert.equal(refusal(() => render(template, {}, madrid)).details.field, 'variables.constructor')
})

test('a value that the template does not ask for is refused: it is a slip', () => {
  const template = { subject: null, body: 'Hello', variables: [] }
  const { code, details } = refusal(() => render(template, { custmer_name: 'Ana' }, madrid))
  assert.deepEqual([code, details], ['invalid_input', { field: 'custmer_name', variables: [] }])
})

test('two braces are a placeholder or a slip', () => {
  assert.deepEqual(placeholdersIn('{{a}} {{ b }} {{a}} { c } }{', 'body'), ['a', 'b'])
  for (const bad of ['{{A}}', '{{#if a}}', '{{a', 'a}}', '{{a.b}}', '{{}}', '{{a}}}}']) {
    assert.deepEqual(refusal(() => placeholdersIn(bad, 'body')).details, { field: 'body' }, bad)
  }
})
