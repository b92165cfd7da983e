/** What WhatsApp asks of a message: a template that it has approved, which it fills in itself. */

import { and, eq } from 'drizzle-orm'
import type { Context } from '../context.ts'
import { numbered } from './render.ts'
import { type Message, type MessageTemplate, messageTemplates } from './tables.ts'

export interface WhatsAppTemplate {
  /** Small letters, digits and underscores, as WhatsApp wants it. */
  name: string
  /** `en`, `pt_BR` */
  language: string
  /** For its body, in the order of the placeholders. */
  values: string[]
}

/** null: written freely. */
export function templateOf(
  message: Pick<Message, 'templateKey' | 'templateVersion' | 'templateValues' | 'language'>,
): WhatsAppTemplate | null {
  const { templateKey: key, templateVersion: version, templateValues: values, language } = message
  if (key === null || version === null || values === null) return null
  return { name: templateName({ key, version }), language: languageCode(language), values }
}

/** With the version: another text is another template there, and is approved anew. */
export function templateName({ key, version }: { key: string; version: number }): string {
  return `${key}_v${version}`
}

/** A language, and a region where one is named; WhatsApp knows no scripts. */
export function languageCode(language: string): string {
  const { language: code, region } = new Intl.Locale(language)
  return region ? `${code}_${region}` : code
}

/** One that the business has at WhatsApp. */
export interface TemplateThere {
  name: string
  language: string
  status: string
  /** With `{{1}}` for the first placeholder. */
  body: string
}

/** Writes down what WhatsApp says of the workspace's templates. Of one that has another text there, it has said nothing. */
export async function noteTemplates(context: Context, there: TemplateThere[]): Promise<void> {
  const { db, workspace, emit } = context
  if (workspace.kind === 'sandbox') return
  const ours = await db
    .select()
    .from(messageTemplates)
    .where(and(eq(messageTemplates.workspaceId, workspace.id), eq(messageTemplates.channel, 'whatsapp')))
  for (const template of ours) {
    const { id, key, channel, language, version } = template
    const providerState = stateOf(there.find(one => isSame(one, template)))
    if (providerState === template.providerState) continue
    await db
      .update(messageTemplates)
      .set({ providerState })
      .where(and(eq(messageTemplates.workspaceId, workspace.id), eq(messageTemplates.id, id)))
    const data = { key, channel, language, version, provider_state: providerState }
    emit({ type: 'template.reviewed', subject: { kind: 'template', id }, data })
  }
}

function isSame({ name, language, body }: TemplateThere, template: MessageTemplate): boolean {
  return (
    name === templateName(template) &&
    language === languageCode(template.language) &&
    body.trim() === numbered(template.body).trim()
  )
}

function stateOf(there: TemplateThere | undefined): MessageTemplate['providerState'] {
  return there ? (states[there.status] ?? 'submitted') : 'draft'
}

/** What is paused, or looked at again, may not go out for now (…/message-templates, `status`). */
const states: Record<string, MessageTemplate['providerState']> = {
  APPROVED: 'approved',
  REJECTED: 'rejected',
  DISABLED: 'rejected',
  DELETED: 'rejected',
  PENDING_DELETION: 'rejected',
}
