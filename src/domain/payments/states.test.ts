import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PaymentEvent, paymentStateAfter, paymentStates, paymentTransitions } from './payment-states.ts'
import { type RefundEvent, refundStateAfter, refundStates, refundTransitions } from './refund-states.ts'

const events = [...new Set(paymentTransitions.map(({ event }) => event))]

test('a payment goes requires_action | processing → authorized → succeeded | failed | cancelled, and never back', () => {
  const rank = { requires_action: 0, processing: 0, authorized: 1, failed: 2, cancelled: 2, succeeded: 3 }
  for (const from of paymentStates)
    for (const event of events) {
      const to = paymentStateAfter(from, event)
      if (to)
        assert.ok(rank[to] > rank[from] || (rank[to] === 0 && rank[from] === 0), `${from} ${event} ${to}`)
    }
  const outOf = (from: (typeof paymentStates)[number]) =>
    events.filter((event: PaymentEvent) => paymentStateAfter(from, event))
  assert.deepEqual(outOf('succeeded'), [], 'what has succeeded stays so')
  for (const ended of ['failed', 'cancelled'] as const)
    assert.deepEqual(outOf(ended), ['succeed'], 'but for money that came all the same')
})

test('a refund goes pending → succeeded | failed, and one that succeeded may fail later, for good', () => {
  const after = (from: (typeof refundStates)[number]) =>
    [...new Set(refundTransitions.map(({ event }) => event))].map((event: RefundEvent) =>
      refundStateAfter(from, event),
    )
  assert.deepEqual(refundStates.map(after), [
    ['succeeded', 'failed'],
    [null, 'failed'],
    [null, null],
  ])
})
