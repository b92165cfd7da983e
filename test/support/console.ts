/** The console of a business, as a browser without a script uses it: plain forms, and where they lead. */

import assert from 'node:assert/strict'
import { uuidOf } from '../../src/catalog/kinds.ts'
import { type Body, done } from './caller.ts'
import { signIn } from './person.ts'
import type { TestServer } from './server.ts'
import { made } from './shop.ts'

export type Console = Awaited<ReturnType<typeof openConsole>>

export async function openConsole(server: TestServer) {
  const signedUp = await server.signUp()
  const { key, email, workspaceId } = signedUp
  const agent = { url: server.url, key }
  const person = await signIn(server, email)
  const forms = formsOf(server, person.cookie)
  return {
    ...forms,
    agent,
    signedUp,
    person,
    read: (tool: string, args: Body) => done(agent, tool, args),
    service: () =>
      made(agent, 'create_service', {
        name: 'Haircut',
        category: 'Hair',
        duration_minutes: 45,
        price: { amount: 3500, currency: 'EUR' },
      }),
    rows: async (sql: string) =>
      (await server.house.database.owner.query(sql, [uuidOf(workspaceId)])).rows as Body[],
  }
}

export function formsOf(server: TestServer, cookie: string) {
  const send = async (path: string, init: RequestInit) => {
    const answer = await fetch(server.url + path, { redirect: 'manual', ...init })
    return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
  }
  const forms = {
    get: (path: string) => send(path, { headers: { cookie } }),
    post: (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      send(path, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { cookie, origin: server.url, 'sec-fetch-site': 'same-origin', ...headers },
      }),
    /** A form that takes effect at once. @returns where its Undo is pressed */
    async change(path: string, fields: Record<string, string>) {
      const { status, to, text } = await forms.post(path, fields)
      assert.equal(status, 303, text)
      assert.match((await forms.get(to!)).text, /<button>Undo<\/button>/)
      return undoIn(to)
    },
    /** Pressed, and confirmed where it asks. */
    async settled(path: string, fields: Record<string, string> = {}) {
      const first = await forms.post(path, fields)
      return first.status === 200 ? forms.post(path, hiddenIn(first.text)) : first
    },
    async confirm(path: string, fields: Record<string, string> = {}) {
      return undoIn((await forms.settled(path, fields)).to)
    },
  }
  return forms
}

/** Where the Undo is pressed that was offered with a change. @param to where the change led */
export function undoIn(to: string | null): string {
  const id = undoOffered(to)
  assert.match(id ?? '', /^undo_/, to!)
  return `/console/undo/${id}`
}

/** null: none. */
export function undoOffered(to: string | null): string | null {
  return new URL(to!, 'http://console').searchParams.get('undo')
}

/** What the form of a page that asks sends again. */
export function hiddenIn(text: string): Record<string, string> {
  const main = text.slice(text.indexOf('<main'))
  return Object.fromEntries(
    [...main.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  )
}

/** Of the form of a service's policy. */
export const policyFields = {
  notice: '2',
  notice_unit: 'hours',
  cutoff: '2',
  cutoff_unit: 'days',
  window: '90',
  interval: '15',
  confirmation: 'each',
  deposit: '10',
}

/** Whether somebody waits for a lock. */
export const BLOCKED = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
