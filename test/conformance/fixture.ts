/**
 * What the official conformance suite expects to find: tools, resources and prompts with names of its own. They are
 * mounted here, by a test, on our own transport, so that what the suite tests is what a real server runs. Nothing
 * outside this directory knows of them, so no configuration can switch them on.
 */

import { type McpHttpHandler, McpServer } from '@modelcontextprotocol/server'
import { pino } from 'pino'
import { makeSecrets } from '../../src/access/secrets.ts'
import { makeCatalog } from '../../src/catalog/catalog.ts'
import { createApp } from '../../src/http/app.ts'
import type { Host } from '../../src/http/host.ts'
import { mountMcp } from '../../src/http/mcp/endpoint.ts'
import { addPrompts } from './prompts.ts'
import { addResources } from './resources.ts'
import { addRounds, rounds } from './rounds.ts'
import { addTools } from './tools.ts'

/** A server with the fixture at `url`, and nothing else to find. */
export async function startFixture(): Promise<{ url: string; close(): Promise<void> }> {
  const app = createApp({
    catalog: makeCatalog([], []),
    call: unreached,
    isNamed: async () => false,
    reachesInside: false,
    authenticate: unreached,
    authenticateSession: unreached,
    requestSignIn: unreached,
    verifySignIn: unreached,
    signOut: unreached,
    sessions: { email: unreached, list: unreached, end: unreached, endOthers: unreached },
    signUpPerson: unreached,
    oauth: new Proxy({} as Host['oauth'], { get: () => unreached }),
    secrets: makeSecrets('fixture'),
    switchWorkspace: unreached,
    approvals: {
      queue: unreached,
      read: unreached,
      mark: unreached,
      news: unreached,
      count: unreached,
      names: unreached,
      settled: unreached,
    },
    undos: { find: unreached },
    decide: unreached,
    remedy: unreached,
    credentials: { list: unreached, save: unreached, remove: unreached, check: unreached },
    invites: { pending: unreached, withdraw: unreached },
    joinDesk: { read: unreached, requestCode: unreached, joinByCode: unreached, joinAs: unreached },
    openReview: async () => null,
    calendarFeed: async () => null,
    openSelfService: async () => null,
    payDesk: { visit: unreached, pay: unreached, answer: unreached },
    invoiceDesk: { visit: unreached, paper: unreached, pay: unreached },
    hearProvider: unreached,
    callbacks: { hear: unreached, isVerified: unreached },
    subscriptions: { read: unreached, end: unreached },
    health: async () => true,
    publicUrl: 'http://127.0.0.1',
    loopback: true,
    overloadedAfterMs: 0,
    log: pino({ level: 'silent' }),
  })
  const handler: McpHttpHandler = mountMcp<null>(app, {
    paths: ['/fixture'],
    admit: async () => null,
    serve: () => fixtureServer(handler),
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url: `${url}/fixture`, close: () => app.close() }
}

function unreached(): Promise<never> {
  return Promise.reject(new Error('The fixture has no house behind it.'))
}

function fixtureServer({ notify }: McpHttpHandler): McpServer {
  const server = new McpServer(
    { name: 'backdesk-conformance', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        completions: {},
        logging: {},
      },
      requestState: { verify: rounds.verify },
      // Asks only a client that has said it can answer, in every case, as the specification has it.
      enforceStrictCapabilities: true,
    },
  )
  addTools(server, notify)
  addRounds(server)
  addResources(server)
  addPrompts(server)
  return server
}
