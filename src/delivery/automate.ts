/** Has automations answer to what happened: they draft, and ask for the sending as any caller asks. */

import { automationPrincipal } from '../access/automation.ts'
import type { AsSystem } from '../calls/as-system.ts'
import type { Call } from '../calls/call.ts'
import { idText } from '../catalog/kinds.ts'
import type { Context } from '../domain/context.ts'
import { type AutomaticDraft, draftFor, withdrawOvertaken } from '../domain/messaging/automatic-draft.ts'
import { endingReminders } from '../domain/messaging/automations.ts'
import { tellOfFreedSlot } from '../domain/messaging/freed-slots.ts'
import type { Happened } from '../domain/messaging/happened.ts'
import {
  reminderDraftsOf,
  wakeInvoiceReminders,
  withdrawReminders,
} from '../domain/messaging/invoice-reminders.ts'
import { wakeReminders } from '../domain/messaging/reminders.ts'
import { type Handler, JobFailed } from './handler.ts'

export interface Automating {
  asSystem: AsSystem
  call: Call
  /** Takes back what an asker asked under a key, where it still waits. */
  withdrawAsked(context: Context, askedBy: string, requestKey: string): Promise<void>
}

/** Each step finds what an earlier try has done, so the job may break off anywhere. */
export function automate({ asSystem, call, withdrawAsked }: Automating): Handler {
  return async ({ workspaceId, ids }) => {
    const { withdraw, draft, wake } = ids.type!.startsWith('invoice.') ? ofInvoice(ids) : ofVisit(ids)
    await asSystem(workspaceId, 'withdraw_draft', async context => {
      for (const { automation, eventId } of await withdraw(context)) {
        await withdrawAsked(context, automation.id, eventId)
      }
    })
    const { drafts, workspace } = await asSystem(workspaceId, 'draft_message', async context => {
      const drafts = await draft(context)
      await wake(context) // The next reminder may be another now.
      return { drafts, workspace: context.workspace }
    })
    for (const draft of drafts) await askToSend(call, workspace, draft)
  }
}

interface Answer {
  withdraw(context: Context): Promise<AutomaticDraft[]>
  draft(context: Context): Promise<AutomaticDraft[]>
  wake(context: Context): Promise<void>
}

/** Or to a place in a class, or in the line for one. */
function ofVisit(ids: Record<string, string>): Answer {
  const happened: Happened = { eventId: ids.event_id!, type: ids.type!, subjectId: ids.subject_id! }
  return {
    withdraw: context => withdrawOvertaken(context, happened),
    draft: async context => {
      await tellOfFreedSlot(context, happened)
      return draftFor(context, happened)
    },
    wake: wakeReminders,
  }
}

/** Its reminders were drafted when they fell due. */
function ofInvoice({ event_id, type, subject_id }: Record<string, string>): Answer {
  const happened = { eventId: event_id!, invoiceId: subject_id! }
  return {
    withdraw: async context => (endingReminders.includes(type!) ? withdrawReminders(context, happened) : []),
    draft: context => reminderDraftsOf(context, event_id!),
    wake: wakeInvoiceReminders,
  }
}

async function askToSend(
  call: Call,
  workspace: Context['workspace'],
  { automation, eventId, messageId }: AutomaticDraft,
): Promise<void> {
  const { refusal } = await call({
    principal: automationPrincipal(automation),
    workspace,
    tool: 'send_message',
    arguments: { message_id: idText('message', messageId), idempotency_key: eventId },
    requestId: eventId,
    surface: 'system',
  })
  if (refusal?.toBody().retryable) throw new JobFailed(`send_message answered ${refusal.code}.`)
}
