/** What holds for every tool, now and later: its contract, its example, its place in the workspace. */

import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { encode } from 'gpt-tokenizer'
import { TypeID } from 'typeid-js'
import type { Entry } from '../src/catalog/catalog.ts'
import { makeCatalog } from '../src/catalog/catalog.ts'
import { scopeOf } from '../src/catalog/define.ts'
import { refusalsOf } from '../src/catalog/refusals-of.ts'
import { everyday, tools } from '../tools/index.ts'
import { type Body, callTool } from './support/caller.ts'
import { inputOf, keyFor, newSandbox, play, type Sandbox } from './support/example.ts'
import { startServer } from './support/server.ts'

const { entries } = makeCatalog(tools, everyday)
const snapshots = join(import.meta.dirname, 'snapshots')

test('every file of tools/ is in the catalog, once', () => {
  const files = globSync('tools/*/*-*.ts', { cwd: join(import.meta.dirname, '..') })
  const named = files.map(file => file.split('/').at(-1)!.replace('.ts', '').replaceAll('-', '_'))
  assert.deepEqual(named.sort(), tools.map(tool => tool.name).sort())
})

for (const entry of entries) {
  const { tool, listing } = entry
  test(`${tool.name} says what it does`, () => {
    assert.match(tool.name, /^[a-z]+(_[a-z]+)+$/)
    assert.ok(tool.name.length <= 64)
    assert.ok(tool.title.length > 3 && tool.title.length <= 60)
    assert.ok(tool.description.length >= 60 && tool.description.length <= 1024)
    assert.equal(tool.input._zod.def.catchall?._zod.def.type, 'never', 'its input must be strict')
    for (const [name, field] of Object.entries(
      (entry.inputSchema.properties ?? {}) as Record<string, Body>,
    )) {
      const speaks = field.description ?? (field.enum || field.$ref || /_id$/.test(name))
      assert.ok(speaks, `${name} needs a description`)
    }
  })

  test(`${tool.name} has four hints that fit its effect`, () => {
    const { title, ...hints } = listing.annotations
    assert.equal(title, tool.title)
    assert.deepEqual(Object.keys(hints).sort(), [
      'destructiveHint',
      'idempotentHint',
      'openWorldHint',
      'readOnlyHint',
    ])
    assert.equal(hints.readOnlyHint, tool.effect === 'read')
    assert.ok(!(hints.readOnlyHint && hints.destructiveHint))
    assert.ok(tool.effect !== 'read' || (!tool.gate && !tool.key), 'a reading tool has neither gate nor key')
    assert.equal(scopeOf(tool), `${tool.domain}:${tool.effect === 'read' ? 'read' : 'write'}`)
  })

  test(`${tool.name} costs at most 900 tokens and is as its snapshot says`, () => {
    const tokens = encode(JSON.stringify(listing)).length
    assert.ok(tokens <= 900, `${tokens} tokens`)
    const path = join(snapshots, `${tool.name}.json`)
    const contract = {
      ...listing,
      route: tool.route,
      role: tool.role,
      gate: tool.gate ?? 'allow',
      refusals: refusalsOf(tool),
    }
    const text = `${JSON.stringify(contract, null, 2)}\n`
    if (process.env.UPDATE_SNAPSHOTS) {
      mkdirSync(snapshots, { recursive: true })
      writeFileSync(path, text)
    }
    assert.ok(existsSync(path), 'run UPDATE_SNAPSHOTS=1 npm test and review what it writes')
    assert.ok(
      readFileSync(path, 'utf8') === text,
      'its contract has changed: UPDATE_SNAPSHOTS=1 npm test, and review the difference',
    )
  })
}

test('snapshots are of tools that exist', () => {
  const named = globSync('*.json', { cwd: snapshots }).map(file => file.replace('.json', ''))
  assert.deepEqual(named.sort(), tools.map(tool => tool.name).sort())
})

test('every tool has a REST route of its own', () => {
  const routes = tools.map(tool => tool.route.replace(/\{\w+\}/g, '{}'))
  assert.equal(new Set(routes).size, routes.length)
  for (const tool of tools) {
    for (const [, name] of tool.route.matchAll(/\{(\w+)\}/g))
      assert.ok(name! in tool.input.shape, `${tool.name}: {${name}}`)
    const isGet = tool.route.startsWith('GET ')
    assert.ok(tool.effect === 'read' ? isGet || tool.route.startsWith('POST ') : !isGet, tool.name)
  }
})

test('the everyday list costs at most 12,000 tokens', () => {
  const list = entries.filter(entry => everyday.includes(entry.tool.name)).map(entry => entry.brief)
  assert.ok(encode(JSON.stringify(list)).length <= 12_000)
})

