/**
 * Carries one message to its recipient. Kill it at any point: a provider that knows keys gets it again under the same
 * one, and the recipient once; where none does, an attempt that was cut off stands as `unknown` for a person to decide.
 */

import type { AsSystem } from '../calls/as-system.ts'
import { idText } from '../catalog/kinds.ts'
import { attachmentsOf } from '../domain/messaging/attachments.ts'
import {
  type Attempt,
  beginAttempt,
  type KeyHours,
  type Outcome,
  settle,
} from '../domain/messaging/dispatch.ts'
import { tryText } from '../domain/messaging/reports.ts'
import type { Attachment } from '../domain/messaging/tables.ts'
import { templateOf } from '../domain/messaging/whatsapp.ts'
import type { Carrier, FindCarriers, Mail } from './carrier.ts'
import type { Handler } from './handler.ts'
import { letterOf } from './letter.ts'
import { NotSent } from './not-sent.ts'

export interface Delivering {
  asSystem: AsSystem
  carriers: FindCarriers
  /** Where the recipient of a delivery says that they want no more of its kind. */
  unsubscribeUrl(delivery: { workspaceId: string; id: string }): string
}

export function deliver(parts: Delivering): Handler {
  const { asSystem } = parts

  return async ({ workspaceId, ids, signal }) => {
    const carriers = await parts.carriers(workspaceId)
    const keyHours: KeyHours = provider => carriers[provider]?.keyHours ?? 0
    const attempt = await asSystem(workspaceId, DOING, async context => {
      const begun = await beginAttempt(context, ids.delivery_id!, keyHours)
      return begun && { ...begun, attachments: await attachmentsOf(context, begun.message.id) }
    })
    if (!attempt) return
    const outcome = await carry(parts, carriers[attempt.delivery.provider], attempt, signal)
    await asSystem(workspaceId, DOING, context => settle(context, attempt.delivery, outcome, keyHours))
  }
}

const DOING = 'deliver_message'

type Loaded = Attempt & { attachments: Attachment[] }

async function carry(
  parts: Delivering,
  carrier: Carrier | undefined,
  attempt: Loaded,
  signal: AbortSignal,
): Promise<Outcome> {
  if (!carrier) return { kind: 'later', reason: 'not_configured' }
  try {
    const key = idText('delivery', attempt.delivery.id)
    const options = { key, signal, attempt: tryText(attempt.delivery) }
    return { kind: 'sent', ...(await carrier.send(mailOf(parts, attempt), options)) }
  } catch (error) {
    if (!(error instanceof NotSent)) throw error
    const { outcome, retryAfterSeconds: afterSeconds, finding } = error
    if (outcome === 'refused') return { kind: outcome, finding }
    if (outcome === 'unclear') return { kind: outcome }
    return { kind: 'later', reason: outcome, afterSeconds }
  }
}

function mailOf({ unsubscribeUrl }: Delivering, { delivery, message, attachments }: Loaded): Mail {
  const { recipient, subject, body } = delivery
  return {
    to: recipient,
    ...letterOf({ language: message.language, subject, body }),
    ...(attachments.length > 0 && { attachments }),
    ...(delivery.channel === 'whatsapp' && { template: templateOf(message) }),
    ...(message.purpose === 'marketing' && { headers: oneClick(unsubscribeUrl(delivery)) }),
  }
}

/** RFC 8058: a mail reader offers a button, which posts. */
function oneClick(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
}
