/** `/console/settings`: the policies, the templates, what writes by itself, and what the providers know the business by. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { credentialShapes, type ProviderName, providerNames } from '../../access/credentials.ts'
import { notFound } from '../../catalog/refusal.ts'
import type { Host } from '../host.ts'
import { formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { deciderOf } from './decisions.ts'
import {
  type Answered,
  act,
  asBefore,
  differing,
  field,
  given,
  press,
  problemPage,
  queryOf,
  saidIn,
} from './kit.ts'
import { providerCards } from './provider-cards.ts'
import { isToldHere } from './refused.ts'
import type { RuleRow } from './rule-words.ts'
import { registerRules, ruleList, ruleStart } from './rules.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'
import { TEMPLATES } from './templates.ts'

interface Settings {
  name: string
  time_zone: string
  country: string
  currency: string
  quiet_hours: { from: string; to: string } | null
  version: number
  approval_rules: RuleRow[]
}

interface Automation {
  key: string
  enabled: boolean
  template: string
  channel: string | null
  minutes_before: number | null
  version: number
}

const HOME = '/console/settings'

export function registerSettings(app: FastifyInstance, host: Host): void {
  app.get(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const isAdmin = visit.principal.role !== 'member'
    const [settings, automations, credentials] = await Promise.all([
      visit.read<Settings>('get_workspace_settings'),
      visit.read<Automation[]>('list_automations'),
      isAdmin ? host.credentials.list(deciderOf(visit, request)) : [],
    ])
    const content = html`${saidIn(queryOf(request))}
<nav class="chips" aria-label="${say.settings.parts}">${Object.entries(say.settings.headings).map(([id, text]) => html`<a href="#${id}">${text}</a>`)}</nav>
${part('business', businessForm(settings, isAdmin))}
${part('approvals', html`<p>${say.settings.approvalsMore}</p>${ruleList(host.catalog, settings.approval_rules, isAdmin)}${isAdmin && ruleStart(host.catalog)}`)}
${part('automations', html`<p>${say.settings.automationsMore}</p><section class="panel"><ul class="rows">${automations.map(one => automationRow(one, isAdmin))}</ul></section>`)}
${part('templates', html`<p>${say.settings.templatesMore}</p><p class="actions"><a class="button" href="${TEMPLATES}">${say.settings.openTemplates}</a></p>`)}
${isAdmin && part('providers', html`<p>${say.settings.providersMore}</p>${providerCards(credentials, { home: HOME, publicUrl: host.publicUrl, visit })}`)}`
    return sendPage(reply, consolePage(visit, say.sections.settings, content))
  })

  app.post(HOME, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const quiet = given(form, ['from', 'to'])
    const before = await visit.read<Settings>('get_workspace_settings')
    const changes = differing(before, {
      ...given(form, ['name', 'time_zone', 'country']),
      quiet_hours: quiet.from && quiet.to ? quiet : null,
    })
    const tool = 'update_workspace_settings'
    const undo = ({ version }: Answered) => ({ tool, arguments: { version, ...asBefore(before, changes) } })
    const args = { version: Number(form.version), ...changes }
    return act(visit, request, reply, { tool, args, back: `${HOME}#business`, said: 'saved', undo })
  })

  registerRules(app, host)

  app.post<{ Params: { key: string } }>(`${HOME}/automations/:key`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const enabled = formOf(request.body).enabled === 'yes'
    const all = await visit.read<Automation[]>('list_automations')
    const before = all.find(({ key }) => key === request.params.key)
    if (!before) throw notFound('automation')
    const { key, template, channel, minutes_before } = before
    const rest = { key, template, ...(channel && { channel }), ...(minutes_before && { minutes_before }) }
    const tool = 'upsert_automation'
    const undo = ({ version }: Answered) =>
      version === before.version + 1 ? { tool, arguments: { ...rest, enabled: before.enabled } } : null
    const back = `${HOME}#automations`
    return act(visit, request, reply, { tool, args: { ...rest, enabled }, back, said: 'saved', undo })
  })

  for (const what of ['save', 'remove', 'check'] as const) {
    app.post<{ Params: { provider: string } }>(
      `${HOME}/providers/:provider/${what}`,
      async (request, reply) => {
        const visit = await visitOf(host, request)
        const provider = providerIn(request.params.provider)
        try {
          await change(host, visit, request, what, provider)
          return reply.redirect(`${HOME}?said=${what === 'remove' ? 'forgotten' : 'checking'}#providers`, 303)
        } catch (error) {
          if (!isToldHere(error)) throw error
          return sendPage(reply.code(error.status), problemPage(visit, error, `${HOME}#providers`))
        }
      },
    )
  }
}

function change(
  { credentials }: Host,
  visit: Visit,
  request: FastifyRequest,
  what: 'save' | 'remove' | 'check',
  provider: ProviderName,
): Promise<void> {
  const person = deciderOf(visit, request)
  if (what === 'remove') return credentials.remove(person, provider)
  if (what === 'check') return credentials.check(person, provider)
  const names = Object.keys(credentialShapes[provider].shape)
  return credentials.save(person, provider, given(formOf(request.body), names))
}

function providerIn(name: string): ProviderName {
  const found = providerNames.find(one => one === name)
  if (!found) throw notFound('workspace')
  return found
}

function part(id: keyof typeof say.settings.headings, content: Html): Html {
  return html`<section id="${id}"><h2>${say.settings.headings[id]}</h2>${content}</section>
`
}

function businessForm(settings: Settings, isAdmin: boolean): Html {
  const { name, time_zone, country, currency, quiet_hours, version } = settings
  if (!isAdmin) return html`<p>${outside(name)} · ${time_zone} · ${currency}</p>`
  return html`<form class="card fields" method="post" action="${HOME}"><input type="hidden" name="version" value="${version}">
${field('name', say.settings.name, name, { required: true })}
${field('time_zone', say.settings.zone, time_zone, { required: true, hint: say.settings.zoneHint })}
${field('country', say.settings.country, country, { required: true, hint: say.settings.countryHint })}
<fieldset class="pair"><legend>${say.settings.quiet}</legend>
${field('from', say.settings.quietFrom, quiet_hours?.from ?? '', { type: 'time' })}
${field('to', say.settings.quietTo, quiet_hours?.to ?? '', { type: 'time' })}
<p class="quiet">${say.settings.quietMore}</p></fieldset>
<button class="primary">${say.kit.save}</button></form>`
}

function automationRow({ key, enabled, minutes_before }: Automation, isAdmin: boolean): Html {
  const { title, more } = say.settings.automations[key as never] ?? {
    title: key.replaceAll('_', ' '),
    more: '',
  }
  const toggle = press(
    `${HOME}/automations/${key}`,
    enabled ? say.settings.switchOff : say.settings.switchOn,
    { enabled: enabled ? 'no' : 'yes' },
    'quiet-button',
  )
  return html`<li class="row"><p class="row-title">${title} <span class="badge ${enabled ? 'reads' : ''}">${enabled ? say.settings.on : say.settings.off}</span></p>
${isAdmin && toggle}
<p class="row-more">${more}${minutes_before !== null && html` ${say.settings.before(minutes_before)}`}</p></li>
`
}
