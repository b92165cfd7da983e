/** What every page of the console has: the sections, which workspace, and the way out. */

import type { FastifyRequest } from 'fastify'
import { SignedOut } from '../../access/sessions.ts'
import type { Answer, CallRequest, ReadBody, WriteBody } from '../../calls/call.ts'
import { idsIn, MOST_NAMES, type Names } from '../../calls/names.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import type { Caller, Host } from '../host.ts'
import { Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { type Layout, page } from '../pages/page.ts'
import { inChunks } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { icon, type Section, sectionAt, sectionsFor } from './sections.ts'
import { personOf } from './session.ts'
import { moment, type Reading } from './words.ts'

/** A signed-in person on a page. */
export interface Visit extends Caller {
  /** Where they may go, this workspace included. */
  workspaces: Place[]
  /** Where a switch of workspace comes back to. */
  path: string
  /** How many calls wait for a person. */
  waiting: number
  /** IANA zone of the person's browser, once it has said it. */
  viewerZone?: string
  catalog: Catalog
  /** What a tool answers, by the road of every call. @throws Refusal */
  read<Data>(tool: string, args?: Record<string, unknown>): Promise<Data>
  /** The same of a list, with where it goes on. @throws Refusal */
  list<Row>(tool: string, args?: Record<string, unknown>): Promise<{ rows: Row[]; next?: string }>
  /** All rows of a list, a page after the other: what is chosen from. @throws Refusal */
  all<Row>(tool: string, args?: Record<string, unknown>): Promise<Row[]>
  /** The names behind the ids that stand anywhere in these values. */
  names(...values: unknown[]): Promise<Names>
  /** A call that changes something. Its gate is everybody's: the answer may be a preview, or an approval. @throws SignedOut */
  write(tool: string, args: Record<string, unknown>, undo?: Undoing): Promise<Answer>
}

/** What a call is to an undo: what would take it back, or the one that it is. */
export type Undoing = Pick<CallRequest, 'inverse' | 'undoes'>

export interface Place {
  workspace_id: string
  name: string
  current: boolean
}

/**
 * Who is here and may be answered.
 * @throws Refusal `unauthenticated`, `forbidden_scope` for another site's form, `not_found` for one of another workspace's
 *   page: its person went here in another tab, and nothing in it is meant for this place
 */
export async function visitOf(host: Host, request: FastifyRequest): Promise<Visit> {
  const visit = await visitNow(host, request)
  const sentFrom = placeOfForm(request.body)
  if (sentFrom !== undefined && sentFrom !== idText('workspace', visit.workspace.id)) {
    throw new Refusal('not_found', 'This was sent from a page of another workspace.', { kind: 'workspace' })
  }
  return visit
}

/** The same, wherever the page was from which this was sent. */
export async function visitNow(host: Host, request: FastifyRequest): Promise<Visit> {
  const caller = await personOf(host, request)
  const { principal, workspace } = caller
  const from = { principal, workspace, requestId: request.id, surface: 'console' } as const
  const write: Visit['write'] = async (tool, args, undo) => {
    const answer = await host.call({ ...from, tool, arguments: args, ...undo })
    if (answer.refusal instanceof SignedOut) throw answer.refusal
    return answer
  }
  const body = async (tool: string, args: Record<string, unknown> = {}): Promise<ReadBody | WriteBody> => {
    const answer = await write(tool, args)
    if (answer.refusal) throw answer.refusal
    return answer.body
  }
  const [{ data: workspaces }, waiting] = await Promise.all([
    body('list_workspaces'),
    host.approvals.count({ principal, workspace }),
  ])
  return {
    ...caller,
    catalog: host.catalog,
    workspaces: workspaces as Place[],
    path: request.url.split('?')[0]!.replace(/\/(approve|reject|withdraw)$/, ''),
    waiting,
    viewerZone: zoneOf(request.cookies[ZONE]),
    read: async (tool, args) => (await body(tool, args)).data as never,
    async list(tool, args) {
      const { data, next_cursor: next } = (await body(tool, args)) as ReadBody
      return { rows: data as never, next }
    },
    async all<Row>(tool: string, args: Record<string, unknown> = {}) {
      const rows: Row[] = []
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const { data, next_cursor } = (await body(tool, { ...args, limit: 100, cursor })) as ReadBody
        rows.push(...(data as Row[]))
        cursor = next_cursor
      }
      return rows
    },
    names: async (...values) => {
      const ids = [...new Set(values.flatMap(value => idsIn(value)))]
      const found = await Promise.all(
        inChunks(ids, MOST_NAMES).map(some => host.approvals.names(workspace.id, some)),
      )
      return new Map(found.flatMap(names => [...names]))
    },
    write,
  }
}

