import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startSmsProvider } from '../../test/support/twilio.ts'
import { NotSent } from './not-sent.ts'
import { twilio } from './twilio.ts'

const sms = { to: '+34612345678', subject: '', text: 'Mañana a las 10 🙂', html: '' }

test('an SMS goes to Twilio as its API asks: signed in, by the form, from the number or the service', async t => {
  const { provider, send } = await open(t)
  assert.deepEqual(await send(), { ref: `SM${'1'.padStart(32, '0')}` })
  provider.account.from = `MG${'a'.repeat(32)}`
  await send()
  assert.deepEqual(provider.taken, [
    { To: sms.to, Body: sms.text, From: '+34600000000' },
    { To: sms.to, Body: sms.text, MessagingServiceSid: provider.account.from },
  ])
})

const answers = [
  { status: 400, outcome: 'refused' },
  { status: 401, outcome: 'deferred' },
  { status: 429, outcome: 'rate_limited', after: 120 },
  { status: 503, outcome: 'unclear' },
]
for (const { status, outcome, after } of answers) {
  test(`answered ${status}, it is ${outcome}, and nothing of the recipient is in the message`, async t => {
    const { provider, send } = await open(t)
    provider.status = status
    const problem = await send().catch((error: NotSent) => error)
    assert.ok(problem instanceof NotSent)
    assert.deepEqual([problem.outcome, problem.retryAfterSeconds], [outcome, after])
    assert.doesNotMatch(problem.message, /612345678/)
  })
}

test('a line that breaks once it has taken one leaves it unclear; where nobody is, it is unreachable', async t => {
  const { provider, send } = await open(t)
  provider.cutsOff = true
  await assert.rejects(send(), { outcome: 'unclear' })
  await assert.rejects(twilio(provider.account, 'http://127.0.0.1:2').send(sms, once()), {
    outcome: 'unreachable',
  })
})

async function open(t: TestContext) {
  const provider = await startSmsProvider(t)
  return { provider, send: () => twilio(provider.account, provider.url).send(sms, once()) }
}

function once() {
  return { key: 'delivery_1', signal: new AbortController().signal }
}
