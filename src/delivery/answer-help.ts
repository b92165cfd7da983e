/** Answers whoever wrote HELP, once: by whom they wrote, and with no word of an agent. */

import type { AsSystem } from '../calls/as-system.ts'
import { claimAnswer } from '../domain/messaging/inbound.ts'
import type { FindCarriers } from './carrier.ts'
import type { Handler } from './handler.ts'
import { letterOf } from './letter.ts'
import { NotSent } from './not-sent.ts'

export interface Answering {
  asSystem: AsSystem
  carriers: FindCarriers
  letters: { language: string; help(business: string): string }
}

export function answerHelp({ asSystem, carriers, letters }: Answering): Handler {
  return async ({ workspaceId, ids, signal }) => {
    const asked = await asSystem(workspaceId, 'answer_help', async context => {
      const message = await claimAnswer(context, ids.inbound_id!)
      return message && { ...message, business: context.workspace.name }
    })
    const carrier = asked && (await carriers(workspaceId))[asked.provider]
    if (!carrier) return
    const { language, help } = letters
    const letter = letterOf({ language, subject: null, body: help(asked.business) })
    try {
      await carrier.send({ to: asked.sender, ...letter }, { key: asked.id, signal })
    } catch (error) {
      if (!(error instanceof NotSent)) throw error // Whoever still needs it asks again.
    }
  }
}
