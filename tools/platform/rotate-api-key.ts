import { z } from 'zod'
import { keyVersion, rotateKey } from '../../src/access/keys.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant } from '../../src/catalog/kinds.ts'
import { ApiKey, keyText } from './shapes.ts'

export default defineTool({
  name: 'rotate_api_key',
  title: 'Renew an API key',
  description:
    'Makes a new key of the same strength in an old one’s place; its secret is shown once. Both work for the hours of ' +
    'the overlap, so that a running program can be given the new one; then the old one has expired. When a key has ' +
    'leaked, revoke_api_key instead.',
  keywords: ['rotation', 'new secret', 'swap token', 'key expires soon', 'renew credential', 'regenerate'],
  domain: 'platform',
  effect: 'destroy',
  role: 'admin',
  gate: 'confirm',
  key: true,
  route: 'POST /v1/api-keys/{key_id}/rotate',
  input: z.strictObject({
    key_id: Id('key').describe('From list_api_keys.'),
    overlap_hours: z.int().min(0).max(720).default(24).describe('0: the old one ends at once.'),
  }),
  data: ApiKey.extend({ api_key: keyText, old_expires_at: Instant() }),
  refusals: ['not_found', 'invalid_transition', 'forbidden_scope'],
  review: {
    versions: async (context, { key_id }) => ({ [key_id]: await keyVersion(context, key_id) }),
  },
  example: {
    given: { key: { tool: 'create_api_key', input: { name: 'Website' } } },
    input: { key_id: '$key.id', overlap_hours: 48 },
  },
  async run(context, input) {
    const { key, api_key, old_expires_at } = await rotateKey(context, input)
    return { ...key, api_key, old_expires_at }
  },
})
