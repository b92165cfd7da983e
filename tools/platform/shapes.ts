/** Shapes that the platform's tools share. */

import { z } from 'zod'
import { settingsShape } from '../../src/access/settings.ts'
import { domains } from '../../src/catalog/define.ts'
import { Country, Currency, Id, Instant, idText, secret, Text, TimeZone } from '../../src/catalog/kinds.ts'

export const Scope = z
  .templateLiteral([z.string(), ':', z.enum(['read', 'write'])])
  .refine(scope => scope.split(':')[0]! in domainNames, 'Names no domain of the catalog.')
  .describe('<domain>:read or <domain>:write.')

const domainNames = Object.fromEntries(domains.map(domain => [domain, true]))

export const Role = z.enum(['member', 'admin', 'owner'])

export const WorkspaceSummary = z.object({
  id: Id('workspace'),
  name: z.string(),
  kind: z.enum(['live', 'sandbox', 'front_desk']),
  time_zone: z.string(),
  currency: z.string(),
  country: z.string(),
})

/** What a new organisation says of itself. */
export const organisationFields = {
  organisation_name: Text(120).describe('As customers know it.'),
  time_zone: TimeZone().describe('Where the business is, as in Europe/London.'),
  currency: Currency().describe('What it charges in; cannot be changed later.'),
  country: Country().describe('Two letters; the default region of phone numbers.'),
}

/** The settings with the version that a change is based on. */
export const Settings = z.object({
  name: z.string(),
  time_zone: z.string(),
  currency: z.string(),
  country: z.string(),
  ...settingsShape.shape,
  week_starts: z.string(),
  booking: z.record(z.string(), z.unknown()),
  invoicing: z.record(z.string(), z.unknown()),
  quiet_hours: z.record(z.string(), z.string()).nullable(),
  version: z.int(),
})

export const ApiKey = z.object({
  id: Id('key'),
  name: z.string(),
  kind: z.enum(['live', 'test', 'pub']),
  hint: z.string().describe("The secret's last four characters."),
  role: Role,
  scopes: z.array(z.string()),
  staff_id: Id('staff').nullable().describe('Sees what is assigned to them alone.'),
  location_ids: z.array(Id('location')).nullable().describe('Sees what is there alone; null: everywhere.'),
  origins: z.array(z.string()).nullable().describe('Publishable: for pages at these.'),
  created_at: Instant(),
  expires_at: Instant().nullable(),
  last_used_at: Instant().nullable(),
  revoked_at: Instant().nullable(),
  version: z.int(),
})

/** The key's text: shown once, absent from a replay. */
export const keyText = secret(
  z.string().optional().describe('The key itself. Shown this once: store it now.'),
)

/** What examples of a site's own visitors need first. */
export const givenPublished = {
  key: {
    tool: 'create_publishable_key',
    input: { name: 'Our site', origins: ['https://studio-norte.example'] },
  },
}

export const givenCustomerCode = {
  ...givenPublished,
  request: {
    tool: 'sign_in_customer_request',
    input: { email: 'ana@ruiz.example' },
    as: '$key.publishable_key',
  },
}

/** A key's, a person's, an automation's or a customer's id as text; which of them, its prefix says. */
export function principalIdText({ kind, id }: { kind: string; id: string | null }): string | null {
  if (id === null) return null
  return idText(principalIdKinds[kind as keyof typeof principalIdKinds] ?? 'member', id)
}

const principalIdKinds = {
  api_key: 'key',
  oauth_client: 'connection',
  member: 'member',
  automation: 'automation',
  publishable_key: 'key',
  customer: 'customer',
} as const