test('in the everyday list an answer is the same, but for which of its fields are always there and how they are written', () => {
  for (const { listing, brief } of entries) {
    const { outputSchema: whole, ...told } = listing
    const { outputSchema: short, ...same } = brief
    assert.deepEqual(same, told)
    assert.deepEqual(short.required, whole.required)
    assert.deepEqual(unrequired(short), unrequired(whole))
  }
})

function unrequired(schema: unknown): unknown {
  const dropped = (name: string, value: unknown) =>
    (name === 'required' && Array.isArray(value)) ||
    (['pattern', 'format'].includes(name) && typeof value === 'string')
      ? undefined
      : value
  return JSON.parse(JSON.stringify(schema, dropped))
}

test('every example runs to done in a fresh sandbox, and answers what its schema says', {
  timeout: 300_000,
}, async t => {
  const server = await startServer(t)
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }))
  for (const entry of entries) {
    const owner = await server.signUp()
    const sandbox = await newSandbox(server, owner)
    const body = await play(sandbox, entry.tool, await inputOf(sandbox, entry.tool))
    assert.ok(
      entry.tool.effect === 'read' ||
        body.status === 'done' ||
        (entry.tool.goesOn && body.status === 'processing'),
      `${entry.tool.name}: ${JSON.stringify(body)}`,
    )
    assert.ok(
      ajv.validate(entry.outputSchema, body),
      `${entry.tool.name}: ${ajv.errorsText()} in ${JSON.stringify(body)}`,
    )
  }
})

test("another workspace's ids answer exactly as random ones, all of them or one among one's own", {
  timeout: 300_000,
}, async t => {
  const server = await startServer(t, { rateLimit: { perMinute: 1_000_000, burst: 1_000_000 } })
  const own = await newSandbox(server, await server.signUp('Own'))
  for (const entry of entries.filter(takesIds)) {
    const other = await newSandbox(server, await server.signUp('Other'))
    const foreign = await inputOf(other, entry.tool)
    await answersAlike(own, entry, foreign, withRandomIds(foreign))

    const paths = idPaths(entry.tool.example.input)
    if (paths.length === 1) continue
    const home = await newSandbox(server, await server.signUp('Home'))
    const mine = await inputOf(home, entry.tool)
    for (const path of paths) {
      const stranger = withAt(mine, path, at(foreign, path))
      await answersAlike(home, entry, stranger, withAt(mine, path, at(withRandomIds(foreign), path)))
    }
  }
})

async function answersAlike(
  sandbox: Sandbox,
  entry: Entry,
  foreign: Record<string, unknown>,
  random: Record<string, unknown>,
): Promise<void> {
  const { name } = entry.tool
  const [toForeign, toRandom] = [
    await answerTo(sandbox, entry, foreign),
    await answerTo(sandbox, entry, random),
  ]
  assert.deepEqual(toForeign, toRandom, name)
  assert.equal(toForeign.isError, true, `${name} took a foreign id: ${JSON.stringify(foreign)}`)
  assert.equal(toForeign.body.code, 'not_found', name)
}

type Path = (string | number)[]

/** Where an example's input names what an earlier call answered as an id. */
function idPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return /^\$\w+\.([\w.]*_)?id$/.test(value) ? [path] : []
  if (value === null || typeof value !== 'object') return []
  const steps = Array.isArray(value)
    ? value.map((item, index) => [index, item] as const)
    : Object.entries(value)
  return steps.flatMap(([step, inner]) => idPaths(inner, [...path, step]))
}

function at(value: Body, path: Path): unknown {
  return path.reduce((inner: Body, step) => inner[step], value)
}

function withAt(value: Record<string, unknown>, path: Path, leaf: unknown): Record<string, unknown> {
  const copy: Body = structuredClone(value)
  const holder = path.slice(0, -1).reduce((inner: Body, step) => inner[step], copy)
  holder[path.at(-1)!] = leaf
  return copy
}

function takesIds({ tool }: Entry): boolean {
  return tool.role !== 'nobody' && !tool.by && JSON.stringify(tool.example.input).includes('"$')
}

async function answerTo(sandbox: Sandbox, { tool }: Entry, input: Record<string, unknown>) {
  const { status, isError, body } = await callTool(sandbox, tool.name, {
    ...input,
    ...keyFor(sandbox, tool.name),
  })
  return { status, isError, body }
}

const TYPE_ID = /^([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}$/

function withRandomIds(value: unknown): Record<string, unknown> {
  const text = JSON.stringify(value, (_name, field) => {
    const prefix = typeof field === 'string' && TYPE_ID.exec(field)?.[1]
    return prefix ? TypeID.fromUUID(prefix, crypto.randomUUID()).toString() : field
  })
  return JSON.parse(text)
}
