/** Shapes that the tools of packages and passes share. */

import { z } from 'zod'
import { Id, Instant, idText, LocalDate, Money, Text } from '../../src/catalog/kinds.ts'
import { priceOf } from '../../src/domain/business/prices.ts'
import type { Context } from '../../src/domain/context.ts'
import { remainingAt, statusAt } from '../../src/domain/entitlements/lots.ts'
import type { LotView, LotWithLedger } from '../../src/domain/entitlements/read.ts'
import { activations, type Entry, entryKinds } from '../../src/domain/entitlements/tables.ts'
import { isValidity, lastDayOf } from '../../src/domain/entitlements/validity.ts'

export const Activation = () => z.enum(activations)

export const Package = z.object({
  id: Id('package'),
  name: z.string(),
  sessions: z.int().nullable(),
  validity: z.string().nullable(),
  activation: Activation(),
  service_ids: z.array(Id('service')).nullable(),
  price: Money(),
  status: z.enum(['active', 'archived']),
  version: z.int(),
})

export const Name = () => Text(120).describe('As customers see it.')
export const Price = () => Money().describe("Minor units, in the workspace's currency.")
export const Validity = () =>
  Text(20).refine(isValidity, 'Expected days, weeks, months or years, at most 20 years, as in P3M or P10D.')
export const Reason = () => Text(500).describe('For the ledger.')

const LedgerEntry = z.object({
  number: z.int(),
  kind: z.enum(entryKinds),
  sessions: z.int().nullable().describe('More or fewer; null: not counted.'),
  source_id: z.string().nullable().describe('The booking or enrolment.'),
  visit_at: Instant().nullable(),
  expires_at: Instant().nullable().describe('Extended to.'),
  reason: z.string().nullable(),
  at: Instant(),
})

export const Entitlement = z.object({
  id: Id('lot'),
  customer_id: Id('customer'),
  package_id: Id('package'),
  name: z.string(),
  status: z.enum(['not_begun', 'valid', 'used_up', 'expired']),
  sessions: z.int().nullable().describe('Granted; null: unlimited.'),
  remaining: z.int().nullable().describe('Left now; null: unlimited.'),
  held: z.int().describe('Taken for visits to come.'),
  service_ids: z.array(Id('service')).nullable().describe('null: every service.'),
  activation: Activation(),
  validity: z.string().nullable(),
  activated_at: Instant().nullable(),
  expires_at: Instant().nullable().describe('Exclusive; null: not begun, or without end.'),
  valid_through: LocalDate().nullable().describe('Its last day.'),
  time_zone: z.string(),
  price: Money().nullable(),
  source: z.enum(['sale', 'reissue']),
  version: z.int(),
})

export const EntitlementWithLedger = Entitlement.extend({
  ledger: z.array(LedgerEntry).describe('The newest first, at most 20.'),
})

export function entitlementOf(context: Context, lot: LotView): z.output<typeof Entitlement> {
  return {
    id: lot.id,
    customer_id: lot.customerId,
    package_id: lot.packageId,
    name: lot.name,
    status: statusAt(lot, context.now),
    sessions: lot.sessions,
    remaining: remainingAt(lot, context.now),
    held: lot.held,
    service_ids: lot.serviceIds,
    activation: lot.activation,
    validity: lot.validity,
    activated_at: lot.activatedAt,
    expires_at: lot.expiresAt,
    valid_through: lot.expiresAt && lastDayOf(lot.expiresAt, lot.timeZone),
    time_zone: lot.timeZone,
    price: lot.priceAmount === null ? null : priceOf(context, lot.priceAmount),
    source: lot.source,
    version: lot.version,
  }
}

export function withLedger(context: Context, lot: LotWithLedger): z.output<typeof EntitlementWithLedger> {
  return { ...entitlementOf(context, lot), ledger: lot.ledger.map(entryOf) }
}

function entryOf(entry: Entry): z.output<typeof LedgerEntry> {
  return {
    number: entry.number,
    kind: entry.kind,
    sessions: entry.sessions,
    source_id: entry.sourceKind && idText(entry.sourceKind, entry.sourceId!),
    visit_at: entry.visitAt,
    expires_at: entry.expiresAt,
    reason: entry.reason,
    at: entry.at,
  }
}

/** What the examples need first: something to sell, and somebody who has bought it. */
export const givenPackage = {
  pack: {
    tool: 'create_package',
    input: { name: '10 classes', sessions: 10, validity: 'P3M', price: { amount: 12000, currency: 'EUR' } },
  },
}

export const givenCustomer = {
  customer: { tool: 'create_customer', input: { name: 'Ana Ruiz', phone: '+34 612 345 678' } },
}

export const givenSale = {
  ...givenPackage,
  ...givenCustomer,
  sold: { tool: 'sell_package', input: { package_id: '$pack.id', customer_id: '$customer.id' } },
}
