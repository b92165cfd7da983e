/** How long a person waits for the queue of approvals: from the click to the first paint, on a phone's window. */

import type { Browser } from 'playwright-core'
import { launchBrowser, tabOf, viewports } from '../support/browser.ts'
import { askToSend } from '../support/message.ts'
import { type Person, signIn } from '../support/person.ts'
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
\`/console/approvals\` by an owner for whom that many messages wait. The first visit of a browser has nothing in its
cache; the next has styles and script. A page holds 30 of them. The target is under 1,000 ms and 150 kB with 500.`,
    columns: ['waiting', 'kB', 'first visit, ms', 'next visit, ms'],
    rows,
  }
}

async function paint(
  { server }: Stage,
  browser: Browser,
  count: number,
): Promise<[kB: number, first: number, next: number]> {
  const { key, email } = await server.signUp()
  const { approvalId } = await askToSend({ url: server.url, key })
  await copyApproval(server, approvalId, count - 1)
  const person = await signIn(server, email)
  const visits: Visits[] = []
  for (let round = 0; round < ROUNDS; round++) visits.push(await visitTwice(browser, server.url, person))
  return [
    visits[0]!.bytes / 1000,
    middle(visits.map(({ first }) => first)),
    middle(visits.map(({ next }) => next)),
  ]
}

interface Visits {
  bytes: number
  /** Milliseconds to the first paint. */
  first: number
  next: number
}

/** By a browser context of its own, whose cache is empty. */
async function visitTwice(browser: Browser, url: string, person: Person): Promise<Visits> {
  const tab = await tabOf(browser, url, person, { viewport: viewports.phone })
  const answer = await tab.goto(`${url}/console/approvals`)
  const first = await tab.evaluate<number>(FIRST_PAINT)
  const bytes = (await answer!.body()).length
  await tab.goto(`${url}/console/approvals`)
  const next = await tab.evaluate<number>(FIRST_PAINT)
  await tab.context().close()
  return { bytes, first, next }
}

function middle(times: number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)]!
}

const FIRST_PAINT = `new Promise(resolve =>
  new PerformanceObserver(list => resolve(list.getEntriesByName('first-contentful-paint')[0].startTime))
    .observe({ type: 'paint', buffered: true }))`
