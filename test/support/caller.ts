/** Calls tools as an agent does, over MCP, in the 2025 era's stateless form: one POST per call. */

import assert from 'node:assert/strict'

// biome-ignore lint/suspicious/noExplicitAny: an answer's shape is what tests go on to check.
export type Body = any

export interface Called {
  /** The HTTP status. */
  status: number
  isError: boolean
  /** The envelope, or the error of the vocabulary. */
  body: Body
}

export interface Caller {
  url: string
  key?: string
}

/** What the tool answered, refusals included. */
export async function callTool({ url, key }: Caller, name: string, args: unknown = {}): Promise<Called> {
  const answer = await fetch(`${url}/mcp/all`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(key && { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
  })
  const text = await answer.text()
  const message = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? text)
  if (!message.result) return { status: answer.status, isError: true, body: message.error ?? message }
  const { isError = false, structuredContent, content } = message.result
  return { status: answer.status, isError, body: structuredContent ?? JSON.parse(content[0].text) }
}

/** The answer's data, of a call that must succeed. */
export async function done(caller: Caller, name: string, args: Record<string, unknown> = {}): Promise<Body> {
  const { isError, body } = await callTool(caller, name, args)
  assert.equal(isError, false, `${name}: ${JSON.stringify(body)}`)
  const tookEffect = body.status === undefined || body.status === 'done' || body.status === 'processing'
  assert.ok(tookEffect, `${name}: ${JSON.stringify(body)}`)
  return body.data
}

/** The error's code, of a call that must be refused. */
export async function refused(
  caller: Caller,
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  const { isError, body } = await callTool(caller, name, args)
  assert.equal(isError, true, `${name}: ${JSON.stringify(body)}`)
  return body.code
}

/** A fresh idempotency key. */
export function fresh(): string {
  return crypto.randomUUID()
}
