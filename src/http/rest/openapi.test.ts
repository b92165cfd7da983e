import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { everyday, tools } from '../../../tools/index.ts'
import { makeCatalog } from '../../catalog/catalog.ts'
import { openApi } from './openapi.ts'
import { routeOf } from './route.ts'

const catalog = makeCatalog(tools, everyday)
// biome-ignore lint/suspicious/noExplicitAny: the document's shape is what the tests are about.
const document = JSON.parse(JSON.stringify(openApi(catalog, 'https://desk.example'))) as any

test('the document is valid OpenAPI 3.1, by the official schema', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  assert.ok(valid, JSON.stringify(errors, null, 2))
})

test('each tool is one operation at a route of its own, under its own name', () => {
  const routes = catalog.entries.map(({ tool }) => tool.route.replace(/\{\w+\}/g, '{}'))
  assert.equal(new Set(routes).size, routes.length)
  for (const { tool } of catalog.entries) assert.equal(operationOf(tool.name).operationId, tool.name)
})

test('each field of an input stands in exactly one place, and where the request reads it', () => {
  for (const { tool, inputSchema } of catalog.entries) {
    const { parameters, requestBody } = operationOf(tool.name)
    const inBody = Object.keys(requestBody?.content['application/json'].schema.properties ?? {})
    const inUrl = parameters
      .filter((p: { in: string }) => p.in !== 'header')
      .map((p: { name: string }) => p.name)
    const fields = Object.keys(inputSchema.properties as object).filter(name => name !== 'idempotency_key')
    assert.deepEqual([...inUrl, ...inBody].sort(), fields.sort(), tool.name)
    for (const name of routeOf(tool).pathFields)
      assert.ok(fields.includes(name), `${tool.name} has no field ${name}`)
    if (requestBody) assert.equal(requestBody.content['application/json'].schema.additionalProperties, false)
  }
})

test('a key, a version, credentials, answers and errors are said where they matter', () => {
  const create = operationOf('create_api_key')
  assert.ok(
    create.parameters.some(
      (p: { name: string; required: boolean }) => p.name === 'Idempotency-Key' && p.required,
    ),
  )
  assert.deepEqual(Object.keys(create.responses), [
    '200',
    '202',
    '400',
    '401',
    '403',
    '404',
    '409',
    '413',
    '415',
    '422',
    '429',
    '500',
  ])
  assert.match(create.responses[409].description, /idempotency_key_reused, in_progress/)
  assert.equal(create['x-backdesk'].scope, 'platform:write')

  const update = operationOf('update_workspace_settings')
  assert.ok(update.parameters.some((p: { name: string }) => p.name === 'If-Match'))
  assert.ok(!update.requestBody.content['application/json'].schema.required?.includes('version'))
  assert.equal(update.responses[412].description, 'stale_version')

  assert.equal(operationOf('revoke_api_key')['x-backdesk'].gate, 'confirm')
  assert.deepEqual(operationOf('register_organisation_request').security, [])
  assert.equal(operationOf('list_api_keys').responses[202], undefined)
  assert.equal(operationOf('list_api_keys').security, undefined)
})

// biome-ignore lint/suspicious/noExplicitAny: see above.
function operationOf(name: string): any {
  const { method, path } = routeOf(catalog.get(name)!.tool)
  return document.paths[path][method.toLowerCase()]
}
