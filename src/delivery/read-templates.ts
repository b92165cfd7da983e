/** Reads what WhatsApp says of a workspace's templates: which it has approved, and with what text. */

import { z } from 'zod'
import { readCredentials } from '../access/credentials.ts'
import type { Secrets } from '../access/secrets.ts'
import type { AsSystem } from '../calls/as-system.ts'
import type { Database } from '../database/pool.ts'
import { noteTemplates, type TemplateThere } from '../domain/messaging/whatsapp.ts'
import { type Handler, JobFailed } from './handler.ts'

export interface ReadingTemplates {
  asSystem: AsSystem
  database: Database
  secrets: Secrets
  /** Of WhatsApp's API with its version, without a slash at the end. */
  url: string
}

export function readTemplates({ asSystem, database, secrets, url }: ReadingTemplates): Handler {
  return async ({ workspaceId, signal }) => {
    const account = await database.transaction(workspaceId, { readOnly: true }, ({ db }) =>
      readCredentials(db, secrets, workspaceId, 'whatsapp'),
    )
    if (!account) return
    const home = `${url}/${account.business_account_id}/message_templates`
    const found: TemplateThere[] = []
    let after: string | undefined
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({ fields: 'name,language,status,components', limit: '200' })
      if (after) query.set('after', after)
      const answer = await get(`${home}?${query}`, account.access_token, signal)
      if (answer === null) return // The check of the account says so.
      found.push(...answer.data.map(there))
      after = answer.paging?.next === undefined ? undefined : answer.paging.cursors?.after
      if (after === undefined) break
    }
    await asSystem(workspaceId, 'read_templates', context => noteTemplates(context, found))
  }
}

/** An account has 6,000 templates at most (developers.facebook.com/docs/whatsapp/business-management-api/message-templates). */
const MOST_PAGES = 30

const Answer = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      language: z.string(),
      status: z.string(),
      components: z.array(z.object({ type: z.string(), text: z.string().optional() })).default([]),
    }),
  ),
  paging: z
    .object({ next: z.string().optional(), cursors: z.object({ after: z.string() }).optional() })
    .optional(),
})

function there({ components, ...template }: z.output<typeof Answer>['data'][number]): TemplateThere {
  return { ...template, body: components.find(({ type }) => type === 'BODY')?.text ?? '' }
}

/** null: it does not know us. @throws JobFailed where it may do so later */
async function get(url: string, token: string, signal: AbortSignal): Promise<z.output<typeof Answer> | null> {
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]),
  }).catch(() => {
    throw new JobFailed('WhatsApp could not be reached.')
  })
  if ([400, 401, 403, 404].includes(answer.status)) return null
  const read = Answer.safeParse(await answer.json().catch(() => null))
  if (!answer.ok || !read.success) throw new JobFailed(`WhatsApp answered ${answer.status}.`)
  return read.data
}
