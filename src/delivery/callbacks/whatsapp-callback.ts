/** WhatsApp's webhooks (developers.facebook.com/docs/whatsapp/cloud-api/webhooks): nothing of one is read before its signature is checked. */

import { createHmac } from 'node:crypto'
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import type { CredentialsOf } from '../../access/credentials.ts'
import type { Received } from '../../domain/messaging/inbound.ts'
import { type Report, readTry } from '../../domain/messaging/reports.ts'
import { parsed } from '../post.ts'
import { findingOf } from '../whatsapp.ts'
import { isEqual, type Said, type Sent } from './callback.ts'

type Account = CredentialsOf<'whatsapp'>

/** null: it is not signed by the app. What is of other numbers of the business is left out. */
export function readWhatsApp(account: Account, { raw, signature }: Sent): Said | null {
  if (!isEqual(signature, signatureOf(account.app_secret, raw))) return null
  const notice = Notice.safeParse(parsed(raw.toString()))
  const changes = notice.success ? notice.data.entry.flatMap(({ changes }) => changes) : []
  const ours = changes.flatMap(({ field, value }) => {
    const messages = field === 'messages' ? Messages.safeParse(value).data : undefined
    return messages?.metadata.phone_number_id === account.phone_number_id ? [messages] : []
  })
  return {
    reports: ours.flatMap(({ statuses }) => statuses.flatMap(reportIn)),
    received: ours.flatMap(({ messages }) => messages.flatMap(receivedIn)),
    templates: changes.some(({ field }) => field.startsWith('message_template')),
  }
}

export function signatureOf(appSecret: string, raw: Buffer): string {
  return `sha256=${createHmac('sha256', appSecret).update(raw).digest('hex')}`
}

const Notice = z.object({
  entry: z.array(z.object({ changes: z.array(z.object({ field: z.string(), value: z.unknown() })) })),
})

const Id = z.string().min(1).max(256)

/** One that says something new beside what is known takes nothing from its neighbours. */
const Messages = z.object({
  metadata: z.object({ phone_number_id: z.string() }),
  statuses: z.array(z.unknown()).default([]),
  messages: z.array(z.unknown()).default([]),
})

const Status = z.object({
  id: Id,
  status: z.enum(['sent', 'delivered', 'read', 'failed']),
  biz_opaque_callback_data: z.string().optional(),
  errors: z.array(z.object({ code: z.int() })).default([]),
})

function reportIn(said: unknown): Report[] {
  const status = Status.safeParse(said)
  if (!status.success) return []
  const { id: ref, status: word, biz_opaque_callback_data: data, errors } = status.data
  const finding = errors[0] && findingOf(errors[0].code)
  return [{ provider: 'whatsapp', ref, of: readTry(data), said: word, finding }]
}

const Message = z.object({
  id: Id,
  from: z.string().regex(/^[1-9]\d{6,14}$/),
  timestamp: z.string().regex(/^\d{1,12}$/),
  type: z.string().max(40),
})

/** A note that a number has changed is nobody's word. */
function receivedIn(said: unknown): Received[] {
  const message = Message.safeParse(said)
  if (!message.success || message.data.type === 'system') return []
  const { id, from, timestamp, type } = message.data
  return [
    {
      channel: 'whatsapp',
      provider: 'whatsapp',
      providerRef: id,
      sender: `+${from}`,
      body: wordsIn(said) ?? `[${type}]`,
      at: Temporal.Instant.fromEpochMilliseconds(Number(timestamp) * 1000),
      answered: false,
    },
  ]
}

const Titled = z.object({ title: z.string() }).optional()
const Captioned = z.object({ caption: z.string().optional() }).optional()

const Words = z.object({
  text: z.object({ body: z.string() }).optional(),
  button: z.object({ text: z.string() }).optional(),
  interactive: z.object({ button_reply: Titled, list_reply: Titled }).optional(),
  image: Captioned,
  video: Captioned,
  document: Captioned,
})

/** What was written, or the words of the button that was pressed; undefined: a picture, a place, a voice alone. */
function wordsIn(said: unknown): string | undefined {
  const found = Words.safeParse(said).data
  if (!found) return undefined
  const { text, button, interactive, image, video, document } = found
  const pressed = interactive?.button_reply?.title ?? interactive?.list_reply?.title
  return text?.body ?? button?.text ?? pressed ?? image?.caption ?? video?.caption ?? document?.caption
}
