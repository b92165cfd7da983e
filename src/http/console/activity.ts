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
import { inParts, panels } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { type AuditRow, auditRows, momentOf, outcomeBadge, titleOf, whoActed } from './audit-row.ts'
import { type Choosing, chooser, choosing, finders, type Named } from './choosing.ts'
import { factCards } from './fact-cards.ts'
import { type Choice, choice, empty, field, pager, type Query, queryOf } from './kit.ts'
import { consolePage, readingOf, type Visit, visitOf } from './shell.ts'
import { ID, label, type Reading, words } from './words.ts'

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
    const reading = readingOf(visit, { names: await visit.names(page.rows, asked.about_id) })
    const { cursor: _, ...kept } = query
    const list = html`<section class="panel">${auditRows(host.catalog, page.rows, reading, 'h2')}</section>`
    const content = html`${filterForm(host, keys, query)}
${asked.about_id && html`<p class="quiet">${say.activity.onlyAbout(words(asked.about_id, reading))} <a href="${HOME}">${say.activity.aboutAll}</a></p>`}
${page.rows.length > 0 ? list : empty(Object.keys(asked).length > 0 ? say.activity.noneSo : say.activity.none)}
${pager(HOME, kept, page.next)}`
    return sendPage(reply, consolePage(visit, say.sections.activity, content))
  })

  app.get<{ Params: { id: string } }>(`${HOME}/:id`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const story = await storyOf(visit, request.params.id)
    return sendPage(reply, await storyPage(host, visit, story, queryOf(request)))
  })
}

/** The day is one of the workspace's. */
function filterOf({ workspace }: Visit, { tool, outcome, key, day, about }: Query) {
  const date = /^\d{4}-\d\d-\d\d$/.test(day ?? '') ? day! : undefined
  const [from, until] = date ? dayIn(date, workspace.timeZone) : []
  return {
    ...(tool && { tool: tool.slice(0, 64) }),
    ...(outcome && outcomes.includes(outcome) && { outcome }),
    ...(key && { key_id: key }),
    ...(about && ID.test(about) && { about_id: about }),
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
  /** What else was done to the first thing that it changed: the newest of it. */
  others: AuditRow[]
  /** Its id, where there is more. */
  about?: string
}

async function storyOf(visit: Visit, id: string): Promise<Story> {
  const [event] = (await visit.list<AuditRow>('list_audit_events', { audit_id: id })).rows
  if (!event) throw notFound('audit event')
  const about_id = event.changes[0]?.id
  if (!about_id) return { event, others: [] }
  const { rows, next } = await visit.list<AuditRow>('list_audit_events', { about_id, limit: 30 })
  return { event, others: rows.filter(row => row.id !== event.id), ...(next && { about: about_id }) }
}

async function storyPage(
  { catalog }: Host,
  visit: Visit,
  { event, others, about }: Story,
  query: Query,
): Promise<string> {
  const reading = readingOf(visit, { names: await visit.names(event, others) })
  const { client, surface, approval_id, arguments: written, changes } = event
  const how = say.activity.surfaces[surface as never] ?? surface
  const read = [
    ...(written && Object.keys(written).length > 0
      ? [html`<h2>${say.activity.asked}</h2>`, ...factCards(written, reading)]
      : []),
    ...panels(
      changes.map(({ type, id }) => changeRow(type, id, reading)),
      html`${say.activity.changed}`,
    ),
    html`${
      others.length > 0 &&
      html`<h2>${say.activity.story}</h2><p class="quiet">${say.activity.storyMore}</p>
<section class="panel">${auditRows(catalog, others, reading, 'h3')}</section>`
    }`,
    html`${about && html`<p class="actions"><a class="button" href="${HOME}?about=${about}">${say.activity.wholeStory}</a></p>`}`,
  ]
  const content = html`<p class="lede">${whoActed(event)} · ${momentOf(event.at, reading)} · ${how}${client && html` (${outside(client)})`}</p>
${approval_id && html`<p class="notice"><a href="/console/approvals/${approval_id}">${say.activity.itsApproval}</a></p>`}
${inParts(read, query.part, `${HOME}/${event.id}`)}`
  const above = html`<p class="trail"><a href="${HOME}">${say.sections.activity}</a></p>${outcomeBadge(event)}`
  return consolePage(visit, titleOf(catalog, event), content, { above })
}

function changeRow(type: string, id: string, reading: Reading): Html {
  return html`<li class="row"><p class="row-title">${words(id, reading)}</p><span class="badge">${label(type.replace(/^\w+\./, ''))}</span></li>
`
}

function dayIn(date: string, zone: string): [string, string] {
  const start = Temporal.PlainDate.from(date)
  const at = (day: Temporal.PlainDate) =>
    day.toZonedDateTime(zone).toInstant().toString({ smallestUnit: 'millisecond' })
  return [at(start), at(start.add({ days: 1 }))]
}
