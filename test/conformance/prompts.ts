/** The suite's prompts, and the completion of their arguments. */

import {
  acceptedContent,
  type GetPromptResult,
  inputRequired,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { image, resource, text } from './content.ts'

export function addPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'No arguments.' }, () =>
    asked(text('This is a simple prompt for testing.')),
  )
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'Two arguments.', argsSchema: z.object({ arg1: z.string(), arg2: z.string() }) },
    ({ arg1, arg2 }) => asked(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  )
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A resource in it.', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) =>
      asked(resource(resourceUri, 'Embedded resource content for testing.'), text('Please process it.')),
  )
  server.registerPrompt('test_prompt_with_image', { description: 'An image in it.' }, () =>
    asked(image, text('Please analyze the image above.')),
  )
  server.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks before it answers.', argsSchema: z.object({}) },
    (_, ctx) => afterContext(ctx),
  )
  server.server.setRequestHandler('completion/complete', () => ({
    completion: { values: [], total: 0, hasMore: false },
  }))
}

function asked(...contents: GetPromptResult['messages'][number]['content'][]): GetPromptResult {
  return { messages: contents.map(content => ({ role: 'user', content })) }
}

function afterContext({ mcpReq }: ServerContext) {
  const given = acceptedContent<{ context: string }>(mcpReq.inputResponses, 'user_context')
  if (given) return asked(text(`Use the following context: ${given.context}`))
  const requestedSchema = { type: 'object' as const, properties: { context: { type: 'string' as const } } }
  return inputRequired({
    inputRequests: { user_context: inputRequired.elicit({ message: 'Which context?', requestedSchema }) },
  })
}
