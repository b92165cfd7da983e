/** Imports go one way. What a type says is erased and may be looked up; what runs may only look down. */

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** Each room, and the rooms below it that it may use. `catalog` and `database` are the ground. */
const below: Record<string, string[]> = {
  'src/catalog': [],
  'src/database': [],
  'src/access': ['src/catalog', 'src/database'],
  'src/calls': ['src/catalog', 'src/access', 'src/database'],
  'src/domain': ['src/catalog', 'src/access', 'src/database'],
  'src/delivery': ['src/domain', 'src/catalog', 'src/access', 'src/database'],
  tools: ['src/calls', 'src/domain', 'src/access', 'src/catalog', 'src/database'],
  'src/http': ['tools', 'src/calls', 'src/domain', 'src/access', 'src/catalog', 'src/database'],
  'src/cli': ['src/client', 'src/catalog'],
  'src/client': [],
}

function roomOf(path: string): string | undefined {
  return Object.keys(below).find(room => path.startsWith(`${room}/`))
}

function importsOf(path: string): { target: string; typesOnly: boolean }[] {
  const text = readFileSync(join(root, path), 'utf8')
  return [...text.matchAll(/^(?:import|export)\s+(type\s)?[^;']*?from\s+'(\.[^']+\.ts)'/gms)].map(
    ([, type, target]) => ({
      target: relative(root, join(root, dirname(path), target!)),
      typesOnly: type !== undefined,
    }),
  )
}

const files = globSync(['src/**/*.ts', 'tools/**/*.ts'], { cwd: root }).filter(
  path => !/\.test(ing)?\.ts$/.test(path),
)

test('imports go one way', () => {
  assert.ok(files.length > 30)
  const wrong = files.flatMap(path => {
    const room = roomOf(path)
    if (!room) return []
    return importsOf(path)
      .filter(({ typesOnly }) => !typesOnly)
      .map(({ target }) => ({ path, target, to: roomOf(target) }))
      .filter(({ to }) => to !== room && !(to && below[room]!.includes(to)))
      .map(({ target }) => `${path} imports ${target}`)
  })
  assert.deepEqual(wrong, [])
})

test('no file is over 500 lines, and every file says first what it is for', () => {
  for (const path of files) {
    const text = readFileSync(join(root, path), 'utf8')
    assert.ok(text.split('\n').length <= 500, `${path} is over 500 lines`)
    if (!path.startsWith('tools/') || path.endsWith('shapes.ts') || path.endsWith('index.ts')) {
      assert.match(text, /^(#!.*\n)?\/\*\*/, `${path} begins with no comment`)
    }
  }
})
