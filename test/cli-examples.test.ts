/** The command on a tool's page, copied as it stands, run by a shell: it does what the page says. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Entry } from '../src/catalog/catalog.ts'
import { sampleOf } from '../src/http/pages/catalog/sample.ts'
import { newTerminal } from './support/cli.ts'
import { inputOf, newSandbox } from './support/example.ts'
import { startServer } from './support/server.ts'

const server = await startServer({ after: work => after(work as () => void) })
const { catalog } = server.house

/** One of each effect in every domain. */
const chosen = [
  ...new Map(catalog.entries.map(entry => [`${entry.tool.domain} ${entry.tool.effect}`, entry])).values(),
]

for (const entry of chosen) {
  const { tool } = entry
  test(`the command on the page of ${tool.name} works`, { timeout: 60_000 }, async t => {
    const sandbox = await newSandbox(server, await server.signUp())
    const real = await inputOf(sandbox, tool)
    const { shell } = newTerminal(t, { BACKDESK_URL: server.url, BACKDESK_KEY: sandbox.key })
    const command = filled(await commandOf(tool.name), sampleOf(catalog, entry).input, real)
    const ran = await shell(`${command} --json${tool.gate === 'confirm' ? ' --yes' : ''}`)
    const shown = `${command}\n${ran.stdout}${ran.stderr}`
    assert.equal(ran.code, tool.gate === 'approve' ? 4 : 0, shown)
    const { status, data } = ran.json()
    assert.equal(status, expected(entry), shown)
    assert.ok(data !== undefined, shown)
  })
}

test('there is one of each domain', () => {
  const domains = new Set(catalog.entries.map(({ tool }) => tool.domain))
  assert.deepEqual(new Set(chosen.map(({ tool }) => tool.domain)), domains)
})

function expected({ tool }: Entry): string | undefined {
  if (tool.effect === 'read') return undefined
  return tool.gate === 'approve' ? 'needs_approval' : 'done'
}

/** As a reader copies it from the page. */
async function commandOf(name: string): Promise<string> {
  const page = await (await fetch(`${server.url}/catalog/${name}`)).text()
  const [, text] = /aria-label="The call from the command line"><code>([^<]*)<\/code>/.exec(page)!
  const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' }
  return text!.replace(/&(lt|gt|quot|#39|amp);/g, (_, sign: string) => signs[sign]!)
}

/** The page's samples replaced by what exists in this sandbox, as its reader would do. */
function filled(command: string, sample: unknown, real: unknown): string {
  if (sample !== null && typeof sample === 'object') {
    const steps = Object.keys(sample) as (keyof typeof sample)[]
    return steps.reduce((text, step) => filled(text, sample[step], (real as typeof sample)[step]), command)
  }
  const [from, to] = [JSON.stringify(sample), JSON.stringify(real)]
  if (typeof sample === 'number') return command.replaceAll(`: ${from}`, `: ${to}`)
  return command.replaceAll(from, to)
}
