/** The suite's tools that ask their caller something: since 2026-07-28 a call answers what it needs, and is repeated with it. */

import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type ElicitRequestFormParams,
  type InputRequests,
  type InputRequiredResult,
  inputRequired,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { text } from './content.ts'

/** What a call remembers between its rounds, signed; the server remembers nothing. */
export const rounds = createRequestStateCodec<{ round: number; name?: string }>({
  key: crypto.getRandomValues(new Uint8Array(32)),
})

export function addRounds(server: McpServer): void {
  for (const [name, run] of Object.entries(tools)) {
    const config = {
      description: 'Asks, and goes on when it is called with the answer.',
      inputSchema: z.object({}),
    }
    server.registerTool(name, config, (_, ctx) => run(ctx))
  }
}

type Round = (ctx: ServerContext) => Promise<CallToolResult | InputRequiredResult>

const tools: Record<string, Round> = {
  test_input_required_result_elicitation: async ctx => {
    const { name } = accepted(ctx, 'user_name')
    return typeof name === 'string'
      ? said(`Hello, ${name}!`)
      : inputRequired({ inputRequests: { user_name: askName } })
  },

  test_input_required_result_sampling: async ctx => {
    const answer = sampled(ctx, 'capital_question')
    return answer
      ? said(answer)
      : inputRequired({ inputRequests: { capital_question: ask('The capital of France?') } })
  },

  test_input_required_result_list_roots: async ctx => {
    const roots = rootsIn(ctx)
    return roots
      ? said(roots.map(root => root.uri).join())
      : inputRequired({ inputRequests: { client_roots: askRoots } })
  },

  test_input_required_result_request_state: async ctx =>
    stateOf(ctx) && confirmed(ctx) ? said('state-ok') : askToConfirm(),

  test_input_required_result_tampered_state: async ctx =>
    stateOf(ctx) && confirmed(ctx) ? said('integrity-ok') : askToConfirm(),

  test_input_required_result_multiple_inputs: async ctx => {
    const { name } = accepted(ctx, 'user_name')
    const greeting = sampled(ctx, 'greeting')
    const roots = rootsIn(ctx)
    if (typeof name === 'string' && greeting && roots)
      return said(`${greeting} ${name}, ${roots.length} roots`)
    const inputRequests = { user_name: askName, greeting: ask('Greet them.'), client_roots: askRoots }
    return inputRequired({ inputRequests, requestState: await rounds.mint({ round: 1 }) })
  },

  test_input_required_result_multi_round: async ctx => {
    const state = stateOf(ctx)
    if (!state) {
      return inputRequired({
        inputRequests: { step1: askName },
        requestState: await rounds.mint({ round: 1 }),
      })
    }
    if (state.round === 1) {
      const requestState = await rounds.mint({ round: 2, name: String(accepted(ctx, 'step1').name) })
      return inputRequired({
        inputRequests: { step2: elicit('Which colour?', { color: { type: 'string' } }) },
        requestState,
      })
    }
    return said(`${state.name} likes ${accepted(ctx, 'step2').color}`)
  },

  // Asks only for what the caller says it can give.
  test_input_required_result_capabilities: async ctx => {
    if (ctx.mcpReq.inputResponses) return said('Answered.')
    const can =
      (ctx.mcpReq.envelope as Record<string, object> | undefined)?.[CLIENT_CAPABILITIES_META_KEY] ?? {}
    const inputRequests: InputRequests = {
      ...('elicitation' in can && { user_name: askName }),
      ...('sampling' in can && { greeting: ask('Greet them.') }),
      ...('roots' in can && { client_roots: askRoots }),
    }
    return Object.keys(inputRequests).length > 0
      ? inputRequired({ inputRequests })
      : said('There is nothing to ask.')
  },

  // Asks for what the suite's caller has not declared; the SDK refuses it.
  test_missing_capability: async ctx => {
    const answer = sampled(ctx, 'answer')
    return answer ? said(answer) : inputRequired({ inputRequests: { answer: ask('Say pong.') } })
  },
}

function elicit(message: string, properties: ElicitRequestFormParams['requestedSchema']['properties']) {
  const requestedSchema = { type: 'object' as const, properties, required: Object.keys(properties) }
  return inputRequired.elicit({ message, requestedSchema })
}

function ask(question: string) {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: text(question) }],
    maxTokens: 100,
  })
}

const askName = elicit('What is your name?', { name: { type: 'string' } })
const askRoots = inputRequired.listRoots()

async function askToConfirm(): Promise<InputRequiredResult> {
  const inputRequests = { confirm: elicit('Please confirm.', { ok: { type: 'boolean' } }) }
  return inputRequired({ inputRequests, requestState: await rounds.mint({ round: 1 }) })
}

function said(answer: string): CallToolResult {
  return { content: [text(answer)] }
}

function stateOf({ mcpReq }: ServerContext) {
  return mcpReq.requestState<{ round: number; name?: string }>()
}

function confirmed(ctx: ServerContext): boolean {
  return 'ok' in accepted(ctx, 'confirm')
}

function accepted({ mcpReq }: ServerContext, key: string): Record<string, unknown> {
  return acceptedContent<Record<string, unknown>>(mcpReq.inputResponses, key) ?? {}
}

function sampled({ mcpReq }: ServerContext, key: string): string | undefined {
  return (mcpReq.inputResponses?.[key] as { content?: { text?: string } } | undefined)?.content?.text
}

function rootsIn({ mcpReq }: ServerContext): { uri: string }[] | undefined {
  return (mcpReq.inputResponses?.client_roots as { roots?: { uri: string }[] } | undefined)?.roots
}
