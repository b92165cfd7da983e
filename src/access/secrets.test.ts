import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { UnsecuredJWT } from 'jose'
import { loadServerSecret, makeSecrets } from './secrets.ts'

const secrets = makeSecrets(randomBytes(32))

test('a one-time code is six digits, always the same for its id, another for another server', () => {
  const id = randomUUID()
  assert.match(secrets.oneTimeCode(id), /^\d{6}$/)
  assert.equal(secrets.oneTimeCode(id), secrets.oneTimeCode(id))
  const others = Array.from({ length: 3 }, () => makeSecrets(randomBytes(32)).oneTimeCode(id))
  assert.ok(others.some(other => other !== secrets.oneTimeCode(id)))
})

test('codes favour no digit in any place', () => {
  const counts = Array.from({ length: 6 }, () => new Array<number>(10).fill(0))
  for (let n = 0; n < 20_000; n++) {
    const code = secrets.oneTimeCode(randomUUID())
    for (let at = 0; at < 6; at++) counts[at]![Number(code[at])]!++
  }
  // 2,000 are expected; 6 standard deviations (42 each) happen once in 10^9.
  for (const count of counts.flat()) assert.ok(Math.abs(count - 2000) < 6 * 42.5, `${count} of 2,000`)
})

test('a token is opened by its own purpose and server alone', async () => {
  const token = await secrets.sign('confirm', { tool: 'cancel_booking', aud: 'x', exp: 0 }, 60)
  assert.deepEqual(await secrets.open('confirm', token), { tool: 'cancel_booking', aud: 'x', exp: 0 })
  assert.equal(await secrets.open('cursor', token), null)
  assert.equal(await makeSecrets(randomBytes(32)).open('confirm', token), null)
})

test('a token ends with its time', async () => {
  assert.equal(await secrets.open('confirm', await secrets.sign('confirm', {}, -1)), null)
})

test('a forged, cut or unsigned token opens nothing', async () => {
  const token = await secrets.sign('confirm', { n: 1 }, 60)
  const [header, , signature] = token.split('.')
  const body = Buffer.from(JSON.stringify({ data: { n: 2 }, aud: 'confirm', exp: 9e9 })).toString('base64url')
  const unsigned = new UnsecuredJWT({ data: { n: 2 } })
    .setAudience('confirm')
    .setExpirationTime('1h')
    .encode()
  for (const forged of [`${header}.${body}.${signature}`, token.slice(0, -1), unsigned, 'x', '']) {
    assert.equal(await secrets.open('confirm', forged), null)
  }
})

test('servers that start at once on one directory agree on its secret, which only its owner reads', async t => {
  const dataDir = await directory(t)
  const found = await Promise.all(Array.from({ length: 20 }, () => loadServerSecret(dataDir)))
  for (const secret of found) assert.deepEqual(secret, found[0])
  assert.deepEqual(await loadServerSecret(dataDir), found[0])
  assert.equal((await stat(join(dataDir, 'secret'))).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(dataDir), ['secret'])
})

test('the environment’s secret comes before the file, and a short one is refused', async t => {
  const dataDir = await directory(t)
  const given = randomBytes(32).toString('hex')
  assert.deepEqual(await loadServerSecret(dataDir, given), Buffer.from(given))
  assert.deepEqual(await readdir(dataDir), [])
  await assert.rejects(loadServerSecret(dataDir, 'hunter2'), /BACKDESK_SECRET must hold/)
  await writeFile(join(dataDir, 'secret'), '')
  await assert.rejects(loadServerSecret(dataDir), /secret must hold/)
})

async function directory(t: { after(work: () => Promise<void>): void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'backdesk-secret-'))
  t.after(() => rm(path, { recursive: true }))
  return path
}
