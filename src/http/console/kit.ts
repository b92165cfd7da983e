/** What the console's pages are made of: a form's fields, an empty page that teaches, where a list goes on. */

import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { WriteBody } from '../../calls/call.ts'
import { hashOf } from '../../calls/parse.ts'
import type { Inverse, Undo } from '../../calls/undo.ts'
import type { Tool } from '../../catalog/define.ts'
import { withoutPaths } from '../../catalog/json-schema.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { type Form, formOf } from '../pages/form.ts'
import { type Html, html } from '../pages/html.ts'
import { inEnglish, PageRefusal } from '../pages/language.ts'
import { sendPage } from '../pages/page.ts'
import { say } from '../texts/index.ts'
import { previewOf } from './preview.ts'
import { whyNot, wroteBefore } from './refused.ts'
import { consolePage, readingOf, type Visit } from './shell.ts'

export type Query = Partial<Record<string, string>>

/** Of a query string, what stands once. */
export function queryOf(request: FastifyRequest): Query {
  const given = Object.entries((request.query ?? {}) as Record<string, unknown>)
  return Object.fromEntries(given.filter(([, value]) => typeof value === 'string' && value !== '')) as Query
}

export function empty({ title, more }: { title: string; more: string }, action?: Html | false): Html {
  return html`<div class="empty"><h2>${title}</h2><p>${more}</p>${action && html`<p class="actions">${action}</p>`}</div>`
}

/** To the next page of a list, with the filters of this one. @param name of its cursor, where a page has several lists */
export function pager(
  path: string,
  query: Query,
  next: string | undefined,
  { name = 'cursor', text = say.kit.older } = {},
): Html | false {
  if (next === undefined) return false
  const params = new URLSearchParams({ ...(query as Record<string, string>), [name]: next })
  return html`<p class="actions"><a class="button" href="${path}?${params.toString()}" rel="next">${text}</a></p>`
}

export interface FieldOptions {
  type?: string
  required?: boolean
  hint?: string
  autocomplete?: string
  /** Where it is not its id: of two forms with the same fields on one page. */
  name?: string
}

export function field(id: string, title: string, value = '', options: FieldOptions = {}): Html {
  const { type = 'text', required, hint, autocomplete = 'off', name = id } = options
  return html`<div class="field"><label for="${id}">${title}</label>
<input id="${id}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}"${required && html` required`}${hint && html` aria-describedby="${id}-hint"`}>
${hint && html`<p class="quiet" id="${id}-hint">${hint}</p>`}</div>
`
}

/** A browser drops the first line break of a text area (HTML, 13.2.6.4.7), so one is put there for it. */
export function textArea(name: string, title: string | Html, text = '', least = 2): Html {
  return html`<div class="field">
<label for="${name}">${title}</label>
<textarea id="${name}" name="${name}" rows="${rowsOf(text, least)}" dir="auto">
${text}</textarea>
</div>
`
}

/** As many as the text takes on a phone, of some 40 characters, and no more than its screen has. */
function rowsOf(text: string, least: number): number {
  const rows = text.split(/\r\n?|\n/).reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 40)), 0)
  return Math.min(Math.max(rows, least), 16)
}

/** A value, its words, and the mark of those that are in another language. */
export type Choice = [string, string, (Html | false)?]

export function choice(name: string, title: string, choices: Choice[], chosen = ''): Html {
  return html`<div class="field"><label for="${name}">${title}</label>
<select id="${name}" name="${name}">${choices.map(
    ([value, words, mark]) =>
      html`<option value="${value}"${mark}${value === chosen && html` selected`}>${words}</option>`,
  )}</select></div>
`
}

/** A key made with the form: sent twice, it acts once. */
export function keyField(): Html {
  return html`<input type="hidden" name="idempotency_key" value="${crypto.randomUUID()}">`
}

export function hidden(fields: Record<string, string>): Html {
  return html`${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`
}

