import { z } from 'zod'
import { listKeys } from '../../src/access/keys.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { pageFields } from '../../src/catalog/kinds.ts'
import { ApiKey } from './shapes.ts'

export default defineTool({
  name: 'list_api_keys',
  title: 'API keys',
  description:
    'The keys of this workspace, newest first, with their scopes, last use and whether they are revoked. Shows only ' +
    'the last characters of a secret. To end one, revoke_api_key.',
  keywords: ['tokens', 'credentials', 'unused keys', 'active keys', 'integrations', 'who has access'],
  domain: 'platform',
  effect: 'read',
  role: 'admin',
  paged: true,
  route: 'GET /v1/api-keys',
  input: z.strictObject(pageFields),
  data: z.array(ApiKey),
  example: { input: { limit: 10 } },
  run: (context, input) => listKeys(context, input),
})
