import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Effect, Tool } from '../catalog/define.ts'
import { type PolicyRule, requirementOf } from './policy.ts'

const tool = (changes: Partial<Tool> = {}) =>
  ({ name: 'refund_payment', effect: 'write', ...changes }) as Tool
const rule = (changes: Partial<PolicyRule>): PolicyRule => ({
  tool: 'refund_payment',
  gate: 'approve',
  reviewers: 'admin',
  expires_after_minutes: 60,
  ...changes,
})
const refund = (amount: number, currency = 'EUR'): Effect => ({
  kind: 'refund',
  gate: 'allow',
  amount: { amount, currency },
})
const gateOf = (subject: Tool, effects: Effect[], rules: PolicyRule[], at = '12:00') =>
  requirementOf(subject, effects, rules, at).gate

test('a call takes the strictest of what its tool and its effects ask', () => {
  assert.equal(gateOf(tool(), [], []), 'allow')
  assert.equal(gateOf(tool({ gate: 'confirm' }), [], []), 'confirm')
  assert.equal(gateOf(tool({ gate: 'confirm' }), [{ kind: 'refund', gate: 'approve' }], []), 'approve')
})

test('a plain rule replaces both; other tools’ rules say nothing', () => {
  assert.equal(gateOf(tool({ gate: 'approve' }), [], [rule({ gate: 'allow' })]), 'allow')
  assert.equal(gateOf(tool(), [], [rule({ gate: 'confirm' })]), 'confirm')
  assert.equal(gateOf(tool(), [], [rule({ tool: 'void_invoice' })]), 'allow')
})

test('a threshold is exceeded by more, not by as much; an amount in another currency counts as more', () => {
  const above100 = [rule({ amount_over: { amount: 10_000, currency: 'EUR' } })]
  assert.equal(gateOf(tool(), [refund(10_000)], above100), 'allow')
  assert.equal(gateOf(tool(), [refund(10_001)], above100), 'approve')
  assert.equal(gateOf(tool(), [refund(1, 'USD')], above100), 'approve')
  const above20people = [rule({ recipients_over: 20 })]
  assert.equal(gateOf(tool(), [{ kind: 'send', gate: 'allow', recipients: 20 }], above20people), 'allow')
  assert.equal(gateOf(tool(), [{ kind: 'send', gate: 'allow', recipients: 21 }], above20people), 'approve')
})

test('a rule with a threshold only adds to a plain one', () => {
  const rules = [rule({ gate: 'allow' }), rule({ amount_over: { amount: 0, currency: 'EUR' } })]
  assert.equal(gateOf(tool({ gate: 'confirm' }), [refund(5)], rules), 'approve')
})

test('a rule for a template goes before the plain one, for that version of it and nothing else', () => {
  const send = (template?: string): Effect => ({ kind: 'send', gate: 'approve', recipients: 1, template })
  const rules = [rule({ gate: 'approve' }), rule({ gate: 'allow', template: 'booking_confirmation@2' })]
  assert.equal(gateOf(tool(), [send('booking_confirmation@2')], rules), 'allow')
  assert.equal(gateOf(tool(), [send('booking_confirmation@3')], rules), 'approve')
  assert.equal(gateOf(tool(), [send()], rules), 'approve')
  assert.equal(gateOf(tool(), [send('booking_confirmation@2'), refund(1)], rules), 'approve')
  assert.equal(gateOf(tool(), [], rules), 'approve')
  const over = [rule({ gate: 'approve', template: 'news@1', recipients_over: 0 })]
  assert.equal(gateOf(tool(), [{ ...send('other@1'), gate: 'allow' }], over), 'allow')
})

test('one for the template goes before one for the hour, and one for both before either', () => {
  const sends = tool({ name: 'send_message' })
  const send: Effect = { kind: 'send', gate: 'approve', recipients: 1, template: 'news@1' }
  const ofMessages = (changes: Partial<PolicyRule>) => rule({ tool: 'send_message', ...changes })
  const [template, hours] = ['news@1', { from: '09:00', to: '18:00' }]
  const two = [ofMessages({ gate: 'approve', hours }), ofMessages({ gate: 'allow', template })]
  assert.equal(gateOf(sends, [send], two), 'allow')
  const both = [
    ofMessages({ gate: 'approve', template }),
    ofMessages({ gate: 'confirm', hours }),
    ofMessages({ gate: 'allow', template, hours }),
  ]
  assert.deepEqual(
    ['12:00', '20:00'].map(at => gateOf(sends, [send], both, at)),
    ['allow', 'approve'],
  )
})

