/** How long a person waits for the queue of approvals: from the click to the first paint, on a phone's window. */

import type { Browser } from 'playwright-core'
import { launchBrowser, tabOf, viewports } from '../support/browser.ts'
import { askToSend } from '../support/message.ts'
import { signIn } from '../support/person.ts'
import { copyApproval } from '../support/waiting.ts'
import type { Stage } from './rig/stage.ts'
import type { Table } from './rig/table.ts'

const ROUNDS = 9
const COUNTS = [1, 30, 500, 5000]

export async function measure(stage: Stage): Promise<Table> {
  const endings: (() => unknown)[] = []
  const browser = await launchBrowser({ after: end => void endings.push(end as () => unknown) })
  const rows: Table['rows'] = []
  for (const count of COUNTS) rows.push([count, ...(await paint(stage, browser, count))])
  for (const end of endings) await end()
  return {
    title: 'First paint of the queue',
    about: `From the start of the navigation to the first contentful paint in Chromium, the middle of ${ROUNDS} loads of
\`/console/approvals\` by an owner for whom that many messages wait; styles and script are in its cache. A page holds 30
of them. The target is under 1,000 ms and 150 kB with 500.`,
    columns: ['waiting', 'kB', 'first paint, ms'],
    rows,
  }
}

async function paint({ server }: Stage, browser: Browser, count: number): Promise<[kB: number, ms: number]> {
  const { key, email } = await server.signUp()
  const { approvalId, path } = await askToSend({ url: server.url, key })
  await copyApproval(server, approvalId, count - 1)
  const tab = await tabOf(browser, server.url, await signIn(server, email), { viewport: viewports.phone })
  await tab.goto(server.url + path)
  const times: number[] = []
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const answer = await tab.goto(`${server.url}/console/approvals`)
    bytes = (await answer!.body()).length
    times.push(await tab.evaluate(FIRST_PAINT))
  }
  await tab.close()
  return [bytes / 1000, times.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)]!]
}

const FIRST_PAINT = `new Promise(resolve =>
  new PerformanceObserver(list => resolve(list.getEntriesByName('first-contentful-paint')[0].startTime))
    .observe({ type: 'paint', buffered: true }))`
