/** Shapes that the tools of services share. */

import { z } from 'zod'
import { Id, Money, Text } from '../../src/catalog/kinds.ts'

/** A price as it is read: without the bounds of what is asked, which every listing would pay for. */
export const PriceShown = z.object({ amount: z.int(), currency: z.string() })

export const Service = z.object({
  id: Id('service'),
  name: z.string(),
  description: z.string().nullable(),
  category: z.string().nullable(),
  duration_minutes: z.int(),
  buffer_before_minutes: z.int(),
  buffer_after_minutes: z.int(),
  price: PriceShown,
  capacity: z.int(),
  tax_category: z.string().nullable(),
  status: z.enum(['active', 'archived']),
  version: z.int(),
})

/** A service with how many bookings to come keep the terms they were made on. */
export const ChangedService = Service.extend({
  bookings_keeping_old_terms: z.int().describe('To come; 200 stands for as many or more.'),
})

/** What can be chosen with a service. */
export const Variant = z.object({
  id: Id('variant'),
  name: z.string(),
  duration_minutes: z.int().nullable(),
  price: PriceShown,
})
export const Addon = z.object({ id: Id('addon'), name: z.string(), minutes: z.int(), price: PriceShown })

export const Segments = z.array(z.object({ minutes: z.int(), gap_after_minutes: z.int() }))

export const Needs = z.array(z.object({ quantity: z.int(), resource_ids: z.array(Id('resource')) }))

export const Resource = z.object({
  id: Id('resource'),
  location_id: Id('location'),
  name: z.string(),
  units: z.int(),
  status: z.enum(['active', 'archived']),
  version: z.int(),
})

export const Units = () => z.int().min(1).max(100).describe('How many alike: 1 is a room, more are a pool.')

/** What examples need first. */
export const givenService = {
  service: {
    tool: 'create_service',
    input: { name: 'Colour', duration_minutes: 120, price: { amount: 9000, currency: 'EUR' } },
  },
}

export const givenResource = {
  location: { tool: 'create_location', input: { name: 'Centro', time_zone: 'Europe/Madrid' } },
  resource: { tool: 'create_resource', input: { location_id: '$location.id', name: 'Chair', units: 3 } },
}

export const Name = () => Text(120).describe('As customers see it.')
export const Description = () => Text(2000).describe('For customers.')
export const Category = () => Text(80).describe('What it is listed under.')
export const Duration = () => z.int().min(1).max(1440).describe('What the customer is there for.')
export const Buffer = (when: 'before' | 'after') =>
  z.int().min(0).max(480).describe(`Kept free ${when} it, beside the duration.`)
export const Price = () => Money().describe("Minor units, in the workspace's currency.")

export const Capacity = () => z.int().min(1).max(1000).describe('The largest party that one booking takes.')
export const TaxCategory = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'Expected a short key: reduced, exempt.')
    .describe('Under which its invoices find their rate: reduced, exempt.')

/** A policy as it is read: what each field says stands where it is set. */
export const Policy = z.record(z.string(), z.unknown()).describe('The fields of set_service_booking_policy.')

/** The questions of an intake form, as they are read. */
export const FormFields = z.array(
  z.object({
    key: z.string(),
    label: z.string(),
    type: z.string(),
    required: z.boolean(),
    options: z.array(z.string()).optional(),
    help: z.string().optional(),
  }),
)
