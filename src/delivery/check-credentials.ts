/** Asks a provider whether it knows a workspace by what is stored: by a request that reads, and changes nothing there. */

import { createTransport } from 'nodemailer'
import {
  type CredentialsOf,
  credentialState,
  type HealthProblem,
  noteHealth,
  type ProviderName,
  readCredentials,
} from '../access/credentials.ts'
import type { Secrets } from '../access/secrets.ts'
import type { Database } from '../database/pool.ts'
import type { Handler } from './handler.ts'
import { socketOutside } from './smtp.ts'

/** Where the providers with an HTTP API are, without a slash at the end. */
export type ProviderUrls = Record<'twilio' | 'whatsapp' | 'stripe', string>

export interface Checking {
  database: Database
  secrets: Secrets
  urls: ProviderUrls
  /** A mail server in our own network: on a developer's machine alone. */
  mayBeInside: boolean
}

export function checkCredentials({ database, secrets, urls, mayBeInside }: Checking): Handler {
  return async ({ workspaceId, ids, signal }) => {
    const provider = ids.provider as ProviderName
    const found = await database.transaction(workspaceId, { readOnly: true }, async ({ db }) => {
      const state = await credentialState(db, workspaceId, provider)
      return { state, fields: await readCredentials(db, secrets, workspaceId, provider) }
    })
    if (!found.state) return
    const { version } = found.state
    const problem = found.fields
      ? await ask(provider, found.fields, { urls, mayBeInside }, signal)
      : 'unreadable'
    await database.transaction(workspaceId, {}, ({ db }) =>
      noteHealth(db, secrets, { workspaceId, provider, version }, problem),
    )
  }
}

/** null: it knows them. */
function ask(
  provider: ProviderName,
  fields: CredentialsOf<ProviderName>,
  { urls, mayBeInside }: Pick<Checking, 'urls' | 'mayBeInside'>,
  signal: AbortSignal,
): Promise<HealthProblem | null> {
  const checks: { [Name in ProviderName]: (own: CredentialsOf<Name>) => Promise<HealthProblem | null> } = {
    smtp: ({ url }) => greet(url, mayBeInside),
    twilio: ({ account_sid, auth_token }) =>
      get(`${urls.twilio}/2010-04-01/Accounts/${account_sid}.json`, basic(account_sid, auth_token), signal),
    whatsapp: ({ phone_number_id, access_token }) =>
      get(`${urls.whatsapp}/${phone_number_id}?fields=id`, `Bearer ${access_token}`, signal),
    stripe: ({ secret_key }) => get(`${urls.stripe}/v1/balance`, `Bearer ${secret_key}`, signal),
  }
  return checks[provider](fields as never)
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

const TIMEOUT_MS = 15_000

async function get(url: string, authorization: string, signal: AbortSignal): Promise<HealthProblem | null> {
  try {
    const answer = await fetch(url, {
      headers: { authorization },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    await answer.body?.cancel()
    if (answer.ok) return null
    return [400, 401, 403, 404].includes(answer.status) ? 'refused' : 'unexpected_answer'
  } catch {
    return 'unreachable'
  }
}

/** Signs in, and leaves. */
async function greet(url: string, mayBeInside: boolean): Promise<HealthProblem | null> {
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    ...(!mayBeInside && { getSocket: socketOutside }),
  })
  try {
    await transport.verify()
    return null
  } catch (error) {
    return (error as { code?: string }).code === 'EAUTH' ? 'refused' : 'unreachable'
  } finally {
    transport.close()
  }
}
