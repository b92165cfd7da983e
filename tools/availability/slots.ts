/** Shapes that the tools of slots share. */

import { z } from 'zod'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import type { LoadedPlan } from '../../src/domain/availability/load.ts'
import type { OfferedSlot } from '../../src/domain/availability/offer.ts'
import { optionFields } from '../bookings/shapes.ts'

export const slotQuestion = {
  service_id: Id('service'),
  location_id: Id('location'),
  staff_id: Id('staff').optional().describe('Default: anybody who performs the service there.'),
  ...optionFields,
}

export const Slots = z.object({
  time_zone: z.string().describe('Of the location.'),
  slots: z.array(
    z.object({
      start: Instant(),
      end: Instant(),
      local: z.string().describe('Start, on its clock.'),
      staff: z.array(z.string()).describe('Ids of who is free.'),
    }),
  ),
})

interface Asked {
  service_id: string
  location_id: string
  staff_id?: string
  variant_id?: string
  addon_ids?: string[]
  party_size?: number
}

export function questionOf(input: Asked) {
  return {
    serviceId: input.service_id,
    locationId: input.location_id,
    staffId: input.staff_id,
    variantId: input.variant_id,
    addonIds: input.addon_ids,
    partySize: input.party_size,
  }
}

export function slotsShown({ plan, slots }: { plan: LoadedPlan; slots: OfferedSlot[] }) {
  return { time_zone: plan.zone, slots }
}
