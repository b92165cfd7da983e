/** Calls per second and latencies of several targets, side by side. The load comes from a process of its own. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Table } from './table.ts'

export interface Target {
  name: string
  url: string
  method: 'GET' | 'POST'
  headers: Record<string, string>
  /** `[<id>]` stands for a text that is new in each request. */
  body?: string
}

/** What the process that makes the load is told, and what it answers. */
export interface Load extends Target {
  connections: number
  seconds: number
}

export interface Loaded {
  /** Of each answered call, in ms. */
  latencies: number[]
  seconds: number
}

const ROUNDS = 2
const SECONDS = 2
/** As many as Backdesk has connections to its database. */
const CONNECTIONS = 10

/**
 * Every target in turn, for several rounds. The first is what the others are compared with.
 * @throws Error when a target answers anything but success
 */
export async function compare(targets: Target[]): Promise<Pick<Table, 'columns' | 'rows'>> {
  const loaded: Loaded[] = targets.map(() => ({ latencies: [], seconds: 0 }))
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [i, target] of targets.entries()) {
      console.log(`  round ${round} of ${ROUNDS}: ${target.name}`)
      await assertAnswers(target)
      const load = { ...target, connections: CONNECTIONS, seconds: SECONDS }
      const { latencies, seconds } = await loadFromOutside(load)
      loaded[i]!.latencies.push(...latencies)
      loaded[i]!.seconds += seconds
    }
  }
  const rates = loaded.map(({ latencies, seconds }) => latencies.length / seconds)
  return {
    columns: ['', 'calls/s', 'ratio', 'p50 ms', 'p99 ms'],
    rows: targets.map(({ name }, i) => {
      const { latencies } = loaded[i]!
      return [name, rates[i]!, rates[i]! / rates[0]!, quantile(latencies, 0.5), quantile(latencies, 0.99)]
    }),
  }
}

/** A wrong answer can be quick; the load itself looks at the status alone. */
async function assertAnswers({ url, method, headers, body }: Target): Promise<void> {
  const answer = await fetch(url, { method, headers, body: body?.replaceAll('[<id>]', crypto.randomUUID()) })
  const text = await answer.text()
  if (!answer.ok || /"error":|"isError":true/.test(text))
    throw new Error(`${url} answered ${answer.status}: ${text}`)
}

async function loadFromOutside(load: Load): Promise<Loaded> {
  const outside = fork(join(import.meta.dirname, 'cannon.ts'))
  outside.send(load)
  const [loaded] = await Promise.race([once(outside, 'message'), once(outside, 'exit')])
  if (typeof loaded !== 'object') throw new Error(`The load of ${load.name} failed.`)
  return loaded as Loaded
}

export function quantile(times: number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? Number.NaN
}
