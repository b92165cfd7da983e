/**
 * The approval policy as sentences, and a rule more: first what for, then a form with what that can meet. Every change is
 * a call of `set_approval_policy`.
 */

import type { FastifyInstance } from 'fastify'
import { hashOf } from '../../calls/parse.ts'
import type { PolicyRule } from '../../calls/policy.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { domains, type Measure, type Tool } from '../../catalog/define.ts'
import type { Refusal } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { type Form, formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish, markedEnglish, PageRefusal } from '../pages/language.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { titleOf } from './audit-row.ts'
import { act, amountOf, type Choice, choice, field, hidden, queryOf, whole } from './kit.ts'
import { whyNot } from './refused.ts'
import { type RuleRow, sentence } from './rule-words.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'
import { label } from './words.ts'

const PATH = '/console/settings/rules'
const HOME = '/console/settings#approvals'

export function registerRules(app: FastifyInstance, host: Host): void {
  app.get(PATH, async (request, reply) => {
    const visit = await visitOf(host, request)
    const tool = ruled(host.catalog).find(({ name }) => name === queryOf(request).tool)
    if (!tool || visit.principal.role === 'member') return reply.redirect(HOME, 303)
    return sendPage(reply, rulePage(visit, tool, await templatesFor(visit, tool)))
  })

  app.post(PATH, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const { approval_rules: before } = await visit.read<{ approval_rules: RuleRow[] }>(
      'get_workspace_settings',
    )
    const tool = ruled(host.catalog).find(({ name }) => name === form.tool)
    const templates = await templatesFor(visit, tool)
    const refused = tool && ((refusal: Refusal) => rulePage(visit, tool, templates, { form, refusal }))
    try {
      const args = { rules: rulesAfter(visit, before, form) }
      const undo = () => ({ tool: 'set_approval_policy', arguments: { rules: before } })
      const call = { tool: 'set_approval_policy', args, back: HOME, said: 'saved', undo, refused } as const
      return await act(visit, request, reply, call)
    } catch (error) {
      if (!(error instanceof PageRefusal) || !refused) throw error
      return sendPage(reply.code(error.status), refused(error))
    }
  })
}

export function ruleList(catalog: Catalog, rules: RuleRow[], mayChange: boolean): Html {
  if (rules.length === 0)
    return html`<div class="empty"><h3>${say.rules.none}</h3><p>${say.rules.noneMore}</p></div>`
  return html`<section class="panel"><ul class="rows">${rules.map(
    rule => html`<li class="row"><p class="row-title">${titleOf(catalog, rule)}</p>
${mayChange && html`<form method="post" action="${PATH}">${hidden({ remove: hashOf(rule) })}<button class="quiet-button">${say.rules.remove}</button></form>`}
<p class="row-more">${sentence(rule)}</p></li>
`,
  )}</ul></section>`
}

/** What the rule is for: what it can ask depends on that. */
export function ruleStart(catalog: Catalog): Html {
  const tools = Map.groupBy(ruled(catalog), ({ domain }) => domain)
  const groups = domains.filter(domain => tools.has(domain))
  return html`<details class="edits"><summary>${say.rules.add}</summary>
<form class="fields" action="${PATH}">
<div class="field"><label for="tool">${say.rules.tool}</label>
<select id="tool" name="tool">${groups.map(
    domain =>
      html`<optgroup label="${say.catalog.domains[domain]}">${tools
        .get(domain)!
        .map(
          ({ name, title }) =>
            html`<option value="${name}"${markedEnglish}${name === COMMON && html` selected`}>${title}</option>`,
        )}</optgroup>`,
  )}</select></div>
<button class="primary">${say.rules.goOn}</button></form></details>`
}

const COMMON = 'send_message'

/** What may wait for somebody. */
function ruled({ entries }: Catalog): Tool[] {
  return entries
    .map(({ tool }) => tool)
    .filter(({ effect, role, forwards }) => effect !== 'read' && role !== 'nobody' && !forwards)
}

