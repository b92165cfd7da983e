/** The approval policy as sentences, and a form that adds one. Every change is a call of `set_approval_policy`. */

import type { PolicyRule } from '../../calls/policy.ts'
import type { Reviewed } from '../../calls/review-desk.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { type Html, html } from '../pages/html.ts'
import { markedEnglish, moneyText } from '../pages/language.ts'
import { say } from '../texts/index.ts'
import { titleOf } from './audit-row.ts'
import { type Choice, choice, field, hidden } from './kit.ts'
import { label } from './words.ts'

export type RuleRow = PolicyRule

const PATH = '/console/settings/rules'

export function ruleList(catalog: Catalog, rules: RuleRow[], mayChange: boolean): Html {
  if (rules.length === 0)
    return html`<div class="empty"><h3>${say.rules.none}</h3><p>${say.rules.noneMore}</p></div>`
  return html`<section class="panel"><ul class="rows">${rules.map(
    (rule, at) => html`<li class="row"><p class="row-title">${titleOf(catalog, rule)}</p>
${mayChange && html`<form method="post" action="${PATH}">${hidden({ remove: String(at) })}<button class="quiet-button">${say.rules.remove}</button></form>`}
<p class="row-more">${sentence(rule)}</p></li>
`,
  )}</ul></section>`
}

/** What `set_approval_policy` would set, where an approval is of that: a sentence for each rule, in the place of fields. */
export function rulesAsked({ tool, preview }: Pick<Reviewed, 'tool' | 'preview'>): Html[] | null {
  const rules = tool === 'set_approval_policy' && (preview as { rules?: RuleRow[] } | null)?.rules
  if (!rules) return null
  if (rules.length === 0)
    return [html`<li class="row"><p><strong>${say.rules.none}.</strong> ${say.rules.noneLeft}</p></li>`]
  return rules.map(
    rule => html`<li class="row"><p class="row-title">${label(rule.tool)}</p><p class="row-more">${sentence(rule)}</p></li>
`,
  )
}

export function ruleRows(rules: Html[], more?: Html | false): Html {
  return html`<div class="card"><ul class="rows">${rules}</ul>${more}</div>
`
}

/** `Over €50.00, between 21:00 and 07:00: an owner decides, within 3 days.` */
export function sentence(rule: RuleRow): string {
  const { gate, amount_over, recipients_over, template, hours, reviewers, expires_after_minutes } = rule
  const when = [
    amount_over && say.rules.over(moneyText(amount_over)),
    recipients_over !== undefined && say.rules.moreThan(recipients_over),
    template && say.rules.from(template),
    hours && say.rules.between(hours.from, hours.to),
  ].filter(part => typeof part === 'string')
  const then =
    gate === 'approve' ? say.rules.decides(reviewers, expires_after_minutes) : say.rules.gates[gate]!
  const words = when.length > 0 ? `${when.join(', ')}: ${then}` : then
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function ruleForm({ entries }: Catalog, currency: string): Html {
  const tools = entries.filter(({ tool }) => tool.effect !== 'read' && tool.role !== 'nobody')
  return html`<details class="edits"><summary>${say.rules.add}</summary>
<form class="fields" method="post" action="${PATH}">
${choice(
  'tool',
  say.rules.tool,
  tools.map(({ tool }): Choice => [tool.name, tool.title, markedEnglish]),
  'send_message',
)}
${choice('gate', say.rules.gate, Object.entries(say.rules.gateChoices), 'approve')}
${choice('reviewers', say.rules.reviewers, Object.entries(say.rules.reviewerChoices))}
${field('amount', say.rules.amount(currency), '', { hint: say.rules.amountHint })}
${field('recipients', say.rules.recipients, '', { type: 'number', hint: say.rules.recipientsHint })}
${field('template', say.rules.template, '', { hint: say.rules.templateHint })}
${field('from', say.rules.hourFrom, '', { type: 'time' })}
${field('to', say.rules.hourTo, '', { type: 'time' })}
${field('days', say.rules.days, '', { type: 'number', hint: say.rules.daysHint })}
<button class="primary">${say.rules.addIt}</button></form></details>`
}
