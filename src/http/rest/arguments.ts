/**
 * The arguments in a request: from its path, its query, its body and two headers. All are judged by the road; only
 * what stands in the URL is read by the schema first, since a URL knows nothing but text.
 */

import type { IncomingHttpHeaders } from 'node:http'
import type { JsonSchema } from '../../catalog/json-schema.ts'
import { Refusal } from '../../catalog/refusal.ts'

export interface Sent {
  /** Decoded. */
  params: Record<string, string>
  /** As it stands in the URL, without `?`. */
  query: string
  body: unknown
  headers: IncomingHttpHeaders
}

/**
 * @param schema of the input; what is not in it is passed on as it is, for the road to refuse with the nearest name.
 * @throws Refusal `invalid_input`, also for a field that is given twice with different values
 */
export function argumentsIn(
  { params, query, body, headers }: Sent,
  schema: JsonSchema,
): Record<string, unknown> {
  const fields = (schema.properties ?? {}) as Record<string, JsonSchema>
  // A map, because a field may be named __proto__.
  const given = new Map<string, unknown>()
  const give = (name: string, value: unknown) => {
    if (given.has(name) && given.get(name) !== value) throw givenTwice(name)
    given.set(name, value)
  }
  for (const [name, texts] of readQuery(query)) give(name, fieldOf(texts, fields[name]))
  for (const [name, value] of Object.entries(bodyOf(body))) give(name, value)
  for (const [name, text] of Object.entries(params)) give(name, fieldOf([text], fields[name]))

  const key = headers['idempotency-key']
  // A client may send it with every call; a tool that takes none is safe to repeat without.
  if (typeof key === 'string' && fields.idempotency_key) give('idempotency_key', unquoted(key))
  const match = headers['if-match']
  if (match !== undefined) give('version', versionIn(match, fields))
  return Object.fromEntries(given)
}

function givenTwice(name: string): Refusal {
  return new Refusal('invalid_input', `${shown(name)} is given twice, with different values.`)
}

function bodyOf(body: unknown): object {
  if (body === undefined || body === null) return {}
  if (typeof body === 'object' && !Array.isArray(body)) return body
  throw new Refusal('invalid_input', 'The body is an object of named fields.')
}

/** Field → its texts, several where it is repeated. Strict where URLSearchParams would put U+FFFD for what is no UTF-8. */
function readQuery(query: string): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  for (const part of query.split('&')) {
    if (part === '') continue
    const [name = '', ...value] = part.split('=')
    const field = decode(name)
    fields.set(field, [...(fields.get(field) ?? []), decode(value.join('='))])
  }
  return fields
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new Refusal('invalid_input', 'The query is not percent-encoded UTF-8.')
  }
}

/** A list for a field that is a list; several texts for another field stay several, and are refused. */
function fieldOf(texts: string[], schema: JsonSchema = {}): unknown {
  const list = branchesOf(schema).find(branch => typesOf(branch).includes('array'))
  if (list) return texts.map(text => scalarOf(text, list.items as JsonSchema))
  return texts.length === 1 ? scalarOf(texts[0]!, schema) : texts
}

/** A text that does not read as what the schema wants stays a text: the road says what it expected. */
function scalarOf(text: string, schema: JsonSchema): unknown {
  const types = branchesOf(schema).flatMap(typesOf)
  if (types.includes('string')) return text
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if ((types.includes('integer') || types.includes('number')) && JSON_NUMBER.test(text)) {
    const number = Number(text)
    if (Number.isFinite(number)) return number
  }
  return text
}

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

function branchesOf(schema: JsonSchema): JsonSchema[] {
  return (schema.anyOf as JsonSchema[] | undefined) ?? [schema]
}

function typesOf({ type }: JsonSchema): unknown[] {
  return [type].flat()
}

/** The header is a structured field's string in the IETF's draft, and bare at those who had it first. */
function unquoted(key: string): string {
  return key.replace(/^"(.*)"$/, '$1')
}

/** Our ETags are versions: `"3"`. */
function versionIn(match: string, fields: Record<string, JsonSchema>): number {
  if (!fields.version) throw new Refusal('invalid_input', 'If-Match: this operation takes no version.')
  const [, version] = /^"?(\d{1,10})"?$/.exec(match) ?? []
  if (version === undefined)
    throw new Refusal('invalid_input', 'If-Match: expected the ETag that you read, as in "3".')
  return Number(version)
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 60).toWellFormed())
}
