import { z } from 'zod'
import { keyVersion, revokeKey } from '../../src/access/keys.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id } from '../../src/catalog/kinds.ts'
import { ApiKey } from './shapes.ts'

export default defineTool({
  name: 'revoke_api_key',
  title: 'Revoke an API key',
  description:
    'Ends a key for good: its next call is refused, on every server. Use it when a key leaked or is no longer needed. ' +
    'What it asked a person to approve becomes stale. Revoking twice is the same as once.',
  keywords: [
    'delete key',
    'disable token',
    'leaked',
    'compromised',
    'rotate',
    'cut off',
    'block agent',
    'invalidate',
  ],
  domain: 'platform',
  effect: 'destroy',
  role: 'admin',
  gate: 'confirm',
  route: 'POST /v1/api-keys/{key_id}/revoke',
  input: z.strictObject({ key_id: Id('key').describe('From list_api_keys.') }),
  data: ApiKey,
  refusals: ['not_found'],
  review: {
    versions: async (context, { key_id }) => ({ [key_id]: await keyVersion(context, key_id) }),
  },
  example: {
    given: { key: { tool: 'create_api_key', input: { name: 'Old integration' } } },
    input: { key_id: '$key.id' },
  },
  run: (context, { key_id }) => revokeKey(context, key_id),
})
