/** A whole server on a free port and a fresh database, as `npm start` makes it. */

import { type Config, readConfig } from '../../src/config.ts'
import { type Server, start } from '../../src/main.ts'
import { testDatabase } from './database.ts'

export interface TestServer extends Server {
  databaseUrls: { owner: string; app: string }
  /** The newest mail first. */
  mailbox(): Promise<Mailed[]>
  /** Signs a business up by REST, as an agent would, and answers its first key. */
  signUp(name?: string): Promise<SignedUp>
}

export interface Mailed {
  id: string
  channel: 'email' | 'sms'
  to: string
  subject: string
  text: string
}

export interface SignedUp {
  key: string
  email: string
  workspaceId: string
}

/** @param t a test's context, or `{ after }` of node:test for a server that a file's tests share */
export async function startServer(
  t: { after(work: () => unknown): void },
  changes: Partial<Config> = {},
): Promise<TestServer> {
  const database = changes.databaseUrl ? null : await testDatabase()
  const config = configOf({ databaseUrl: database?.ownerUrl, appDatabaseUrl: database?.appUrl, ...changes })
  const server = await start(config)
  t.after(async () => {
    await server.close()
    await database?.drop()
  })
  const mailbox = async () => {
    const answer = await fetch(`${server.url}/dev/mailbox`, { headers: { accept: 'application/json' } })
    return (await answer.json()) as Mailed[]
  }
  const databaseUrls = { owner: config.databaseUrl!, app: config.appDatabaseUrl! }
  return { ...server, databaseUrls, mailbox, signUp: name => signUp(server.url, mailbox, name) }
}

/** On a free port, with one secret for all. */
export function configOf(changes: Partial<Config>): Config {
  return {
    ...readConfig({ PORT: '0', LOG_LEVEL: 'silent', BACKDESK_SECRET: 'x'.repeat(32) }),
    developerMailbox: true,
    overloadedAfterMs: 0, // A test's process may be kept waiting by all the others.
    ...changes,
  }
}

let count = 0

async function signUp(url: string, mailbox: TestServer['mailbox'], name = 'Studio Norte'): Promise<SignedUp> {
  const email = `owner-${process.pid}-${++count}@studio.example`
  const asked = await post(url, '/v1/sign-ups', {
    email,
    organisation_name: name,
    time_zone: 'Europe/Madrid',
    currency: 'EUR',
    country: 'ES',
  })
  const mail = (await mailbox()).find(({ to }) => to === email)
  const code = /\d{6}/.exec(mail!.text)![0]
  const verified = await post(url, `/v1/sign-ups/${asked.data.request_id}/verify`, { code })
  return { key: verified.data.api_key, email, workspaceId: verified.data.workspace.id }
}

// biome-ignore lint/suspicious/noExplicitAny: the answer's shape is what the caller goes on to check.
async function post(url: string, path: string, body: unknown): Promise<any> {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
