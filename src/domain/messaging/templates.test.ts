import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, callTool, done, fresh } from '../../../test/support/caller.ts'
import { openPost, type Post } from '../../../test/support/messages.ts'
import { startServer } from '../../../test/support/server.ts'
import { defaultTemplates } from './default-templates.ts'

const server = await startServer({ after })

const sms = {
  key: 'booking_confirmation',
  channel: 'sms',
  language: 'es',
  purpose: 'transactional',
  body: 'Hola {{customer_name}}: {{date}}, {{time}}.',
}

async function refusal(post: Post, input: Record<string, unknown>): Promise<Body> {
  const { isError, body } = await post.call('upsert_message_template', { ...sms, ...input })
  assert.equal(isError, true)
  return body
}

test("the house's texts hold until the workspace has its own, which goes on from their version", async () => {
  const post = await openPost(server)
  const listed = async () =>
    (await done(post, 'list_message_templates', { key: sms.key })).map((template: Body) =>
      [template.channel, template.language, template.version, template.source].join(' '),
    )
  assert.deepEqual(await listed(), ['email en 1 house', 'sms en 1 house'])
  const own = await done(post, 'upsert_message_template', { ...sms, language: 'en' })
  assert.deepEqual([own.version, own.source], [2, 'workspace'])
  assert.deepEqual(await listed(), ['email en 1 house', 'sms en 2 workspace'])
})

test('another text is another version, the same text is none', async () => {
  const post = await openPost(server)
  const versions = []
  for (const change of [{}, {}, { body: 'Hola.' }, { body: 'Hola.' }, { purpose: 'marketing' }, {}]) {
    versions.push((await done(post, 'upsert_message_template', { ...sms, ...change })).version)
  }
  assert.deepEqual(versions, [2, 2, 3, 3, 4, 5])
  const events = await post.rows(
    `SELECT data FROM events WHERE workspace_id = $1 AND type = 'template.changed'`,
  )
  assert.equal(events.length, 4)
})

test("what says the house's own words is the house's", async () => {
  const post = await openPost(server)
  const [house] = await done(post, 'list_message_templates', { key: sms.key, channel: 'sms' })
  const { key, channel, language, purpose, body } = house
  const kept = await done(post, 'upsert_message_template', { key, channel, language, purpose, body })
  assert.deepEqual([kept.version, kept.source], [1, 'house'])
})

test("a workspace that says the house's words again has the house's, also as they become; a policy for its own holds for neither", async () => {
  const post = await openPost(server)
  const [house] = await done(post, 'list_message_templates', { key: sms.key, channel: 'sms' })
  const { channel, language, purpose, body } = house
  const inForce = async () => {
    const [template] = await done(post, 'list_message_templates', { key: sms.key, channel: 'sms' })
    return [template.body, template.version, template.source]
  }
  const set = (text: string) =>
    done(post, 'upsert_message_template', { key: sms.key, channel, language, purpose, body: text })
  await set('Mine.')
  assert.deepEqual(await inForce(), ['Mine.', 2, 'workspace'])
  const again = await set(body)
  assert.deepEqual([again.version, again.source], [1, 'house'])
  assert.deepEqual(await inForce(), [body, 1, 'house'])
  const kept = await post.rows(
    `UPDATE message_templates SET body = 'As it was then.' WHERE workspace_id = $1 AND of_house RETURNING version`,
  )
  assert.deepEqual(kept, [{ version: 3 }], 'the house counts on for decisions that rest on it')
  assert.deepEqual(await inForce(), [body, 1, 'house'])
  const events = await post.rows(
    `SELECT data->'version' AS version FROM events WHERE workspace_id = $1 AND type = 'template.changed' ORDER BY id`,
  )
  assert.deepEqual(
    events.map(({ version }) => version),
    [2, 1],
  )
  assert.deepEqual([(await set(body)).version, (await set('Mine.')).version], [1, 4])
  await post.rows(
    `UPDATE message_templates SET key = 'gone', of_house = true WHERE workspace_id = $1 AND version = 4 RETURNING id`,
  )
  const [gone] = await done(post, 'list_message_templates', { key: 'gone' })
  assert.deepEqual(
    [gone.body, gone.source],
    ['Mine.', 'workspace'],
    'what the house has no more keeps its words',
  )
})

