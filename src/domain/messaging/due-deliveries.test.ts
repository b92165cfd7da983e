import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Temporal } from 'temporal-polyfill'
import { done, fresh } from '../../../test/support/caller.ts'
import { deliveriesOf, release } from '../../../test/support/deliveries.ts'
import { startServer } from '../../../test/support/server.ts'
import { openShop } from '../../../test/support/shop.ts'

const BEFORE = Temporal.Instant.from('2030-01-07T09:00:00Z')
const AFTER = Temporal.Instant.from('2030-01-09T09:00:00Z')

test('a sandbox clock that passes a message sends it at its instant, and it is in the mailbox', async t => {
  const server = await startServer(t)
  const shop = await openShop(server)
  const { database } = server.house
  const { rows } = await database.owner.query("SELECT id FROM workspaces WHERE kind = 'sandbox'")
  for (const dueAt of [BEFORE, AFTER]) {
    await release(database, rows[0].id, { delivery: { provider: 'sandbox', dueAt } })
  }
  await done(shop, 'set_sandbox_clock', { to: '2030-01-08T08:00:00Z' })
  const all = await deliveriesOf(database, rows[0].id)
  assert.deepEqual(
    all.map(({ state, sentAt }) => [state, sentAt?.toString()]),
    [
      ['sent', '2030-01-07T09:00:00Z'],
      ['queued', undefined],
    ],
  )
  const { rows: events } = await database.owner.query("SELECT at FROM events WHERE type = 'message.sent'")
  assert.deepEqual(events, [{ at: new Date(BEFORE.epochMilliseconds) }])

  await done({ url: server.url }, 'register_organisation_request', {
    email: 'ada@studio.example',
    organisation_name: 'Studio Norte',
    time_zone: 'Europe/Madrid',
    currency: 'EUR',
    country: 'ES',
    idempotency_key: fresh(),
  })
  const [code, message, ...others] = await server.mailbox()
  assert.match(code!.subject, /is your Backdesk code/)
  assert.deepEqual(
    [message!.to, message!.subject, message!.text],
    ['guest-0@guests.example', 'See you tomorrow', all[0]!.body],
  )
  assert.deepEqual(others, [])
})
