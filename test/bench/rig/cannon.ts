/** The process that makes the load: one order, one answer. Latencies go out raw, as autocannon rounds its own to 1 ms. */

import autocannon from 'autocannon'
import type { Load, Loaded } from './load.ts'

process.once('message', async (load: Load) => {
  await fire({ ...load, seconds: 0.5 }) // Connections, compiled code and caches are warm after it.
  process.send!(await fire(load))
  process.disconnect()
})

async function fire({ name, seconds, ...load }: Load): Promise<Loaded> {
  const latencies: number[] = []
  const firing = autocannon({ ...load, duration: seconds, sampleInt: 50, idReplacement: true })
  firing.on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds))
  const { non2xx, errors, timeouts, duration } = await firing
  if (non2xx + errors + timeouts > 0) {
    throw new Error(`${name}: ${non2xx} refused, ${errors} failed, ${timeouts} timed out.`)
  }
  return { latencies, seconds: duration }
}
