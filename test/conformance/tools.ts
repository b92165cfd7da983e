/** The suite's tools, but for those that ask their caller something (`rounds.ts`). */

import { setTimeout as pause } from 'node:timers/promises'
import {
  type CallToolResult,
  type ElicitRequestFormParams,
  fromJsonSchema,
  type McpServer,
  type ServerContext,
  type ServerNotifier,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { audio, image, resource, text } from './content.ts'

export function addTools(server: McpServer, notify: ServerNotifier): void {
  for (const [name, content] of Object.entries(answers)) {
    server.registerTool(name, { description: 'Answers with fixed content.' }, () => ({ content }))
  }
  for (const [name, work] of Object.entries({ ...works, ...questions })) {
    const config = { description: 'Does something on the way.', inputSchema: z.looseObject({}) }
    server.registerTool(name, config, async (_, ctx) => {
      await work(ctx)
      return { content: [text(`${name} has run.`)] }
    })
  }
  addTriggers(server, notify)
  addSchemas(server)
}

const answers: Record<string, CallToolResult['content']> = {
  test_simple_text: [text('This is a simple text response for testing.')],
  test_image_content: [image],
  test_audio_content: [audio],
  test_embedded_resource: [resource('test://embedded-resource', 'This is an embedded resource content.')],
  test_multiple_content_types: [
    text('Multiple content types test:'),
    image,
    resource('test://mixed-content-resource', '{"test":"data","value":123}', 'application/json'),
  ],
  // A stream that carries no request of the server's own.
  test_streaming_elicitation: [text('Nothing is asked.')],
}

const works: Record<string, (ctx: ServerContext) => Promise<unknown>> = {
  test_tool_with_logging: async ({ mcpReq }) => {
    for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } })
      await pause(50)
    }
  },
  test_tool_with_progress: async ({ mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken
    if (progressToken === undefined) return
    for (const progress of [0, 50, 100]) {
      await mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100 },
      })
      await pause(50)
    }
  },
  test_logging_tool: ({ mcpReq }) => mcpReq.log('info', 'Heard by who asked for a log level.'),
  test_error_handling: () =>
    Promise.reject(new Error('This tool intentionally returns an error for testing')),
}

/**
 * What a server of 2025 asks in the middle of a call. Ours cannot, since without a session it does not know what
 * its client can answer, nor does an answer find its way back; see `expected-failures.yml`.
 */
const questions: Record<string, (ctx: ServerContext) => Promise<unknown>> = {
  test_sampling: ({ mcpReq }) =>
    mcpReq.requestSampling({ messages: [{ role: 'user', content: text('Test prompt') }], maxTokens: 100 }),
  test_elicitation: ({ mcpReq }) => mcpReq.elicitInput(form({ username: { type: 'string' } })),
  test_elicitation_sep1034_defaults: ({ mcpReq }) =>
    mcpReq.elicitInput(form({ name: { type: 'string', default: 'John Doe' } })),
  test_elicitation_sep1330_enums: ({ mcpReq }) =>
    mcpReq.elicitInput(form({ untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] } })),
}

function form(properties: ElicitRequestFormParams['requestedSchema']['properties']): ElicitRequestFormParams {
  return { message: 'Please answer.', requestedSchema: { type: 'object', properties } }
}

/** Publish that a list changed, for whoever listens. */
function addTriggers(server: McpServer, notify: ServerNotifier): void {
  server.registerTool('test_trigger_tool_change', { description: 'Says that the tools changed.' }, () => {
    notify.toolsChanged()
    return { content: [text('Said.')] }
  })
  server.registerTool('test_trigger_prompt_change', { description: 'Says that the prompts changed.' }, () => {
    notify.promptsChanged()
    return { content: [text('Said.')] }
  })
}

function addSchemas(server: McpServer): void {
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Its schema must arrive as it is written.', inputSchema: fromJsonSchema(jsonSchema2020) },
    args => ({ content: [text(JSON.stringify(args))] }),
  )
  server.registerTool(
    'test_x_mcp_header',
    {
      description: 'An argument that the client mirrors into a header.',
      inputSchema: fromJsonSchema(mirrored),
    },
    args => ({ content: [text(JSON.stringify(args))] }),
  )
}

const mirrored = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' }, level: { type: 'integer' } },
}

const jsonSchema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}