/** @param tried what was refused, and why */
function rulePage(
  visit: Visit,
  tool: Tool,
  templates: Choice[],
  tried?: { form: Form; refusal: Refusal },
): string {
  const form = tried?.form ?? {}
  const has = (measure: Measure) => tool.declares?.includes(measure) === true
  const content = html`${tried && whyNot(tried.refusal)}
<p class="lede">${say.rules.lede}</p>
<form class="card fields" method="post" action="${PATH}">${hidden({ tool: tool.name })}
${choice('gate', say.rules.gate, gatesFor(tool), form.gate)}
${choice('reviewers', say.rules.reviewers, Object.entries(say.rules.reviewerChoices), form.reviewers)}
${has('amount') && field('amount', say.rules.amount(visit.workspace.currency), form.amount, { hint: say.rules.amountHint })}
${has('recipients') && field('recipients', say.rules.recipients, form.recipients, { type: 'number', hint: say.rules.recipientsHint })}
${has('template') && choice('template', say.rules.template, [['', say.rules.anyTemplate], ...templates], form.template)}
<fieldset class="pair"><legend>${say.rules.hours}</legend>
${field('from', say.rules.hourFrom, form.from, { type: 'time' })}
${field('to', say.rules.hourTo, form.to, { type: 'time' })}
<p class="quiet">${say.rules.hoursHint}</p></fieldset>
${field('days', say.rules.days, form.days, { type: 'number', hint: say.rules.daysHint })}
<div class="actions"><button class="primary">${say.rules.addIt}</button> <a class="button" href="${HOME}">${say.kit.leave}</a></div></form>`
  const above = html`<p class="trail"><a href="${HOME}">${say.settings.headings.approvals}</a></p>`
  return consolePage(visit, inEnglish(tool.title), content, { above })
}

/** What a rule may make of it: of what takes something away never that nobody looks, and some keep what they have. */
function gatesFor({ gate, gateIsFixed, effect }: Tool): Choice[] {
  const all = Object.entries(say.rules.gateChoices)
  if (gateIsFixed) return all.filter(([name]) => name === gate)
  return effect === 'destroy' ? all.filter(([name]) => name !== 'allow') : all
}

/** Each by its key and the version that it has now, which is the one that such a rule names. */
async function templatesFor(visit: Visit, tool: Tool | undefined): Promise<Choice[]> {
  if (!tool?.declares?.includes('template')) return []
  const all = await visit.all<{ key: string; version: number }>('list_message_templates')
  const named = all.map(({ key, version }): [string, Choice] => {
    const value = `${key}@${version}`
    return [value, [value, say.rules.templateAt(label(key).plain, version), markedEnglish]]
  })
  return [...new Map(named).values()]
}

/**
 * The rules with one more, or without one. That is named by what it says: its place may be another's by now, where somebody
 * has removed one before it, or the same press comes twice.
 * @throws Refusal `invalid_input`
 */
function rulesAfter(visit: Visit, rules: RuleRow[], form: Form): Partial<PolicyRule>[] {
  if (form.remove !== undefined) return rules.filter(rule => hashOf(rule) !== form.remove)
  const { tool = '', gate = '', reviewers, amount, recipients, template, days, from, to } = form
  const added: Record<string, unknown> = { tool, gate, reviewers }
  if (amount?.trim()) added.amount_over = amountOf(amount, visit.workspace.currency)
  if (recipients?.trim()) added.recipients_over = whole(recipients, say.rules.recipients)
  if (template?.trim()) added.template = template.trim()
  if (!from !== !to) throw new PageRefusal('invalid_input', say.rules.bothHours)
  if (from && to) added.hours = { from, to }
  if (days?.trim()) added.expires_after_minutes = whole(days, say.rules.days) * 24 * 60
  return [...rules, added as Partial<PolicyRule>]
}
