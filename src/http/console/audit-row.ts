/** One line of the audit: what was done, by whom, and what came of it. */

import type { Names } from '../../calls/names.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { say } from '../texts/index.ts'
import { dayText, hourOf, label, moment, nameOf, type Reading } from './words.ts'

/** As `list_audit_events` answers it. */
export interface AuditRow {
  id: string
  at: string
  tool: string
  surface: string
  client: string | null
  outcome: keyof typeof say.activity.outcomes
  error_code: string | null
  principal: { kind: string; id: string | null; name: string | null }
  on_behalf_of: string | null
  decided_by: { id: string; name: string | null } | null
  approval_id: string | null
  changes: { type: string; id: string }[]
  arguments: Record<string, unknown> | null
  request_id: string
}

/** The day once, above what was done on it; beside each line its hour is enough. @param heading `h2`, or what is below one */
export function auditRows(catalog: Catalog, rows: AuditRow[], reading: Reading, heading: 'h2' | 'h3'): Html {
  const days = Map.groupBy(rows, ({ at }) => dayText({ epochMilliseconds: Date.parse(at) }, reading.timeZone))
  return html`${[...days].map(([day, ofDay]) => {
    const title =
      heading === 'h2' ? html`<h2 class="day-of">${day}</h2>` : html`<h3 class="day-of">${day}</h3>`
    return html`${title}
<ul class="rows">${ofDay.map(row => auditRow(catalog, row, reading))}</ul>
`
  })}`
}

function auditRow(catalog: Catalog, row: AuditRow, reading: Reading): Html {
  return html`<li class="row">
<p class="row-title"><a href="/console/activity/${row.id}">${titleOf(catalog, row)}</a>${about(row, reading.names)}</p>
${outcomeBadge(row)}
<p class="row-more">${whoActed(row)} · ${hourOf(row.at, { epochMilliseconds: Date.parse(row.at) }, reading)}</p>
</li>
`
}

export function titleOf(catalog: Catalog, { tool }: Pick<AuditRow, 'tool'>): Html {
  const title = catalog.get(tool)?.tool.title
  if (title !== undefined) return inEnglish(title)
  const doing = say.activity.doings[tool]
  return doing === undefined ? label(tool) : html`${doing}`
}

export function outcomeBadge({ outcome, error_code }: AuditRow): Html | false {
  const { word, look } = say.activity.outcomes[outcome] ?? { word: outcome, look: '' }
  const why = error_code && say.activity.codes[error_code as never]
  return html`<span class="badge ${look}">${why ?? word}</span>`
}

/** `Front desk agent`, `Maya approved what Front desk agent asked`, `Backdesk itself`. */
export function whoActed({ principal, decided_by }: AuditRow): Html {
  const { itself, newcomer } = say.activity
  const who = { system: itself, anonymous: newcomer }[principal.kind] ?? principal.name
  const asked = html`${who ? outside(who) : say.activity.gone}`
  return decided_by ? say.activity.allowedBy(asked, outside(decided_by.name ?? say.activity.gone)) : asked
}

export function momentOf(text: string, reading: Reading): Html {
  return moment({ epochMilliseconds: Date.parse(text) }, reading)
}

/** The first thing with a name that it changed, or that its arguments name. */
function about({ changes, arguments: written }: AuditRow, names: Names | undefined): Html | false {
  const ids = [...changes.map(({ id }) => id), ...Object.values(written ?? {})]
  const known = ids.map(id => names?.get(String(id))).find(found => found !== undefined)
  return known !== undefined && html`: ${nameOf({ ...known, at: null, staff: null }, { timeZone: 'UTC' })}`
}
