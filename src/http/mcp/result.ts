/** An answer of the road as an MCP tool result. */

import type { CallToolResult } from '@modelcontextprotocol/server'
import type { Answer } from '../../calls/call.ts'

/**
 * The JSON is there twice, as data and as text: the specification asks for it, and a client shows its model one of
 * the two. A refusal is never `structuredContent`, since it does not match the tool's output schema and clients
 * of the older SDK throw on it.
 */
export function resultOf(answer: Answer): CallToolResult {
  if (answer.refusal) {
    const error = answer.refusal.toBody()
    return { isError: true, content: textOf(error), _meta: { [ERROR]: error } }
  }
  const { body } = answer
  return { content: textOf(body), structuredContent: { ...body } }
}

const ERROR = 'dev.backdesk/error'

function textOf(body: object): CallToolResult['content'] {
  return [{ type: 'text', text: JSON.stringify(body) }]
}
