/** Shapes that the tools of locations and staff share. */

import { z } from 'zod'
import { notices } from '../../src/access/tables.ts'
import { Id, Money } from '../../src/catalog/kinds.ts'
import { WeekShown } from '../availability/shapes.ts'
import { Role } from '../platform/shapes.ts'

export const Location = z.object({
  id: Id('location'),
  name: z.string(),
  time_zone: z.string(),
  address: z.string().nullable(),
  hours: WeekShown,
  status: z.enum(['active', 'archived']),
  version: z.int(),
})

export const Staff = z.object({
  id: Id('staff'),
  name: z.string(),
  member_id: Id('member').nullable(),
  colour: z.string().nullable(),
  status: z.enum(['active', 'deactivated']),
  version: z.int(),
  location_ids: z.array(Id('location')),
  services: z
    .array(
      z.object({
        service_id: Id('service'),
        duration_minutes: z.int().nullable(),
        price: Money().nullable(),
      }),
    )
    .describe('Null: as the service says.'),
})

/** What a calendar shows a person in. */
export const Colour = () =>
  z
    .string()
    .toLowerCase()
    .regex(/^#[0-9a-f]{6}$/, 'Expected a colour, as in #1e90ff.')

/** Each location once. */
export const LocationIds = () =>
  z
    .array(Id('location'))
    .max(100)
    .refine(ids => new Set(ids).size === ids.length, 'Names a location twice.')

export const Member = z.object({
  id: Id('member'),
  name: z.string(),
  email: z.string(),
  role: Role,
  status: z.enum(['active', 'deactivated']),
  staff_id: Id('staff').nullable().describe('The bookable person they sign in as.'),
  notify_about: z.array(z.enum(notices)),
  version: z.int(),
})

/** An invitation that a person has let through, for examples: the token comes by mail. */
export const givenInvite = {
  invite: {
    tool: 'create_team_invite',
    input: { email: 'marta@studio-norte.example', role: 'member', name: 'Marta' },
    approved: true,
  },
}

export const givenMember = {
  ...givenInvite,
  request: { tool: 'accept_team_invite_request', input: { token: '$mailbox.token' } },
  member: {
    tool: 'accept_team_invite_verify',
    input: { request_id: '$request.request_id', code: '$mailbox.code' },
  },
}
