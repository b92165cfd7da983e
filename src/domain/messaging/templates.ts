/**
 * Templates by key, channel and language: the house's default until the workspace has its own. Another text is another
 * version, and no two texts of a key share one: a policy that lets `booking_confirmation@2` through lets through what
 * somebody read, in no other language or channel.
 */

import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { Temporal } from 'temporal-polyfill'
import { Page } from '../../catalog/define.ts'
import { notFound, Refusal } from '../../catalog/refusal.ts'
import { newId } from '../../database/columns.ts'
import type { Context } from '../context.ts'
import { defaultTemplates } from './default-templates.ts'
import { placeholdersIn } from './render.ts'
import { standardVariables } from './standard-variables.ts'
import {
  type Channel,
  type MessageTemplate,
  messageTemplates,
  type Purpose,
  type TemplateVariable,
} from './tables.ts'

export interface Template
  extends Pick<MessageTemplate, 'key' | 'channel' | 'language' | 'version' | 'purpose'> {
  subject: string | null
  body: string
  variables: TemplateVariable[]
  providerState: MessageTemplate['providerState']
  /** Who wrote it. */
  source: 'house' | 'workspace'
  createdAt: Temporal.Instant | null
}

export interface TemplateFilter {
  key?: string
  channel?: Channel
  limit: number
  cursor?: string
}

/** In force, by key, channel and language. */
export async function listTemplates(context: Context, filter: TemplateFilter): Promise<Page<Template[]>> {
  const { key, channel, limit } = filter
  const after = readName(filter.cursor)
  const found = (await inForce(context, key))
    .filter(template => channel === undefined || template.channel === channel)
    .filter(template => after === undefined || nameOf(template) > after)
    .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return new Page(shown, found.length > limit && last ? cursorOf(last) : undefined)
}

/**
 * The template for a customer's language: in it, in the language that it is a variety of, in the only one that the
 * workspace wrote, in English, in whatever there is.
 * @throws Refusal `not_found`
 */
export async function findTemplate(
  context: Context,
  { key, channel, language }: { key: string; channel: Channel; language: string | null },
): Promise<Template> {
  const there = (await inForce(context, key)).filter(template => template.channel === channel)
  const own = there.filter(template => template.source === 'workspace')
  const inLanguage = (tag: string) => there.find(template => template.language === tag)
  const found =
    varietiesOf(language).map(inLanguage).find(Boolean) ??
    (own.length === 1 ? own[0] : inLanguage('en')) ??
    there[0]
  if (!found) throw notFound('message_template', ['list_message_templates'])
  return found
}

/** `zh-Hant-TW`, `zh-Hant`, `zh`. */
function varietiesOf(language: string | null): string[] {
  if (language === null) return []
  const parts = canonical(language).split('-')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
}

export function canonical(language: string): string {
  return Intl.getCanonicalLocales(language)[0]!
}

/** For a decision that rests on the text in force: it counts on where the workspace goes back to the house's. 0: there is none. */
export async function templateVersion(context: Context, { key, channel, language }: Place): Promise<number> {
  const place = { key, channel, language: canonical(language) }
  const newest = (await newestRows(context, key)).find(row => nameOf(row) === nameOf(place))
  return (newest ?? houseTemplateAt(place))?.version ?? 0
}

export interface NewTemplate {
  key: string
  channel: Channel
  language: string
  purpose: Purpose
  subject?: string
  body: string
  /** Beside the standard ones. */
  variables: TemplateVariable[]
}

/**
 * What is as it was stays as it is, at its version; and what says the house's own words is the house's, now and as they
 * become.
 * @throws Refusal `invalid_input` for a placeholder that is not declared, or a declaration that nothing uses;
 *   `quota_exceeded`
 */
export async function upsertTemplate(context: Context, asked: NewTemplate): Promise<Template> {
  const { db, workspace, now } = context
  const { key, channel, purpose, body } = asked
  const language = canonical(asked.language)
  const subject = subjectOf(asked)
  const variables = variablesOf(asked)
  const text = { purpose, subject, body, variables }
  await lockKey(context, key)
  const place = { key, channel, language }
  const current = (await inForce(context, key)).find(template => nameOf(template) === nameOf(place))
  if (current && sameText(current, text)) return current
  const standard = houseTemplateAt(place)
  const ofHouse = standard !== undefined && sameText(standard, text)
  const version = (await highestVersion(context, key)) + 1
  if (version > MOST_VERSIONS) {
    throw new Refusal('quota_exceeded', `A template has at most ${MOST_VERSIONS} versions. Use another key.`)
  }
  const [row] = await db
    .insert(messageTemplates)
    .values({
      workspaceId: workspace.id,
      id: newId(),
      key,
      channel,
      language,
      version,
      ...text,
      ofHouse,
      providerState: providerStateIn(workspace.kind, channel),
      createdAt: now,
    })
    .returning()
  const kept = ofHouse ? standard : ofWorkspace(row!)
  context.emit({
    type: 'template.changed',
    subject: { kind: 'template', id: row!.id },
    data: { ...place, version: kept.version },
  })
  // It may be there already, under the name that it has from now on.
  if (row!.providerState === 'draft') await context.enqueue({ task: 'read_templates', jobKey: 'templates' })
  return kept
}

/**
 * A limit only stops a mistake. The house's texts start at 1 and go on after it: a policy that lets a workspace's text
 * through at its version lets no text of the house through that came later.
 */
