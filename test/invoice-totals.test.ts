/** `calculate_invoice` gives the totals with no write, by the same code that makes the invoice. */

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { done } from './support/caller.ts'
import { openPost } from './support/messages.ts'
import { startServer } from './support/server.ts'
import { made } from './support/shop.ts'

const server = await startServer({ after })
const post = await openPost(server)
const ana = await post.customer()
const eur = (amount: number) => ({ amount, currency: 'EUR' })

test('what is calculated is what the invoice then says, line by line; and it writes nothing', async () => {
  const discount = fc.option(
    fc.oneof(
      fc.record({ amount: fc.integer({ min: 0, max: 50_000 }) }),
      fc.record({ percent: fc.integer({ min: 0, max: 1000 }).map(tenths => tenths / 10) }),
    ),
    { nil: undefined },
  )
  const composition = fc.record(
    {
      lines: fc.array(
        fc.record({
          description: fc.constant('Massage'),
          quantity: fc.integer({ min: 1, max: 4 }),
          unit_price: fc.integer({ min: 0, max: 100_000 }).map(eur),
          tax_percent: fc.constantFrom(0, 4, 10, 21),
          discount,
        }),
        { minLength: 1, maxLength: 5 },
      ),
      discount,
      tax_mode: fc.constantFrom('inclusive', 'exclusive'),
      rounding: fc.constantFrom('line', 'invoice'),
    },
    { requiredKeys: ['lines'] },
  )
  for (const asked of fc.sample(composition, { numRuns: 25, seed: 7 })) {
    const before = await post.rows('SELECT FROM invoice_lines WHERE workspace_id = $1')
    const told = await done(post, 'calculate_invoice', asked)
    assert.equal((await post.rows('SELECT FROM invoice_lines WHERE workspace_id = $1')).length, before.length)
    const { id } = await made(post, 'create_invoice', { customer_id: ana, ...asked })
    const { lines, taxes, net, tax, total } = await done(post, 'get_invoice', { invoice_id: id })
    assert.deepEqual([told.net, told.tax, told.total, told.taxes], [net, tax, total, taxes])
    const plain = (rows: typeof lines) => rows.map(({ id: _, ...row }: (typeof lines)[number]) => row)
    assert.deepEqual(plain(told.lines), plain(lines))
    const sum = (field: string) =>
      lines.reduce((all: number, row: Record<string, number>) => all + row[field]!, 0)
    assert.deepEqual(
      [sum('net'), sum('tax'), net + tax],
      [net, tax, total],
      'what is shown sums to the total shown',
    )
  }
})

test('rounding and tax mode are as the workspace says, where a caller says nothing', async () => {
  const lines = Array.from({ length: 3 }, () => ({
    description: 'Tea',
    unit_price: eur(1_05),
    tax_percent: 10,
  }))
  const total = async () => (await done(post, 'calculate_invoice', { lines })).total
  await post.settings({ invoicing: { tax_mode: 'exclusive', rounding: 'line' } })
  assert.equal(await total(), 3 * (105 + 11)) // 10.5 each is 11.
  await post.settings({ invoicing: { rounding: 'invoice' } })
  assert.equal(await total(), 3 * 105 + 32) // 31.5 together is 32.
  await post.settings({ invoicing: { tax_mode: 'inclusive' } })
  assert.equal(await total(), 3 * 105)
})
