import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { totalsOf } from '../money/totals.ts'
import { type Left, shareOut, sumOf } from './line-credits.ts'

/** 0, 2 and 3 decimals: what is usual to charge, in minor units. */
for (const [currency, most] of [
  ['JPY', 200_000],
  ['EUR', 2_000_000],
  ['KWD', 9_999_999],
] as const) {
  test(`credit notes and refunds of a whole invoice sum to it and to each of its lines, net and tax, in ${currency}`, () => {
    const lines = fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 5 }),
        unitAmount: fc.integer({ min: 0, max: most }),
        taxRate: fc.constantFrom(0, 40_000, 77_700, 210_000, 333_333),
      }),
      { minLength: 1, maxLength: 8 },
    )
    const terms = fc.record({
      taxMode: fc.constantFrom('inclusive' as const, 'exclusive' as const),
      rounding: fc.constantFrom('line' as const, 'invoice' as const),
    })
    /** Of what is left each time; the last takes the rest. */
    const parts = fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 12 })
    fc.assert(
      fc.property(lines, terms, parts, (priced, how, thousandths) => {
        const totals = totalsOf(priced, how)
        const taken = totals.lines.map(() => ({ net: 0, tax: 0 }))
        const left = (): Left[] =>
          totals.lines.map(({ net, tax }, index) => ({
            line: { id: String(index), account: 'revenue', netAmount: net, taxAmount: tax },
            taken: { ...taken[index]! },
            left: net + tax - taken[index]!.net - taken[index]!.tax,
          }))
        for (const part of [...thousandths, 1000]) {
          const before = left()
          const whole = before.reduce((sum, line) => sum + line.left, 0)
          const amount = Math.ceil((whole * part) / 1000)
          const pieces = shareOut(before, amount)
          assert.equal(sumOf(pieces).total, amount, 'the pieces are the amount, to the minor unit')
          for (const { lineId, netAmount, taxAmount } of pieces) {
            assert.ok(netAmount >= 0 && taxAmount >= 0, 'nothing is given back twice')
            taken[Number(lineId)]!.net += netAmount
            taken[Number(lineId)]!.tax += taxAmount
          }
          assert.ok(left().every(line => line.left >= 0))
        }
        assert.deepEqual(
          taken,
          totals.lines.map(({ net, tax }) => ({ net, tax })),
        )
      }),
      { numRuns: 300 },
    )
  })
}
