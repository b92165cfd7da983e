/** OpenAPI 3.1 of the REST surface, made from the catalog alone. */

import manifest from '../../../package.json' with { type: 'json' }
import type { Catalog, Entry } from '../../catalog/catalog.ts'
import { domains } from '../../catalog/define.ts'
import type { JsonSchema } from '../../catalog/json-schema.ts'
import { type RefusalCode, vocabulary } from '../../catalog/refusal.ts'
import { type Route, routeOf } from './route.ts'

export function openApi({ entries }: Catalog, publicUrl: string): JsonSchema {
  const paths: Record<string, JsonSchema> = {}
  for (const entry of entries) {
    const route = routeOf(entry.tool)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(entry, route) }
  }
  const used = new Set(entries.map(entry => entry.tool.domain))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Backdesk',
      version: manifest.version,
      description:
        'Customers, bookings, money, loyalty and messages of a service business. The same tools as over MCP.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl }],
    security: [{ key: [] }],
    tags: domains.filter(domain => used.has(domain)).map(name => ({ name })),
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key.' } },
      schemas: { Problem: problem },
    },
  }
}

function operation(entry: Entry, route: Route): JsonSchema {
  const { tool } = entry
  const { properties, required } = fieldsOf(entry)
  const inBody = Object.keys(properties).filter(name => !route.hasQuery && !route.pathFields.includes(name))
  return {
    operationId: tool.name,
    summary: tool.title,
    description: tool.description,
    tags: [tool.domain],
    ...(tool.role === 'nobody' && { security: [] }),
    parameters: [
      ...Object.entries(properties)
        .filter(([name]) => !inBody.includes(name))
        .map(([name, schema]) => parameter(name, schema, route, required)),
      ...headersFor(entry),
    ],
    ...(inBody.length > 0 && { requestBody: bodyOf(inBody, properties, required) }),
    responses: responses(entry, route),
    'x-backdesk': { effect: tool.effect, gate: tool.gate ?? 'allow', scope: entry.scope },
  }
}

/** The input without what a header carries: the key stands in one alone, a version in one or in its field. */
function fieldsOf({ inputSchema }: Entry) {
  const { idempotency_key: _, ...properties } = (inputSchema.properties ?? {}) as Record<string, JsonSchema>
  const required = ((inputSchema.required ?? []) as string[]).filter(
    name => !['idempotency_key', 'version'].includes(name),
  )
  return { properties, required }
}

function parameter(name: string, schema: JsonSchema, { pathFields }: Route, required: string[]): JsonSchema {
  const { description, ...rest } = schema
  const inPath = pathFields.includes(name)
  return {
    name,
    in: inPath ? 'path' : 'query',
    required: inPath || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }
}

function headersFor({ tool, inputSchema }: Entry): JsonSchema[] {
  const headers: JsonSchema[] = []
  if (tool.key) {
    const description = 'A fresh UUID per intended effect; the same one for a retry.'
    headers.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: true,
      description,
      schema: { type: 'string', maxLength: 255 },
    })
  }
  if (hasVersion(inputSchema)) {
    const description = 'The ETag that you read, in place of the field `version`.'
    headers.push({ name: 'If-Match', in: 'header', required: false, description, schema: { type: 'string' } })
  }
  return headers
}

function hasVersion(schema: JsonSchema): boolean {
  return 'version' in ((schema.properties ?? {}) as object)
}

function bodyOf(names: string[], properties: Record<string, JsonSchema>, required: string[]): JsonSchema {
  const schema: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(names.map(name => [name, properties[name]])),
    additionalProperties: false,
  }
  const needed = required.filter(name => names.includes(name))
  if (needed.length > 0) schema.required = needed
  return { required: needed.length > 0, content: { 'application/json': { schema } } }
}

function responses(entry: Entry, route: Route): JsonSchema {
  const content = { 'application/json': { schema: entry.outputSchema } }
  const answers: JsonSchema = { 200: { description: 'What it did, would do, or found.', content } }
  if (entry.tool.effect !== 'read')
    answers[202] = { description: 'It goes on: `processing` or `needs_approval`.', content }
  for (const [status, codes] of problemsOf(entry, route)) {
    answers[status] = {
      description: codes.join(', '),
      content: {
        'application/problem+json': {
          schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, codeIn(codes)] },
        },
      },
    }
  }
  return answers
}

function codeIn(codes: RefusalCode[]): JsonSchema {
  return { type: 'object', properties: { code: { enum: codes } } }
}

/** Status → the codes with which this tool can answer it. */
function problemsOf(entry: Entry, { pathFields, hasQuery }: Route): Map<number, RefusalCode[]> {
  const { tool, inputSchema } = entry
  const codes = new Set<RefusalCode>(['invalid_input', 'rate_limited', 'internal'])
  if (tool.role !== 'nobody') codes.add('unauthenticated').add('forbidden_scope')
  if (pathFields.length > 0) codes.add('not_found')
  if (tool.key) codes.add('idempotency_key_reused').add('in_progress')
  if (hasVersion(inputSchema)) codes.add('stale_version')
  if (tool.gate) codes.add('confirmation_invalid')
  if (tool.gate === 'approve') codes.add('approval_stale').add('approval_expired')
  for (const code of tool.refusals ?? []) codes.add(code)

  // Refused before the tool is reached: what is no URL or JSON, too long, or of another type.
  const problems = new Map<number, RefusalCode[]>([[400, ['invalid_input']]])
  if (!hasQuery) problems.set(413, ['invalid_input']).set(415, ['invalid_input'])
  if (hasVersion(inputSchema)) problems.set(412, ['stale_version'])
  for (const code of codes) {
    const { status } = vocabulary[code]
    problems.set(status, [...(problems.get(status) ?? []), code])
  }
  return new Map([...problems].sort(([a], [b]) => a - b))
}

/** RFC 9457, with the members that every error of ours has. */
const problem: JsonSchema = {
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri', description: 'A page about the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(vocabulary) },
    message: { type: 'string' },
    retryable: { type: 'boolean', description: 'Whether the same request may succeed later.' },
    details: { type: 'object', description: 'Facts a program can act on.' },
    next_tools: {
      type: 'array',
      items: { type: 'string' },
      description: 'Operations that help from here, best first.',
    },
    request_id: { type: 'string', format: 'uuid' },
  },
  required: [
    'type',
    'title',
    'status',
    'detail',
    'code',
    'message',
    'retryable',
    'details',
    'next_tools',
    'request_id',
  ],
}
