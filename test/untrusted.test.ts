/** What people outside wrote is marked where an agent reads it, in every answer that holds it. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCatalog } from '../src/catalog/catalog.ts'
import { everyday, tools } from '../tools/index.ts'

const catalog = makeCatalog(tools, everyday)

/** The fields of answers that customers, or whoever writes about them, fill with words. */
const words = /^(customer_name|note|tags|answers|text|subject|body|wording|source_text)$/

/** The words of the business itself, for its own templates. */
const own = ['list_message_templates', 'upsert_message_template', 'get_approval']

test('words of customers, and words about them, are marked x-untrusted', () => {
  const unmarked: string[] = []
  let marked = 0
  for (const { tool, outputSchema } of catalog.entries) {
    if (own.includes(tool.name)) continue
    walk(outputSchema as Node, (name, node) => {
      if (!words.test(name)) return
      if (JSON.stringify(node).includes('"x-untrusted":true')) marked++
      else unmarked.push(`${tool.name}: ${name}`)
    })
  }
  assert.deepEqual(unmarked, [])
  assert.ok(marked > 10)
})

test("a customer's name is marked wherever customers are answered", () => {
  for (const name of ['get_customer', 'search_customers', 'create_customer', 'update_customer']) {
    const found: boolean[] = []
    walk(catalog.get(name)!.outputSchema as Node, (field, node) => {
      if (field === 'name') found.push(JSON.stringify(node).includes('x-untrusted'))
    })
    assert.ok(found.length > 0 && found.every(Boolean), name)
  }
})

interface Node {
  properties?: Record<string, Node>
  items?: Node
  anyOf?: Node[]
}

function walk(node: Node, visit: (name: string, node: Node) => void): void {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    visit(name, child)
    walk(child, visit)
  }
  if (node.items) walk(node.items, visit)
  for (const branch of node.anyOf ?? []) walk(branch, visit)
}
