/** Money by card: taken once whatever breaks, posted once however it is told, and given back no more than it came. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idText } from '../src/catalog/kinds.ts'
import { Refusal } from '../src/catalog/refusal.ts'
import { issueGiftCard, readGiftCard } from '../src/domain/gift-cards/gift-cards.ts'
import { createCreditNote, voidCreditNote } from '../src/domain/invoices/credit-notes.ts'
import { voidInvoice } from '../src/domain/invoices/endings.ts'
import { trialBalance } from '../src/domain/ledger/balances.ts'
import { adjustCredit } from '../src/domain/payments/credit.ts'
import { creditAndRefund } from '../src/domain/payments/credited.ts'
import { recordManualPayment, settledPayment } from '../src/domain/payments/manual.ts'
import { listDisputes, listPayments } from '../src/domain/payments/read.ts'
import { applyCredit, redeemGiftCard } from '../src/domain/payments/redeem.ts'
import { planRefund, refundPayment } from '../src/domain/payments/refund.ts'
import { sandboxProviderEvents } from '../src/domain/payments/sandbox-events.ts'
import { scriptProvider } from '../src/domain/payments/sandbox-script.ts'
import { endAuthorization } from '../src/domain/payments/start.ts'
import { MONDAY } from './support/entitlements.ts'
import { type Conduct, startStripe } from './support/stripe.ts'
import { openTill } from './support/till.ts'

const code = (expected: string) => (error: unknown) => error instanceof Refusal && error.code === expected

test('the sandbox is the default, and its cards do what they say', async t => {
  const till = await openTill(t)
  for (const [card, state, reason] of [
    ['success', 'succeeded', null],
    ['declined', 'failed', 'declined'],
    ['insufficient_funds', 'failed', 'insufficient_funds'],
    ['needs_authentication', 'failed', 'authentication_required'],
  ] as const) {
    const { id: invoiceId } = await till.open()
    const { id: methodId } = await till.card(card)
    const { id, state: begun, provider } = await till.charge(invoiceId, methodId)
    assert.deepEqual([begun, provider], ['processing', 'sandbox'])
    await till.pay(id)
    const payment = await till.payment(id)
    assert.deepEqual([payment.state, payment.reason], [state, reason], card)
    assert.equal((await till.view(invoiceId)).status, state === 'succeeded' ? 'paid' : 'open')
  }
  assert.equal((await till.balances()).clearing, 12_100)
  await till.verify()
})

test("the sandbox's card that is disputed later is, an hour on; one that is not answered is charged once", async t => {
  const till = await openTill(t)
  const { id: disputed } = await till.charge((await till.open()).id, (await till.card('disputed_later')).id)
  await till.pay(disputed)
  const tell = (hours: number) =>
    till.at(context => sandboxProviderEvents.run({ ...context, now: MONDAY.add({ hours }) }))
  const disputes = async () =>
    (await till.payment(disputed)).disputes.map(({ state, amount }) => [state, amount])
  assert.deepEqual(await disputes(), [])
  await tell(24 * 365 * 30)
  assert.deepEqual(await disputes(), [['needs_response', 12_100]])

  for (const outcome of ['time_out', 'lost'] as const) {
    const before = (await till.balances()).clearing ?? 0
    await till.at(context => scriptProvider(context, { charges: [outcome] }))
    const { id } = await till.charge((await till.open()).id, (await till.card()).id)
    for (let times = 0; times < 3; times++) await till.pay(id)
    assert.equal((await till.payment(id)).state, 'succeeded', outcome)
    assert.equal((await till.balances()).clearing, before + 12_100)
  }
  await till.verify()
})

test('cash, a bank transfer and an external terminal are tenders: no provider has any part in them', async t => {
  const till = await openTill(t)
  for (const tender of ['cash', 'bank_transfer', 'external'] as const) {
    const { id: subjectId } = await till.open()
    const paid = await till.at(context =>
      recordManualPayment(context, { purpose: 'invoice', subjectId, tender, amount: 12_100 }),
    )
    const { state, provider, attempts_made } = await till.payment(paid.id)
    assert.deepEqual([state, provider, attempts_made], ['succeeded', null, []])
  }
  const rows = await till.at(context => trialBalance(context))
  assert.deepEqual(
    rows.filter(({ kind }) => kind === 'cash').map(({ provider, balance }) => [provider, balance]),
    [
      ['bank_transfer', 12_100],
      ['cash', 12_100],
      ['external', 12_100],
    ],
  )
})

test("a card without a mandate is not charged, and a stranger's is not found", async t => {
  const till = await openTill(t)
  const { id: invoiceId } = await till.open()
  const { id } = await till.card('success', false)
  await assert.rejects(till.charge(invoiceId, id), code('consent_missing'))
  const other = await till.customer('Bo Lind')
  const { id: foreign } = await till.open({ customer_id: other })
  await assert.rejects(till.charge(foreign, id), code('not_found'))
})

test('what is on its way counts against what is due: two charges never pay one debt', async t => {
  const till = await openTill(t)
  const { id: invoiceId } = await till.open()
  const { id: card } = await till.card()
  await till.charge(invoiceId, card, { amount: 10_000 })
  await assert.rejects(till.charge(invoiceId, card, { amount: 2_101 }), code('amount_exceeds_due'))
  await assert.rejects(
    till.at(context =>
      recordManualPayment(context, {
        purpose: 'invoice',
        subjectId: invoiceId,
        tender: 'cash',
        amount: 2_101,
      }),
    ),
    code('amount_exceeds_due'),
  )
})

test('amount_exceeds_due unless allow_credit, where the excess becomes customer credit', async t => {
  const till = await openTill(t)
  const { id: subjectId } = await till.open()
  const asked = { purpose: 'invoice', subjectId, tender: 'cash', amount: 12_600 } as const
  await assert.rejects(
    till.at(context => recordManualPayment(context, asked)),
    code('amount_exceeds_due'),
  )
  const paid = await till.at(context => recordManualPayment(context, { ...asked, allowCredit: true }))
  assert.deepEqual([paid.creditedAmount, paid.alert, await till.credit()], [500, null, 500])
  await till.verify()
})

for (const conduct of ['cuts off', 'takes and cuts off', 'takes and answers 502'] as Conduct[]) {
  test(`Stripe ${conduct}: the charge is asked about and never made twice`, async t => {
    const stripe = await startStripe(t)
    const till = await openTill(t, { stripe })
    const { id: invoiceId } = await till.open()
    const { id: card } = await till.stripeCard()
    const { id } = await till.charge(invoiceId, card)
    stripe.conducts = cutOff(conduct)
    await till.pay(id)
    const posts = stripe.keys.length
    const between = await till.payment(id)
    assert.deepEqual([between.state, between.inDoubt], ['processing', true])
    await till.pay(id)
    assert.equal((await till.payment(id)).state, 'succeeded')
    assert.equal(stripe.intents.length, 1)
    assert.equal(new Set(stripe.keys).size, 1, 'every post under the same key')
    // Where it had been done, the question alone settles it.
    assert.equal(stripe.keys.length - posts, conduct === 'cuts off' ? 1 : 0)
    assert.ok(stripe.asked > 0)
    await till.pay(id)
    assert.equal((await till.balances()).clearing, 12_100)
    await till.verify()
  })

  test(`Stripe ${conduct}: the refund is asked about and never made twice`, async t => {
    const stripe = await startStripe(t)
    const till = await openTill(t, { stripe })
    const { id: invoiceId } = await till.open()
    const { id: card } = await till.stripeCard()
    const { id: paymentId } = await till.charge(invoiceId, card)
    await till.pay(paymentId)
    const { refunds } = await till.at(context => refundPayment(context, { paymentId, amount: 5_000 }))
    stripe.conducts = cutOff(conduct)
    await till.payBack(refunds[0]!.id)
    assert.equal((await till.payment(paymentId)).refunds[0]!.state, 'pending')
    await till.payBack(refunds[0]!.id)
    await till.payBack(refunds[0]!.id)
    assert.equal((await till.payment(paymentId)).refunds[0]!.state, 'succeeded')
    assert.deepEqual(
      stripe.refunds.map(({ amount }) => amount),
      [5_000],
    )
    assert.equal((await till.balances()).clearing, 7_100)
    await till.verify()
  })
}

test("the idempotency key is passed through, and is the payment's own", async t => {
  const stripe = await startStripe(t)
  const till = await openTill(t, { stripe })
  const { id: invoiceId } = await till.open()
  const { id } = await till.charge(invoiceId, (await till.stripeCard()).id)
  await till.pay(id)
  assert.deepEqual(stripe.keys, [`${idText('payment', id)}/charge`])
  const poor = await till.stripeCard('pm_poor')
  const { id: second } = await till.open()
  const declined = await till.charge(second, poor.id)
  await till.pay(declined.id)
  assert.deepEqual(
    [(await till.payment(declined.id)).state, (await till.payment(declined.id)).reason],
    ['failed', 'insufficient_funds'],
  )
})

test('a webhook early, five times, out of order: one posting', async t => {
  const stripe = await startStripe(t)
  const till = await openTill(t, { stripe })
  const { id: invoiceId } = await till.open()
  const { id } = await till.charge(invoiceId, (await till.stripeCard()).id)
  stripe.conducts = cutOff('takes and cuts off')
  await till.pay(id) // Their answer is lost, and the webhook comes before anybody asks.
  const intent = stripe.intents[0]!
  const hear = (signed: { raw: Buffer; signature: string }) =>
    till.webhook({ provider: 'stripe', workspaceId: till.workspaceId, ...signed })
  const dispute = {
    id: 'dp_1',
    object: 'dispute',
    payment_intent: intent.id,
    amount: 12_100,
    currency: 'eur',
    reason: 'fraudulent',
    status: 'needs_response',
    evidence_details: { due_by: 1_900_000_000 },
  }
  // A dispute before the payment it is about is known to have succeeded: it waits.
  assert.equal(await hear(stripe.sign('charge.dispute.created', dispute)), 'heard')
  const succeeded = stripe.sign('payment_intent.succeeded', intent)
  for (let times = 0; times < 5; times++) assert.equal(await hear(succeeded), 'heard')
  await hear(stripe.sign('payment_intent.processing', { ...intent, status: 'processing' }))
  await hear(stripe.sign('payment_intent.payment_failed', { ...intent, status: 'requires_payment_method' }))
  await hear(stripe.sign('payment_intent.succeeded', intent))
  await till.pay(id)
  assert.equal((await till.payment(id)).state, 'succeeded')
  assert.equal((await till.balances()).clearing, 12_100)
  const { rows } = await till.at(context => listDisputes(context, { limit: 5 }))
  assert.deepEqual(
    rows.map(({ state, amount }) => [state, amount]),
    [['needs_response', 12_100]],
  )
  // What the bank disputes is not refunded as well.
  await assert.rejects(
    till.at(context => planRefund(context, { paymentId: id })),
    code('exceeds_refundable'),
  )
  await hear(stripe.sign('charge.dispute.closed', { ...dispute, status: 'lost' }))
  await hear(stripe.sign('charge.dispute.updated', { ...dispute, status: 'under_review' }))
  assert.equal((await till.balances()).disputes, 12_100)
  await till.verify()
})

test('a dispute that is lost before anybody heard of it is posted, once', async t => {
  const stripe = await startStripe(t)
  const till = await openTill(t, { stripe })
  const { id } = await till.charge((await till.open()).id, (await till.stripeCard()).id)
  await till.pay(id)
  const lost = {
    id: 'dp_9',
    object: 'dispute',
    payment_intent: stripe.intents[0]!.id,
    amount: 12_100,
    currency: 'eur',
    reason: 'fraudulent',
    status: 'lost',
    evidence_details: { due_by: null },
  }
  for (const type of ['charge.dispute.closed', 'charge.dispute.created'])
    await till.webhook({ provider: 'stripe', workspaceId: till.workspaceId, ...stripe.sign(type, lost) })
  const { disputes, clearing = 0 } = await till.balances()
  assert.deepEqual([disputes, clearing], [12_100, 0])
  await till.verify()
})

test('a forged webhook, and one outside the tolerance in time, is refused and changes nothing', async t => {
  const stripe = await startStripe(t)
  const till = await openTill(t, { stripe })
  const { id: invoiceId } = await till.open()
  const { id } = await till.charge(invoiceId, (await till.stripeCard()).id)
  const intent = {
    id: 'pi_x',
    object: 'payment_intent',
    status: 'succeeded',
    metadata: { backdesk_payment: idText('payment', id) },
  }
  const hear = (signed: { raw: Buffer; signature: string | undefined }) =>
    till.webhook({ provider: 'stripe', workspaceId: till.workspaceId, ...signed })
  assert.equal(
    await hear(stripe.sign('payment_intent.succeeded', intent, { secret: 'whsec_other' })),
    'forged',
  )
  assert.equal(await hear(stripe.sign('payment_intent.succeeded', intent, { ageSeconds: 301 })), 'forged')
  const signed = stripe.sign('payment_intent.succeeded', intent)
  assert.equal(await hear({ ...signed, signature: undefined }), 'forged')
  assert.equal(await hear({ ...signed, raw: Buffer.concat([signed.raw, Buffer.from(' ')]) }), 'forged')
  assert.equal((await till.payment(id)).state, 'processing')
  assert.equal(await hear(stripe.sign('payment_intent.succeeded', intent, { ageSeconds: 290 })), 'heard')
  assert.equal((await till.payment(id)).state, 'succeeded')
})

test('money for a void invoice becomes customer credit and raises an alert', async t => {
  const till = await openTill(t)
  const { id: invoiceId } = await till.open()
  const { id } = await till.charge(invoiceId, (await till.card()).id)
  await till.at(context => voidInvoice(context, invoiceId))
  await till.pay(id)
  const payment = await till.payment(id)
  assert.deepEqual([payment.state, payment.creditedAmount, payment.alert], ['succeeded', 12_100, 'debt_gone'])
  assert.equal(await till.credit(), 12_100)
  const { rows } = await till.at(context => listPayments(context, { needsAttention: true, limit: 5 }))
  assert.deepEqual(
    rows.map(row => row.id),
    [id],
  )
  const { rows: told } = await till.database.owner.query(
    `SELECT type FROM events WHERE type = 'payment.needs_attention' AND subject_id = $1`,
    [id],
  )
  assert.equal(told.length, 1)
  await till.verify()
})

test('a refund is reserved from its request on, and one that fails later restores it', async t => {
  const till = await openTill(t)
  const { id: invoiceId } = await till.open()
  const { id: paymentId } = await till.charge(invoiceId, (await till.card('refund_fails_later')).id)
  await till.pay(paymentId)
  const { refunds } = await till.at(context => refundPayment(context, { paymentId, amount: 12_000 }))
  await assert.rejects(
    till.at(context => refundPayment(context, { paymentId, amount: 101 })),
    code('exceeds_refundable'),
  )
  await till.payBack(refunds[0]!.id)
  assert.equal((await till.payment(paymentId)).refunds[0]!.state, 'succeeded')
  const later = MONDAY.add({ hours: 24 * 365 * 30 })
  await till.at(context => sandboxProviderEvents.run({ ...context, now: later }))
  assert.equal((await till.payment(paymentId)).refunds[0]!.state, 'failed')
  const plan = await till.at(context => planRefund(context, { paymentId }))
  assert.equal(plan.amount, 12_100)
  assert.equal((await till.balances()).clearing, 12_100)
  await till.verify()
})

test('a refund of a split tender takes the card first, then the gift card, and restores it', async t => {
  const till = await openTill(t)
  const eur = (amount: number) => ({ amount, currency: 'EUR' })
  const { card } = await till.at(context =>
    issueGiftCard(context, { customer_id: till.ana, value: eur(5_000) }),
  )
  const owed = { purpose: 'gift_card', subjectId: card.id, tender: 'cash', amount: 5_000 } as const
  await till.at(context => recordManualPayment(context, owed))
  const { id: invoiceId } = await till.open()
  const invoice = { purpose: 'invoice', subjectId: invoiceId } as const
  await till.at(context => redeemGiftCard(context, { id: card.id, owed: invoice, amount: 4_000 }))
  const { id } = await till.charge(invoiceId, (await till.card()).id)
  await till.pay(id)
  const plan = await till.at(context => planRefund(context, { paid: invoice, amount: 10_000 }))
  assert.deepEqual(
    plan.shares.map(({ tender, amount }) => [tender, amount]),
    [
      ['card', 8_100],
      ['gift_card', 1_900],
    ],
  )
  const { refunds } = await till.at(context => refundPayment(context, { paid: invoice, amount: 10_000 }))
  assert.deepEqual(
    refunds.map(({ state }) => state),
    ['pending', 'succeeded'],
  )
  await till.payBack(refunds[0]!.id)
  assert.equal((await till.balances()).gift_card_liability, 2_900)
  await till.verify()
})

test('a credit note asks for its refund in tender order, points last; what the provider fails later can go back again', async t => {
  const till = await openTill(t)
  const eur = (amount: number) => ({ amount, currency: 'EUR' })
  const { card } = await till.at(context =>
    issueGiftCard(context, { customer_id: till.ana, value: eur(2_000) }),
  )
  const price = { purpose: 'gift_card', subjectId: card.id, tender: 'cash', amount: 2_000 } as const
  await till.at(context => recordManualPayment(context, price))
  const { id: invoice_id } = await till.open()
  const owed = { purpose: 'invoice', subjectId: invoice_id } as const
  await till.at(context => {
    const points = { tender: 'points', amount: 3_000 } as const
    return settledPayment(context, owed, points, till.ana, 'EUR')
  })
  await till.at(context => redeemGiftCard(context, { id: card.id, owed }))
  const { id: paymentId } = await till.charge(invoice_id, (await till.card('refund_fails_later')).id)
  await till.pay(paymentId)
  const credit = (amount: number, refund: number) =>
    till.at(context =>
      creditAndRefund(context, {
        invoice_id,
        amount: eur(amount),
        refund: eur(refund),
        reason: 'Ended early',
      }),
    )
  await assert.rejects(credit(10_000, 9_999), code('invalid_input'))
  const { note, refunds } = await credit(10_100, 10_100)
  const tenderOf = async (id: string) => (await till.payment(id)).tender
  assert.deepEqual(
    await Promise.all(refunds.map(async one => [await tenderOf(one.paymentId), one.amount, one.state])),
    [
      ['card', 7_100, 'pending'],
      ['gift_card', 2_000, 'succeeded'],
      ['points', 1_000, 'succeeded'],
    ],
  )
  await till.payBack(refunds[0]!.id)
  assert.equal((await till.balances()).refunds_due, undefined)
  const again = { paid: owed, creditNoteId: note.id }
  await assert.rejects(
    till.at(context => refundPayment(context, again)),
    code('exceeds_refundable'),
  )
  const later = MONDAY.add({ hours: 24 * 365 * 30 })
  await till.at(context => sandboxProviderEvents.run({ ...context, now: later }))
  assert.equal((await till.payment(paymentId)).refunds[0]!.state, 'failed')
  assert.equal((await till.balances()).refunds_due, 7_100)
  const second = await till.at(context => refundPayment(context, again))
  assert.deepEqual(
    second.plan.shares.map(({ tender, amount }) => [tender, amount]),
    [['card', 7_100]],
  )
  await till.verify()
})

test('a hold is taken, or let go, once', async t => {
  const till = await openTill(t)
  const held = async () => {
    const { id: invoiceId } = await till.open()
    const { id } = await till.charge(invoiceId, (await till.card()).id, { capture: false })
    await till.pay(id)
    assert.equal((await till.payment(id)).state, 'authorized')
    return id
  }
  const [one, other] = [await held(), await held()]
  await till.at(context => endAuthorization(context, one, 'release'))
  await till.pay(one)
  assert.equal((await till.payment(one)).state, 'cancelled')
  await assert.rejects(
    till.at(context => endAuthorization(context, one, 'capture')),
    code('invalid_transition'),
  )
  await till.at(context => endAuthorization(context, other, 'capture'))
  await till.pay(other)
  assert.equal((await till.payment(other)).state, 'succeeded')
  await assert.rejects(
    till.at(context => endAuthorization(context, other, 'release')),
    code('invalid_transition'),
  )
  assert.equal((await till.balances()).clearing, 12_100)
})

test('twenty payments and twenty refunds at once: never more than is due, never more than came', async t => {
  const till = await openTill(t, { connections: 12 })
  const { id: subjectId } = await till.open()
  const many = <T>(work: () => Promise<T>) => Promise.allSettled(Array.from({ length: 20 }, work))
  const paid = await many(() =>
    till.at(context =>
      recordManualPayment(context, { purpose: 'invoice', subjectId, tender: 'cash', amount: 1_000 }),
    ),
  )
  assert.equal(fulfilled(paid), 12)
  assert.ok(refusedAs(paid, 'amount_exceeds_due'))
  const back = await many(() =>
    till.at(context => refundPayment(context, { paid: { purpose: 'invoice', subjectId }, amount: 1_000 })),
  )
  assert.equal(fulfilled(back), 12)
  assert.ok(refusedAs(back, 'exceeds_refundable'))
  assert.equal((await till.balances()).cash ?? 0, 0)
  await till.verify()
})

test('one gift card, many payers: together they never take more than is on it', async t => {
  const till = await openTill(t, { connections: 12 })
  const eur = (amount: number) => ({ amount, currency: 'EUR' })
  const { card, code: written } = await till.at(context =>
    issueGiftCard(context, { customer_id: till.ana, value: eur(5_000) }),
  )
  const first = { purpose: 'invoice', subjectId: (await till.open()).id } as const
  await assert.rejects(
    till.at(context => redeemGiftCard(context, { id: card.id, owed: first, amount: 100 })),
    code('invalid_transition'),
    'pending until it is paid',
  )
  const price = { purpose: 'gift_card', subjectId: card.id, tender: 'cash', amount: 5_000 } as const
  await till.at(context => recordManualPayment(context, price))
  const payers = await Promise.all(Array.from({ length: 20 }, () => till.open()))
  const paid = await Promise.allSettled(
    payers.map(({ id: subjectId }, n) => {
      const owed = { purpose: 'invoice', subjectId } as const
      const which = n % 2 ? { id: card.id } : { code: written.toLowerCase() }
      return till.at(context => redeemGiftCard(context, { ...which, owed, amount: 700 }))
    }),
  )
  assert.equal(fulfilled(paid), 7)
  assert.ok(refusedAs(paid, 'no_entitlement'))
  assert.equal((await till.balances()).gift_card_liability, 100)
  const { balance } = await till.at(context => readGiftCard(context, { id: card.id }))
  assert.equal(balance, 100, 'its own ledger says the same')
  await till.verify()
})

test("a customer's credit is spent, taken away and taken back at once: never below zero", async t => {
  const till = await openTill(t, { connections: 12 })
  const { id: invoice_id } = await till.open()
  const asked = { purpose: 'invoice', subjectId: invoice_id, tender: 'cash', amount: 12_100 } as const
  await till.at(context => recordManualPayment(context, asked))
  const credit = { amount: 1_000, currency: 'EUR' }
  const notes = []
  for (let n = 0; n < 4; n++) {
    notes.push(
      await till.at(context =>
        createCreditNote(context, { invoice_id, amount: credit, credit, reason: 'Gesture' }),
      ),
    )
  }
  const spent = await Promise.all(Array.from({ length: 4 }, () => till.open()))
  const outcomes = await Promise.allSettled([
    ...spent.map(({ id: subjectId }) =>
      till.at(context => applyCredit(context, { owed: { purpose: 'invoice', subjectId }, amount: 1_000 })),
    ),
    ...notes.map(({ id }) => till.at(context => voidCreditNote(context, id))),
    ...[1, 2, 3, 4].map(() =>
      till.at(context => adjustCredit(context, { customerId: till.ana, amount: -1_000 })),
    ),
  ])
  assert.equal(fulfilled(outcomes), 4)
  assert.equal(await till.credit(), 0)
  await till.verify()
})

/** Where the connection breaks, their library posts once more by itself, under the same key. */
function cutOff(conduct: Conduct): Conduct[] {
  return conduct.endsWith('cuts off') ? [conduct, conduct] : [conduct]
}

function fulfilled(all: PromiseSettledResult<unknown>[]): number {
  return all.filter(({ status }) => status === 'fulfilled').length
}

function refusedAs(all: PromiseSettledResult<unknown>[], expected: string): boolean {
  return all.every(one => one.status === 'fulfilled' || code(expected)(one.reason))
}
