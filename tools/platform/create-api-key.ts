import { z } from 'zod'
import { createKey } from '../../src/access/keys.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, Text } from '../../src/catalog/kinds.ts'
import { ApiKey, keyText, Role, Scope } from './shapes.ts'

export default defineTool({
  name: 'create_api_key',
  title: 'Make an API key',
  description:
    'Makes a key for another agent or program; its secret is shown once. Without scopes it only reads. A key can be ' +
    'given nothing that yours lacks, and no key can decide approvals. Bound to a person or places, it has the role member.',
  keywords: ['token', 'credential', 'grant access', 'connect app', 'integration', 'secret', 'read-only key'],
  domain: 'platform',
  effect: 'write',
  role: 'admin',
  key: true,
  route: 'POST /v1/api-keys',
  input: z.strictObject({
    name: Text(80).describe('What it is for; shown in the audit.'),
    scopes: z.array(Scope).min(1).max(64).optional().describe('Default: read everything your role reads.'),
    role: Role.optional().describe('Default: yours; a weaker one narrows what it may do.'),
    staff_id: Id('staff').optional().describe('Sees only what is assigned to them, and their customers.'),
    location_ids: z.array(Id('location')).min(1).max(100).optional().describe('Sees only what is at these.'),
    expires_at: Instant().optional().describe('Default: never.'),
  }),
  data: ApiKey.extend({ api_key: keyText }),
  refusals: ['not_found'],
  example: {
    input: { name: 'Front desk agent', scopes: ['platform:read', 'bookings:read', 'bookings:write'] },
  },
  async run(context, input) {
    const { key, api_key } = await createKey(context, input)
    return { ...key, api_key }
  },
})
