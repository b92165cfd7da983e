/** What the road needs of the house; made once, in `main`. */

import type { Logger } from 'pino'
import type { Letters } from '../access/letters.ts'
import type { MailRoute } from '../access/one-time-codes.ts'
import type { Secrets } from '../access/secrets.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Database } from '../database/pool.ts'
import type { DueWork } from '../domain/due-work.ts'

export interface House {
  catalog: Catalog
  database: Database
  secrets: Secrets
  /** Every kind of row with a due time, for the sandbox clock to walk. */
  dueWork: readonly DueWork[]
  /** The types of event that an automation answers to. */
  heard: ReadonlySet<string>
  /** How one-time codes reach people. */
  mail: MailRoute
  /** The words of its own mails. */
  letters: Letters
  /** Whether this server, of one business, takes cards by Stripe: from its environment. */
  stripe?: boolean
  /** Where people reach this server, without a trailing slash. */
  publicUrl: string
  log: Logger
}
