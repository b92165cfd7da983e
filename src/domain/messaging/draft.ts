/** Writes a message to a customer, from a template or freely, and says what would become of it. It sends nothing. */

import { idText } from '../../catalog/kinds.ts'
import { Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { type FoundCustomer, getCustomer } from '../customers/get.ts'
import { addressOf, carrierOf, LONGEST_SUBJECT, longestText } from './channels.ts'
import { hindranceTo } from './checks.ts'
import { type Outlook, outlookOf } from './outlook.ts'
import { oneLine, render } from './render.ts'
import type { Slot } from './slot-notices.ts'
import { sayerOf, standardValues, standardVariables } from './standard-variables.ts'
import { type MessageView, viewOf } from './status.ts'
import { type About, type Channel, type Message, messages, type Purpose } from './tables.ts'
import { canonical, findTemplate, type Template } from './templates.ts'

/** Either a template and what it does not know by itself, or a text and its purpose. */
export interface NewMessage extends About {
  customerId: string
  /** Of one who waits for a slot: the start that became free. */
  slot?: Slot
  /** What it is about; only a template that speaks of invoices needs it. */
  invoiceId?: string
  /** Default: the first of email and SMS that reaches the customer. */
  channel?: Channel
  /** BCP 47; default: the customer's. */
  language?: string
  templateKey?: string
  variables?: Record<string, unknown>
  subject?: string
  body?: string
  /** A template has its own. */
  purpose?: Purpose
}

export interface DraftedMessage extends MessageView {
  outlook: Outlook
}

/**
 * @param asked.customerId or of one who was merged into them
 * @throws Refusal `not_found`; `invalid_input` for what is missing or does not fit; `suppressed`, `consent_missing`
 */
export async function draftMessage(context: Context, asked: NewMessage): Promise<DraftedMessage> {
  const { db, workspace, now, emit } = context
  refuseMixture(asked)
  const customer = await getCustomer(context, asked.customerId)
  const standard = await standardValues(context, customer, asked)
  const channel = asked.channel ?? (await channelThatReaches(context, customer, asked))
  const recipient = recipientOf(customer, channel)
  const text = await textOf(context, customer, channel, asked, standard)
  refuseTooLong(channel, text)
  const { bookingId, enrolmentId, waitlistEntryId, invoiceId } = asked
  const about = { bookingId, enrolmentId, waitlistEntryId, invoiceId }
  const draft = { customerId: customer.id, ...about, channel, recipient, ...text }
  const outlook = await outlookOf(context, draft)
  const [message] = await db
    .insert(messages)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      state: 'draft',
      ...draft,
      ownWords: Object.keys(asked.variables ?? {}).length > 0,
      automationId: context.principal.kind === 'automation' ? context.principal.id : null,
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  emit({
    type: 'message.drafted',
    subject: { kind: 'message', id: message!.id },
    data: {
      customer_id: idText('customer', customer.id),
      ...(bookingId && { booking_id: idText('booking', bookingId) }),
      ...(invoiceId && { invoice_id: idText('invoice', invoiceId) }),
      ...(enrolmentId && { enrolment_id: idText('enrolment', enrolmentId) }),
      ...(waitlistEntryId && { waitlist_entry_id: idText('waitlist', waitlistEntryId) }),
      channel,
      purpose: text.purpose,
    },
  })
  return { ...viewOf(message!, null), outlook }
}

function refuseMixture({ templateKey, variables, subject, body, purpose }: NewMessage): void {
  const fault =
    templateKey === undefined
      ? (body === undefined && 'template_key: Give a template, or a text of your own.') ||
        (purpose === undefined && 'purpose: A text of your own needs one.') ||
        (variables !== undefined && 'variables: Only a template has them.')
      : (body !== undefined || subject !== undefined) &&
        'text: A template brings its own; give one or the other.'
  if (fault) throw new Refusal('invalid_input', fault, { field: fault.split(':')[0] })
}

function recipientOf(customer: FoundCustomer, channel: Channel): string {
  const recipient = addressOf(customer, channel)
  if (recipient !== null) return recipient
  throw unreachable(channel === 'email' ? ['email'] : ['phone'])
}

function unreachable(missing: string[]): Refusal {
  return new Refusal(
    'invalid_input',
    `customer_id: This customer has no ${missing.join(' and no ')}.`,
    { field: 'customer_id', missing },
    ['update_customer'],
  )
}

const firstChoices = ['email', 'sms'] as const

/** Where there is an address, somebody who carries it there, and no word of the customer against it. */
async function channelThatReaches(
  context: Context,
  customer: FoundCustomer,
  asked: NewMessage,
): Promise<Channel> {
  const possible = firstChoices.filter(channel => addressOf(customer, channel) !== null)
  if (!possible[0]) throw unreachable(['email', 'phone'])
  for (const channel of possible) {
    if ((await carrierOf(context, channel)) === null) continue
    const purpose = await purposeOf(context, customer, channel, asked)
    if (purpose === null) continue
    const recipient = addressOf(customer, channel)!
    const hindrance = await hindranceTo(context, { customerId: customer.id, channel, recipient, purpose })
    if (hindrance === null || hindrance.code === 'quiet_hours') return channel
  }
  return possible[0]
}

/** null: there is no such template for this channel. */
async function purposeOf(
  context: Context,
  customer: FoundCustomer,
  channel: Channel,
  asked: NewMessage,
): Promise<Purpose | null> {
  if (asked.templateKey === undefined) return asked.purpose!
  try {
    return (await templateFor(context, customer, channel, asked)).purpose
  } catch (error) {
    if (error instanceof Refusal && error.code === 'not_found') return null
    throw error
  }
}

function templateFor(
  context: Context,
  customer: FoundCustomer,
  channel: Channel,
  { templateKey, language = customer.language ?? undefined }: NewMessage,
): Promise<Template> {
  return findTemplate(context, { key: templateKey!, channel, language: language ?? null })
}

type Text = Pick<
  Message,
  'subject' | 'body' | 'language' | 'purpose' | 'templateKey' | 'templateVersion' | 'templateValues'
>

async function textOf(
  context: Context,
  customer: FoundCustomer,
  channel: Channel,
  asked: NewMessage,
  standard: { values: Record<string, unknown>; zone: string },
): Promise<Text> {
  if (asked.templateKey === undefined) return freeText(context, customer, channel, asked)
  const template = await templateFor(context, customer, channel, asked)
  const { key, version, language, purpose } = template
  if (asked.purpose !== undefined && asked.purpose !== purpose) {
    throw new Refusal('invalid_input', `purpose: This template is ${purpose}.`, { field: 'purpose', purpose })
  }
  const wanted = asked.language ?? customer.language
  if (wanted !== null && new Intl.Locale(wanted).language !== new Intl.Locale(language).language) {
    context.warn(`There is no such template in ${canonical(wanted)}; this is in ${language}.`)
  }
  const values = valuesFor(template, standard.values, asked)
  const locale = { language, zone: standard.zone, flat: channel === 'whatsapp' }
  const { subject, body, values: filled } = render(template, values, locale)
  const templateValues = channel === 'whatsapp' ? filled : null
  return { subject, body, language, purpose, templateKey: key, templateVersion: version, templateValues }
}

/** Those of the house, and the caller's beside them: what the house knows is not told it. */
function valuesFor(
  { variables }: Template,
  standard: Record<string, unknown>,
  { variables: given = {}, bookingId, enrolmentId, waitlistEntryId }: NewMessage,
): Record<string, unknown> {
  const known = Object.keys(given).find(name => Object.hasOwn(standard, name))
  if (known !== undefined) {
    throw new Refusal('invalid_input', `variables.${known}: This is filled in by itself.`, {
      field: `variables.${known}`,
    })
  }
  const needed = variables.filter(({ name }) => Object.hasOwn(standard, name)).map(({ name }) => name)
  const absent = variables.find(
    ({ name }) =>
      Object.hasOwn(standardVariables, name) && !Object.hasOwn(standard, name) && !Object.hasOwn(given, name),
  )
  if (absent && !bookingId && !enrolmentId && !waitlistEntryId) {
    const { hint, tool } = sayerOf(absent.name)
    throw new Refusal(
      'invalid_input',
      `variables.${absent.name}: Missing; ${hint}`,
      { field: `variables.${absent.name}`, type: absent.type },
      [tool],
    )
  }
  return { ...Object.fromEntries(needed.map(name => [name, standard[name]])), ...given }
}

function freeText(
  context: Context,
  customer: FoundCustomer,
  channel: Channel,
  { subject, body, purpose, language }: NewMessage,
): Text {
  if (channel === 'email' && subject === undefined) {
    throw new Refusal('invalid_input', 'subject: An email needs one.', { field: 'subject' })
  }
  if (channel !== 'email' && subject !== undefined) {
    context.warn('The subject is left out: only an email has one.')
  }
  return {
    subject: channel === 'email' ? oneLine(subject!) : null,
    body: body!,
    language: canonical(language ?? customer.language ?? 'en'),
    purpose: purpose!,
    templateKey: null,
    templateVersion: null,
    templateValues: null,
  }
}

/** @throws Refusal `invalid_input` */
export function refuseTooLong(channel: Channel, { subject, body }: Pick<Message, 'subject' | 'body'>): void {
  const tooLong =
    body.length > longestText[channel]
      ? { field: 'text', longest: longestText[channel] }
      : (subject ?? '').length > LONGEST_SUBJECT && { field: 'subject', longest: LONGEST_SUBJECT }
  if (!tooLong) return
  const { field, longest } = tooLong
  throw new Refusal(
    'invalid_input',
    `${field}: Too long for ${channel}, which takes ${longest} characters.`,
    tooLong,
  )
}
