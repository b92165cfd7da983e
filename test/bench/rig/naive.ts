/**
 * The SDK as its documentation shows it: an `McpServer` made for each request, with every tool of the catalog
 * registered by its zod shapes. Behind each tool there is nothing but the bare query.
 */

import { createServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Entry } from '../../../src/catalog/catalog.ts'
import { controlFields } from '../../../src/catalog/control.ts'
import type { Bare } from './bare.ts'
import type { Stage } from './stage.ts'

export interface Naive extends AsyncDisposable {
  url: string
}

export async function openNaive({ server }: Stage, { readSettings }: Bare): Promise<Naive> {
  const registrations = server.house.catalog.entries.map(entry => [entry.tool.name, shapesOf(entry)] as const)
  const answer = async () => {
    const body = { data: await readSettings() }
    return { content: [{ type: 'text' as const, text: JSON.stringify(body) }], structuredContent: body }
  }
  const handler = createMcpHandler(() => {
    const mcp = new McpServer({ name: 'naive', version: '1' })
    for (const [name, shapes] of registrations) mcp.registerTool(name, shapes, answer)
    return mcp
  })
  const http = createServer(toNodeHandler(handler))
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      await http[Symbol.asyncDispose]()
    },
  }
}

/** Made once, as in a module; what each request repeats is to register them. */
function shapesOf({ tool, listing, outputSchema }: Entry) {
  return {
    title: tool.title,
    description: tool.description,
    inputSchema: tool.input.extend(controlFields(tool)) as z.ZodObject,
    // The wire's side of the shape: from the codecs' other side the SDK can list nothing.
    outputSchema: z.fromJSONSchema(outputSchema),
    annotations: listing.annotations,
  }
}