export const MOST_VERSIONS = 1000

/** WhatsApp reads a template before it carries it; the sandbox's stand-in approves of all. */
export function providerStateIn(kind: Context['workspace']['kind'], channel: Channel) {
  if (channel !== 'whatsapp') return 'not_needed'
  return kind === 'sandbox' ? 'approved' : 'draft'
}

function subjectOf({ channel, subject }: NewTemplate): string | null {
  if ((channel === 'email') === (subject !== undefined)) return subject ?? null
  throw new Refusal(
    'invalid_input',
    channel === 'email' ? 'subject: An email needs one.' : 'subject: Only an email has one.',
    { field: 'subject' },
  )
}

/** Every placeholder's, by name. Standard ones need no declaring, and are of their own type. */
function variablesOf({ subject, body, variables }: NewTemplate): TemplateVariable[] {
  const used = new Set([...placeholdersIn(subject ?? '', 'subject'), ...placeholdersIn(body, 'body')])
  for (const { name, type } of variables) {
    if (!used.has(name)) throw declared(name, 'No placeholder uses it.')
    const standard = Object.hasOwn(standardVariables, name) ? standardVariables[name] : type
    if (standard !== type) throw declared(name, `This name is of a standard variable, of type ${standard}.`)
  }
  if (new Set(variables.map(({ name }) => name)).size < variables.length) {
    throw new Refusal('invalid_input', 'variables: A name stands there twice.', { field: 'variables' })
  }
  return [...used].sort().map(name => {
    const type = variables.find(variable => variable.name === name)?.type
    if (type) return { name, type }
    if (Object.hasOwn(standardVariables, name)) return { name, type: standardVariables[name]! }
    throw declared(name, 'This placeholder is neither a standard variable nor declared.')
  })
}

function declared(name: string, why: string): Refusal {
  const field = `variables.${name}`
  return new Refusal('invalid_input', `${field}: ${why}`, { field, standard: standardVariables })
}

type Text = Pick<Template, 'purpose' | 'subject' | 'body' | 'variables'>

function sameText(one: Text, other: Text): boolean {
  const partsOf = ({ purpose, subject, body, variables }: Text) =>
    JSON.stringify([purpose, subject, body, variables.map(({ name, type }) => [name, type])])
  return partsOf(one) === partsOf(other)
}

/** Of every key, channel and language the workspace's newest, else the house's; where that is to be the house's, so it is. */
async function inForce(context: Context, key?: string): Promise<Template[]> {
  const rows = await newestRows(context, key)
  // What the house has no more keeps the words that it had.
  const own = rows.filter(row => !row.ofHouse || !houseTemplateAt(row))
  const written = new Set(own.map(nameOf))
  const house = houseTemplates.filter(
    template => (key === undefined || template.key === key) && !written.has(nameOf(template)),
  )
  return [...own.map(ofWorkspace), ...house]
}

async function newestRows({ db, workspace }: Context, key?: string): Promise<MessageTemplate[]> {
  const { channel, language, version } = messageTemplates
  return db
    .selectDistinctOn([messageTemplates.key, channel, language])
    .from(messageTemplates)
    .where(
      and(
        eq(messageTemplates.workspaceId, workspace.id),
        key === undefined ? undefined : eq(messageTemplates.key, key),
      ),
    )
    .orderBy(asc(messageTemplates.key), asc(channel), asc(language), desc(version))
}

const houseTemplates: readonly Template[] = defaultTemplates.map(template => ({
  ...template,
  subject: template.subject,
  variables: variablesOf({ ...template, subject: template.subject ?? undefined, variables: [] }),
  providerState: 'not_needed',
  source: 'house',
  createdAt: null,
}))

type Place = Pick<Template, 'key' | 'channel' | 'language'>

function houseTemplateAt(place: Place): Template | undefined {
  return houseTemplates.find(template => nameOf(template) === nameOf(place))
}

function ofWorkspace(row: MessageTemplate): Template {
  return { ...row, source: 'workspace' }
}

/** Of a key in all its channels and languages, the house's too, as far as a workspace's go. */
async function highestVersion({ db, workspace }: Context, key: string): Promise<number> {
  const [own] = await db
    .select({ version: sql<number>`coalesce(max(${messageTemplates.version}), 0)::int` })
    .from(messageTemplates)
    .where(and(eq(messageTemplates.workspaceId, workspace.id), eq(messageTemplates.key, key)))
  const house = houseTemplates
    .filter(template => template.key === key && template.version <= MOST_VERSIONS)
    .map(({ version }) => version)
  return Math.max(own!.version, ...house)
}

/** Held until COMMIT, so that two changes of one key at once are two versions. */
async function lockKey({ db, workspace }: Context, key: string): Promise<void> {
  await db.execute(
    sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${workspace.id}/templates/${key}`}, 0))`,
  )
}

/** Keys and languages have no space, so names sort as their parts do. */
function nameOf({ key, channel, language }: Place): string {
  return `${key} ${channel} ${language}`
}

function cursorOf(template: Template): string {
  return Buffer.from(nameOf(template), 'latin1').toString('base64url')
}

function readName(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const name = Buffer.from(cursor, 'base64url').toString('latin1')
  if (/^[a-z0-9_]+ [a-z]+ [A-Za-z0-9-]+$/.test(name)) return name
  throw new Refusal('invalid_input', "cursor: Take it from the last answer's next_cursor.")
}
