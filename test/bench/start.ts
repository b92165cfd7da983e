/** How long a newcomer waits: from the start of the process to the first answer. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Table } from './rig/table.ts'

const ROUNDS = 5

export async function measure(): Promise<Table> {
  const fresh: number[] = []
  const again: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const dataDir = await mkdtemp(join(tmpdir(), 'backdesk-bench-start-'))
    fresh.push(await startIn(dataDir))
    again.push(await startIn(dataDir))
    await rm(dataDir, { recursive: true })
  }
  return {
    title: 'Start',
    about: `From the start of the process to the first 200 of \`/readyz\`, the middle of ${ROUNDS} rounds. A new data directory is
given a database and all migrations; an old one was stopped cleanly. Node has kept what it compiled.`,
    columns: ['data directory', 'ms', 'ratio'],
    rows: [
      ['old', middle(again), 1],
      ['new', middle(fresh), middle(fresh) / middle(again)],
    ],
  }
}

async function startIn(dataDir: string): Promise<number> {
  const began = performance.now()
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/start.ts')], {
    env: { ...process.env, PORT: '0', BACKDESK_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (said.includes('/mcp')) break
  }
  const answer = await fetch(`${/http:\/\/\S+?(?=\/mcp)/.exec(said)![0]}/readyz`)
  const took = performance.now() - began
  if (!answer.ok) throw new Error(`It started, and answered ${answer.status}.`)
  child.kill('SIGINT')
  await once(child, 'exit')
  return took
}

function middle(times: number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)]!
}