test('no two texts of a key share a version, in whatever channel or language', async () => {
  const post = await openPost(server)
  const own = { ...sms, key: 'own' }
  const inOthers = [{}, { language: 'fr' }, { channel: 'email', subject: 'Hola' }, { channel: 'whatsapp' }]
  const versions = []
  for (const other of inOthers) {
    versions.push((await done(post, 'upsert_message_template', { ...own, ...other })).version)
  }
  assert.deepEqual(versions, [1, 2, 3, 4])
})

test('changes of one key at once are versions one after the other', async () => {
  const post = await openPost(server)
  const made = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      done(post, 'upsert_message_template', { ...sms, language: n % 2 ? 'es' : 'fr', body: `Text ${n}` }),
    ),
  )
  assert.deepEqual(made.map(({ version }) => version).sort(), [2, 3, 4, 5, 6, 7])
})

test('every placeholder is standard or declared, and every declaration is used', async () => {
  const post = await openPost(server)
  for (const [input, field] of [
    [{ body: '{{room}}' }, 'variables.room'],
    [{ body: '{{Room}}' }, 'body'],
    [{ body: 'Hola', variables: [{ name: 'room', type: 'text' }] }, 'variables.room'],
    [{ body: '{{date}}', variables: [{ name: 'date', type: 'text' }] }, 'variables.date'],
    [{ channel: 'email' }, 'subject'],
    [{ subject: 'Hola' }, 'subject'],
  ] as const) {
    const { code, details } = await refusal(post, input)
    assert.deepEqual([code, details.field], ['invalid_input', field], JSON.stringify(input))
  }
  assert.equal((await refusal(post, { channel: 'email', subject: 'a\r\nBcc: b@c.de' })).code, 'invalid_input')
  const { variables } = await done(post, 'upsert_message_template', {
    ...sms,
    body: '{{room}} {{date}}',
    variables: [{ name: 'room', type: 'text' }],
  })
  assert.deepEqual(variables, [
    { name: 'date', type: 'date' },
    { name: 'room', type: 'text' },
  ])
})

test('a customer is written to in their language, or the nearest there is', async () => {
  const post = await openPost(server)
  const languageFor = async (language: string | null) => {
    const customer_id = await post.customer(language ? { language } : {})
    const made = await post.call('draft_message', { customer_id, template_key: 'hello', channel: 'sms' })
    assert.equal(made.isError, false, JSON.stringify(made.body))
    return [made.body.data.language, made.body.warnings?.length ?? 0]
  }
  const write = (language: string) =>
    done(post, 'upsert_message_template', { ...sms, key: 'hello', language, body: `In ${language}` })
  await write('es')
  assert.deepEqual(await languageFor(null), ['es', 0]) // The only one.
  assert.deepEqual(await languageFor('fr'), ['es', 1])
  await write('pt-br')
  await write('en')
  assert.deepEqual(await languageFor('pt-BR'), ['pt-BR', 0])
  assert.deepEqual(await languageFor('es-MX'), ['es', 0])
  assert.deepEqual(await languageFor('pt-PT'), ['en', 1])
  assert.deepEqual(await languageFor(null), ['en', 0])
})

test('the list goes on where a page ended', async () => {
  const post = await openPost(server)
  const names: string[] = []
  let cursor: string | undefined
  do {
    const { body } = await callTool(post, 'list_message_templates', { limit: 4, cursor })
    names.push(...body.data.map((template: Body) => `${template.key} ${template.channel}`))
    cursor = body.next_cursor
  } while (cursor)
  assert.deepEqual(names, [...new Set(names)].sort())
  assert.equal(names.length, defaultTemplates.length)
  assert.equal((await callTool(post, 'list_message_templates', { cursor: 'e30' })).body.code, 'invalid_input')
})

test('writing templates takes an admin', async () => {
  const post = await openPost(server)
  const { api_key: key } = await done(post, 'create_api_key', {
    name: 'Member',
    role: 'member',
    idempotency_key: fresh(),
  })
  const { body } = await callTool({ url: post.url, key }, 'upsert_message_template', sms)
  assert.equal(body.code, 'forbidden_scope')
})