test('nothing lets a destructive tool through without its preview, nor lowers a fixed gate', () => {
  const free = [rule({ gate: 'allow' })]
  assert.equal(gateOf(tool({ effect: 'destroy', gate: 'approve' }), [], free), 'confirm')
  assert.equal(gateOf(tool({ effect: 'destroy' }), [], free), 'allow', 'one that has none gets none')
  assert.equal(gateOf(tool({ gate: 'approve', gateIsFixed: true }), [], free), 'approve')
})

test('of several rules the strictest reviewers and the shortest time hold', () => {
  const rules = [
    rule({ reviewers: 'owner', amount_over: { amount: 0, currency: 'EUR' } }),
    rule({ expires_after_minutes: 30, recipients_over: 0 }),
  ]
  const effects: Effect[] = [{ ...refund(5), recipients: 1 }]
  assert.deepEqual(requirementOf(tool(), effects, rules, '12:00'), {
    gate: 'approve',
    reviewers: 'owner',
    expiresAfterMinutes: 30,
  })
})

test('a rule may let a question wait longer than where there is none', () => {
  const minutes = (rules: ReturnType<typeof rule>[]) =>
    requirementOf(tool({ gate: 'approve' }), [], rules, '12:00').expiresAfterMinutes
  assert.deepEqual([minutes([]), minutes([rule({ expires_after_minutes: 10_000 })])], [4_320, 10_000])
})

test('a rule of an hour holds from it up to its end, goes before the plain one, and may span midnight', () => {
  const rules = [rule({ gate: 'allow' }), rule({ gate: 'approve', hours: { from: '21:00', to: '07:30' } })]
  const gates = ['07:29', '07:30', '12:00', '20:59', '21:00', '00:00'].map(at =>
    gateOf(tool(), [], rules, at),
  )
  assert.deepEqual(gates, ['approve', 'allow', 'allow', 'allow', 'approve', 'approve'])
  const office = [rule({ gate: 'allow', hours: { from: '09:00', to: '18:00' } })]
  const asking = tool({ gate: 'approve' })
  const asked = ['08:59', '09:00', '17:59', '18:00'].map(at => gateOf(asking, [], office, at))
  assert.deepEqual(
    asked,
    ['approve', 'allow', 'allow', 'approve'],
    'outside of it the tool asks what it asks',
  )
  const dear = [rule({ amount_over: { amount: 0, currency: 'EUR' }, hours: { from: '21:00', to: '24:00' } })]
  assert.deepEqual(
    ['20:59', '23:59'].map(at => gateOf(tool(), [refund(5)], dear, at)),
    ['allow', 'approve'],
  )
})

test('of two rules that say when alike, the stricter holds, in whichever order they were written', () => {
  const two = [rule({ gate: 'allow' }), rule({ gate: 'approve', reviewers: 'owner' })]
  for (const rules of [two, two.toReversed()]) {
    const { gate, reviewers } = requirementOf(tool(), [], rules, '12:00')
    assert.deepEqual([gate, reviewers], ['approve', 'owner'])
  }
})

test('a threshold is of all that a call does of a kind: ten small refunds are a large one', () => {
  const limits = [rule({ amount_over: { amount: 10_000, currency: 'EUR' } }), rule({ recipients_over: 20 })]
  assert.equal(gateOf(tool(), [refund(5_000), refund(5_000)], limits), 'allow')
  assert.equal(gateOf(tool(), [refund(5_000), refund(5_001)], limits), 'approve')
  assert.equal(gateOf(tool(), [refund(5_000), { ...refund(5_001), kind: 'credit' }], limits), 'allow')
  const send: Effect = { kind: 'send', gate: 'allow', recipients: 11 }
  assert.equal(gateOf(tool(), [send, send], limits), 'approve')
})

