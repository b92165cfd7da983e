/** Search, held to requests in users' own words. Before the catalog grows, so must `search-requests.ts`. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCatalog } from '../src/catalog/catalog.ts'
import { everyday, tools } from '../tools/index.ts'
import { requests } from './search-requests.ts'

const { search } = makeCatalog(tools, everyday)
const asked = Object.entries(requests).flatMap(([tool, texts]) => texts.map(text => ({ tool, text })))

test('the right tool is in the first three for nine requests of ten', () => {
  const misses = asked.filter(({ tool, text }) => !namesFor(text, { limit: 3 }).includes(tool))
  const report = misses.map(({ tool, text }) => `  ${text}: ${tool}, not ${namesFor(text, { limit: 3 })}`)
  assert.ok(misses.length <= asked.length / 10, `${misses.length} of ${asked.length}:\n${report.join('\n')}`)
})

test('there are a hundred requests and more, at least three for every tool, each once', () => {
  assert.ok(asked.length >= 100)
  assert.equal(new Set(asked.map(({ text }) => text.toLowerCase())).size, asked.length)
  assert.deepEqual(Object.keys(requests).sort(), tools.map(({ name }) => name).sort())
  for (const [tool, texts] of Object.entries(requests)) assert.ok(texts.length >= 3, `${tool} has too few`)
})

test('a tool is found by its name', () => {
  for (const { name } of tools) {
    assert.equal(namesFor(name)[0], name)
    assert.equal(namesFor(name.replaceAll('_', ' ').toUpperCase())[0], name)
  }
})

test('a request in other spelling, number or tense finds the same', () => {
  for (const [one, other] of [
    ['sign up an organization', 'signing up organisations'],
    ['cancelled requests', 'canceled request'],
    ['revoke api keys', 'revoking an api key'],
    ['what sandboxes sent', 'WHAT THE SANDBOX SENT!'],
  ] as const) {
    assert.equal(namesFor(one)[0], namesFor(other)[0], `${one} / ${other}`)
  }
})

test('only tools of the effect that is asked for are found', () => {
  const effectOf = new Map(tools.map(({ name, effect }) => [name, effect]))
  for (const { text } of asked) {
    const [reading, writing] = [namesFor(text, { effect: 'read' }), namesFor(text, { effect: 'write' })]
    assert.ok(reading.every(name => effectOf.get(name) === 'read'))
    assert.ok(writing.every(name => effectOf.get(name) !== 'read'))
    const found = new Set(namesFor(text, { limit: tools.length }))
    assert.ok([...reading, ...writing].every(name => found.has(name)))
  }
})

test('a limit holds', () => {
  assert.equal(namesFor('list keys', { limit: 2 }).length, 2)
})

test('odd input finds little and breaks nothing', () => {
  for (const text of [
    '',
    ' \t\n',
    '?!…—"\'`;--',
    'the of to',
    '*',
    '#0',
    'up',
    'off off off',
    '__proto__ constructor toString hasOwnProperty',
    '🗝️ 👩🏽‍🦱💇',
    '取消预约',
    '予約をキャンセル',
    'إلغاء الحجز',
    '\0\ud800',
    '-'.repeat(200),
    'x'.repeat(200),
    'key '.repeat(50),
  ]) {
    assert.ok(namesFor(text).length <= 10, JSON.stringify(text))
  }
  for (const text of ['', '?!', 'the of to', '🗝️', '取消预约']) assert.deepEqual(namesFor(text), [])
})

function namesFor(text: string, options?: Parameters<typeof search>[1]): string[] {
  return search(text, options).map(({ tool }) => tool.name)
}
