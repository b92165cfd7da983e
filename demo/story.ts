/** Tells a story step by step: what is done, by whom, what came of it; and stops where it went otherwise than it should. */

import { setTimeout as pause } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

// biome-ignore lint/suspicious/noExplicitAny: an answer is read as its tool's schema says.
export type Data = any

export interface Agent {
  /** The data of a call that must succeed. */
  does(tool: string, args?: Record<string, unknown>): Promise<Data>
  /** The whole answer, of a call that may be held back by a gate. */
  asks(tool: string, args?: Record<string, unknown>): Promise<Data>
  /** The refusal, of a call that must be refused with this code. */
  isRefused(tool: string, code: string, args?: Record<string, unknown>): Promise<Data>
}

/** An MCP client as Claude or Cursor is one. */
export async function connect(url: string, name: string, key?: string): Promise<Agent> {
  const client = new Client({ name, version: '1.0.0' })
  const headers = key ? { authorization: `Bearer ${key}` } : undefined
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }))

  const call = async (
    tool: string,
    args: Record<string, unknown> = {},
  ): Promise<{ isError: boolean; body: Data }> => {
    const result: Data = await client.callTool({ name: tool, arguments: args })
    return {
      isError: result.isError ?? false,
      body: result.structuredContent ?? JSON.parse(result.content[0].text),
    }
  }
  return {
    async does(tool, args) {
      const { isError, body } = await call(tool, args)
      if (isError || (body.status && body.status !== 'done'))
        throw new Deviation(`${tool} answered ${JSON.stringify(body)}`)
      return body.data
    },
    async asks(tool, args) {
      const { isError, body } = await call(tool, args)
      if (isError) throw new Deviation(`${tool} answered ${JSON.stringify(body)}`)
      return body
    },
    async isRefused(tool, code, args) {
      const { isError, body } = await call(tool, args)
      if (!isError || body.code !== code)
        throw new Deviation(`${tool} should have answered ${code}, and answered ${JSON.stringify(body)}`)
      return body
    },
  }
}

/** The server did otherwise than the story says. */
export class Deviation extends Error {}

export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Deviation(`It should hold that ${what}.`)
}

/** What a worker does comes a moment later: asked for again until it is there, and not for ever. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000
  while (Date.now() < deadline) {
    const found = await look()
    if (found !== undefined) return found
    await pause(200)
  }
  throw new Deviation(`It should hold that ${what}; after 20 seconds it does not.`)
}

let step = 0

export function tell(what: string, outcome?: string): void {
  console.log(`${String(++step).padStart(2)}. ${what}${outcome ? `\n      → ${outcome}` : ''}`)
}

export function fresh(): string {
  return crypto.randomUUID()
}