/** The cookie in which console.js says where the browser is. */
const ZONE = 'backdesk_zone'

function zoneOf(name: string | undefined): string | undefined {
  if (!name || !/^[A-Za-z_]+(\/[\w+-]+)*$/.test(name)) return undefined
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/** On whose clocks times are read: the workspace's, or a location's, and beside it the viewer's. */
export function readingOf(visit: Visit, more: Partial<Reading> = {}): Reading {
  return { timeZone: visit.workspace.timeZone, viewerZone: visit.viewerZone, ...more }
}

/** Each form but that which goes to another says of which workspace its page is. What people wrote begins no tag (`html`). */
function placed({ workspace }: Visit, content: Html): Html {
  const field = html`<input type="hidden" name="${PLACE}" value="${idText('workspace', workspace.id)}">`
  return new Html(
    content.text.replace(
      /<form\b[^>]* method="post" action="(?!\/console\/workspace")[^>]*>/g,
      form => form + field.text,
    ),
  )
}

/** The workspace, a TypeID, of the page from which a form was sent. */
export function placeOfForm(body: unknown): string | undefined {
  const { [PLACE]: place } = (body ?? {}) as Record<string, unknown>
  return typeof place === 'string' ? place : undefined
}

const PLACE = 'workspace'

export function consolePage(visit: Visit, title: string | Html, content: Html, layout: Layout = {}): string {
  return page(title, placed(visit, content), {
    nav: account(visit),
    aside: navigation(visit),
    script: '/console.js',
    ...layout,
    above: html`${consoleLayout.above}${layout.above}`,
  })
}

/** Before anybody is signed in, and where something went wrong. A stylesheet may stand in a body (HTML, 4.2.4). */
export const consoleLayout: Layout = {
  nav: html``,
  above: html`<link rel="stylesheet" href="/console.css">`,
}

/** Beside the page at a desk; on a phone the tabs at its lower edge, with the rest behind the last one. */
function navigation(visit: Visit): Html {
  const here = sectionAt(visit.path)
  const shown = sectionsFor(visit.principal.role)
  const isBehind = visit.path === MORE || (here !== undefined && !here.tab)
  return html`<nav class="sections" aria-label="${say.sections.label}">
${shown.map(section => sectionLink(visit, section, section === here))}
<a class="tab more" href="${MORE}"${isBehind && html` aria-current="true"`}>${icon('M5 12h.01M12 12h.01M19 12h.01')}<span>${say.sections.more}</span></a>
</nav>`
}

export const MORE = '/console/more'

export function sectionLink({ waiting }: Visit, section: Section, isHere: boolean): Html {
  const { href, text, tab } = section
  const badge =
    href === '/console/approvals' &&
    waiting > 0 &&
    html`<span class="waits" data-waiting><span aria-hidden="true">${waiting}</span><span class="unsaid">${say.shell.waiting(waiting)}</span></span>`
  return html`<a href="${href}"${tab && html` class="tab"`}${isHere && html` aria-current="page"`}>${section.icon}<span>${text}</span>${badge}</a>
`
}

/** A menu without a script: `details` opens by itself. */
function account({ principal, workspace, workspaces, path }: Visit): Html {
  const others = workspaces.filter(place => !place.current)
  return html`<details class="account">
<summary>${outside(workspace.name)}${workspace.kind === 'sandbox' && html` <span class="badge asks">${say.shell.sandbox}</span>`}</summary>
<div class="menu">
<p class="quiet">${say.shell.signedInAs(outside(principal.name), say.roles[principal.role])}</p>
${workspace.clock && html`<p class="quiet">${say.shell.sandboxClock(moment(workspace.clock, workspace))}</p>`}
${others.length > 0 && switcher(others, path)}
<form method="post" action="/console/sign-out"><button>${say.shell.signOut}</button></form>
</div>
</details>`
}

/** A button is a flex box, which would drop the space before a `bdi`. @param path where to go on once there */
export function switcher(places: Place[], path: string): Html {
  const isLong = places.length > MOST_PLACES
  return html`<form class="switcher" method="post" action="/console/workspace">
<input type="hidden" name="to" value="${path}">
${places.slice(0, MOST_PLACES).map(
  ({ workspace_id, name }) =>
    html`<button name="workspace_id" value="${workspace_id}"><span>${say.shell.switchTo(outside(name))}</span></button>
`,
)}</form>${isLong && html`<p><a href="${WORKSPACES}?${new URLSearchParams({ to: path }).toString()}">${say.shell.allPlaces(places.length)}</a></p>`}`
}

/** In a menu; the rest are on a page of their own. */
const MOST_PLACES = 12
export const WORKSPACES = '/console/workspaces'
