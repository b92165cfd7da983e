/** An import of 50,000 customers as a file, from its preview until the job says that it is done; and the same file again. */

import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

const ROWS = 50_000

export async function measure(stage: Stage): Promise<Table> {
  const file = { csv: csvOf(ROWS), mapping: { OK: 'consent:email:marketing' } }
  const rows = []
  for (const what of ['of people who are new', 'the same again, all known']) {
    console.log(`  ${ROWS} rows ${what}`)
    rows.push([what, ...(await importOnce(stage, file))])
  }
  return {
    title: 'An import',
    about: `${ROWS.toLocaleString('en-GB')} rows of a CSV file over REST: name, email, phone, tags and consent. The preview reads and plans it all; the commit
is its preview and its yes, which each do so again; the job is what \`get_job_status\` waits for, looking at it every 100 ms.
Seconds. \`looks\` are those that found the job at another place than the last.`,
    columns: ['', 'preview s', 'commit s', 'job s', 'rows/s', 'looks'],
    rows,
  }
}

async function importOnce({ server, key }: Stage, file: object): Promise<number[]> {
  const post = async (path: string, body: object) => {
    const answer = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`)
    return JSON.parse(text)
  }
  const timed = stopwatch()
  const { data } = await post('/v1/customers/import/preview', file)
  const preview = timed()
  const commit = { ...file, plan: data.plan, idempotency_key: crypto.randomUUID() }
  const asked = await post('/v1/customers/import', commit)
  const done = await post('/v1/customers/import', { ...commit, confirm_token: asked.confirm_token })
  const committed = timed()
  const looks = await untilDone(server.url, key, done.data.job_id)
  const job = timed()
  return [preview, committed, job, ROWS / job, looks]
}

/** @returns at how many places it was met */
async function untilDone(url: string, key: string, jobId: string): Promise<number> {
  const places = new Set<number>()
  for (;;) {
    const answer = await fetch(`${url}/v1/jobs/${jobId}`, { headers: { authorization: `Bearer ${key}` } })
    const { data } = (await answer.json()) as { data: { done: number; state: string } }
    places.add(data.done)
    if (data.state === 'done') return places.size
    if (data.state === 'failed') throw new Error(`The job ${jobId} failed: ${JSON.stringify(data)}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** @returns seconds since it was last asked */
function stopwatch(): () => number {
  let began = performance.now()
  return () => {
    const [then, now] = [began, performance.now()]
    began = now
    return (now - then) / 1000
  }
}

function csvOf(rows: number): string {
  const lines = ['Name,Email,Phone,Tags,OK']
  for (let n = 0; n < rows; n++) {
    const digits = String((n * 7919) % 100_000_000).padStart(8, '0')
    lines.push(
      `Persona Número ${n},persona${n}@example.com,6${digits},import; round ${n % 7},${n % 2 ? 'yes' : 'no'}`,
    )
  }
  return lines.join('\r\n')
}
