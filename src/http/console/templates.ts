/** `/console/settings/templates`: what messages are made from, each in its channels and languages, and the form to reword one. */

import type { FastifyInstance } from 'fastify'
import { notFound, type Refusal } from '../../catalog/refusal.ts'
import { type DefaultTemplate, defaultTemplates } from '../../domain/messaging/default-templates.ts'
import { numbered } from '../../domain/messaging/render.ts'
import { standardVariables } from '../../domain/messaging/standard-variables.ts'
import { languageCode, templateName } from '../../domain/messaging/whatsapp.ts'
import type { Host } from '../host.ts'
import { type Form, formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { namesOf } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { sendPage } from '../pages/page.ts'
import { beginning, inParts, PIECE, panels, pieces, weightOf } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { type Act, type Answered, act, field, press, queryOf, saidIn, textArea } from './kit.ts'
import { whyNot } from './refused.ts'
import { consolePage, type Visit, visitOf } from './shell.ts'
import { firstLine, label } from './words.ts'

/** As `list_message_templates` answers it. */
interface Template {
  key: string
  channel: string
  language: string
  version: number
  purpose: string
  subject: string | null
  body: string
  variables: { name: string; type: string }[]
  source: 'house' | 'workspace'
  provider_state: keyof typeof say.templates.providerStates
}

/** A template's natural key. */
interface Place {
  key: string
  channel: string
  language: string
}

export const TEMPLATES = '/console/settings/templates'
type Path = { Params: Place }

export function registerTemplates(app: FastifyInstance, host: Host): void {
  app.get(TEMPLATES, async (request, reply) => {
    const visit = await visitOf(host, request)
    const keys = Map.groupBy(await allTemplates(visit), ({ key }) => key)
    const lists = [...keys].flatMap(([key, templates]) => panels(templates.map(templateRow), label(key)))
    const content = html`<p class="lede">${say.templates.lede}</p>
${inParts(lists, queryOf(request).part, TEMPLATES)}`
    return sendPage(reply, consolePage(visit, say.settings.headings.templates, content, { above: trail() }))
  })

  app.get<Path>(`${TEMPLATES}/:key/:channel/:language`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const query = queryOf(request)
    const shown = { said: saidIn(query), part: query.part, edit: query.edit !== undefined }
    return sendPage(reply, templatePage(visit, await templateAt(visit, request.params), shown))
  })

  app.post<Path>(`${TEMPLATES}/:key/:channel/:language`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const form = formOf(request.body)
    const template = await templateAt(visit, request.params)
    const { key, channel, purpose } = template
    const language = form.language?.trim() || template.language
    const text = { body: form.body ?? '', ...(channel === 'email' && { subject: form.subject ?? '' }) }
    const variables = ownVariables(template).filter(({ name }) =>
      Object.values(text).some(part => part.includes(`{{${name}}}`)),
    )
    const args = { key, channel, language, purpose, variables, ...text }
    // As it is kept, which may be another way to write it: `pt-br` is `pt-BR`.
    const then = (kept: Record<string, unknown>) => pathOf({ key, channel, language: String(kept.language) })
    return act(visit, request, reply, {
      ...rewording(template),
      args,
      then,
      said: 'saved',
      refused: refusal => templatePage(visit, template, { refusal, form }),
    })
  })

  app.post<Path>(`${TEMPLATES}/:key/:channel/:language/standard`, async (request, reply) => {
    const visit = await visitOf(host, request)
    const template = await templateAt(visit, request.params)
    const standard = standardOf(template)
    if (!standard) throw notFound('template')
    const { version: _, subject, ...text } = standard
    const args = { ...text, ...(subject !== null && { subject }) }
    return act(visit, request, reply, { ...rewording(template), args, said: 'standard' })
  })
}

/** What is common to all that give a template another text; one in another language stays beside it. */
function rewording(template: Template): Pick<Act, 'tool' | 'back' | 'undo'> {
  const tool = 'upsert_message_template'
  const undo = (kept: Answered & Partial<Template>) =>
    kept.language === template.language && kept.version !== template.version
      ? { tool, arguments: asItWas(template) }
      : null
  return { tool, back: pathOf(template), undo }
}

/** What the house says there. */
function standardOf({ key, channel, language }: Place): DefaultTemplate | undefined {
  return defaultTemplates.find(one => one.key === key && one.channel === channel && one.language === language)
}

/** To set it again: another version, with the text that it had. */
function asItWas(template: Template): Record<string, unknown> {
  const { key, channel, language, purpose, subject, body } = template
  const variables = ownVariables(template)
  return { key, channel, language, purpose, body, variables, ...(subject !== null && { subject }) }
}

/** What a template says beside what each may say of customer, booking and invoice. */
function ownVariables({ variables }: Template): Template['variables'] {
  return variables.filter(({ name }) => !Object.hasOwn(standardVariables, name))
}

function pathOf({ key, channel, language }: Place): string {
  return `${TEMPLATES}/${key}/${channel}/${language}`
}

