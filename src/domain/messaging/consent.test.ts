import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Body, callTool, done } from '../../../test/support/caller.ts'
import { openPost, type Post } from '../../../test/support/messages.ts'
import { startServer } from '../../../test/support/server.ts'

const server = await startServer({ after })
const MINUTE_AGO = '2030-01-07T07:59:00.000Z'

interface Desk {
  say(purpose: string, state: string, more?: Record<string, unknown>): Promise<Body>
  /** Of email: marketing, transactional. */
  allowed(): Promise<boolean[]>
  list(): Promise<string[]>
}

async function deskOf(post: Post, email: string | null = 'ana@example.com'): Promise<Desk> {
  const customer_id = await post.customer({ email: email ?? undefined })
  return {
    async say(purpose, state, more = {}) {
      const said = { customer_id, channel: 'email', purpose, state, source: 'By phone', ...more }
      const { isError, body } = await post.call('record_customer_consent', said)
      assert.equal(isError, false, JSON.stringify(body))
      return body
    },
    async allowed() {
      const { consents } = await done(post, 'get_customer_consent', { customer_id })
      const of = (purpose: string) =>
        consents.find((one: Body) => one.channel === 'email' && one.purpose === purpose).allowed
      return [of('marketing'), of('transactional')]
    },
    async list() {
      const rows = await done(post, 'list_suppressions')
      return rows.map(({ scope, reason }: Body) => `${reason} ${scope}`).sort()
    },
  }
}

test('the last word counts, with its proof, and none is lost', async () => {
  const post = await openPost(server)
  const customer_id = await post.customer()
  const say = (state: string, at?: string) =>
    post.call('record_customer_consent', {
      customer_id,
      channel: 'sms',
      purpose: 'marketing',
      state,
      source: 'Form at the desk',
      wording_version: '2030-01',
      at,
    })
  const last = async () => {
    const { consents } = await done(post, 'get_customer_consent', { customer_id })
    assert.equal(consents.length, 6)
    const { state, proof, allowed } = consents.find((one: Body) => one.proof)
    return [state, proof.at, proof.source, proof.wording_version, allowed]
  }
  await say('granted', '2029-06-01T00:00:00Z')
  assert.deepEqual(await last(), ['granted', '2029-06-01T00:00:00.000Z', 'Form at the desk', '2030-01', true])
  await say('withdrawn', MINUTE_AGO)
  await say('granted', '2029-12-01T00:00:00Z') // Found in a drawer: it was before.
  assert.deepEqual(await last(), ['withdrawn', MINUTE_AGO, 'Form at the desk', '2030-01', false])
  assert.equal((await post.rows('SELECT FROM consent_events WHERE workspace_id = $1')).length, 3)
  const future = await say('granted', '2030-01-07T08:00:01Z')
  assert.deepEqual([future.body.code, future.body.details], ['invalid_input', { field: 'at' }])
})

test('marketing takes a yes, the rest goes out until a no', async () => {
  const { say, allowed } = await deskOf(await openPost(server))
  assert.deepEqual(await allowed(), [false, true])
  await say('marketing', 'granted')
  assert.deepEqual(await allowed(), [true, true])
  await say('transactional', 'withdrawn')
  assert.deepEqual(await allowed(), [true, false])
  await say('marketing', 'withdrawn')
  assert.deepEqual(await allowed(), [false, false])
})

test('who has no address is not reached, whatever they said', async () => {
  const { say, allowed } = await deskOf(await openPost(server), null)
  await say('marketing', 'granted')
  assert.deepEqual(await allowed(), [false, false])
})

test('a new yes lifts what was put in its way, of its own scope', async () => {
  const post = await openPost(server)
  const { say, allowed, list } = await deskOf(post)
  const suppress = (scope: string) =>
    done(post, 'add_suppression', { channel: 'email', address: 'ana@example.com', scope })
  await suppress('marketing')
  await say('marketing', 'granted')
  assert.deepEqual([await list(), await allowed()], [[], [true, true]])
  const lifted = await done(post, 'list_suppressions', { include_lifted: true })
  assert.equal(lifted[0].lifted_at, '2030-01-07T08:00:00.000Z')

  await done(post, 'set_sandbox_clock', { to: '2030-01-07T09:00:00Z' })
  await suppress('all')
  assert.deepEqual(await allowed(), [false, false])
  const { warnings } = await say('marketing', 'granted')
  assert.equal(warnings.length, 1)
  assert.deepEqual(await list(), ['manual all'])
  await say('transactional', 'granted')
  assert.deepEqual([await list(), await allowed()], [[], [true, true]]) // They have said yes to both since.
})

test('a yes to what they booked is none to marketing', async () => {
  const post = await openPost(server)
  const { say, allowed, list } = await deskOf(post)
  await say('marketing', 'granted', { at: MINUTE_AGO })
  await done(post, 'add_suppression', { channel: 'email', address: 'ana@example.com' })
  await say('transactional', 'granted')
  assert.deepEqual([await list(), await allowed()], [['manual marketing'], [false, true]])
})

test('a yes from before lifts nothing, and none lifts a bounce or a complaint', async () => {
  const post = await openPost(server)
  const { say, list } = await deskOf(post)
  await done(post, 'add_suppression', { channel: 'email', address: 'ana@example.com', scope: 'marketing' })
  await say('marketing', 'granted', { at: MINUTE_AGO })
  assert.deepEqual(await list(), ['manual marketing'])
  for (const reason of ['bounce', 'complaint']) {
    await post.rows('UPDATE suppressions SET reason = $2 WHERE workspace_id = $1', reason)
    await say('marketing', 'granted')
    assert.deepEqual(await list(), [`${reason} marketing`])
  }
  await post.rows(`UPDATE suppressions SET reason = 'opt_out' WHERE workspace_id = $1`)
  await say('marketing', 'granted')
  assert.deepEqual(await list(), [])
})

test('a yes lifts nothing for another address, nor in another channel', async () => {
  const post = await openPost(server)
  const { say, list } = await deskOf(post)
  for (const [channel, address] of [
    ['email', 'eva@example.com'],
    ['sms', '612 000 111'],
  ])
    await done(post, 'add_suppression', { channel, address, scope: 'marketing' })
  await say('marketing', 'granted')
  assert.equal((await list()).length, 2)
})

test('an event says what was agreed and not by whom they are known', async () => {
  const post = await openPost(server)
  const { say } = await deskOf(post)
  await say('marketing', 'granted')
  const [{ data }] = await post.rows(
    `SELECT data FROM events WHERE workspace_id = $1 AND type = 'consent.recorded'`,
  )
  assert.deepEqual(Object.keys(data).sort(), ['channel', 'customer_id', 'purpose', 'state'])
})

test('nobody is not found', async () => {
  const post = await openPost(server)
  const { body } = await callTool(post, 'get_customer_consent', {
    customer_id: 'customer_01h2xcejqtf2nbrexx3vqjhp41',
  })
  assert.equal(body.code, 'not_found')
})