test('a part of a call is gated as the tool that is for it: its rules add, and let nothing through', () => {
  const cancel = tool({ name: 'cancel_booking', effect: 'destroy', gate: 'confirm' })
  const back: Effect = { ...refund(6_000), gate: 'approve' }
  const owners = [
    rule({ amount_over: { amount: 5_000, currency: 'EUR' }, reviewers: 'owner' }),
    rule({ tool: 'cancel_booking', gate: 'allow' }),
  ]
  const { gate, reviewers } = requirementOf(cancel, [back], owners, '12:00')
  assert.deepEqual([gate, reviewers], ['approve', 'owner'])
  assert.equal(gateOf(cancel, [back], [rule({ gate: 'allow' })]), 'approve', 'what lets refunds through')
  const noted: Effect = { kind: 'charge', gate: 'confirm', amount: { amount: 9_000, currency: 'EUR' } }
  const charges = [rule({ tool: 'charge_saved_method' })]
  assert.equal(gateOf(cancel, [noted], charges), 'confirm', 'what is only noted as due is no charge')
})

test('what is sent, charged or refunded in passing is each asked of the tool that is for it, what a tool is for of itself', () => {
  const end = tool({ name: 'end_everything', gate: 'confirm' })
  const amount = { amount: 6_000, currency: 'EUR' }
  const parts: [name: string, effect: Effect][] = [
    ['send_message', { kind: 'send', gate: 'approve', recipients: 3 }],
    ['charge_saved_method', { kind: 'charge', gate: 'approve', amount }],
    ['refund_payment', { kind: 'refund', gate: 'approve', amount }],
  ]
  const free = rule({ tool: 'end_everything', gate: 'allow' })
  for (const [name, effect] of parts) {
    const of = (changes: Partial<PolicyRule>) =>
      requirementOf(end, [effect], [free, rule({ tool: name, ...changes })], '12:00')
    assert.deepEqual([of({}).gate, of({ reviewers: 'owner' }).reviewers], ['approve', 'owner'], name)
    assert.equal(of({ tool: 'void_invoice' }).gate, 'allow', name)
  }
  const news = rule({ tool: 'send_message', template: 'news@1', reviewers: 'owner' })
  const through = rule({ tool: 'send_message', gate: 'allow' })
  const both: Effect[] = [{ kind: 'send', gate: 'approve', template: 'news@1' }, refund(5)]
  const sends = tool({ name: 'send_message', gate: 'approve' })
  assert.equal(gateOf(sends, both, [through, news]), 'allow', 'it sends no such template alone')
})

test('what one rule leaves to an owner, it leaves of its tool, its hours and its amounts, and of nothing else', () => {
  const reviewers = (rules: PolicyRule[], at = '12:00') =>
    requirementOf(tool({ gate: 'approve' }), [refund(5)], rules, at).reviewers
  const owners = { reviewers: 'owner' as const }
  assert.equal(reviewers([rule(owners)]), 'owner')
  assert.equal(reviewers([rule({ ...owners, tool: 'void_invoice' })]), 'admin')
  const night = [rule({ ...owners, hours: { from: '21:00', to: '07:00' } })]
  assert.deepEqual([reviewers(night), reviewers(night, '23:00')], ['admin', 'owner'])
  const over = (amount: number) => [rule({ ...owners, amount_over: { amount, currency: 'EUR' } })]
  assert.deepEqual([reviewers(over(5)), reviewers(over(4))], ['admin', 'owner'])
})

test('while anything is left to an owner, so is the policy', () => {
  const policy = tool({ name: 'set_approval_policy', gate: 'approve', gateIsFixed: true })
  const reviewers = (rules: PolicyRule[]) => requirementOf(policy, [], rules, '12:00').reviewers
  assert.equal(reviewers([rule({})]), 'admin')
  const owners = rule({ reviewers: 'owner' })
  assert.equal(reviewers([owners]), 'owner')
  assert.equal(reviewers([owners, rule({ tool: 'set_approval_policy' })]), 'owner')
})