/** A form of one button. */
export function press(action: string, text: string, fields: Record<string, string> = {}, look = ''): Html {
  return html`<form method="post" action="${action}">${keyField()}${hidden(fields)}<button${look && html` class="${look}"`}>${text}</button></form>`
}

/**
 * What was done, on the page to which it led back, with the button that takes it back. Only words of ours: the address names
 * one of them; and an undo of somebody else's does nothing.
 */
export function saidIn({ said, undo = '' }: Query): Html | false {
  const words = say.said[said as keyof typeof say.said]
  const button = /^undo_\w{26}$/.test(undo) && press(`/console/undo/${undo}`, say.kit.undo)
  return words !== undefined && html`<div class="notice said" role="status"><p>${words}</p>${button}</div>`
}

export interface Act {
  tool: string
  args: Record<string, unknown>
  /** Where it leads once it is done; with a word of `say.said`. */
  back: string
  said: keyof typeof say.said
  /** Where it leads instead, if that is known only from what came of it. */
  then?: (made: Record<string, unknown>) => string
  /** The form again, with what was written, instead of the page that says what was refused. */
  refused?: (refusal: Refusal) => string
  /** The call that takes it back, by what it answered; what stood before was read before. null: nothing changed. */
  undo?: (answered: Answered) => Called | null
  /** The undo that it is. */
  undoes?: Undo
}

/** Of what a changed thing is answered as; closures have neither, and the policy no id. */
export interface Answered {
  id: string
  version: number
}

/**
 * A form's call, by the road of every call. A preview becomes a page that asks; what waits for somebody else leads to
 * where it waits.
 */
export async function act(
  visit: Visit,
  request: FastifyRequest,
  reply: FastifyReply,
  { tool, args, back, said, then, refused, undo, undoes }: Act,
): Promise<FastifyReply> {
  const form = formOf(request.body)
  const { idempotency_key, confirm_token } = form
  const keyed = await takesKey(visit, tool)
  const asked = {
    ...args,
    ...(keyed && idempotency_key && { idempotency_key }),
    ...(confirm_token && { confirm_token }),
  }
  const onward = (data: unknown) => (then ? then(data as Record<string, unknown>) : back)
  const inverse = (data: unknown) => {
    const call = undo!(data as Answered)
    return call && !isTheSame(call, { tool, arguments: args }) ? { ...call, leadsTo: onward(data) } : null
  }
  const answer = await visit.write(tool, asked, { ...(undo && { inverse }), undoes })
  if (answer.refusal) {
    const next = undoes && say.undo.problems[answer.refusal.code]
    const page = refused ? refused(answer.refusal) : problemPage(visit, answer.refusal, back, { next, form })
    return sendPage(reply.code(answer.refusal.status), page)
  }
  const body = answer.body as WriteBody
  if (body.status === 'needs_approval') return reply.redirect(new URL(body.approval!.url).pathname, 303)
  if (body.status === 'needs_confirmation') {
    // A token in a preview is of what is not made.
    const data = withoutPaths(body.data, answer.entry.secretData)
    const page = confirmPage(visit, answer.entry.tool, { ...body, data }, form, request.url, back)
    return sendPage(reply, await page)
  }
  return reply.redirect(withQuery(onward(body.data), { said, ...(body.undo && { undo: body.undo }) }), 303)
}

/** What takes a change back by making it was none: a form sent as it stood. Its version is the only thing that moved. */
function isTheSame(one: Called, other: Called): boolean {
  const asked = ({ tool, arguments: { version: _, ...args } }: Called) => hashOf([tool, args])
  return asked(one) === asked(other)
}

type Called = Pick<Inverse, 'tool' | 'arguments'>

/** A path with more in its query, before the part of the page that it may name. */
function withQuery(path: string, more: Record<string, string>): string {
  const [, before, query = '', part = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(path)!
  const params = new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(query)), ...more })
  return `${before}?${params.toString()}${part}`
}

async function takesKey(visit: Visit, tool: string): Promise<boolean> {
  return visit.catalog.get(tool)?.tool.key === true
}

