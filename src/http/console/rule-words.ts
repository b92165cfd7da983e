/** A rule of the approval policy as a sentence. */

import type { PolicyRule } from '../../calls/policy.ts'
import type { Reviewed } from '../../calls/review-desk.ts'
import { type Html, html } from '../pages/html.ts'
import { moneyText } from '../pages/language.ts'
import { say } from '../texts/index.ts'
import { label } from './words.ts'

export type RuleRow = PolicyRule

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
