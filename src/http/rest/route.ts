/** A tool's `route`, taken apart: `GET /v1/api-keys/{key_id}`. */

import type { HttpMethod, Tool } from '../../catalog/define.ts'

export interface Route {
  method: HttpMethod
  /** As OpenAPI writes it: `/v1/api-keys/{key_id}`. */
  path: string
  /** The input's fields that stand in the path. */
  pathFields: string[]
  /** Whether the rest of the input is the query; a DELETE's body has no meaning (RFC 9110, section 9.3.5). */
  hasQuery: boolean
}

export function routeOf({ route }: Tool): Route {
  const [method, path] = route.split(' ') as [HttpMethod, string]
  const pathFields = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
  return { method, path, pathFields, hasQuery: method === 'GET' || method === 'DELETE' }
}
