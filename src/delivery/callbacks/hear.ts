/** Hears what providers of messages say of a workspace's own account: its signature first, and nothing before that. */

import type { Logger } from 'pino'
import { type CredentialsOf, readCredentials } from '../../access/credentials.ts'
import type { Secrets } from '../../access/secrets.ts'
import type { AsSystem } from '../../calls/as-system.ts'
import type { Database } from '../../database/pool.ts'
import type { Context } from '../../domain/context.ts'
import { receive } from '../../domain/messaging/inbound.ts'
import { hearReport } from '../../domain/messaging/reports.ts'
import { type Callback, isEqual, type Said } from './callback.ts'
import { readTwilio } from './twilio-callback.ts'
import { readWhatsApp } from './whatsapp-callback.ts'

export interface Hearing {
  asSystem: AsSystem
  database: Database
  secrets: Secrets
  log: Logger
}

export function messageCallbacks({ asSystem, database, secrets, log }: Hearing) {
  const accountOf = <Name extends Callback['provider']>(workspaceId: string, provider: Name) =>
    database.transaction(workspaceId, { readOnly: true }, ({ db }) =>
      readCredentials(db, secrets, workspaceId, provider),
    )

  return {
    /** `unknown`: the workspace has no such account, or there is none. */
    async hear({ provider, workspaceId, ...sent }: Callback): Promise<'heard' | 'forged' | 'unknown'> {
      const account = await accountOf(workspaceId, provider)
      if (!account) return 'unknown'
      const said =
        provider === 'twilio'
          ? readTwilio(account as CredentialsOf<'twilio'>, sent)
          : readWhatsApp(account as CredentialsOf<'whatsapp'>, sent)
      if (!said) return 'forged'
      await asSystem(workspaceId, 'hear_provider', context => note(context, said, log))
      return 'heard'
    },

    /** Whether it is the word that the business has chosen for its webhook at WhatsApp; null: it has no account there. */
    async isVerified(workspaceId: string, token: string): Promise<boolean | null> {
      const account = await accountOf(workspaceId, 'whatsapp')
      return account && isEqual(token, account.verify_token)
    },
  }
}

async function note(context: Context, { reports, received, templates }: Said, log: Logger): Promise<void> {
  for (const report of reports) {
    const heard = await hearReport(context, report)
    // Never what it is called: at WhatsApp that has the number in it.
    const { provider, said, of } = report
    if (heard === 'ignored') log.info({ provider, said, delivery: of?.deliveryId }, 'a report was ignored')
  }
  for (const message of received) await receive(context, message)
  if (templates) await context.enqueue({ task: 'read_templates', jobKey: 'templates' })
}
