/** `/console/activity`: the audit with filters, and the story of one change. */

import type { FastifyInstance } from 'fastify'
import { Temporal } from 'temporal-polyfill'
import { statuses } from '../../catalog/catalog.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { type Html, html } from '../pages/html.ts'
import { markedEnglish } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { type AuditRow, auditRows, momentOf, outcomeBadge, titleOf, whoActed } from './audit-row.ts'
import { type Choosing, chooser, choosing, finders, type Named } from './choosing.ts'
import { type Choice, choice, empty, field, pager, type Query, queryOf } from './kit.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { facts, label, words } from './words.ts'

const HOME = '/console/activity'

export function registerActivity(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const query = queryOf(request)
    const keys = choosing('key', await visit.all<Named>('list_api_keys'), query)
    const asked = filterOf(visit, { ...query, key: keys.chosen?.id })
    const page = await visit.list<AuditRow>('list_audit_events', {
      ...asked,
      limit: 40,
      cursor: query.cursor,
    })
    const reading = readingOf(visit, { names: await visit.names(page.rows) })
    const { cursor: _, ...kept } = query
    const list = html`<section class="panel">${auditRows(host.catalog, page.rows, reading, 'h2')}</section>`
    const content = html`${filterForm(host, keys, query)}
${page.rows.length > 0 ? list : empty(Object.keys(asked).length > 0 ? say.activity.noneSo : say.activity.none)}
${pager(HOME, kept, page.next)}`
    return sendPage(reply, consolePage(visit, say.sections.activity, content))
  })

  app.get<{ Params: { id: string } }>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    return sendPage(reply, await storyPage(host, visit, await storyOf(visit, request.params.id)))
  })
}

/** The day is one of the workspace's. */
function filterOf({ workspace }: Visit, { tool, outcome, key, day }: Query) {
  const date = /^\d{4}-\d\d-\d\d$/.test(day ?? '') ? day! : undefined
  const [from, until] = date ? dayIn(date, workspace.timeZone) : []
  return {
    ...(tool && { tool: tool.slice(0, 64) }),
    ...(outcome && outcomes.includes(outcome) && { outcome }),
    ...(key && { key_id: key }),
    ...(from && { from, until }),
  }
}

const outcomes: string[] = [...statuses, 'refused']

function filterForm({ catalog }: Host, keys: Choosing<Named>, { tool, outcome, day }: Query): Html {
  const tools = catalog.entries.filter(entry => entry.tool.effect !== 'read').map(entry => entry.tool)
  const anyTool: Choice[] = [['', say.activity.anything]]
  const anyOutcome: Choice[] = [['', say.activity.anyOutcome]]
  return html`<form class="fields filters" action="${HOME}">
${choice('tool', say.activity.what, [...anyTool, ...tools.map(({ name, title }): Choice => [name, title, markedEnglish])], tool)}
${choice('outcome', say.activity.outcome, [...anyOutcome, ...outcomes.map((one): Choice => [one, say.activity.outcomes[one as 'done'].word])], outcome)}
${chooser(say.activity.who, keys, ['', say.activity.anyone])}
${field('day', say.activity.day, day, { type: 'date' })}
<button>${say.kit.show}</button>
${finders([keys])}
</form>`
}

interface Story {
  event: AuditRow
  /** What else was done to the first thing that it changed. */
  others: AuditRow[]
}

async function storyOf(visit: Visit, id: string): Promise<Story> {
  const [event] = (await visit.list<AuditRow>('list_audit_events', { audit_id: id })).rows
  if (!event) throw notFound('audit event')
  const about_id = event.changes[0]?.id
  if (!about_id) return { event, others: [] }
  const { rows } = await visit.list<AuditRow>('list_audit_events', { about_id, limit: 30 })
  return { event, others: rows.filter(row => row.id !== event.id) }
}

async function storyPage({ catalog }: Host, visit: Visit, { event, others }: Story): Promise<string> {
  const reading = readingOf(visit, { names: await visit.names(event, others) })
  const { client, surface, approval_id, arguments: written, changes } = event
  const how = say.activity.surfaces[surface as never] ?? surface
  const content = html`<p class="lede">${whoActed(event)} · ${momentOf(event.at, reading)} · ${how}${client && html` (${outside(client)})`}</p>
${approval_id && html`<p class="notice"><a href="/console/approvals/${approval_id}">${say.activity.itsApproval}</a></p>`}
${written && Object.keys(written).length > 0 && html`<h2>${say.activity.asked}</h2><div class="card">${facts(written, reading)}</div>`}
${changes.length > 0 && html`<h2>${say.activity.changed}</h2><ul class="rows panel">${changes.map(({ type, id }) => html`<li class="row"><p class="row-title">${words(id, reading)}</p><span class="badge">${label(type.replace(/^\w+\./, ''))}</span></li>`)}</ul>`}
${
  others.length > 0 &&
  html`<h2>${say.activity.story}</h2><p class="quiet">${say.activity.storyMore}</p>
<section class="panel">${auditRows(catalog, others, reading, 'h3')}</section>`
}`
  const above = html`<p class="trail"><a href="${HOME}">${say.sections.activity}</a></p>${outcomeBadge(event)}`
  return consolePage(visit, titleOf(catalog, event), content, { above })
}

function dayIn(date: string, zone: string): [string, string] {
  const start = Temporal.PlainDate.from(date)
  const at = (day: Temporal.PlainDate) =>
    day.toZonedDateTime(zone).toInstant().toString({ smallestUnit: 'millisecond' })
  return [at(start), at(start.add({ days: 1 }))]
}
