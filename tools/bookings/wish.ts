/** What a tool asked for, as the domain reads it. */

import type { Temporal } from 'temporal-polyfill'
import { ANY } from '../../src/domain/availability/explain.ts'
import type { Overridable, Wish } from '../../src/domain/bookings/place.ts'
import type { PayWith } from '../../src/domain/bookings/tables.ts'

interface Asked {
  service_id: string
  location_id: string
  staff_id?: string
  variant_id?: string
  addon_ids?: string[]
  party_size?: number
  start: Temporal.Instant
  overrides?: Overridable[]
  customer_id?: string
  pay_with?: PayWith
}

export function wishOf(asked: Asked): Wish {
  return {
    serviceId: asked.service_id,
    locationId: asked.location_id,
    staffId: asked.staff_id ?? ANY,
    variantId: asked.variant_id,
    addonIds: asked.addon_ids,
    partySize: asked.party_size,
    start: asked.start,
    overrides: asked.overrides,
    customerId: asked.customer_id,
    payWith: asked.pay_with,
  }
}
