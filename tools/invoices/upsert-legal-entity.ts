import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { Text } from '../../src/catalog/kinds.ts'
import { entityVersion, upsertEntity } from '../../src/domain/invoices/entities.ts'
import { Entity, Key, SeriesFields } from './shapes.ts'

export default defineTool({
  name: 'upsert_legal_entity',
  title: 'Set who issues invoices',
  description:
    'Says in full, by key, who issues invoices; the key default is used where an invoice names none. What was finalised ' +
    'keeps what it said. A series that has given out numbers keeps its prefix and counting: add another. Shows a preview ' +
    'first.',
  keywords: ['company name on invoices', 'vat id', 'invoice prefix', 'numbering', 'bank details on bills'],
  domain: 'invoices',
  effect: 'write',
  role: 'admin',
  gate: 'confirm',
  route: 'PUT /v1/legal-entities/{key}',
  input: z.strictObject({
    key: Key().describe('Which.'),
    name: Text(200).describe('As registered.'),
    address: Text(500).optional().describe('On every invoice.'),
    tax_ids: z.array(Text(40)).max(5).optional().describe('As in ESB12345678.'),
    footer: Text(1000).optional().describe('Below: terms, a bank account.'),
    series: z.array(SeriesFields).max(20).optional().describe('To add, or to change while unused.'),
  }),
  data: Entity,
  refusals: ['invalid_transition'],
  review: { versions: async (context, { key }) => ({ [key]: await entityVersion(context, key) }) },
  example: {
    input: {
      key: 'default',
      name: 'Studio Nord GmbH',
      tax_ids: ['DE123456789'],
      series: [{ kind: 'invoice', prefix: 'SN-' }],
    },
  },
  run: (context, terms) => upsertEntity(context, terms),
})
