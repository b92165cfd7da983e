/** A message as its recipient will see it, and the few things about it that its reviewer asks next. */

import type { Reviewed } from '../../calls/review-desk.ts'
import { type Html, html } from '../pages/html.ts'
import { namesOf } from '../pages/language.ts'
import { outside } from '../pages/outside.ts'
import { beginning, pieces } from '../pages/parts.ts'
import { say } from '../texts/index.ts'
import { fact, nameOf, type Reading, words } from './words.ts'

export interface Letter {
  channel: string
  to: string
  subject: string | null
  text: string
  /** Who it is for, where they are a customer of the business. */
  customer_id?: string | null
  booking_id?: string | null
  enrolment_id?: string | null
  waitlist_entry_id?: string | null
  /** Files that go with it, each with where it can be looked at. */
  attachments?: { name: string; url: string }[]
  purpose?: string
  language?: string
  template?: { key: string; version: number } | null
  /** When it would go out, RFC 3339, and why not before: a word of the domain. */
  send_at?: string | null
  reason?: string | null
}

/** What an approval would send, or has sent; null where it is no message. A reviewer's edit is in its arguments. */
export function letterOf({ preview, arguments: asked }: Reviewed): Letter | null {
  if (!isLetter(preview)) return null
  const edited = (['subject', 'text'] as const).filter(name => typeof asked[name] === 'string')
  return { ...preview, ...Object.fromEntries(edited.map(name => [name, asked[name]])) }
}

/** Arguments that the card and its facts say. */
export const askedOfLetter: ReadonlySet<string> = new Set([
  'message_id',
  'invoice_id',
  'channel',
  'subject',
  'text',
  'at',
])

/** Fields of a preview that they say, or that say nothing to a reviewer. */
export const saidByLetter: ReadonlySet<string> = new Set([
  ...['channel', 'to', 'subject', 'text', 'customer_id', 'attachments'],
  ...['booking_id', 'enrolment_id', 'waitlist_entry_id'],
  ...['purpose', 'language', 'template', 'send_at', 'reason'],
  ...['id', 'status', 'created_at', 'version'],
])

export function isLetter(data: unknown): data is Letter {
  if (typeof data !== 'object' || data === null) return false
  const { channel, to, subject, text } = data as Record<string, unknown>
  const isText = [channel, to, text].every(value => typeof value === 'string')
  return isText && (subject === null || subject === undefined || typeof subject === 'string')
}

/** The whole of it, to be read before it is sent: one card, or of a long text as many as it takes. */
export function letterCards(letter: Letter, reading: Reading): Html[] {
  const [first, ...rest] = pieces(
    letter.text,
    part => html`<div class="body" dir="auto">${outside(part)}</div>`,
  )
  const more = rest.map(
    body => html`<article class="letter" aria-label="${say.letter.label}">${body}</article>\n`,
  )
  return [letterCard(letter, first!, reading), ...more]
}

function letterCard(letter: Letter, body: Html, reading: Reading): Html {
  const { subject, attachments = [] } = letter
  return html`<article class="letter" aria-label="${say.letter.label}">
<p class="envelope">${envelope(letter, reading)} <span class="quiet">${outside(letter.to)}</span></p>
${subject && html`<h2>${outside(subject)}</h2>`}
${body}
${attachments.map(({ name, url }) => html`<p class="attached">${say.letter.attached} <a href="${url}">${outside(name)}</a></p>`)}
</article>`
}

/** Its first lines, for the queue. */
export function letterGlance(letter: Letter, reading: Reading): Html {
  const { subject, text } = letter
  return html`<div class="letter">
<p class="envelope">${envelope(letter, reading, 60)}</p>
${subject && html`<p class="subject">${beginning(subject, GLANCE / 2)}</p>`}
<p class="glance">${beginning(text, GLANCE)}</p>
</div>`
}

/** More than the three lines that are shown, even at a desk. */
const GLANCE = 400

/** @param asked the call's arguments @param mayGo whether it still may be sent */
export function letterFacts(
  letter: Letter,
  asked: Record<string, unknown>,
  mayGo: boolean,
  reading: Reading,
): Html {
  const { purpose, language, template } = letter
  const isEdited = asked.subject !== undefined || asked.text !== undefined
  const about = subjectOf(letter)
  const subject = about && reading.names?.get(about)
  return html`<dl class="facts about">
${subject && fact(say.letter.about, nameOf({ ...subject, customer: null }, reading))}
${(mayGo || asked.at !== undefined) && fact(say.letter.goes, whenSent(letter, asked.at, reading))}
${purpose !== undefined && fact(say.letter.kind, html`${say.letter.purposes[purpose] ?? outside(purpose)}${language !== undefined && say.letter.inLanguage(languageName(language))}`)}
${template !== undefined && fact(say.letter.wording, template ? say.letter.template(html`<code>${template.key}</code>`, template.version, isEdited) : html`${say.letter.free}`)}
</dl>`
}

/** The id of what it is about. */
export function subjectOf({ booking_id, enrolment_id, waitlist_entry_id }: Letter): string | null {
  return booking_id ?? enrolment_id ?? waitlist_entry_id ?? null
}

/** @param most characters of a name */
function envelope({ channel, to, customer_id }: Letter, reading: Reading, most = 200): Html {
  const customer = customer_id ? reading.names?.get(customer_id) : undefined
  const badge = html`<span class="badge writes">${say.messages.channels[channel as 'email'] ?? outside(channel)}</span>`
  return say.letter.envelope(badge, html`<strong>${beginning(customer?.name ?? to, most)}</strong>`)
}

/** @param wanted when the asker wants it sent, later than at once */
function whenSent({ send_at, reason }: Letter, wanted: unknown, reading: Reading): Html {
  const at = reason ? send_at : wanted
  if (typeof at !== 'string') return html`${say.letter.onceApproved}`
  const when = words(at, reading)
  return reason ? say.letter.notBefore(when, words(reason.replaceAll('_', ' '), reading)) : when
}

function languageName(tag: string): Html {
  try {
    return outside(namesOf('language')(tag))
  } catch {
    return outside(tag) // Not a tag of BCP 47.
  }
}
