/**
 * Bad input of any kind: every tool, fuzzed from its own schema and against it, with real ids of this workspace and
 * of another. The answer is an answer or a refusal of the vocabulary, never `internal`, and never half-written.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonSchema } from '../src/catalog/json-schema.ts'
import { vocabulary } from '../src/catalog/refusal.ts'
import { type Body, callTool, done, fresh } from './support/caller.ts'
import { inputOf, newSandbox, type Sandbox } from './support/example.ts'
import { startServer } from './support/server.ts'

const RUNS = 30

test('every tool answers any input with an answer or a refusal of the vocabulary', {
  timeout: 300_000,
}, async t => {
  const server = await startServer(t, { rateLimit: { perMinute: 1_000_000, burst: 1_000_000 } })
  const sandbox = await newSandbox(server, await server.signUp())
  const other = await newSandbox(server, await server.signUp('Other'))
  const ids = [...(await idsOf(sandbox)), ...(await idsOf(other))]
  // The clock would make every later expiry look odd; it has its own tests.
  const fuzzed = server.house.catalog.entries.filter(({ tool }) => tool.name !== 'set_sandbox_clock')

  for (const { tool, inputSchema } of fuzzed) {
    const inputs = fc.oneof(
      { weight: 4, arbitrary: ofSchema(inputSchema, ids) },
      { weight: 1, arbitrary: fc.dictionary(fc.string(), anything) },
      { weight: 1, arbitrary: anything },
    )
    await fc.assert(
      fc.asyncProperty(inputs, async input => {
        const { status, isError, body } = await callTool(sandbox, tool.name, input)
        assert.ok(status < 500, `HTTP ${status}: ${JSON.stringify(body)}`)
        if (!isError) return
        const code = body.code ?? body.data?.code
        const ours = code in vocabulary && code !== 'internal'
        const protocols = code === -32602 || code === -32600 || code === -32700 || status === 400
        assert.ok(ours || protocols, JSON.stringify(body))
      }),
      { numRuns: RUNS, seed: 20_261_121, endOnFailure: true },
    )
  }

  const { rows } = await server.house.database.owner.query(
    `SELECT count(*)::int AS orphans FROM idempotency_keys k LEFT JOIN call_details d USING (workspace_id, audit_id) WHERE d IS NULL`,
  )
  assert.equal(rows[0].orphans, 0, 'a consumed key has its answer')
})

async function idsOf(sandbox: Sandbox): Promise<string[]> {
  const key = await done(sandbox, 'create_api_key', { name: 'Fuzzed', idempotency_key: fresh() })
  const { tool } = sandbox.server.house.catalog.get('get_booking')!
  const { booking_id } = await inputOf(sandbox, tool)
  const booking = await done(sandbox, 'get_booking', { booking_id })
  const asked = await callTool(sandbox, 'set_approval_policy', { rules: [] })
  const [event] = await done(sandbox, 'list_audit_events', { limit: 1 })
  const { customer_id, service_id, location_id, staff_id } = booking
  const ofBooking = [booking.id, customer_id, service_id, location_id, staff_id]
  return [key.id, asked.body.approval.id, event.id, sandbox.workspaceId, ...ofBooking]
}

/** What JSON can carry and nobody expects. */
const anything = fc.oneof(
  fc.constantFrom<Body>(
    null,
    '',
    '\u0000',
    '\ud800',
    'a\u0000b',
    -0,
    1e308,
    -1,
    2 ** 53,
    9.007e15,
    '__proto__',
    [],
    {},
    '🙂'.repeat(300),
  ),
  fc.jsonValue({ maxDepth: 4 }),
)

/** Mostly what the schema asks for, sometimes what it does not. */
function ofSchema(schema: JsonSchema, ids: string[]): fc.Arbitrary<Body> {
  return fc.oneof({ weight: 9, arbitrary: fitting(schema, ids) }, { weight: 1, arbitrary: anything })
}

function fitting(schema: JsonSchema, ids: string[]): fc.Arbitrary<Body> {
  if (schema.enum) return fc.constantFrom(...(schema.enum as Body[]))
  if (schema.anyOf) return fc.oneof(...(schema.anyOf as JsonSchema[]).map(branch => ofSchema(branch, ids)))
  switch (schema.type) {
    case 'object': {
      const fields = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)
      const record = Object.fromEntries(fields.map(([name, field]) => [name, ofSchema(field, ids)]))
      if (fields.length === 0) return fc.dictionary(fc.string(), anything, { maxKeys: 3 })
      return fc.record(record, { requiredKeys: (schema.required as string[]) ?? [] })
    }
    case 'array':
      return fc.array(ofSchema((schema.items as JsonSchema) ?? {}, ids), { maxLength: 4 })
    case 'integer':
      return fc.integer({
        min: (schema.minimum as number) ?? -1000,
        max: Math.min((schema.maximum as number) ?? 1000, 2 ** 31),
      })
    case 'number':
      return fc.double()
    case 'boolean':
      return fc.boolean()
    case 'string':
      return textLike(schema, ids)
    default:
      return anything
  }
}

function textLike({ format, pattern }: JsonSchema, ids: string[]): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc.oneof(
      fc.date({ noInvalidDate: true }).map(date => date.toISOString()),
      fc.constantFrom(
        '2026-02-30T00:00:00Z',
        '9999-12-31T23:59:59Z',
        '0000-01-01T00:00:00Z',
        '2026-11-21T09:00',
      ),
    )
  if (format === 'email') return fc.emailAddress()
  if (typeof pattern === 'string' && /^\^[a-z]+_$/.test(pattern))
    return fc.constantFrom(
      ...ids,
      'key_01h2xcejqtf2nbrexx3vqjhp41',
      'key_01kapm00000000000000000000',
      'booking_00000000000000000000000000',
      'key_',
    )
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom('Europe/Madrid', 'EUR', 'ES', fresh()),
  )
}
