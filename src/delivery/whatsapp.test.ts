import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startWhatsApp } from '../../test/support/whatsapp.ts'
import type { WhatsAppTemplate } from '../domain/messaging/whatsapp.ts'
import { NotSent } from './not-sent.ts'
import { whatsapp } from './whatsapp.ts'

const message = { to: '+34612345678', subject: '', text: 'Mañana a las 10 🙂', html: '' }
const to = { messaging_product: 'whatsapp', recipient_type: 'individual', to: message.to }

test('free text goes as text; a template by its name and language, with its values in order', async t => {
  const { provider, send } = await open(t)
  const approved = { language: 'es', status: 'APPROVED' }
  provider.templates.push(
    { name: 'reminder_v2', body: 'Hola {{1}}, hasta las {{2}}.', ...approved },
    { name: 'closed_v1', body: 'Hoy cerramos.', ...approved },
  )
  assert.deepEqual(await send(null), { ref: 'wamid.1' })
  await send({ name: 'reminder_v2', language: 'es', values: ['Nadia', '10:00'] })
  await send({ name: 'closed_v1', language: 'es', values: [] })
  const parameters = [
    { type: 'text', text: 'Nadia' },
    { type: 'text', text: '10:00' },
  ]
  const template = {
    name: 'reminder_v2',
    language: { code: 'es' },
    components: [{ type: 'body', parameters }],
  }
  assert.deepEqual(provider.taken, [
    { ...to, type: 'text', text: { body: message.text } },
    { ...to, type: 'template', template },
    { ...to, type: 'template', template: { name: 'closed_v1', language: { code: 'es' } } },
  ])
})

const answers = [
  { status: 400, code: 131047, outcome: 'refused', finding: 'outside_service_window' },
  { status: 404, code: 132001, outcome: 'refused', finding: 'outside_service_window' },
  { status: 400, code: 131026, outcome: 'refused', finding: 'bounced' },
  { status: 400, code: 131050, outcome: 'refused', finding: 'opted_out_of_marketing' },
  { status: 400, code: 131009, outcome: 'refused' },
  { status: 401, code: 190, outcome: 'deferred', after: 120 },
  { status: 400, code: 131042, outcome: 'deferred', after: 120 },
  { status: 503, code: 131016, outcome: 'deferred', after: 120 },
  { status: 400, code: 131056, outcome: 'rate_limited', after: 120 },
  { status: 429, code: 130429, outcome: 'rate_limited', after: 120 },
  { status: 500, code: 131000, outcome: 'unclear' },
]
for (const { status, code, outcome, finding, after } of answers) {
  test(`answered ${status}, ${code}, it is ${finding ?? outcome}, and nothing of the recipient is in the message`, async t => {
    const { provider, send } = await open(t)
    provider.refuses = { status, code }
    const problem = await send(null).catch((error: NotSent) => error)
    assert.ok(problem instanceof NotSent)
    assert.deepEqual(
      [problem.outcome, problem.finding, problem.retryAfterSeconds],
      [outcome, finding, after],
      problem.message,
    )
    assert.doesNotMatch(problem.message, /612345678/)
  })
}

test('a line that breaks once it has taken one leaves it unclear; where nobody is, it is unreachable', async t => {
  const { provider, send } = await open(t)
  provider.cutsOff = true
  await assert.rejects(send(null), { outcome: 'unclear' })
  await assert.rejects(whatsapp(provider.account, 'http://127.0.0.1:2').send(message, once()), {
    outcome: 'unreachable',
  })
})

async function open(t: TestContext) {
  const provider = await startWhatsApp(t)
  const carrier = whatsapp(provider.account, provider.url)
  return {
    provider,
    send: (template: WhatsAppTemplate | null) => carrier.send({ ...message, template }, once()),
  }
}

function once() {
  return { key: 'delivery_1', signal: new AbortController().signal }
}
