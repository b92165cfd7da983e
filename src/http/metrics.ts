/** Prometheus metrics: how often each tool is called, how it ends, how long it takes. Never who, never what. */

import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Answer, Call } from '../calls/call.ts'

export interface Metrics {
  registry: Registry
  /** The same call, counted. */
  counted(call: Call): Call
}

export function makeMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const calls = new Counter({
    name: 'backdesk_calls_total',
    help: 'Calls of tools.',
    labelNames: ['tool', 'outcome', 'surface'] as const,
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'backdesk_call_duration_seconds',
    help: 'Time from the authenticated request to its answer.',
    labelNames: ['surface'] as const,
    // A plain read takes about 2 ms; a write with its audit about 10 ms.
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })

  const counted =
    (call: Call): Call =>
    async request => {
      const { surface } = request
      const started = performance.now()
      const answer = await call(request)
      seconds.observe({ surface }, (performance.now() - started) / 1000)
      // A name that is no tool's is a text from outside: it would make a series of its own each time.
      calls.inc({ tool: answer.entry?.tool.name ?? 'unknown', outcome: outcomeOf(answer), surface })
      return answer
    }
  return { registry, counted }
}

/** `done` for a read, the status of a write, the code of a refusal. */
function outcomeOf(answer: Answer): string {
  if (answer.refusal) return answer.refusal.code
  return 'status' in answer.body ? answer.body.status : 'done'
}