/** The house has some 40; a workspace may write each anew in each of its languages. */
function allTemplates(visit: Visit, filter: { key?: string } = {}): Promise<Template[]> {
  return visit.all<Template>('list_message_templates', filter)
}

/** @throws Refusal `not_found` */
async function templateAt(visit: Visit, { key, channel, language }: Place): Promise<Template> {
  const templates = /^[a-z][a-z0-9_]{0,63}$/.test(key) ? await allTemplates(visit, { key }) : []
  const found = templates.find(one => one.channel === channel && one.language === language)
  if (!found) throw notFound('template')
  return found
}

function templateRow(template: Template): Html {
  const { channel, language, version, purpose, source, subject, body } = template
  const marks = [
    namesOf('language')(language),
    source === 'house' ? say.templates.asItCame : say.templates.version(version),
    ...(purpose === 'marketing' ? [say.templates.marketing] : []),
  ]
  return html`<li class="row"><p class="row-title"><a href="${pathOf(template)}">${beginning(subject ?? firstLine(body, 60), 80)}</a></p>
<span class="badge">${say.messages.channels[channel as never] ?? channel}</span>
<p class="row-more">${marks.join(' · ')}</p></li>
`
}

interface Shown {
  said?: Html | false
  /** Why the text was not taken, with what was written, which is not lost. */
  refusal?: Refusal
  form?: Form
  /** Of what is too long for one page, which part. */
  part?: string
  /** To reword what is too long to be beside the form. */
  edit?: boolean
}

function templatePage(visit: Visit, template: Template, { said, refusal, form, part, edit }: Shown): string {
  const { key, channel, language, version, subject, body, source, provider_state } = template
  const own = ownVariables(template)
  const mayEdit = visit.principal.role !== 'member'
  const isLong = weightOf(html`${body}`) > PIECE
  const rewords = mayEdit && isLong && (edit === true || form !== undefined)
  const read = [
    ...letter({ subject, body }),
    ...(provider_state === 'draft' || provider_state === 'rejected' ? toBeApproved(template) : []),
  ]
  const content = html`${said}
${refusal && whyNot(refusal)}
<p class="lede">${namesOf('language')(language)} · ${source === 'house' ? say.templates.asItCame : say.templates.version(version)}${provider_state !== 'not_needed' && html` · ${say.templates.providerStates[provider_state]}`}</p>
${!rewords && inParts(read, part, pathOf(template))}
${mayEdit && (rewords || !isLong ? editForm(template, form, rewords) : html`<p><a href="${pathOf(template)}?edit=1">${say.templates.edit}</a></p>`)}
${mayEdit && !rewords && source === 'workspace' && standardWords(template)}
${own.length > 0 && html`<h2>${say.templates.variables}</h2><p>${own.map(({ name }, at) => html`${at > 0 && ', '}<code>${`{{${name}}}`}</code>`)}</p>`}`
  const above = html`${trail()}<span class="badge">${say.messages.channels[channel as never] ?? channel}</span>`
  return consolePage(visit, label(key), content, { above })
}

function letter({ subject, body }: Pick<Template, 'subject' | 'body'>): Html[] {
  return pieces(body, part => html`<p class="body">${outside(part)}</p>`).map(
    (piece, at) =>
      html`<article class="card letter">${at === 0 && subject && html`<h2>${outside(subject)}</h2>`}${piece}</article>
`,
  )
}

/** To be read before they are taken. Where the house writes in no such language, there is no way back to it. */
function standardWords(template: Template): Html | false {
  const standard = standardOf(template)
  return (
    standard !== undefined &&
    html`<details class="edits"><summary>${say.templates.standard}</summary>
${letter(standard)}
<p class="quiet">${say.templates.standardMore}</p>
${press(`${pathOf(template)}/standard`, say.templates.takeStandard)}</details>`
  )
}

/** How a person shows it to WhatsApp, which knows it by name and text. */
function toBeApproved(template: Template): Html[] {
  const name = html`<code>${templateName(template)}</code>`
  const language = html`<code>${languageCode(template.language)}</code>`
  return [
    html`<h2>${say.templates.atWhatsApp}</h2><p>${say.templates.toBeApproved(name, language)}</p>
`,
    ...letter({ subject: null, body: numbered(template.body) }),
  ]
}

function editForm(template: Template, form: Form | undefined, open: boolean): Html {
  const { channel, language, subject, body } = template
  return html`<details class="edits"${(form || open) && html` open`}><summary>${say.templates.edit}</summary>
<form class="fields" method="post" action="${pathOf(template)}">
${channel === 'email' && field('subject', say.templates.subject, form?.subject ?? subject ?? '', { required: true })}
${textArea('body', say.templates.body, form?.body ?? body, 6)}
<p class="quiet">${say.templates.known(html`<code>${Object.keys(standardVariables).join(', ')}</code>`)}</p>
${field('language', say.templates.language, form?.language ?? language, { required: true, hint: say.templates.languageHint })}
<p class="quiet">${say.templates.editMore}</p>
<button class="primary">${say.kit.save}</button></form></details>`
}

function trail(): Html {
  return html`<p class="trail"><a href="/console/settings">${say.sections.settings}</a></p>`
}
