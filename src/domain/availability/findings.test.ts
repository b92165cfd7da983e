import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RefusalCode } from '../../catalog/refusal.ts'
import { type Finding, inPrecedence, refuseFirst } from './findings.ts'

function finding(code: RefusalCode, passed = false): Finding {
  return { rule: `rule of ${code}`, code, passed, because: `Because of ${code}.`, details: { fact: code } }
}

test('limits of customers stand after notice and before what is taken', () => {
  const codes = ['slot_conflict', 'no_entitlement', 'customer_overlap', 'cooldown', 'min_notice'] as const
  assert.deepEqual(
    inPrecedence(codes.map(code => finding(code))).map(({ code }) => code),
    codes.toReversed(),
  )
})

test('the first that does not pass is answered, with its facts', () => {
  const found = [finding('slot_conflict'), finding('min_notice'), finding('outside_hours', true)]
  assert.throws(() => refuseFirst(found), {
    code: 'min_notice',
    message: 'Because of min_notice.',
    details: { rule: 'rule of min_notice', fact: 'min_notice' },
  })
})

test('where every rule passes, nothing is refused', () => {
  refuseFirst([finding('not_found', true), finding('slot_conflict', true)])
})
