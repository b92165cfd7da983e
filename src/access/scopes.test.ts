import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Scope } from './principal.ts'
import { allScopes, inForce, narrow, readingScopes, scopesOfRole } from './scopes.ts'

const ofMember = scopesOfRole.member

test('a member works at the desk, and money, campaigns, content, reports and settings need an admin', () => {
  for (const domain of [
    'services',
    'availability',
    'bookings',
    'classes',
    'customers',
    'entitlements',
    'messaging',
    'approvals',
  ]) {
    assert.ok(ofMember.has(`${domain}:read`) && ofMember.has(`${domain}:write`), domain)
  }
  for (const domain of [
    'invoices',
    'payments',
    'subscriptions',
    'commerce',
    'campaigns',
    'content',
    'reports',
    'ops',
  ]) {
    assert.ok(!ofMember.has(`${domain}:read`) && !ofMember.has(`${domain}:write`), domain)
  }
  for (const domain of ['platform', 'team', 'loyalty']) {
    assert.ok(ofMember.has(`${domain}:read`) && !ofMember.has(`${domain}:write`), domain)
  }
  assert.deepEqual([...scopesOfRole.admin], allScopes)
  assert.deepEqual([...scopesOfRole.owner], allScopes)
})

test('nobody hands on a scope that they lack, and the refusal names each', () => {
  assert.deepEqual(narrow(['bookings:read', 'bookings:read'], ofMember), ['bookings:read'])
  assert.throws(() => narrow(['bookings:read', 'payments:write', 'nonsense:read' as Scope], ofMember), {
    code: 'forbidden_scope',
    details: { missing_scopes: ['payments:write', 'nonsense:read'] },
  })
})

test('* is all of one’s own and no more', () => {
  assert.deepEqual(narrow(['*'], ofMember), [...ofMember])
})

test('a key of which nothing was said only reads', () => {
  const scopes = readingScopes(scopesOfRole.owner)
  assert.ok(scopes.length > 0 && scopes.every(scope => scope.endsWith(':read')))
})

test('a key holds what it was given as far as its role and its member’s role reach today', () => {
  const granted: Scope[] = ['bookings:write', 'payments:write']
  assert.deepEqual(inForce(granted, 'owner', 'admin'), { role: 'admin', scopes: new Set(granted) })
  assert.deepEqual(inForce(granted, 'owner', 'member'), {
    role: 'member',
    scopes: new Set(['bookings:write']),
  })
  assert.deepEqual(inForce(granted, 'member', 'owner'), {
    role: 'member',
    scopes: new Set(['bookings:write']),
  })
})
