import { z } from 'zod'
import { defineTool } from '../../src/catalog/define.ts'
import { listEntities } from '../../src/domain/invoices/entities.ts'
import { Entity } from './shapes.ts'

export default defineTool({
  name: 'list_legal_entities',
  title: 'Who issues invoices',
  description:
    'The legal entities of the business: name, address, tax ids, and the series of numbers of each, with the next number. ' +
    'With none, the first invoice makes one named as the workspace.',
  keywords: ['company details', 'vat number', 'invoice numbering', 'issuer'],
  domain: 'invoices',
  effect: 'read',
  role: 'member',
  route: 'GET /v1/legal-entities',
  input: z.strictObject({}),
  data: z.array(Entity),
  example: { input: {} },
  run: context => listEntities(context),
})
