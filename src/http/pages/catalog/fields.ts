/** A JSON Schema as rows a person reads: `hours.mon[].from`, its type, what it is for and what limits it. */

import type { JsonSchema } from '../../../catalog/json-schema.ts'
import { say } from '../../texts/index.ts'
import { Html, html } from '../html.ts'
import { inEnglish } from '../language.ts'
import { code } from './prose.ts'

/** @param marked which fields carry a word: the `required` ones of an input, the `optional` ones of an answer */
export function fieldsTable(label: string, schema: JsonSchema, marked: 'required' | 'optional'): Html {
  return html`<div class="table stacks" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr><th scope="col">${say.tool.field}</th><th scope="col">${say.tool.type}</th><th scope="col">${say.tool.what}</th></tr></thead>
<tbody>${fieldsIn(schema).map(field => row(field, marked))}</tbody>
</table></div>`
}

interface Field {
  /** `hours.mon[].` */
  parents: string
  name: string
  required: boolean
  schema: JsonSchema
}

function row({ parents, name, required, schema }: Field, marked: 'required' | 'optional'): Html {
  const limits = limitsOf(schema)
  return html`<tr><th scope="row"><code>${parents && html`<span class="parents">${parents}</span>`}${name}</code>${
    required === (marked === 'required') && html` <span class="badge">${say.tool[marked]}</span>`
  }</th>
<td class="type">${typeOf(schema)}</td>
<td>${schema.description ? inEnglish(schema.description as string) : ''}${limits.length > 0 && html`<p class="quiet">${limits.map((limit, at) => html`${at > 0 && '; '}${limit}`)}</p>`}</td></tr>
`
}

/** Depth first, so that an object's fields follow it. */
export function fieldsIn(schema: JsonSchema, parents = ''): Field[] {
  const required = (schema.required ?? []) as string[]
  return Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, field]) => {
    const inner = objectIn(field)
    return [
      { parents, name, required: required.includes(name), schema: field },
      ...(inner ? fieldsIn(inner.schema, `${parents}${name}${inner.path}.`) : []),
    ]
  })
}

/** The object with named fields that a field is, or holds in a list or a map. */
export function objectIn(schema: JsonSchema): { schema: JsonSchema; path: string } | undefined {
  if (schema.properties) return { schema, path: '' }
  for (const branch of (schema.anyOf ?? []) as JsonSchema[]) {
    const inner = objectIn(branch)
    if (inner) return inner
  }
  const [held, step] = schema.items ? [schema.items, '[]'] : [schema.additionalProperties, '.*']
  const inner = held && typeof held === 'object' ? objectIn(held as JsonSchema) : undefined
  return inner && { schema: inner.schema, path: step + inner.path }
}

/** `booking id`, `list of strings`, `date-time or null`. */
export function typeOf(schema: JsonSchema): string {
  const { anyOf, type, format, pattern, items, additionalProperties, properties } = schema
  const { names, any } = say.schema
  if (anyOf) return say.schema.or([...new Set((anyOf as JsonSchema[]).map(typeOf))])
  const kind = ID_PATTERN.exec(String(pattern))?.[1]
  if (kind) return say.schema.id(say.named(kind) ?? kind)
  if (typeof format === 'string') return say.schema.formats[format] ?? format
  if (items) return say.schema.list(typeOf(items as JsonSchema))
  if (type === 'object' && !properties && typeof additionalProperties === 'object') {
    const value = typeOf(additionalProperties as JsonSchema)
    return value === any ? names.object! : say.schema.map(value)
  }
  if (Array.isArray(type)) return say.schema.or(type.map(one => names[one] ?? one))
  if (typeof type === 'string') return names[type] ?? type
  return schema.const === undefined && !schema.enum ? any : names.string!
}

export const ID_PATTERN = /^\^([a-z]+)_$/

function limitsOf(schema: JsonSchema): (Html | string)[] {
  const branches = (schema.anyOf ?? []) as JsonSchema[]
  const { pattern } = schema
  const words = say.schema
  return [
    schema.enum && words.oneOf(code((schema.enum as unknown[]).join(', '))),
    schema.const !== undefined && words.always(code(JSON.stringify(schema.const))),
    range(schema.minLength, schema.maxLength, words.characters),
    range(schema.minimum, schema.maximum),
    range(schema.minItems, schema.maxItems, words.items),
    typeof pattern === 'string' && !ID_PATTERN.test(pattern) && inWords(pattern),
    keysOf(schema),
    ...branches.flatMap(limitsOf),
    ...(schema.items ? limitsOf(schema.items as JsonSchema).map(words.each) : []),
    schema.default !== undefined && words.byDefault(code(JSON.stringify(schema.default))),
  ].filter(limit => limit instanceof Html || typeof limit === 'string')
}

/** A pattern is for programs; people see what fits it. */
function inWords(pattern: string): Html {
  const sample = samples.find(text => new RegExp(pattern).test(text))
  return sample ? say.schema.asIn(code(sample)) : say.schema.matches(code(pattern))
}

const samples = ['24:00', '09:30', 'EUR', 'ES', '482913', 'bookings:read']

function keysOf({ propertyNames }: JsonSchema): Html | undefined {
  const keys = (propertyNames as JsonSchema | undefined)?.enum as string[] | undefined
  return keys && say.schema.keys(code(keys.join(', ')))
}

/** `1 to 100`, `up to 120 characters`: a text of at least one character is what everybody expects. */
function range(least: unknown, most: unknown, of?: (bounds: string) => string): string | undefined {
  if (least === undefined && most === undefined) return
  const bounds =
    most === undefined
      ? say.schema.atLeast(shown(least))
      : least === undefined || (of && least === 1)
        ? say.schema.upTo(shown(most))
        : say.schema.between(shown(least), shown(most))
  return of ? of(bounds) : bounds
}

function shown(bound: unknown): string {
  return Number(bound).toLocaleString(say.locale)
}
