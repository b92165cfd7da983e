/** Runs the command as a user does: a process of its own, with a home of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Body } from './caller.ts'

export const cliMain = join(import.meta.dirname, '../../src/cli/main.ts')

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
  /** What stands on stdout, as JSON. */
  json(): Body
}

export interface Terminal {
  home: string
  env: NodeJS.ProcessEnv
  /** @param input what stands on stdin; nothing, where it is not given */
  run(words: string[], input?: string): Promise<Ran>
  /** A line for a POSIX shell, in which `backdesk` is on the path. */
  shell(line: string): Promise<Ran>
}

export function newTerminal(
  t: { after(work: () => unknown): void },
  env: NodeJS.ProcessEnv,
  main = cliMain,
): Terminal {
  const home = mkdtempSync(join(tmpdir(), 'backdesk-cli-'))
  t.after(() => rmSync(home, { recursive: true, force: true }))
  writeFileSync(join(home, 'backdesk'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, {
    mode: 0o755,
  })
  const { PATH, TMPDIR } = process.env
  const whole = { PATH: `${home}:${PATH}`, TMPDIR, HOME: home, ...env }
  return {
    home,
    env: whole,
    run: (words, input = '') => finish(spawn(process.execPath, [main, ...words], { env: whole }), input),
    shell: line => finish(spawn('sh', ['-c', line], { env: whole }), ''),
  }
}

export function finish(child: ChildProcess, input?: string): Promise<Ran> {
  let [stdout, stderr] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', chunk => {
    stdout += chunk
  })
  child.stderr!.setEncoding('utf8').on('data', chunk => {
    stderr += chunk
  })
  child.stdin!.on('error', () => {}) // It may end before it has read everything.
  if (input !== undefined) child.stdin!.end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) }))
  })
}
