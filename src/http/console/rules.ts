/** The approval policy as sentences, and a form that adds one. Every change is a call of `set_approval_policy`. */

import type { Catalog } from '../../catalog/catalog.ts'
import { type Html, html } from '../pages/html.ts'
import { markedEnglish } from '../pages/language.ts'
import { say } from '../texts/index.ts'
import { titleOf } from './audit-row.ts'
import { type Choice, choice, field, hidden } from './kit.ts'
import { type RuleRow, sentence } from './rule-words.ts'

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
