import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everyday, tools } from '../../../tools/index.ts'
import { ANONYMOUS, type Principal, type Scope } from '../../access/principal.ts'
import { makeCatalog } from '../../catalog/catalog.ts'
import { domains } from '../../catalog/define.ts'
import { viewAt } from './views.ts'

const catalog = makeCatalog(tools, everyday)
const every = domains.flatMap(domain => [`${domain}:read`, `${domain}:write`] as Scope[])
const owner: Principal = { ...ANONYMOUS, kind: 'api_key', role: 'owner', scopes: new Set(every) }
const names = catalog.entries.map(({ tool }) => tool.name)
const reading = catalog.entries.filter(({ tool }) => tool.effect === 'read').map(({ tool }) => tool.name)

/** Those of a site's visitors are listed to them alone. */
const ofEverybody = names.filter(name => !catalog.get(name)!.tool.by)

function list(path: string, principal = owner): string[] {
  return viewAt(catalog, path)
    .list(principal)
    .map(({ name }) => name)
}

test('each URL shows what it says, in the order of the catalog', () => {
  const of = (...toolsets: string[]) =>
    ofEverybody.filter(name => toolsets.includes(catalog.get(name)!.tool.domain))
  assert.deepEqual(
    list('/mcp'),
    names.filter(name => everyday.includes(name)),
  )
  assert.deepEqual(list('/mcp/all'), ofEverybody)
  assert.deepEqual(
    list('/mcp/readonly'),
    reading.filter(name => everyday.includes(name)),
  )
  assert.deepEqual(
    list('/mcp/x/approvals').filter(name => !isOpen(name)),
    of('approvals'),
  )
  assert.deepEqual(list('/mcp/x/approvals,platform'), of('approvals', 'platform'))
  assert.deepEqual(list('/mcp/x/platform%2Capprovals'), of('approvals', 'platform'))
  assert.deepEqual(
    list('/mcp/x/platform/readonly'),
    of('platform').filter(name => reading.includes(name)),
  )
  assert.deepEqual(list('/mcp/'), list('/mcp'))
})

test('a toolset offers itself alone, a readonly URL no writing, /mcp everything', () => {
  const offered = (path: string) =>
    catalog.entries.filter(viewAt(catalog, path).offers).map(({ tool }) => tool.name)
  assert.deepEqual(offered('/mcp'), names)
  assert.deepEqual(offered('/mcp/readonly'), reading)
  assert.deepEqual(offered('/mcp/all/readonly'), reading)
  assert.ok(!offered('/mcp/x/approvals').includes('run_write_tool'))
})

test('a list holds what the caller may call, by scope and role', () => {
  const narrow: Principal = { ...owner, scopes: new Set(['platform:read']) }
  assert.deepEqual(
    list('/mcp/all', narrow).filter(name => !isOpen(name) && !reading.includes(name)),
    [],
  )
  assert.ok(!list('/mcp/all', narrow).includes('list_approvals'))
  const weak: Principal = { ...owner, role: 'member' }
  assert.ok(!list('/mcp/all', weak).includes('create_api_key'))
  assert.ok(list('/mcp/all', weak).includes('get_current_context'))
})

test('nobody has the ways in at every URL, and get_current_context', () => {
  const open = names.filter(isOpen)
  assert.ok(open.includes('register_organisation_request'))
  for (const path of ['/mcp', '/mcp/all', '/mcp/x/bookings']) assert.deepEqual(list(path, ANONYMOUS), open)
  assert.deepEqual(list('/mcp/readonly', ANONYMOUS), ['get_current_context'])
})

test('what is no view is not_found, with the nearest toolset', () => {
  for (const path of [
    '/mcp/al',
    '/mcp/all/x',
    '/mcp/x',
    '/mcp/x/',
    '/mcp/x/a/b',
    '/mcp/x/bookings/all',
    '/mcp/x/,',
  ]) {
    assert.throws(() => viewAt(catalog, path), { code: 'not_found' }, path)
  }
  assert.throws(() => viewAt(catalog, '/mcp/x/bookings,costumers'), /Did you mean customers\?/)
})

function isOpen(name: string): boolean {
  return name === 'get_current_context' || catalog.get(name)!.tool.role === 'nobody'
}
