/** The official conformance suite, against our transport, for both revisions of the protocol that we serve. */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { startFixture } from './fixture.ts'

for (const [revision, leastPassed] of [
  ['2025-11-25', 60],
  ['2026-07-28', 160],
] as const) {
  test(`conforms to ${revision}, but for what is expected to fail`, async t => {
    const fixture = await startFixture()
    const results = await mkdtemp(join(tmpdir(), 'backdesk-conformance-'))
    t.after(async () => {
      await fixture.close()
      await rm(results, { recursive: true })
    })
    const { exitCode, output } = await runSuite(fixture.url, revision, results)
    assert.equal(exitCode, 0, output.slice(output.indexOf('=== SUMMARY')))
    assert.match(output, /Baseline check passed/)
    const passed = Number(/Total: (\d+) passed/.exec(output)?.[1])
    t.diagnostic(`${passed} checks passed`)
    // A suite that found nothing to run would exit with 0 too.
    assert.ok(passed >= leastPassed, `${passed} checks passed, of at least ${leastPassed}`)
  })
}

function runSuite(url: string, revision: string, results: string) {
  const suite = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/package.json'))
  const expected = join(import.meta.dirname, 'expected-failures.yml')
  const args = [join(suite, '../dist/index.js'), 'server', '--url', url, '--requirements', revision]
  const options = ['--expected-failures', expected, '--output-dir', results]
  return new Promise<{ exitCode: number; output: string }>(resolve => {
    const child = execFile(
      process.execPath,
      [...args, ...options],
      { maxBuffer: 2 ** 26 },
      (_, stdout, stderr) => {
        resolve({ exitCode: child.exitCode ?? -1, output: stripVTControlCharacters(stdout + stderr) })
      },
    )
  })
}
