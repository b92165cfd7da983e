import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../../catalog/refusal.ts'
import { whyNot, wroteBefore } from './refused.ts'

test('what is wrong with a field is said under the name that the page has for it; a name of the person’s own stays as they wrote it', () => {
  const told = (message: string) => whyNot(new Refusal('invalid_input', message)).plain
  assert.equal(told('phone: Too short to be a number there.'), 'Phone: Too short to be a number there.')
  assert.equal(told('rules.0: gate: This tool keeps it.'), 'Gate: This tool keeps it.')
  assert.equal(told('variables.customer_nmae: No such one.'), 'variables.customer_nmae: No such one.')
  assert.equal(told('Nobody works then.'), 'Nobody works then.')
})

test('of what was written a person is shown what they wrote, and nothing that a form sends of itself', () => {
  const form = { name: 'Marta', note: ' ', by: 'business', sure: 'yes', version: '3', idempotency_key: 'k' }
  const shown = wroteBefore(form)
  assert.match(shown === false ? '' : shown.plain, /What you wrote\s+NameMarta\s*$/)
})
