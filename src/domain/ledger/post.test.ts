/** The ledger's own rules: balanced per currency, reversed once by name, and the only source of every balance. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openBooks } from '../../../test/support/money.ts'
import { newId } from '../../database/columns.ts'
import { type Account, keyOf } from './accounts.ts'
import { balanceOf, trialBalance } from './balances.ts'
import { type Entry, findPosting, paired, post, reverse } from './post.ts'

const cash: Account = { kind: 'cash', provider: 'cash' }
const fees: Account = { kind: 'fees' }
const revenue: Account = { kind: 'revenue' }

test("a transaction's entries sum to zero, or nothing of it is posted", async t => {
  const books = await openBooks(t)
  for (const wrong of [
    [{ account: cash, amount: 100 }],
    [
      { account: cash, amount: 100 },
      { account: fees, amount: -99 },
    ],
    [
      { account: cash, amount: 0.5 },
      { account: fees, amount: -0.5 },
    ],
  ]) {
    const source = { kind: 'customer', id: newId() } as const
    await assert.rejects(
      books.at(context => post(context, { source, cause: 'x', entries: wrong })),
      /out of balance/,
    )
  }
  assert.deepEqual(await books.balances(), {})
})

test('as pairs of a debit and a credit, entries move in each account what they said', () => {
  const account = fc.constantFrom<Account>(cash, fees, revenue, { kind: 'rounding' })
  const entry = fc.record({ account, amount: fc.integer({ min: -1e6, max: 1e6 }) })
  const sums = (moves: [Account, number][]) => {
    const all = new Map<string, number>()
    for (const [where, amount] of moves) all.set(keyOf(where), (all.get(keyOf(where)) ?? 0) + amount)
    return [...all].filter(([, amount]) => amount !== 0).sort()
  }
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), some => {
      const rest = some.reduce((sum, { amount }) => sum + amount, 0)
      const entries: Entry[] = [...some, { account: { kind: 'disputes' }, amount: -rest }]
      const pairs = paired(entries)
      assert.deepEqual(
        sums(
          pairs.flatMap(({ debit, credit, amount }) =>
            [[debit, amount] as const, [credit, -amount] as const].map(([one, n]): [Account, number] => [
              one,
              n,
            ]),
          ),
        ),
        sums(entries.map(one => [one.account, one.amount])),
      )
      for (const { debit, credit, amount } of pairs) assert.ok(amount > 0 && keyOf(debit) !== keyOf(credit))
    }),
  )
})

test('each currency has accounts of its own, and none is ever added to another', async t => {
  const books = await openBooks(t)
  const take = (currency: string, amount: number) =>
    books.at(context =>
      post(context, {
        source: { kind: 'customer', id: newId() },
        cause: 'taken',
        currency,
        entries: [
          { account: cash, amount },
          { account: fees, amount: -amount },
        ],
      }),
    )
  await take('EUR', 100)
  await take('JPY', 7)
  await take('KWD', 1_250)
  const rows = await books.at(context => trialBalance(context))
  assert.deepEqual(
    rows.map(({ kind, currency, balance }) => `${kind} ${currency} ${balance}`),
    ['cash EUR 100', 'fees EUR 100', 'cash JPY 7', 'fees JPY 7', 'cash KWD 1250', 'fees KWD 1250'],
  )
  const inFees = (currency?: string): Promise<number> =>
    books.at(context => balanceOf(context, fees, currency))
  assert.deepEqual([await inFees(), await inFees('EUR'), await inFees('JPY')], [100, 100, 7])
  const [eur, jpy] = await Promise.all(
    ['EUR', 'JPY'].map(async currency => {
      const { rows: found } = await books.database.owner.query(
        `SELECT id FROM ledger_accounts WHERE kind = 'fees' AND currency = $1`,
        [currency],
      )
      return found[0].id
    }),
  )
  await assert.rejects(
    books.database.owner.query(
      `INSERT INTO ledger_entries (workspace_id, transaction_id, number, debit_id, credit_id, currency, amount)
       SELECT workspace_id, id, 9, $1, $2, 'EUR', 1 FROM ledger_transactions LIMIT 1`,
      [eur, jpy],
    ),
    /foreign key/,
  )
})

test('a reversal names its original, and can happen once', async t => {
  const books = await openBooks(t)
  const source = { kind: 'customer', id: newId() } as const
  const entries = [
    { account: cash, amount: 100 },
    { account: fees, amount: -100 },
  ]
  const id = await books.at(context => post(context, { source, cause: 'taken', entries }))
  assert.equal(await books.at(context => post(context, { source, cause: 'taken', entries })), null)
  const back = await books.at(context => reverse(context, { source, cause: 'taken' }))
  const reversal = await books.at(context => findPosting(context, source, 'taken:reversed'))
  assert.deepEqual([reversal!.id, reversal!.reverses], [back, id])
  assert.equal(await books.at(context => reverse(context, { source, cause: 'taken' })), null)
  assert.equal(await books.at(context => reverse(context, { source, cause: 'never' })), null)
  await assert.rejects(
    books.database.owner.query(
      `INSERT INTO ledger_transactions SELECT workspace_id, gen_random_uuid(), source_kind, source_id, 'again', reverses, at,
         principal_kind, principal_id FROM ledger_transactions WHERE id = $1`,
      [back],
    ),
    /ledger_transactions_reversed_once/,
  )
  assert.deepEqual(await books.balances(), {})
})

test('what a customer owes, holds and has paid is a sum of entries: no column of any table holds a balance', async t => {
  const books = await openBooks(t)
  const { id } = await books.open()
  await books.pay(id, 15_000, { allowCredit: true })
  await books.open()
  const of = (kind: 'receivable' | 'customer_credit' | 'deposits_held') =>
    books.at(context => balanceOf(context, { kind, customerId: books.ana }))
  assert.deepEqual(
    [await of('receivable'), await of('customer_credit'), await of('deposits_held')],
    [12_100, 2_900, 0],
  )
  const { rows } = await books.database.owner.query(
    `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
     AND (column_name ~ 'balance|outstanding' OR column_name IN ('remaining', 'paid_amount', 'points_available'))`,
  )
  assert.deepEqual(rows, [])
})
