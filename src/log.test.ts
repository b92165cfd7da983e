import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { openTestDatabase } from '../test/support/database.ts'
import { makeLog } from './log.ts'

const workspaceId = '00000000-0000-0000-0000-000000000000'

test("a database's error is logged by its facts, never with the values of the query", async t => {
  const database = await openTestDatabase(t)
  const lines: string[] = []
  const log = makeLog('info', { write: line => void lines.push(line) })
  const failing = database.transaction(workspaceId, {}, ({ db }) =>
    db.execute(sql`INSERT INTO accounts (id, email) VALUES (${'ada@example.com'}, ${'ada@example.com'})`),
  )
  await assert.rejects(failing, error => {
    log.error({ err: error }, 'call failed')
    return true
  })
  const { err } = JSON.parse(lines[0]!)
  assert.equal(err.sqlState, '22P02')
  assert.match(err.stack, /log\.test\.ts/)
  assert.doesNotMatch(lines[0]!, /ada@example/)
})

test('secrets are redacted wherever they stand', () => {
  const lines: string[] = []
  const log = makeLog('info', { write: line => void lines.push(line) })
  log.info({ token: 's3cret', answer: { key: 's3cret', deep: { code: 's3cret' } } })
  assert.doesNotMatch(lines[0]!, /s3cret/)
})
