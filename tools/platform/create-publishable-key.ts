import { z } from 'zod'
import { publishKey } from '../../src/access/keys.ts'
import { defineTool } from '../../src/catalog/define.ts'
import { Id, Instant, Origin, Text } from '../../src/catalog/kinds.ts'

export default defineTool({
  name: 'create_publishable_key',
  title: 'Make a key for a website',
  description:
    'Makes a key that is no secret: it stands in the pages of the business’s own site, at the origins named here, and ' +
    'works from no other site’s. With it visitors see services and free times, and sign in as customers ' +
    '(sign_in_customer_request); only then they book. For an agent or a server, create_api_key. List and revoke it as ' +
    'any key.',
  keywords: [
    'publishable key',
    'website widget',
    'cors',
    'front end key',
    'browser key',
    'storefront',
    'online booking page',
  ],
  domain: 'platform',
  effect: 'write',
  role: 'admin',
  key: true,
  route: 'POST /v1/publishable-keys',
  input: z.strictObject({
    name: Text(80).describe('What it is for; shown in the audit.'),
    origins: z.array(Origin()).min(1).max(20).describe('As in https://studio.example: where its pages are.'),
    expires_at: Instant().optional().describe('Default: never.'),
  }),
  data: z.object({
    id: Id('key'),
    name: z.string(),
    publishable_key: z.string().describe('For the pages’ source: no secret.'),
    origins: z.array(z.string()),
    expires_at: Instant().nullable(),
  }),
  example: { input: { name: 'Our site', origins: ['https://studio-norte.example'] } },
  async run(context, input) {
    const { key, api_key } = await publishKey(context, input)
    return { ...key, publishable_key: api_key, origins: key.origins! }
  },
})