/** Asks by the name of the act: the button says what it does, and looks like it where it takes something away. */
async function confirmPage(
  visit: Visit,
  { name, title, effect }: Tool,
  { data, warnings = [], confirm_token }: WriteBody,
  form: Record<string, string>,
  action: string,
  back: string,
): Promise<string> {
  const { ask, press } = say.confirm.asks[name] ?? { ask: inEnglish(title), press: say.confirm.press }
  const reading = readingOf(visit, { names: await visit.names(data) })
  const again = { ...form, confirm_token: confirm_token! }
  const content = html`<p class="lede">${say.confirm.lede}</p>
${warnings.slice(0, -1).map(warning => html`<p class="notice">${inEnglish(warning)}</p>`)}
${previewOf(name, (data ?? {}) as Record<string, unknown>, reading)}
<form method="post" action="${action}">${hidden(again)}<div class="actions"><button class="primary${effect === 'destroy' && ' danger'}">${press}</button>
<a class="button" href="${back}">${say.kit.leave}</a></div></form>`
  return consolePage(visit, ask, content)
}

/** What was refused, why, what to do next, and what was written. */
export function problemPage(
  visit: Visit,
  refusal: Refusal,
  back: string,
  { next = say.problems[refusal.code], form = {} }: { next?: string; form?: Form } = {},
): string {
  const content = html`${whyNot(refusal)}
<p>${next ?? say.kit.nothingChanged}</p>
<p class="actions"><a class="button primary" href="${back}">${say.kit.back}</a></p>
${wroteBefore(form)}`
  return consolePage(visit, say.kit.notDone, content)
}

/** For a tool that takes no version. @throws Refusal `stale_version` where it has changed since the form was made */
export function mustBeAt(version: number, form: Record<string, string>): void {
  if (Number(form.version) !== version)
    throw new Refusal('stale_version', 'It has changed since this page was opened.')
}

/** Of what a form says, the fields that say something else than what stands: the rest is not touched. */
export function differing(before: object, wanted: Record<string, unknown>): Record<string, unknown> {
  const stood = before as Record<string, unknown>
  const differs = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(stood[name] ?? null)
  return Object.fromEntries(Object.entries(wanted).filter(differs))
}

/** Of what stood before, the fields that a change names: setting them again takes it back. */
export function asBefore(before: object, changed: object): Record<string, unknown> {
  const stood = before as Record<string, unknown>
  return Object.fromEntries(Object.keys(changed).map(name => [name, stood[name]]))
}

/** Text fields of a form that say something. */
export function given(form: Record<string, string>, names: string[]): Record<string, string> {
  const filled = names.filter(name => form[name] !== undefined && form[name]!.trim() !== '')
  return Object.fromEntries(filled.map(name => [name, form[name]!.trim()]))
}

/** @throws Refusal `invalid_input` for what is no amount: `35`, `35.50`, `35,50`; minor units */
export function amountOf(text: string, currency: string): { amount: number; currency: string } {
  const digits = new Intl.NumberFormat(say.locale, { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits!
  const [, whole, part = ''] = /^(\d{1,9})(?:[.,](\d{1,3}))?$/.exec(text.trim()) ?? []
  if (whole === undefined || part.length > digits) throw new PageRefusal('invalid_input', say.kit.noAmount)
  return { amount: Number(whole + part.padEnd(digits, '0')), currency }
}

export function amountText({ amount, currency }: { amount: number; currency: string }): string {
  const digits = new Intl.NumberFormat(say.locale, { style: 'currency', currency }).resolvedOptions()
    .maximumFractionDigits!
  return (amount / 10 ** digits).toFixed(digits)
}

/** @throws Refusal `invalid_input` */
export function whole(text: string | undefined, title: string): number {
  const read = z.coerce.number().int().min(0).max(1_000_000_000).safeParse(text)
  if (!read.success || !text?.trim()) throw new PageRefusal('invalid_input', `${title}: ${say.kit.noNumber}`)
  return read.data
}
